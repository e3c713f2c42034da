"""Notify: decides about each alert when it comes, sends in the background, and reconciles with the store."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, func, select

from schemas.alert import Alert
from schemas.notification import Notification, NotificationStatus
from schemas.subscription import Subscription
from services.notify import outbox
from services.notify.sender import Sender, utc_now
from services.notify.subscriptions import Book, follow, read
from services.runtime import metrics, topics
from services.runtime.clock import Clock, clock_of
from services.runtime.errors import PoisonError
from services.runtime.health import Health
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.store import Database, StoreUnavailable
from services.runtime.store.tables import notifications

log = structlog.get_logger()

RECONCILE_EVERY = timedelta(minutes=1)


class Notify:
    """What the agent and its background tasks share."""

    def __init__(self, database: Database, book: Book, health: Health, clock: Clock = utc_now) -> None:
        self.database = database
        self.book = book
        self.sender = Sender(database, book, health, clock)
        self._clock = clock

    async def handle(self, batch: Sequence[Alert]) -> None:
        """Writes the decisions about these alerts in one transaction; nothing is sent here."""
        now, subscriptions = self._clock(), self.book.subscriptions

        def decide(connection: Connection) -> list[Notification]:
            return [made for each in batch for made in _decide(connection, each, subscriptions, now)]

        self._took(await self.database.run(decide))

    async def reconcile(self) -> None:
        """Decides what no message brought, and gives up what outlived its alert."""
        subscriptions = self.book.subscriptions
        while made := await self.database.run(lambda c: outbox.decide_all(c, subscriptions, self._clock())):
            log.info("decided from the store", notifications=len(made))
            self._took(made)
        gone = await self.database.run(lambda c: outbox.expire(c, self._clock(), utc_now()))
        for each in gone:
            self._count(each)
        if gone:
            log.warning("notifications expired unsent", count=len(gone))
        waiting = select(func.count()).where(notifications.c.status.in_(outbox.UNFINISHED))
        metrics.OUTBOX.set(await self.database.run(lambda c: c.execute(waiting).scalar_one()))

    async def reconcile_for_ever(self) -> None:
        while True:
            try:
                await self.reconcile()
                await asyncio.sleep(RECONCILE_EVERY.total_seconds())
            except StoreUnavailable as error:
                log.warning("store gone, not reconciled", reason=str(error))
                await asyncio.sleep(1.0)

    async def subscriptions_changed(self) -> None:
        """What waited for a first subscription is decided at once."""
        with contextlib.suppress(StoreUnavailable):  # then the next round decides it
            await self.reconcile()

    def _took(self, made: list[Notification]) -> None:
        for each in made:
            if each.status is NotificationStatus.SUPPRESSED:
                self._count(each)
        if made:
            self.sender.wake()

    def _count(self, settled: Notification) -> None:
        subscription = self.book.get(settled.subscription_id)
        channel = subscription.channel.kind if subscription else "removed"
        metrics.NOTIFICATIONS.labels(channel, settled.status.value).inc()


def _decide(
    connection: Connection, alert: Alert, subscriptions: tuple[Subscription, ...], now: datetime
) -> list[Notification]:
    made = outbox.decide_until(connection, alert, subscriptions, now)
    if made is None:
        raise PoisonError("this store does not know the alert: track and notify must share one store", "alert_id")
    return made


def main(settings: Settings) -> None:
    """Runs until SIGTERM. Raises ConfigurationError where the subscriptions file is wrong at the start."""
    path = settings.subscriptions
    book = Book(read(path) if path else ())
    service = Service("notify", settings)
    notify = Notify(Database(settings.store_url), book, service.health, clock_of(settings))

    async def follow_subscriptions() -> None:
        if path is None:
            log.warning("no subscriptions file: nobody is told anything")
            await asyncio.Event().wait()
        else:
            await follow(path, book, notify.subscriptions_changed)

    service.on_many(topics.ALERTS, notify.handle)
    service.task(notify.sender.run)
    service.task(notify.reconcile_for_ever)
    service.task(follow_subscriptions)
    service.run()
