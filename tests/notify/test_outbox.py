"""Notifications in the store: nothing undecided, nothing twice, in order, whatever dies in between."""

import asyncio
from datetime import timedelta

import pytest

from schemas.alert import AlertKind
from schemas.base import Level, SignalType
from schemas.notification import Notification, NotificationStatus
from services.notify import outbox
from services.notify.agent import Notify
from services.notify.outbox import Claimed
from services.notify.subscriptions import Book
from services.runtime import metrics
from services.runtime.health import Health
from services.runtime.store import Database
from services.runtime.store.tables import alerts
from tests.notify.conftest import Desk
from tests.notify.making import NOW, alert, terminal, webhook

LEASE = timedelta(seconds=15)


async def claim(desk: Desk, subscription_id: str = "desk", free: int = 9, busy: tuple[str, ...] = ()) -> list[Claimed]:
    return await desk.database.run(
        lambda c: outbox.claim(c, {subscription_id: free}, {subscription_id: LEASE}, busy, desk.clock())
    )


async def finish(desk: Desk, held: Notification, status: NotificationStatus) -> bool:
    after = held.model_copy(update={"status": status, "next_attempt_at": None})
    return await desk.database.run(lambda c: outbox.finish(c, held, after))


def alert_ids(claimed: list[Claimed]) -> list[str]:
    return [each.alert.alert_id for each in claimed]


async def test_every_alert_is_decided_once_for_every_subscription(desk: Desk) -> None:
    await desk.write(alert(1), alert(2))
    both = (terminal(), webhook("http://127.0.0.1:1/"))
    assert len(await desk.decide(*both)) == 4
    assert await desk.decide(*both) == []
    assert len(await desk.all()) == 4


async def test_what_is_decided_against_is_kept_with_its_reason(desk: Desk) -> None:
    await desk.write(alert(level=Level.HEADS_UP))
    (decided,) = await desk.decide(terminal(min_level=Level.CRITICAL))
    assert (decided.status, decided.reason) == (NotificationStatus.SUPPRESSED, "below_level")
    assert await claim(desk) == []


async def test_an_alert_that_no_message_brought_is_decided_before_the_next_of_its_watch(desk: Desk) -> None:
    await desk.write(alert(1), alert(9, watch_id="tal-tamr"), alert(2, kind=AlertKind.EASED))
    made = await desk.database.run(lambda c: outbox.decide_until(c, alert(2, kind=AlertKind.EASED), (terminal(),), NOW))
    assert made is not None
    assert [(each.alert_id, each.reason) for each in made] == [
        ("alert-1", "level_reached"),
        ("alert-2", "follows_sent"),
    ]


async def test_one_article_about_a_truce_is_one_message_to_whoever_hears_of_the_truce(desk: Desk) -> None:
    truce = alert(2, incident_id="truce", article_id="a3", signals=(SignalType.CEASEFIRE,), level=Level.ELEVATED)
    eased = alert(3, kind=AlertKind.EASED, article_id="a3", level=Level.CRITICAL)
    await desk.write(alert(1, level=Level.CRITICAL), truce, eased)
    grave = terminal(id="grave", min_level=Level.CRITICAL)
    made = await desk.decide(terminal(), grave)
    told = {(each.subscription_id, each.alert_id): (each.status.value, each.reason) for each in made}
    assert told["desk", "alert-2"] == ("pending", "level_reached")
    assert told["desk", "alert-3"] == ("suppressed", "told_with_its_cause")
    assert told["grave", "alert-2"] == ("suppressed", "below_level")
    assert told["grave", "alert-3"] == ("pending", "follows_sent")


async def test_an_alert_of_another_store_is_not_decided(desk: Desk) -> None:
    assert await desk.database.run(lambda c: outbox.decide_until(c, alert(7), (terminal(),), NOW)) is None


async def test_an_alert_whose_time_is_over_is_decided_as_expired(desk: Desk) -> None:
    await desk.write(alert(expires_at=NOW - timedelta(seconds=1)))
    (decided,) = await desk.decide(terminal())
    assert (decided.status, decided.reason) == (NotificationStatus.SUPPRESSED, "expired")


async def test_alerts_wait_for_a_first_subscription_and_not_for_a_second(desk: Desk) -> None:
    await desk.write(alert(1))
    assert await desk.decide() == []
    assert len(await desk.decide(terminal())) == 1
    assert await desk.decide(terminal(), terminal(id="late")) == []


async def test_a_long_backlog_is_decided_in_short_transactions_and_in_order(desk: Desk) -> None:
    await desk.write(alert(0), *(alert(n, kind=AlertKind.UPDATED, level=Level.CALM) for n in range(1, 5)))
    sizes = []
    while made := await desk.database.run(lambda c: outbox.decide_all(c, (terminal(),), NOW, limit=2)):
        sizes.append(len(made))
    assert sizes == [2, 2, 1]
    assert [each.reason for each in await desk.all()] == [
        "level_reached",
        "follows_sent",
        "below_level",
        "below_level",
        "below_level",
    ]


async def test_alerts_that_cannot_be_read_hold_back_none_behind_them(desk: Desk) -> None:
    await desk.write(*(alert(n) for n in range(3)))
    await desk.database.run(lambda c: c.execute(alerts.update().values(body='{"alert_id": "of another version"}')))
    await desk.write(alert(9))
    made = await desk.database.run(lambda c: outbox.decide_all(c, (terminal(),), NOW, limit=2))
    assert [each.alert_id for each in made] == ["alert-9"]


async def test_each_subscription_is_decided_by_what_it_was_told_itself(desk: Desk) -> None:
    first, ending = alert(1, level=Level.ELEVATED), alert(2, kind=AlertKind.RESOLVED, level=Level.CALM)
    await desk.write(first, ending, alert(3, kind=AlertKind.RESOLVED, incident_id="another"))
    await desk.decide(terminal(id="all"), terminal(id="critical", min_level=Level.CRITICAL))
    assert [(each.alert_id, each.subscription_id, each.reason) for each in await desk.all()] == [
        ("alert-1", "all", "level_reached"),
        ("alert-1", "critical", "below_level"),
        ("alert-2", "all", "follows_sent"),
        ("alert-2", "critical", "nothing_sent"),
        ("alert-3", "all", "nothing_sent"),
        ("alert-3", "critical", "nothing_sent"),
    ]


async def test_of_a_watch_the_oldest_goes_first_and_the_next_only_after_it(desk: Desk) -> None:
    await desk.write(alert(1), alert(2), alert(3, watch_id="tal-tamr"))
    await desk.decide(terminal())
    first = await claim(desk)
    assert alert_ids(first) == ["alert-1", "alert-3"]
    assert await claim(desk) == []
    await finish(desk, first[0].notification, NotificationStatus.SENT)
    assert alert_ids(await claim(desk)) == ["alert-2"]


async def test_one_that_failed_lets_the_next_go(desk: Desk) -> None:
    await desk.write(alert(1), alert(2))
    await desk.decide(terminal())
    (first,) = await claim(desk)
    await finish(desk, first.notification, NotificationStatus.FAILED)
    assert alert_ids(await claim(desk)) == ["alert-2"]


async def test_what_a_dead_process_held_is_claimed_again_under_the_same_id_when_its_lease_is_over(desk: Desk) -> None:
    await desk.write(alert(1))
    await desk.decide(terminal())
    (before,) = await claim(desk)
    desk.clock.now += LEASE - timedelta(seconds=1)
    assert await claim(desk) == []
    desk.clock.now += timedelta(seconds=1)
    (after,) = await claim(desk)
    assert after.notification.id == before.notification.id
    assert (before.notification.attempts, after.notification.attempts) == (1, 2)


async def test_a_slow_process_cannot_undo_what_the_next_one_holds_but_its_delivery_counts(desk: Desk) -> None:
    await desk.write(alert(1))
    await desk.decide(terminal())
    (slow,) = await claim(desk)
    desk.clock.now += LEASE
    (quick,) = await claim(desk)
    assert not await finish(desk, slow.notification, NotificationStatus.FAILED)
    assert await finish(desk, slow.notification, NotificationStatus.SENT)
    assert not await finish(desk, quick.notification, NotificationStatus.FAILED)
    assert [each.status for each in await desk.all()] == [NotificationStatus.SENT]


async def test_what_this_process_still_holds_is_not_claimed_again_however_late(desk: Desk) -> None:
    await desk.write(alert(1))
    await desk.decide(terminal())
    (held,) = await claim(desk)
    desk.clock.now += 2 * LEASE
    assert await claim(desk, busy=(held.notification.id,)) == []


async def test_a_subscription_gets_no_more_at_once_than_it_has_room_for(desk: Desk) -> None:
    await desk.write(*(alert(n, watch_id=f"watch-{n}") for n in range(5)))
    await desk.decide(terminal())
    assert len(await claim(desk, free=2)) == 2


async def test_what_outlived_its_alert_is_given_up_though_its_subscription_is_gone(desk: Desk) -> None:
    await desk.write(alert(1, expires_at=NOW + timedelta(hours=1)), alert(2, watch_id="tal-tamr"))
    await desk.decide(terminal(id="removed"))
    later = NOW + timedelta(hours=2)
    (given_up,) = await desk.database.run(lambda c: outbox.expire(c, later, later))
    assert given_up.alert_id == "alert-1"
    first, second = await desk.all()
    assert first.status is NotificationStatus.FAILED
    assert "expired" in first.error
    assert second.status is NotificationStatus.PENDING


async def test_what_is_given_up_is_counted_as_failed(desk: Desk) -> None:
    await desk.write(alert(1, expires_at=NOW + timedelta(hours=1)), alert(2, expires_at=NOW + timedelta(hours=1)))
    await desk.decide(terminal(id="removed"), terminal())
    desk.clock.now += timedelta(hours=2)
    notify = Notify(desk.database, Book((terminal(),)), Health("notify"), desk.clock)
    before = {channel: failed(channel) for channel in ("terminal", "removed")}
    await notify.reconcile()
    assert {channel: failed(channel) - before[channel] for channel in before} == {"terminal": 2, "removed": 2}
    await notify.sender.close()


def failed(channel: str) -> float:
    return (
        metrics.REGISTRY.get_sample_value("marsad_notifications_total", {"channel": channel, "outcome": "failed"})
        or 0.0
    )


async def test_decisions_survive_a_restart(desk: Desk, ready_url: str, database: Database) -> None:
    await desk.write(alert(1))
    await desk.decide(terminal())
    reopened = Database(ready_url)
    try:
        (claimed,) = reopened.call(lambda c: outbox.claim(c, {"desk": 1}, {"desk": LEASE}, (), NOW))
    finally:
        reopened.close()
    assert claimed.alert == alert(1)


async def test_two_processes_never_hold_the_same_one(desk: Desk, ready_url: str) -> None:
    await desk.write(*(alert(n, watch_id=f"watch-{n}") for n in range(40)))
    await desk.decide(terminal())
    others = [Database(ready_url) for _ in range(3)]

    def take(database: Database) -> list[Claimed]:
        return database.call(lambda c: outbox.claim(c, {"desk": 40}, {"desk": LEASE}, (), NOW))

    try:
        held = await asyncio.gather(*(asyncio.to_thread(take, each) for each in others))
    finally:
        for each in others:
            each.close()
    ids = [each.notification.id for batch in held for each in batch]
    assert len(ids) == len(set(ids)) == 40


@pytest.mark.parametrize("subscription_id", ["desk", "مكتب"])
def test_an_id_is_the_same_in_every_process(subscription_id: str) -> None:
    one = outbox.notification_id("alert-1", subscription_id)
    assert one == outbox.notification_id("alert-1", subscription_id)
    assert one != outbox.notification_id("alert-2", subscription_id)
    assert one.isalnum()
