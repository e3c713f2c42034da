"""Notices that Faust has lost its consumer group for good, and lets a fresh process join it.

Its users tell of consumers that wait for ever after trouble with the broker (faust-streaming issues 175, 432, 549): no
error, no message, offsets that stand still. Nothing inside can be trusted to mend that, but a process that starts again
does, and loses nothing.
"""

import asyncio
import time
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from services.runtime.service import Service

log = structlog.get_logger()

LOOK_SECONDS = 2.0
PATIENCE_SECONDS = 30.0
"""Longer than any rebalance: what is wrong for so long, while the broker answers, does not mend itself."""
SILENCE_MS = 20_000
"""A broker answers even a fetch for which it has nothing within a second."""


async def watch_group(service: "Service") -> None:
    """For ever; leaves the process where something is wrong for PATIENCE_SECONDS without a break."""
    since: float | None = None
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        wrong = None if service.health.waits_for_others() else complaint(service.app)
        if wrong is None:
            since = None
            continue
        since = since or time.monotonic()
        if time.monotonic() - since > PATIENCE_SECONDS:
            await service.leave(f"lost the consumer group: {wrong}")


def complaint(app: Any) -> str | None:
    """What is wrong with the app's place in its group; None where it is a member that fetches."""
    consumer = getattr(getattr(app.consumer, "_thread", None), "_consumer", None)
    coordinator = getattr(consumer, "_coordinator", None)
    if consumer is None or coordinator is None:
        return "the consumer did not start"
    if coordinator.coordinator_id is None:
        return "no coordinator is known"
    if coordinator.generation < 0:
        return "not a member"
    if app.rebalancing:
        return "a rebalance does not end"
    return _silent(consumer)


def _silent(consumer: Any) -> str | None:
    """A partition of which nothing is fetched, although nothing fetched waits to be taken."""
    oldest = time.time() * 1000 - SILENCE_MS
    for partition in consumer.assignment():
        asked_at = consumer.last_poll_timestamp(partition) or 0
        if asked_at < oldest and partition not in consumer._fetcher._records:
            return f"nothing is fetched from {partition.topic}[{partition.partition}]"
    return None
