"""Alerts as they come: the topic says that there are new ones, the store says which.

Numbers and order come from the store alone, so that a listener who was away resumes where it was; the consumer on the
topic only saves the wait, and without a broker the store is looked at every few seconds.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog
from aiokafka.errors import KafkaError

from services.board import queries
from services.board.models import NumberedAlert
from services.runtime import topics
from services.runtime.kafka import consumer
from services.runtime.settings import Settings
from services.runtime.store import Database, StoreUnavailable

log = structlog.get_logger()

LOOK_SECONDS = 2.0
PAGE = 100
RETRY_SECONDS = 5.0


class Live:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._news = asyncio.Condition()

    async def listen(self, settings: Settings) -> None:
        """Follows the topic for ever, through whatever the broker does. Without a group: every board hears all."""
        while True:
            try:
                async with consumer(settings, topics.ALERTS.name, auto_offset_reset="latest") as records:
                    async for _ in records:
                        await self.announce()
            except (KafkaError, OSError) as error:
                log.info("live alerts come from the store alone", reason=type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)

    async def announce(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def alerts(self, after: int | None) -> AsyncIterator[NumberedAlert | None]:
        """Alerts numbered above `after` (None: from now on), for ever; None where a while passed without any."""
        try:
            seen = await self._database.run(queries.newest_seq) if after is None else after
        except StoreUnavailable:
            return
        while True:
            page = await self._next(seen)
            for each in page:
                seen = each.seq
                yield each
            if not page:
                yield None
                await self._wait()

    async def _next(self, seen: int) -> tuple[NumberedAlert, ...]:
        try:
            return (await self._database.run(lambda c: queries.alert_page(c, after=seen, limit=PAGE))).alerts
        except StoreUnavailable as error:
            log.warning("store gone, live alerts wait", reason=str(error))
            return ()

    async def _wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS), self._news:
                await self._news.wait()
