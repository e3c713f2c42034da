"""The sender: takes due notifications from the outbox, delivers them, and writes down what became of them.

Each subscription has its own few attempts at once, so that a receiver which hangs delays nobody else; of one watch a
subscription gets one alert after the other.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection

from schemas.notification import Notification, NotificationStatus
from schemas.subscription import Subscription
from services.notify import outbox
from services.notify.channels import Delivered, Outcome, Outgoing, Refused, Retry
from services.notify.outbox import Claimed
from services.notify.subscriptions import Book
from services.runtime import metrics
from services.runtime.clock import Clock
from services.runtime.health import Health
from services.runtime.store import Database, StoreUnavailable

log = structlog.get_logger()

AT_ONCE = 4
"""Attempts of one subscription at the same time."""
POLL_SECONDS = 0.5
"""How soon what another process decided, or a retry that is due, is seen."""
FIRST_RETRY = timedelta(seconds=1)
LONGEST_RETRY = timedelta(minutes=5)
SPARE = timedelta(seconds=5)
"""A lease lasts this much longer than an attempt may take."""
LAST_WORDS_SECONDS = 2.0
"""How long a stop waits for attempts under way."""

Result = TypeVar("Result")


def utc_now() -> datetime:
    return datetime.now(UTC)


class Sender:
    """Runs until cancelled. `wake()` after a decision saves the wait for the next look."""

    def __init__(
        self,
        database: Database,
        book: Book,
        health: Health,
        clock: Clock = utc_now,
        wall: Clock = utc_now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._book = book
        self._health = health
        self._clock = clock
        """For what expires: the time that track's alerts live in, which runs faster in a rehearsal."""
        self._wall = wall
        """For leases and retries."""
        self._chance = chance
        self._wake = asyncio.Event()
        self._tasks: dict[str, tuple[str, asyncio.Task[None]]] = {}
        """By notification id: the subscription's id and the attempt."""
        self._gone: dict[str, Subscription] = {}
        """Subscriptions whose receiver answered 410: stopped until they change or notify starts again."""

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """For ever; while the store is gone it says so on /readyz and looks again every second."""
        try:
            while True:
                self._wake.clear()
                try:
                    await self.step()
                    self._health.ready("outbox")
                    await self._pause()
                except StoreUnavailable as error:
                    self._health.not_ready("outbox", str(error))
                    log.warning("store gone, nothing claimed", reason=str(error))
                    await asyncio.sleep(1.0)
        finally:
            await self.close()

    async def step(self) -> int:
        """Starts an attempt for all that is due and has room; how many."""
        now = self._wall()
        free, leases = self._room()
        busy = frozenset(self._tasks)

        def claim(connection: Connection) -> list[Claimed]:
            return outbox.claim(connection, free, leases, busy, now)

        claimed = await self._database.run(claim) if free else []
        for each in claimed:
            task = asyncio.create_task(self._attempt(each), name=f"send {each.notification.id}")
            self._tasks[each.notification.id] = (each.notification.subscription_id, task)
            task.add_done_callback(partial(self._done, each.notification.id))
        return len(claimed)

    def _room(self) -> tuple[dict[str, int], dict[str, timedelta]]:
        used = [subscription_id for subscription_id, _ in self._tasks.values()]
        free = {s.id: AT_ONCE - used.count(s.id) for s in self._book.subscriptions}
        longest = {id: timedelta(seconds=self._book.channel(id).timeout_seconds) + SPARE for id in free}
        return free, longest

    def _done(self, notification_id: str, _task: "asyncio.Task[None]") -> None:
        self._tasks.pop(notification_id, None)
        self.wake()

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)

    async def _attempt(self, claimed: Claimed) -> None:
        held = claimed.notification
        subscription = self._book.get(held.subscription_id)
        if subscription is None:  # taken out of the file between claim and now: leave it to the lease
            return
        if claimed.alert.expires_at <= self._clock():
            return await self._write(claimed, outbox.expired(held, self._wall()), subscription)
        started = time.monotonic()
        outcome = await self._deliver(claimed, subscription)
        metrics.SEND_SECONDS.labels(subscription.channel.kind).observe(time.monotonic() - started)
        await self._write(claimed, self._after(claimed, outcome), subscription)

    async def _deliver(self, claimed: Claimed, subscription: Subscription) -> Outcome:
        if self._gone.get(subscription.id) == subscription:
            return Refused("the receiver answered 410 Gone to an earlier alert")
        held = claimed.notification
        outgoing = Outgoing(held.id, subscription.id, claimed.alert, subscription.language, held.sound)
        try:
            outcome = await self._book.channel(subscription.id).deliver(outgoing)
        except Exception as error:  # a channel's own fault must not end the sender, nor lose the alert
            log.error("channel failed", subscription=subscription.id, error=type(error).__name__, exc_info=True)
            outcome = Retry(f"{type(error).__name__} in the channel")
        if isinstance(outcome, Refused) and outcome.gone:
            self._gone[subscription.id] = subscription
        return outcome

    def _after(self, claimed: Claimed, outcome: Outcome) -> Notification:
        held, now = claimed.notification, self._wall()
        changes: dict[str, Any]
        match outcome:
            case Delivered(message_ref):
                changes = {"status": NotificationStatus.SENT, "message_ref": message_ref, "error": ""}
            case Refused(error):
                changes = {"status": NotificationStatus.FAILED, "error": error}
            case Retry(error, after):
                due = now + max(backoff(held.attempts, self._chance()), after or timedelta(0))
                changes = {"status": NotificationStatus.PENDING, "error": error, "next_attempt_at": due}
        return held.model_copy(update={"next_attempt_at": None, "updated_at": now, **changes})

    async def _write(self, claimed: Claimed, after: Notification, subscription: Subscription) -> None:
        def finish(connection: Connection) -> tuple[bool, datetime | None]:
            seen = outbox.first_seen(connection, claimed.alert)
            return outbox.finish(connection, claimed.notification, after), seen

        written, seen = await self._insist(finish)
        if written and after.status is not NotificationStatus.PENDING:
            metrics.NOTIFICATIONS.labels(subscription.channel.kind, after.status.value).inc()
        if written and after.status is NotificationStatus.SENT and seen is not None:
            metrics.ALERT_SECONDS.observe(max(0.0, (after.updated_at - seen).total_seconds()))
        say = log.info if after.status is NotificationStatus.SENT else log.warning
        what = {"id": after.id, "subscription": subscription.id, "status": after.status.value}
        say("notification", **what, attempts=after.attempts, error=after.error or None)

    async def _insist(self, work: Callable[[Connection], Result]) -> Result:
        """What was delivered is written down however long the store is gone: only then may the next one go."""
        wait = 0.1
        while True:
            try:
                return await self._database.run(work)
            except StoreUnavailable as error:
                log.warning("store gone, outcome not yet written", reason=str(error), seconds=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5.0)

    async def settled(self) -> None:
        """Waits until no attempt is under way."""
        while self._tasks:
            await asyncio.wait([task for _, task in self._tasks.values()])
            await asyncio.sleep(0)  # their callbacks

    async def close(self) -> None:
        """Attempts get a moment to end; one that does not is sent again, under the same id, after its lease."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self.settled()), LAST_WORDS_SECONDS)
        for _, task in self._tasks.values():
            task.cancel()


def backoff(attempts: int, chance: float) -> timedelta:
    """1, 2, 4 … seconds up to five minutes; half of it is chance (0 to 1), so that receivers are not hit in step."""
    full = min(FIRST_RETRY * 2 ** min(attempts - 1, 20), LONGEST_RETRY)
    return full * (0.5 + 0.5 * chance)
