"""`marsad dead`: what could not be handled is listed, shown and sent again."""

import asyncio
import json
import subprocess
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.article import Article
from services.runtime import kafka, topics
from services.runtime.dead import reason_headers
from services.runtime.errors import PoisonError
from services.runtime.settings import Settings
from services.runtime.wire import encode
from tests.support.brokers import KafkaBroker, TansuBroker
from tests.support.marsad import COMMAND

ARTICLE = Article(id="خبر", source="قناة", text="قصف على عين عيسى", first_seen_at=datetime(2026, 11, 25, tzinfo=UTC))
READABLE, _ = encode(topics.ARTICLES, ARTICLE)


@pytest.fixture
def settings(own_broker: TansuBroker | KafkaBroker) -> Settings:
    """A broker with two dead letters: one that could be handled now, one that never can."""
    made = Settings.load(bootstrap=own_broker.bootstrap)

    async def bury() -> None:
        await kafka.wait_for_broker(made, 60)
        async with kafka.producer(made) as producer:
            for offset, value, error in (
                (7, READABLE, ValueError("قاعدة مكسورة")),
                (8, b"\xff{", PoisonError("not UTF-8", "text")),
            ):
                headers = reason_headers("articles", 2, offset, error)
                await producer.send_and_wait("articles.dead", value, key=b"key", headers=headers)

    asyncio.run(bury())
    return made


def dead(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [COMMAND, "dead", *arguments, "--bootstrap", settings.bootstrap]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_the_list_says_where_each_is_and_why(settings: Settings) -> None:
    first, second = dead(settings, "list").stdout.splitlines()
    assert first.startswith("articles.dead/0/0 ")
    assert first.endswith("ValueError: قاعدة مكسورة")
    assert second.endswith("PoisonError: text: not UTF-8")


def test_one_is_shown_with_everything_that_is_known(settings: Settings) -> None:
    shown: dict[str, Any] = json.loads(dead(settings, "show", "articles.dead/0/0").stdout)
    assert (shown["topic"], shown["partition"], shown["offset"]) == ("articles", 2, 7)
    assert (shown["error"], shown["message"], shown["key"]) == ("ValueError", "قاعدة مكسورة", "key")
    assert json.loads(shown["value"])["id"] == "خبر"


def test_replay_sends_what_is_a_message_and_says_what_is_none(settings: Settings) -> None:
    done = dead(settings, "replay")
    assert done.stdout == "1 sent again, 1 left\n"
    assert done.stderr.startswith("articles.dead/0/1: still no message: ")

    async def arrived() -> list[Any]:
        places = await kafka.partitions_of(settings, ["articles"])
        async with kafka.consumer(settings) as consumer:
            return [record async for record in kafka.read_all(consumer, places)]

    [record] = asyncio.run(arrived())
    assert (record.key, record.value) == ("خبر".encode(), READABLE)


def test_what_was_sent_again_is_not_sent_by_the_next_replay_of_all(settings: Settings) -> None:
    dead(settings, "replay")
    assert dead(settings, "replay").stdout == "0 sent again, 0 left\n"
    assert dead(settings, "replay", "articles.dead/0/0").stdout == "1 sent again, 0 left\n"


@pytest.mark.parametrize("place", ["articles/0/0", "articles.dead/0", "articles.dead/0/x", "articles.dead/0/99"])
def test_a_place_that_is_none_is_said(settings: Settings, place: str) -> None:
    done = dead(settings, "show", place)
    assert done.returncode == 2
    assert done.stderr.startswith(f"marsad: {place}: ")


def test_a_broker_that_is_gone_is_said_without_a_traceback() -> None:
    done = dead(Settings.load(bootstrap="127.0.0.1:1"), "list")
    assert done.returncode == 2
    assert "no broker of use at 127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr
