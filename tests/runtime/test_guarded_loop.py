"""The guarded loop in a process of its own on a real broker: no message is lost, whatever happens meanwhile."""

import asyncio
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import TopicPartition

from schemas.article import Article
from schemas.source import SourceHeartbeat
from services.runtime import kafka, topics
from services.runtime.dead import read_dead
from services.runtime.settings import Settings
from services.runtime.wire import decode, record
from tests.runtime.worker import SMALL_DEAD_LETTERS
from tests.support.brokers import KafkaBroker, TansuBroker
from tests.support.processes import Process, free_port, wait_for

AT = datetime(2026, 11, 25, tzinfo=UTC)


class Bench:
    """A broker with our topics, and workers on it."""

    def __init__(self, broker: TansuBroker | KafkaBroker, folder: Path) -> None:
        self.broker = broker
        self.folder = folder
        self.settings = Settings.load(bootstrap=broker.bootstrap, kafka_partitions=1)
        self.workers: list[Process] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.run(kafka.wait_for_broker(self.settings, 60))

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def worker(self, *how: str) -> Process:
        self.port = free_port()
        command = [sys.executable, "-m", "tests.runtime.worker", self.broker.bootstrap, str(self.port)]
        self.workers.append(Process([*command, str(self.folder), *how], self.folder / f"worker-{self.port}.log"))
        return self.workers[-1]

    def put(self, *articles: tuple[str, str]) -> None:
        """Articles as (id, text), in this order."""

        async def send() -> None:
            async with kafka.producer(self.settings) as producer:
                for id, text in articles:
                    article = Article(id=id, source="قناة", text=text, first_seen_at=AT)
                    await producer.send_and_wait(**record(topics.ARTICLES, article))

        self.run(send())

    def put_bytes(self, raw: bytes) -> None:
        async def send() -> None:
            async with kafka.producer(self.settings) as producer:
                await producer.send_and_wait("articles", raw, key=b"x")

        self.run(send())

    def read(self, topic: str, count: int) -> list[Any]:
        """The first so many records of a topic, waited for."""

        async def take() -> list[Any]:
            async with kafka.consumer(self.settings, topic) as consumer:
                return [await consumer.getone() for _ in range(count)]

        return self.run(take())

    def committed(self) -> int | None:
        """The offset that the worker's group has committed."""

        async def ask() -> int | None:
            async with kafka.consumer(self.settings, group_id="marsad-worker") as consumer:
                return await consumer.committed(TopicPartition("articles", 0))

        return self.run(ask())

    def lines(self, name: str) -> list[str]:
        file = self.folder / name
        return file.read_text(encoding="utf-8").split() if file.exists() else []

    def until(self, name: str, *ids: str) -> None:
        """Wait until all of these were noted."""
        worker = self.workers[-1]
        worker.wait_until(lambda: set(ids) <= set(self.lines(name)), f"{ids} to be {name}", 60)

    def readiness(self) -> dict[str, Any]:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/readyz", trust_env=False).json()
        except httpx.HTTPError:
            return {"ready": False, "waiting": {}}

    def metric(self, line: str) -> bool:
        page = httpx.get(f"http://127.0.0.1:{self.port}/metrics", trust_env=False).text
        return any(each.startswith(line) for each in page.splitlines())

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
        self._loop.call_soon_threadsafe(self._loop.stop)


@pytest.fixture
def bench(own_broker: TansuBroker | KafkaBroker, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(own_broker, tmp_path)
    yield made
    made.close()


def test_messages_are_handled_in_order_and_committed(bench: Bench) -> None:
    bench.put(("أ", "نص"), ("ب", "نص"), ("ج", "نص"))
    bench.worker()
    bench.until("handled", "أ", "ب", "ج")
    assert bench.lines("handled") == ["أ", "ب", "ج"]
    wait_for(lambda: bench.committed() == 3, "the commit")


def test_a_message_that_cannot_be_handled_goes_to_the_dead_letters_with_its_reason(bench: Bench) -> None:
    bench.put(("أ", "نص"), ("مسموم", "سم"), ("ب", "نص"))
    bench.worker()
    bench.until("handled", "أ", "ب")
    letter = read_dead(bench.read("articles.dead", 1)[0])
    assert (letter.topic, letter.partition, letter.offset) == ("articles", 0, 1)
    assert (letter.error, letter.message, letter.key) == ("ValueError", "هذا النص لا يُقرأ", "مسموم")
    assert decode(topics.ARTICLES, letter.value.encode()).id == "مسموم"  # type: ignore[union-attr]
    assert bench.metric('marsad_dead_letters_total{error="ValueError",topic="articles"} 1.0')


MALFORMED = {
    "not UTF-8": (b"\xff\xfe\x00", None),
    "empty": (b"", None),
    "too deep": (b"[" * 100_000, None),
    "a field is missing": (b'{"id": "1"}', "source"),
    "a field is wrong": (
        '{"id": "1", "source": "s", "text": "نص", "first_seen_at": "غدا"}'.encode(),
        "first_seen_at",
    ),
}


def test_bytes_that_are_no_message_become_dead_letters_unchanged(bench: Bench) -> None:
    for raw, _ in MALFORMED.values():
        bench.put_bytes(raw)
    bench.put(("ب", "نص"))
    bench.worker()
    bench.until("handled", "ب")
    found = bench.read("articles.dead", len(MALFORMED))
    assert [record.value or b"" for record in found] == [raw for raw, _ in MALFORMED.values()]
    assert [read_dead(record).field for record in found] == [field for _, field in MALFORMED.values()]
    assert {read_dead(record).error for record in found} == {"Undecodable"}


def test_while_the_store_is_gone_the_agent_waits_says_so_and_keeps_the_order(bench: Bench) -> None:
    bench.put(("أ", "نص"), ("ب", "متجر"), ("ج", "نص"))
    bench.worker()
    bench.until("begun", "ب")
    wait_for(lambda: "the store is locked" in str(bench.readiness()["waiting"]), "the reason on /readyz")
    assert bench.lines("handled") == ["أ"]
    (bench.folder / "store").touch()
    bench.until("handled", "ج")
    assert bench.lines("handled") == ["أ", "ب", "ج"]
    wait_for(lambda: bench.readiness()["ready"], "readiness")


@pytest.mark.parametrize("text", ["بطيء", "متجر"], ids=["work that does not end", "waiting for the store"])
def test_a_stop_with_work_in_flight_ends_soon_and_the_work_comes_again(bench: Bench, text: str) -> None:
    bench.put(("أ", "نص"), ("ب", text))
    worker = bench.worker()
    bench.until("begun", "أ", "ب")
    assert worker.stop(seconds=5) == 0
    assert bench.committed() in (None, 0, 1)
    bench.worker()
    wait_for(lambda: bench.lines("begun").count("ب") >= 2, "the work to come again", 60)


def test_a_stop_without_work_commits_and_leaves_the_group_so_that_the_next_worker_begins_at_once(bench: Bench) -> None:
    bench.put(("أ", "نص"))
    worker = bench.worker()
    bench.until("handled", "أ")
    assert worker.stop(seconds=5) == 0
    assert bench.committed() == 1
    bench.put(("ب", "نص"))
    bench.worker()
    bench.until("handled", "ب")
    assert bench.lines("handled") == ["أ", "ب"]


def test_after_sigkill_nothing_is_missing(bench: Bench) -> None:
    ids = [f"خبر{number}" for number in range(200)]
    bench.put(*[(id, "نص") for id in ids])
    worker = bench.worker()
    bench.until("handled", ids[20])
    worker.kill()
    bench.worker()
    bench.until("handled", *ids)


def test_where_no_dead_letter_can_be_delivered_the_process_ends_and_the_message_comes_again(bench: Bench) -> None:
    bench.put(("أ", "نص"), ("ب", "سم" * 200), ("ج", "نص"))
    worker = bench.worker(SMALL_DEAD_LETTERS)
    wait_for(lambda: not worker.alive(), "the process to end", 60)
    assert worker.child.returncode == 1
    assert "ج" not in bench.lines("begun")
    assert bench.committed() in (None, 0, 1)
    bench.worker()
    bench.until("handled", "ج")
    assert read_dead(bench.read("articles.dead", 1)[0]).key == "ب"


def test_what_a_handler_sends_is_delivered_with_cloudevents_headers(bench: Bench) -> None:
    bench.put(("قناة", "جواب"))
    bench.worker()
    found = bench.read("sources", 1)[0]
    heartbeat = decode(topics.SOURCES, found.value)
    assert isinstance(heartbeat, SourceHeartbeat)
    assert heartbeat.source == "قناة"
    headers = dict(found.headers)
    assert (headers["ce_type"], headers["ce_source"]) == (b"marsad.sourceheartbeat.v1", b"/marsad/worker")
    assert headers["content-type"] == b"application/json"
    assert found.key == "قناة".encode()


def test_before_the_broker_is_there_a_service_says_that_it_waits_for_it(bench: Bench) -> None:
    bench.broker.kill()
    bench.worker()
    wait_for(lambda: "no broker of use" in str(bench.readiness()["waiting"].get("broker")), "the reason", 60)
    bench.broker.start()
    wait_for(lambda: bench.readiness()["ready"], "readiness", 60)


def test_readiness_tells_that_the_broker_is_gone(bench: Bench) -> None:
    bench.worker()
    wait_for(lambda: bench.readiness()["ready"], "readiness", 60)
    bench.broker.kill()
    wait_for(lambda: "broker" in bench.readiness()["waiting"], "the broker's absence to be noticed")
