"""The relay brings every committed alert to the topic, in order for each watch, whoever dies in between."""

from datetime import UTC, datetime, timedelta

import pytest
from aiokafka.errors import MessageSizeTooLargeError
from sqlalchemy import insert, select

from schemas.alert import Alert, AlertKind
from schemas.base import BothNames, Level
from services.runtime.errors import TransientError
from services.runtime.store.database import Database
from services.runtime.store.tables import alerts, micros
from services.track.relay import LEASE_LASTS, Relay

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


class Killed(BaseException):
    """The process dies here."""


class Topic:
    """Remembers what was acknowledged; refuses the alerts it is told to."""

    def __init__(self) -> None:
        self.published: list[str] = []
        self.refuse: set[str] = set()
        self.why: Exception = TransientError("the broker is gone")

    async def publish(self, alert: Alert) -> None:
        if alert.alert_id in self.refuse:
            raise self.why
        self.published.append(alert.alert_id)


def decide(database: Database, *alert_ids: str, watch_id: str = "ain-issa") -> None:
    """Commit alerts, as track does."""
    for alert_id in alert_ids:
        alert = Alert(
            alert_id=alert_id,
            watch_id=watch_id,
            watch_name=BothNames(ar="عين عيسى"),
            kind=AlertKind.OPENED,
            level=Level.ELEVATED,
            at=NOW,
            reason="opened",
            expires_at=NOW + timedelta(days=1),
        )
        row = {"alert_id": alert_id, "watch_id": watch_id, "at": micros(NOW), "created_at": micros(NOW)}
        statement = insert(alerts).values(body=alert.model_dump_json(), **row)
        with database.engine.begin() as connection:
            connection.execute(statement)


def unmarked(database: Database) -> list[str]:
    query = select(alerts.c.alert_id).where(alerts.c.published_at.is_(None)).order_by(alerts.c.seq)
    return list(database.call(lambda connection: connection.execute(query).scalars().all()))


@pytest.fixture
def topic() -> Topic:
    return Topic()


async def test_alerts_are_published_in_the_order_in_which_they_were_decided_and_once(
    database: Database, topic: Topic
) -> None:
    decide(database, "a1", "a2", "a3")
    relay = Relay(database, topic.publish, "first")
    assert await relay.step(NOW) == 3
    assert await relay.step(NOW) == 0
    assert topic.published == ["a1", "a2", "a3"]
    assert unmarked(database) == []


async def test_an_alert_that_the_broker_refuses_is_never_overtaken_within_its_watch(
    database: Database, topic: Topic
) -> None:
    decide(database, "a1", "a2")
    decide(database, "b1", "b2", watch_id="tal-tamr")
    decide(database, "a3")
    topic.refuse = {"a2"}
    relay = Relay(database, topic.publish, "first")
    with pytest.raises(TransientError):
        await relay.step(NOW)
    assert unmarked(database) == ["a2", "a3"]

    topic.refuse = set()
    assert await relay.step(NOW) == 2
    assert [name for name in topic.published if name.startswith("a")] == ["a1", "a2", "a3"]
    assert [name for name in topic.published if name.startswith("b")] == ["b1", "b2"]


async def test_an_alert_that_the_broker_will_never_take_does_not_hold_back_the_others(
    database: Database, topic: Topic
) -> None:
    decide(database, "a1", "a2", "a3")
    topic.refuse, topic.why = {"a2"}, MessageSizeTooLargeError()
    assert await Relay(database, topic.publish, "first").step(NOW) == 3
    assert topic.published == ["a1", "a3"]
    assert unmarked(database) == []


async def test_killed_between_publishing_and_marking_the_next_relay_publishes_the_same_alert_again(
    database: Database, ready_url: str, topic: Topic
) -> None:
    decide(database, "a1")

    class Dying(Relay):
        async def _send(self, together: list, acknowledged: list[int]) -> None:
            await super()._send(together, acknowledged)
            acknowledged.clear()
            raise Killed

    with pytest.raises(Killed):
        await Dying(database, topic.publish, "first").step(NOW)
    assert unmarked(database) == ["a1"]

    elsewhere = Database(ready_url)
    second = Relay(elsewhere, topic.publish, "second")
    assert await second.step(NOW + LEASE_LASTS / 2) is None
    assert await second.step(NOW + LEASE_LASTS) == 1
    assert topic.published == ["a1", "a1"]
    elsewhere.close()


async def test_only_the_holder_of_the_lease_publishes_and_hands_over_when_it_stops(
    database: Database, topic: Topic
) -> None:
    first, second = Relay(database, topic.publish, "first"), Relay(database, topic.publish, "second")
    assert await first.step(NOW) == 0
    decide(database, "a1")
    assert await second.step(NOW + timedelta(seconds=1)) is None
    assert await first.step(NOW + timedelta(seconds=1)) == 1
    first.give_up()
    decide(database, "a2")
    assert await second.step(NOW + timedelta(seconds=2)) == 1
    assert await first.step(NOW + timedelta(seconds=2)) is None


async def test_the_holder_keeps_its_lease_while_it_works(database: Database, topic: Topic) -> None:
    first, second = Relay(database, topic.publish, "first"), Relay(database, topic.publish, "second")
    for second_of_work in range(30):
        now = NOW + timedelta(seconds=second_of_work)
        assert await first.step(now) == 0
        assert await second.step(now) is None
