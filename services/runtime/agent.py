"""The guarded loop: how every agent handles its messages without losing one, written once.

Faust acknowledges and commits an event whatever happens to the code that handles it, so nothing may leave the loop but
a message that was handled or is safely in its dead-letter topic:

1. Bytes that are no message arrive as `Malformed` and go to the dead-letter topic.
2. Where the store or the broker is gone, the loop waits, with backoff and without limit, and says "not ready".
   The message stays in front: order is kept.
3. Anything else that `handle` raises is the message's own fault: it goes to the dead-letter topic, with the reason.
4. Where even the dead letter cannot be delivered, or `handle` is cancelled, the process ends at once, before the
   offset is committed, and the message comes again.
"""

import asyncio
import time
from collections.abc import AsyncIterable, Awaitable, Callable
from typing import Any, Generic

import structlog

from services.runtime import metrics
from services.runtime.errors import PoisonError, Undecodable
from services.runtime.health import Health
from services.runtime.patience import may_pass, pauses
from services.runtime.topics import M, Topic
from services.runtime.wire import Malformed

log = structlog.get_logger()

Handle = Callable[[M], Awaitable[None]]
Bury = Callable[[Topic, Any, Exception], Awaitable[None]]
"""Delivers (topic, event, reason) to the dead-letter topic; returns after the broker's acknowledgement."""
Leave = Callable[[str], Awaitable[None]]
"""Ends the process without committing. Never returns."""


class GuardedLoop(Generic[M]):
    """Handles the events of one topic, one after the other."""

    def __init__(
        self, service: str, topic: Topic[M], handle: Handle[M], bury: Bury, leave: Leave, health: Health
    ) -> None:
        self.topic = topic
        self._handle = handle
        self._bury = bury
        self._leave = leave
        self._health = health
        self._labels = (service, topic.name)

    async def run(self, events: AsyncIterable[Any]) -> None:
        """`events` are Faust's: with `value` and `message` (topic, partition, offset, key, timestamp, headers)."""
        async for event in events:
            began = time.monotonic()
            try:
                outcome = await self._one(event)
            except BaseException as error:  # cancelled, or no dead letter could be delivered
                log.error("left a message uncommitted", **_where(event), error=repr(error))
                await self._leave(f"{type(error).__name__} while handling a message")
                raise
            self._count(event, outcome, time.monotonic() - began)

    async def _one(self, event: Any) -> str:
        if isinstance(event.value, Malformed):
            bad = event.value
            log.warning("dead letter", **_where(event), error=bad.message, field=bad.field)
            await self._bury(self.topic, event, Undecodable(bad.message, bad.field))
            return "dead"
        try:
            await self._insist(event)
        except Exception as error:
            log.warning("dead letter", **_where(event), error=repr(error), exc_info=not isinstance(error, PoisonError))
            await self._bury(self.topic, event, error)
            return "dead"
        return "handled"

    async def _insist(self, event: Any) -> None:
        """Handle it, however long what it needs is gone."""
        name = f"{self.topic.name} agent"
        for wait in pauses():
            try:
                await self._handle(event.value)
            except Exception as error:
                if not may_pass(error):
                    raise
                self._health.not_ready(name, f"{type(error).__name__}: {error}")
                metrics.RETRIES.labels(*self._labels).inc()
                log.warning("waiting", **_where(event), reason=str(error), seconds=wait)
                await asyncio.sleep(wait)
            else:
                self._health.ready(name)
                return

    def _count(self, event: Any, outcome: str, seconds: float) -> None:
        metrics.MESSAGES.labels(*self._labels, outcome).inc()
        metrics.HANDLE_SECONDS.labels(*self._labels).observe(seconds)
        if event.message.timestamp:
            metrics.AGE_SECONDS.labels(*self._labels).set(max(0.0, time.time() - event.message.timestamp))


def _where(event: Any) -> dict[str, Any]:
    message = event.message
    return {"topic": message.topic, "partition": message.partition, "offset": message.offset}
