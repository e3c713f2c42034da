"""The service `track`: a thin shell of Kafka, clock and store around the tracker."""

import asyncio
import math
import os
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

import structlog
from sqlalchemy import Connection, func, select

from schemas.alert import Alert
from schemas.base import Level
from schemas.observation import Observation
from schemas.source import SourceHeartbeat
from services.runtime import canary, metrics, topics
from services.runtime.clock import Clock, clock_of
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.store import Database, watchset
from services.runtime.store.tables import alerts, watch_states
from services.track import coverage_feed, retention, timers
from services.track.book import Step
from services.track.figures import rules_of
from services.track.memory import collect_seldom
from services.track.relay import Relay
from services.track.tracker import Tracker

log = structlog.get_logger()

WATCHES_EVERY = 1.0
RELAY_EVERY = 0.2
TIMERS_EVERY = 1.0
BATCHES_AT_ONCE = 100
CANARY_EVERY = 20.0
GAUGES_EVERY = 15.0
PRUNE_EVERY = 3600.0


def main(settings: Settings) -> None:
    """Run until told to stop."""
    collect_seldom()
    service = Service("track", settings)
    TrackService(service, Database(settings.store_url), clock_of(settings)).attach()
    service.run()


class TrackService:
    """Wires topics and timers to the tracker. Of several processes, the one whose relay holds the lease keeps time."""

    def __init__(self, service: Service, database: Database, clock: Clock) -> None:
        self._service = service
        self._database = database
        self._clock = clock
        self._tracker = Tracker.over(database, rules_of(service.settings))
        owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._relay = Relay(database, self._publish, owner)
        self._decided = asyncio.Event()
        self._started = clock()

    def attach(self) -> None:
        """Give the service its agents and tasks."""
        self._service.before(self.follow_watches_once)
        self._service.on_many(topics.OBSERVATIONS, self.observe)
        self._service.on(topics.SOURCES, self.beat)
        for job in (self.follow_watches, self.relay, self.keep_time, self.send_canary, self.prune, self.show):
            self._service.task(job)

    async def observe(self, batch: Sequence[Observation]) -> None:
        """These observations, in one transaction with all that follows from them."""
        now = self._clock()
        for sent_at in [each.article.first_seen_at for each in batch if each.watch_id == canary.ID]:
            await self._database.run(partial(coverage_feed.canary_seen, sent_at=sent_at))
        real = [each for each in batch if each.watch_id != canary.ID]
        if max((each.watch_version for each in real), default=0) > self._tracker.version:
            await self.follow_watches_once()  # a watch may be newer than what is known here
        outcome = await self._database.on_thread(lambda: self._tracker.observe(real, now))
        metrics.REPEATS.inc(outcome.repeated)
        self._account(outcome.steps)

    async def beat(self, heartbeat: SourceHeartbeat) -> None:
        """What ingest knows of a source."""
        await self._database.run(lambda connection: coverage_feed.beat(connection, heartbeat))

    async def follow_watches(self) -> None:
        """Take over a new version of the watches within a second."""
        while True:
            await self.follow_watches_once()
            await asyncio.sleep(WATCHES_EVERY)

    async def follow_watches_once(self) -> None:
        version = await self._database.run(watchset.version_of)
        if version == self._tracker.version:
            return
        self._tracker.follow(await self._database.run(watchset.current))
        now = self._clock()
        self._account(await self._database.on_thread(lambda: self._tracker.close_removed(now)))
        log.info("watches", version=self._tracker.version, watches=len(self._tracker.watches))

    async def relay(self) -> None:
        """Publish what was decided, at once where it was decided here."""
        try:
            while True:
                published = await self._relay.step(self._clock())
                metrics.RELAYED.inc(published or 0)
                if not published:
                    await self._wait_for_decision()
        except asyncio.CancelledError:
            self._relay.give_up()
            raise

    async def _wait_for_decision(self) -> None:
        self._decided.clear()
        try:
            await asyncio.wait_for(self._decided.wait(), RELAY_EVERY)
        except TimeoutError:
            return

    async def _publish(self, alert: Alert) -> None:
        await self._service.deliver(topics.ALERTS, alert)

    async def keep_time(self) -> None:
        """Let time pass for the watches that are due."""
        while True:
            if self._relay.holds:
                await self._tick()
            else:
                metrics.CANARY_AGE.set(math.nan)  # another process keeps time, and knows
            await asyncio.sleep(TIMERS_EVERY)

    async def _tick(self) -> None:
        now = self._clock()
        flowed = await self._database.run(coverage_feed.canary_at)
        if flowed is not None:
            metrics.CANARY_AGE.set(max(0.0, (now - flowed).total_seconds()))
        if not self._pipe_was_seen(flowed, now):
            return
        self._tracker.coverage = await self._database.run(coverage_feed.read)
        at = timers.horizon(now, flowed, self._flowing)
        for _ in range(BATCHES_AT_ONCE):
            steps = await self._database.on_thread(lambda: self._tracker.tick(at, now))
            self._account(steps)
            if not steps:
                return

    def _pipe_was_seen(self, flowed: datetime | None, now: datetime) -> bool:
        """After a start, old news may still be under way: wait for the first canary, for as long as one may take."""
        return (flowed is not None and flowed >= self._started) or now - self._started > self._flowing

    @property
    def _flowing(self) -> timedelta:
        return timers.FLOWING * self._service.settings.clock_rate

    async def send_canary(self) -> None:
        """Prove that the pipe flows."""
        while True:
            if self._relay.holds:
                await self._service.send(topics.ARTICLES, canary.article(self._clock()))
            await asyncio.sleep(CANARY_EVERY if self._relay.holds else TIMERS_EVERY)

    async def prune(self) -> None:
        """Forget what is older than the archive keeps."""
        while True:
            if self._relay.holds:
                await retention.prune(self._database, self._clock())
            await asyncio.sleep(PRUNE_EVERY)

    async def show(self) -> None:
        """Gauges of what is in the store."""
        while True:
            levels, blind, waiting = await self._database.run(_census)
            for level in Level:
                metrics.WATCH_LEVEL.labels(level.value).set(levels.get(level.value, 0))
            metrics.WATCHES_BLIND.set(blind)
            metrics.RELAY_BACKLOG.set(waiting)
            await asyncio.sleep(GAUGES_EVERY)

    def _account(self, steps: "tuple[Step, ...] | list[Step]") -> None:
        for step in steps:
            for alert in step.alerts:
                metrics.ALERTS.labels(alert.kind.value, alert.level.value).inc()
            for incident in step.changed:
                if incident.revision == 1:
                    metrics.INCIDENTS.labels(incident.direction.value).inc()
        if any(step.alerts for step in steps):
            self._decided.set()


def _census(connection: Connection) -> tuple[dict[str, int], int, int]:
    """(watches at each level, blind watches, alerts that wait for the relay)."""
    levels = select(watch_states.c.level, func.count()).group_by(watch_states.c.level)
    blind = select(func.count()).select_from(watch_states).where(watch_states.c.blind == 1)
    waiting = select(func.count()).select_from(alerts).where(alerts.c.published_at.is_(None))
    return (
        dict(connection.execute(levels).all()),
        connection.execute(blind).scalar_one(),
        connection.execute(waiting).scalar_one(),
    )
