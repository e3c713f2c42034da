"""The relay: alert rows that track has committed go to the topic `alerts`, in order for each watch, then are marked.

One relay works at a time, under a lease. One that dies between publishing and marking leaves alerts that the next
publishes again under the same `alert_id`, which notify knows.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from aiokafka.errors import KafkaError
from sqlalchemy import Connection, select, update

from schemas.alert import Alert
from services.runtime.kafka import is_transient
from services.runtime.store import lease
from services.runtime.store.database import Database, StoreUnavailable
from services.runtime.store.tables import alerts, micros

log = structlog.get_logger()

LEASE = "relay"
LEASE_LASTS = timedelta(seconds=6)
BATCH = 500

Publish = Callable[[Alert], Awaitable[object]]
"""Returns when the broker has acknowledged the alert."""


@dataclass(frozen=True)
class Pending:
    """A committed alert that is not marked as published."""

    seq: int
    alert: Alert


def pending(connection: Connection, limit: int = BATCH) -> list[Pending]:
    """The oldest alerts that are not marked, in the order in which they were decided."""
    rows = connection.execute(
        select(alerts.c.seq, alerts.c.body).where(alerts.c.published_at.is_(None)).order_by(alerts.c.seq).limit(limit)
    )
    return [Pending(row.seq, Alert.model_validate_json(row.body)) for row in rows]


def mark(connection: Connection, published: list[int], now: datetime) -> None:
    """Remember that these rows (by `seq`) are on the topic."""
    connection.execute(update(alerts).where(alerts.c.seq.in_(published)).values(published_at=micros(now)))


def rounds(waiting: list[Pending]) -> Iterator[list[Pending]]:
    """At most one alert of a watch in each round: what is sent together never overtakes within a watch."""
    while waiting:
        seen: set[str] = set()
        together: list[Pending] = []
        later: list[Pending] = []
        for item in waiting:
            (later if item.alert.watch_id in seen else together).append(item)
            seen.add(item.alert.watch_id)
        yield together
        waiting = later


class Relay:
    """Publishes what is pending, one step at a time."""

    def __init__(self, database: Database, publish: Publish, owner: str) -> None:
        self._database = database
        self._publish = publish
        self._owner = owner
        self._renew_at: datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether this relay held the lease when it last looked."""
        return self._renew_at is not None

    async def step(self, now: datetime) -> int | None:
        """Publish and mark one batch: how many, or None while another relay holds the lease.

        Raises what `publish` raises while the broker is gone, after marking what was acknowledged before it.
        """
        batch = await self._database.run(lambda connection: self._take(connection, now))
        if batch is None:
            return None
        acknowledged: list[int] = []
        try:
            for together in rounds(batch):
                await self._send(together, acknowledged)
        finally:
            if acknowledged:
                await self._database.run(lambda connection: mark(connection, acknowledged, now))
        return len(acknowledged)

    def _take(self, connection: Connection, now: datetime) -> list[Pending] | None:
        if self._renew_at is None or now >= self._renew_at:  # seldom, because each renewal is a write to disk
            self._renew_at = None
            if not lease.acquire(connection, LEASE, self._owner, now, LEASE_LASTS):
                return None
            self._renew_at = now + LEASE_LASTS / 2
        return pending(connection)

    async def _send(self, together: list[Pending], acknowledged: list[int]) -> None:
        outcomes = await asyncio.gather(*(self._publish(item.alert) for item in together), return_exceptions=True)
        gone: BaseException | None = None
        for item, outcome in zip(together, outcomes, strict=True):
            if isinstance(outcome, BaseException) and not _refused(outcome):
                gone = outcome
                continue
            if isinstance(outcome, BaseException):
                log.error("not published; notify finds it in the store", alert=item.alert.alert_id, error=repr(outcome))
            acknowledged.append(item.seq)
        if gone is not None:
            raise gone

    def give_up(self) -> None:
        """Let the next relay start at once; called when this one stops, so it does not wait for its turn."""
        if self.holds:
            self._renew_at = None
            with contextlib.suppress(StoreUnavailable):
                self._database.call(lambda connection: lease.release(connection, LEASE, self._owner))


def _refused(error: BaseException) -> bool:
    """Whether the broker refuses this alert for what it is: waiting would only hold back all the others."""
    return any(isinstance(each, KafkaError) and not is_transient(each) for each in (error, error.__cause__))
