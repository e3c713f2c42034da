"""A store with its tables, and what tests of the outbox need around it."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest_asyncio
from sqlalchemy import select

from schemas.alert import Alert
from schemas.notification import Notification
from schemas.subscription import Subscription
from services.notify import outbox
from services.notify.sender import Sender
from services.notify.subscriptions import Book
from services.runtime.health import Health
from services.runtime.store import Database
from services.runtime.store.statements import insert
from services.runtime.store.tables import alerts, micros, notifications
from tests.notify.making import NOW
from tests.support.stores import database, new_sqlite, ready_url

__all__ = ["database", "new_sqlite", "ready_url"]


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Desk:
    """A store, a clock, and as many notify processes as a test starts over them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.senders: list[Sender] = []

    async def write(self, *written: Alert) -> None:
        """What track does, without publishing."""
        rows = [
            {
                "alert_id": each.alert_id,
                "watch_id": each.watch_id,
                "incident_id": each.incident_id,
                "at": micros(each.at),
                "created_at": micros(self.clock()),
                "body": each.model_dump_json(),
            }
            for each in written
        ]
        await self.database.run(lambda c: [c.execute(insert(c, alerts).values(row)) for row in rows])

    async def decide(self, *subscriptions: Subscription) -> list[Notification]:
        return await self.database.run(lambda c: outbox.decide_all(c, subscriptions, self.clock()))

    async def all(self) -> list[Notification]:
        """Every notification, in the order of its alert."""
        query = (
            select(notifications.c.body)
            .join(alerts, alerts.c.alert_id == notifications.c.alert_id)
            .order_by(alerts.c.seq, notifications.c.subscription_id)
        )
        bodies = await self.database.run(lambda c: list(c.execute(query).scalars()))
        return [Notification.model_validate_json(body) for body in bodies]

    def sender(self, *subscriptions: Subscription) -> Sender:
        sender = Sender(
            self.database, Book(subscriptions), Health("notify"), self.clock, self.clock, chance=lambda: 1.0
        )
        self.senders.append(sender)
        return sender

    async def rounds(self, sender: Sender, count: int = 1) -> None:
        """Starts what is due and waits until its outcome is written, so many times."""
        for _ in range(count):
            await sender.step()
            await sender.settled()


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    desk = Desk(database)
    yield desk
    for sender in desk.senders:
        await sender.close()
