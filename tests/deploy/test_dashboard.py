"""The dashboard and the rules, asked of a real Prometheus that scrapes a running system."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.support.brokers import TansuBroker, produce
from tests.support.marsad import AIN_ISSA, Marsad, subscriptions_file, watches_file
from tests.support.processes import Process, free_port, wait_for
from tests.support.receiver import Receiver

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DASHBOARD = json.loads((ROOT / "deploy/grafana/dashboards/marsad.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TansuBroker]:
    running = TansuBroker(tmp_path_factory.mktemp("tansu"))
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def marsad(broker: TansuBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marsad]:
    folder = tmp_path_factory.mktemp("scraped")
    receiver = Receiver()
    running = Marsad(
        folder,
        watches_file(folder / "watches.yml", AIN_ISSA),
        subscriptions_file(folder / "subscriptions.yml", receiver),
        broker,
    )
    running.start()
    yield running
    running.kill()
    receiver.close()


@pytest.fixture(scope="module")
def ask(marsad: Marsad, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    """Asks Prometheus, started on the shipped configuration in which only the targets are others."""
    folder = tmp_path_factory.mktemp("prometheus")
    shutil.copytree(ROOT / "deploy/prometheus", folder, dirs_exist_ok=True)
    config = yaml.safe_load((folder / "prometheus.yml").read_text(encoding="utf-8"))
    config["global"]["scrape_interval"] = "1s"
    for job in config["scrape_configs"]:
        job.pop("dns_sd_configs", None)
        job["static_configs"] = [{"targets": [address(marsad, job["job_name"])]}]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    port = free_port()
    prometheus = Process(
        [
            "prometheus",
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/tsdb",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        folder / "prometheus.log",
    )

    def query(expression: str) -> list[dict[str, Any]]:
        answer = httpx.get(f"http://127.0.0.1:{port}/api/v1/query", params={"query": expression}, timeout=10).json()
        assert answer["status"] == "success", answer
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def answers() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/-/ready", timeout=1).status_code == 200
        except httpx.HTTPError:
            return False

    prometheus.wait_until(answers, "Prometheus to be ready")
    yield query
    prometheus.kill()


def address(marsad: Marsad, service: str) -> str:
    """HOST:PORT of a service's metrics."""
    env = marsad.environment(marsad.pids(f"serve {service}")[0])
    return f"127.0.0.1:{env['MARSAD_HTTP_PORT' if service in ('ingest', 'board') else 'MARSAD_METRICS_PORT']}"


def test_every_panel_shows_something_when_news_comes_in(
    marsad: Marsad, broker: TansuBroker, ask: Callable[[str], list[dict[str, Any]]]
) -> None:
    text = "قصفت مدفعية ثقيلة أحياء سكنية في عين عيسى صباح اليوم، ما أدى إلى مقتل ثلاثة مدنيين."
    queries = {(panel["title"], one["expr"]) for panel in DASHBOARD["panels"] for one in panel["targets"]}
    waiting = set(queries)
    number = iter(range(1_000_000))

    def all_shown() -> bool:
        n = next(number)
        marsad.post({"url": f"https://desk.example.org/{n}", "source": "desk", "title": f"{n}", "text": f"{text} {n}"})
        produce(broker.bootstrap, "articles", b"no article")
        waiting.difference_update([query for query in waiting if ask(query[1])])
        return not waiting

    try:
        wait_for(all_shown, "every panel to have data", 90, every=1.0)
    except AssertionError:
        pytest.fail(f"no data for {sorted(waiting)}")
    assert {row["metric"]["job"]: row["value"][1] for row in ask("marsad_ready")} == dict.fromkeys(
        ("ingest", "analyze", "track", "notify", "board"), "1"
    )
