"""When an agent has lost its group for good."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition

from services.runtime.watchdog import complaint

PARTITION = TopicPartition("articles", 1)


def app(**changes: Any) -> Any:
    """A member of its group that fetches; `changes` are what is wrong."""
    is_well = {"coordinator_id": 1, "generation": 4, "rebalancing": False, "asked_at": time.time(), "waiting": ()}
    state = SimpleNamespace(**{**is_well, **changes})
    consumer = SimpleNamespace(
        _coordinator=state,
        _fetcher=SimpleNamespace(_records=state.waiting),
        assignment=lambda: {PARTITION},
        last_poll_timestamp=lambda _partition: state.asked_at and state.asked_at * 1000,
    )
    thread = SimpleNamespace(_consumer=consumer)
    return SimpleNamespace(consumer=SimpleNamespace(_thread=thread), rebalancing=state.rebalancing)


def test_a_member_that_fetches_has_no_complaint() -> None:
    assert complaint(app()) is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"coordinator_id": None}, "no coordinator"),
        ({"generation": -1}, "not a member"),
        ({"rebalancing": True}, "does not end"),
        ({"asked_at": time.time() - 60}, "articles[1]"),
        ({"asked_at": None}, "articles[1]"),
    ],
)
def test_what_is_wrong_is_named(wrong: dict[str, Any], words: str) -> None:
    assert words in (complaint(app(**wrong)) or "")


def test_silence_is_well_while_what_was_fetched_waits_for_the_agent() -> None:
    assert complaint(app(asked_at=time.time() - 60, waiting={PARTITION})) is None


def test_a_consumer_that_never_started_is_a_complaint() -> None:
    assert complaint(SimpleNamespace(consumer=SimpleNamespace(_thread=None), rebalancing=False))
