"""From the outbox to a real receiver that misbehaves: at least once, and with one id never visibly twice."""

import asyncio
import io
from datetime import timedelta

import pytest

from schemas.notification import NotificationStatus
from services.notify import sender as module
from services.notify.channels.terminal import Terminal
from services.notify.sender import LONGEST_RETRY, backoff
from services.runtime.store import StoreUnavailable
from tests.notify.conftest import Desk
from tests.notify.making import NOW, alert, terminal, webhook
from tests.notify.receiver import HANG, LOSE, Receiver

MINUTE = timedelta(minutes=1)


async def test_a_notification_is_sent_then_marked(desk: Desk) -> None:
    async with Receiver() as receiver:
        await desk.write(alert(1))
        await desk.decide(webhook(receiver.url))
        await desk.rounds(desk.sender(webhook(receiver.url)), 2)
    (done,) = await desk.all()
    assert (done.status, done.attempts, done.error) == (NotificationStatus.SENT, 1, "")
    assert [each.id for each in receiver.received] == [done.id]


async def test_a_failing_receiver_is_tried_again_later_each_time_until_it_answers(desk: Desk) -> None:
    async with Receiver(500, 503) as receiver:
        await desk.write(alert(1))
        await desk.decide(webhook(receiver.url))
        sender = desk.sender(webhook(receiver.url))
        waits = []
        for _ in range(2):
            await desk.rounds(sender)
            (waiting,) = await desk.all()
            assert waiting.status is NotificationStatus.PENDING
            assert waiting.next_attempt_at is not None
            waits.append(waiting.next_attempt_at - desk.clock())
            await desk.rounds(sender)  # too early: nothing is sent
            desk.clock.now = waiting.next_attempt_at
        await desk.rounds(sender)
    assert waits == [timedelta(seconds=1), timedelta(seconds=2)]
    assert len({each.id for each in receiver.received}) == 1
    assert len(receiver.received) == 3
    assert [each.status for each in await desk.all()] == [NotificationStatus.SENT]


async def test_the_receiver_may_ask_for_more_time(desk: Desk) -> None:
    async with Receiver((429, {"retry-after": "90"})) as receiver:
        await desk.write(alert(1))
        await desk.decide(webhook(receiver.url))
        await desk.rounds(desk.sender(webhook(receiver.url)))
    (waiting,) = await desk.all()
    assert waiting.next_attempt_at == NOW + timedelta(seconds=90)
    assert waiting.error == "answered 429"


async def test_an_answer_that_got_lost_is_asked_for_again_with_the_same_id(desk: Desk) -> None:
    async with Receiver(LOSE) as receiver:
        await desk.write(alert(1))
        await desk.decide(webhook(receiver.url))
        sender = desk.sender(webhook(receiver.url))
        await desk.rounds(sender)
        desk.clock.now += MINUTE
        await desk.rounds(sender)
    first, second = receiver.received
    assert (first.id, first.body) == (second.id, second.body)


async def test_an_answer_that_no_retry_changes_ends_it_and_says_why(desk: Desk) -> None:
    async with Receiver(403) as receiver:
        await desk.write(alert(1), alert(2))
        await desk.decide(webhook(receiver.url))
        await desk.rounds(desk.sender(webhook(receiver.url)), 2)
    first, second = await desk.all()
    assert (first.status, first.error) == (NotificationStatus.FAILED, "answered 403")
    assert second.status is NotificationStatus.SENT


async def test_a_receiver_that_is_gone_is_not_asked_again_until_the_subscription_changes(desk: Desk) -> None:
    async with Receiver(410) as receiver:
        await desk.write(alert(1), alert(2))
        await desk.decide(webhook(receiver.url))
        await desk.rounds(desk.sender(webhook(receiver.url)), 2)
        assert len(receiver.received) == 1
        assert [each.status for each in await desk.all()] == [NotificationStatus.FAILED] * 2
        await desk.write(alert(3))
        await desk.decide(webhook(receiver.url))
        await desk.rounds(desk.sender(webhook(receiver.url)))
    assert len(receiver.received) == 2


async def test_an_alert_that_is_over_before_it_could_be_sent_is_given_up_with_the_last_error(desk: Desk) -> None:
    async with Receiver(500) as receiver:
        await desk.write(alert(1, expires_at=NOW + MINUTE))
        await desk.decide(webhook(receiver.url))
        sender = desk.sender(webhook(receiver.url))
        await desk.rounds(sender)
        desk.clock.now += 2 * MINUTE
        await desk.rounds(sender)
    (given_up,) = await desk.all()
    assert given_up.status is NotificationStatus.FAILED
    assert given_up.error == "expired before it could be sent; last: answered 500"
    assert len(receiver.received) == 1


async def test_a_receiver_that_hangs_delays_no_other(desk: Desk) -> None:
    async with Receiver(HANG, HANG, HANG, HANG) as hanging, Receiver() as healthy:
        slow, quick = webhook(hanging.url, id="slow"), webhook(healthy.url, id="quick")
        await desk.write(*(alert(n, watch_id=f"watch-{n}") for n in range(6)))
        await desk.decide(slow, quick)
        running = asyncio.create_task(desk.sender(slow, quick).run())
        await hanging.requests(4)
        assert len(await healthy.requests(6)) == 6
        running.cancel()
        assert len(hanging.received) == 4


async def test_alerts_of_a_watch_arrive_in_their_order_though_the_first_needs_a_retry(desk: Desk) -> None:
    async with Receiver(500) as receiver:
        await desk.write(*(alert(n) for n in range(1, 4)))
        await desk.decide(webhook(receiver.url))
        sender = desk.sender(webhook(receiver.url))
        for _ in range(4):
            await desk.rounds(sender)
            desk.clock.now += MINUTE
    assert [each.document["data"]["alert_id"] for each in receiver.received] == [
        "alert-1",
        "alert-1",
        "alert-2",
        "alert-3",
    ]


async def test_a_process_killed_between_sending_and_marking_sends_again_under_the_same_id(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Receiver() as receiver:
        await desk.write(alert(1))
        await desk.decide(webhook(receiver.url))
        killed = desk.sender(webhook(receiver.url))
        with monkeypatch.context() as patch:
            patch.setattr(killed, "_write", _never)
            await desk.rounds(killed)
        desk.clock.now += MINUTE
        await desk.rounds(desk.sender(webhook(receiver.url)))
    assert len(receiver.received) == 2
    assert len({each.id for each in receiver.received}) == 1
    assert [each.status for each in await desk.all()] == [NotificationStatus.SENT]


async def _never(*_: object) -> None:
    """What a process that was killed writes."""


async def test_a_delivery_is_written_down_however_long_the_store_is_gone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([StoreUnavailable("gone"), StoreUnavailable("gone")])
    async with Receiver() as receiver:
        await desk.write(alert(1))
        await desk.decide(webhook(receiver.url))
        sender = desk.sender(webhook(receiver.url))
        await sender.step()
        run = desk.database.run

        async def failing(work: object) -> object:
            if (failure := next(failures, None)) is not None:
                raise failure
            return await run(work)  # type: ignore[arg-type]

        monkeypatch.setattr(desk.database, "run", failing)
        await sender.settled()
    assert len(receiver.received) == 1
    assert [each.status for each in await desk.all()] == [NotificationStatus.SENT]


async def test_a_fault_in_a_channel_costs_neither_the_sender_nor_the_alert(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: Terminal, outgoing: object) -> None:
        raise RuntimeError("a bug")

    await desk.write(alert(1))
    await desk.decide(terminal())
    sender = desk.sender(terminal())
    with monkeypatch.context() as patch:
        patch.setattr(Terminal, "deliver", broken)
        await desk.rounds(sender)
    (waiting,) = await desk.all()
    assert (waiting.status, waiting.error) == (NotificationStatus.PENDING, "RuntimeError in the channel")
    screen = io.StringIO()
    monkeypatch.setattr("sys.stdout", screen)
    desk.clock.now += MINUTE
    await desk.rounds(desk.sender(terminal()))
    assert "عين عيسى" in screen.getvalue()


async def test_a_stop_lets_an_attempt_end_and_leaves_one_that_hangs_to_its_lease(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LAST_WORDS_SECONDS", 0.05)
    async with Receiver(HANG) as receiver:
        await desk.write(alert(1))
        await desk.decide(webhook(receiver.url))
        running = asyncio.create_task(desk.sender(webhook(receiver.url)).run())
        await receiver.requests(1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        (held,) = await desk.all()
        assert held.status is NotificationStatus.SENDING
        desk.clock.now += MINUTE
        await desk.rounds(desk.sender(webhook(receiver.url)))
    assert len({each.id for each in receiver.received}) == 1


def test_waits_double_up_to_a_limit_and_half_of_each_is_chance() -> None:
    assert [backoff(n, 1.0).total_seconds() for n in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert backoff(1000, 1.0) == LONGEST_RETRY
    assert backoff(3, 0.0) == backoff(3, 1.0) / 2
