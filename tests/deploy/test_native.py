"""docker-compose.yml, run without an engine: its commands with its environment, on Apache Kafka and PostgreSQL.

Only addresses are others: container names become loopback ports, mounted folders the checkout's.
"""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.deploy.test_compose import COMPOSE, ONCE, OURS, ROOT, resolved
from tests.support.brokers import KafkaBroker
from tests.support.marsad import COMMAND
from tests.support.postgres import PostgresCluster
from tests.support.processes import Process, free_port

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

TEXT = "قصفت مدفعية ثقيلة أحياء سكنية في عين عيسى صباح اليوم، ما أدى إلى مقتل ثلاثة مدنيين."


class Native:
    """The services of the compose file as processes."""

    def __init__(self, folder: Path, kafka: str, store: str) -> None:
        self.folder = folder
        self.ports = {(name, port): free_port() for name in OURS for port in ("8080", "9100")}
        self._kafka = kafka
        self._store = store
        self.running: dict[str, Process] = {}

    def environment(self, name: str) -> dict[str, str]:
        return {key: self._native(name, resolved(value)) for key, value in OURS[name]["environment"].items()}

    def _native(self, name: str, value: str) -> str:
        if value.startswith("postgresql"):
            return self._store
        for (service, port), free in self.ports.items():
            value = value.replace(f"{service}:{port}", f"127.0.0.1:{free}")
        own = {port: str(self.ports[name, port]) for port in ("8080", "9100")}
        others = {"kafka:9092": self._kafka, "0.0.0.0": "127.0.0.1", "/tmp/marsad": str(self.folder / "data")}
        return {**own, **others}.get(value, value.replace("/config/", f"{ROOT}/deploy/config/"))

    def command(self, name: str) -> list[str]:
        return [COMMAND, *(self._native(name, word) for word in OURS[name]["command"])]

    def run_once(self, name: str) -> None:
        process = Process(self.command(name), self.folder / f"{name}.log", self.environment(name))
        assert process.child.wait(60) == 0, process.output()

    def start(self, name: str) -> None:
        self.running[name] = Process(self.command(name), self.folder / f"{name}.log", self.environment(name))

    def is_healthy(self, name: str) -> bool:
        """By the health check of the compose file itself."""
        _cmd, _python, script, address = OURS[name]["healthcheck"]["test"]
        assert script == "/opt/marsad/ready"
        port = address.split(":")[2].split("/")[0]
        native = address.replace(port, str(self.ports[name, port]))
        return subprocess.run([sys.executable, str(ROOT / "deploy" / "ready"), native], check=False).returncode == 0


@pytest.fixture
def native(tmp_path: Path, postgres: PostgresCluster) -> Iterator[Native]:
    broker = KafkaBroker(tmp_path)
    broker.start()
    services = Native(tmp_path, broker.bootstrap, postgres.new_database())
    yield services
    for process in services.running.values():
        process.kill()
    broker.kill()


def test_its_commands_and_variables_make_a_system_that_alerts(native: Native) -> None:
    for name in ONCE:
        native.run_once(name)
    lasting = [name for name in COMPOSE["services"] if name in OURS and name not in ONCE]
    for name in lasting:
        native.start(name)
    for name in lasting:
        native.running[name].wait_until(lambda name=name: native.is_healthy(name), f"{name} to be healthy", 90)  # type: ignore[misc]
    article = {"source": "desk", "id": "1", "text": TEXT, "published_at": datetime.now(UTC).isoformat()}
    answer = httpx.post(f"http://127.0.0.1:{native.ports['ingest', '8080']}/articles", json=article, timeout=30)
    assert answer.status_code == 202
    notify = native.running["notify"]
    notify.wait_until(lambda: "عين عيسى" in notify.output(), "the alert in notify's log", 60)
    board = httpx.get(f"http://127.0.0.1:{native.ports['board', '8080']}/incidents", timeout=10)
    assert "ain-issa" in board.text
