"""The ingest service as a process: a file at its start, posts while it runs, and truth about its readiness."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from services.runtime.settings import Settings
from tests.ingest.conftest import Way
from tests.support.brokers import KafkaBroker, TansuBroker
from tests.support.marsad import COMMAND
from tests.support.processes import Process, free_port


class Ingest:
    """A running `marsad ingest`."""

    def __init__(self, settings: Settings, folder: Path, *options: str) -> None:
        self.port = free_port()
        command = [COMMAND, "ingest", "--http", str(self.port), *options]
        self.process = Process(command, folder / f"ingest-{self.port}.log", settings.environment())

    def get(self, path: str) -> httpx.Response | None:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}{path}", trust_env=False)
        except httpx.HTTPError:
            return None

    def post(self, article: dict[str, str], token: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.post(f"http://127.0.0.1:{self.port}/articles", json=article, headers=headers, trust_env=False)

    def answers(self, status: int) -> dict[str, Any] | None:
        answer = self.get("/readyz")
        return answer.json() if answer is not None and answer.status_code == status else None

    def metric(self, line: str) -> bool:
        page = self.get("/metrics")
        return page is not None and line in page.text


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[Ingest]]:
    running: list[Ingest] = []
    yield running
    for each in running:
        each.process.kill()


async def test_it_reads_its_file_then_takes_posts_and_ends_when_told(
    way: Way, tmp_path: Path, started: list[Ingest]
) -> None:
    file = tmp_path / "أخبار.jsonl"
    file.write_text(json.dumps({"id": "1", "source": "قناة", "text": "قصف"}) + "\n{\n", encoding="utf-8")
    ingest = Ingest(way.settings.model_copy(update={"store": way.store}), tmp_path, "--articles", str(file))
    started.append(ingest)
    ingest.process.wait_until(lambda: ingest.answers(200), "readiness", 60)
    ingest.process.wait_until(
        lambda: ingest.metric('marsad_articles_accepted_total{novelty="new",road="file"} 1.0'), "the file to be read"
    )
    assert ingest.metric('marsad_articles_rejected_total{road="file"} 1.0')
    posted = ingest.post({"id": "1", "source": "قناة", "text": "قصف"})
    assert posted.json()["accepted"][0]["novelty"] == "repeated"
    assert ingest.process.stop(seconds=5) == 0


def test_without_a_broker_it_runs_says_what_it_waits_for_and_becomes_ready_when_it_comes(
    own_broker: TansuBroker | KafkaBroker, new_sqlite: Any, tmp_path: Path, started: list[Ingest]
) -> None:
    own_broker.kill()
    settings = Settings.load(bootstrap=own_broker.bootstrap, store=new_sqlite())
    ingest = Ingest(settings, tmp_path)
    started.append(ingest)
    ingest.process.wait_until(lambda: ingest.answers(503), "an answer", 60)
    own_broker.start()
    ingest.process.wait_until(lambda: ingest.answers(200), "readiness", 60)


async def test_where_a_token_is_set_nobody_posts_without_it(way: Way, tmp_path: Path, started: list[Ingest]) -> None:
    token = "0123456789abcdef"
    changes = {"store": way.store, "http_token": SecretStr(token)}
    ingest = Ingest(way.settings.model_copy(update=changes), tmp_path)
    started.append(ingest)
    ingest.process.wait_until(lambda: ingest.answers(200), "readiness", 60)
    assert ingest.post({"text": "قصف"}).status_code == 401
    assert ingest.post({"text": "قصف"}, "wrong-wrong-wrong").status_code == 401
    assert ingest.post({"text": "قصف"}, token).status_code == 202
