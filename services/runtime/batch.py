"""The guarded loop for work that is cheaper together: what came while the last batch was handled is the next batch.

Faust takes an event for finished when the next one is asked for, which here is before it is handled. So `settled` is
awaited before every commit: no offset is committed before everything up to it is handled or a dead letter. The rest of
the promise is the guarded loop's: a batch that fails is handled again message by message, as if it had never been one.
"""

import asyncio
import time
from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from typing import Any

from services.runtime.agent import Bury, GuardedLoop, Leave
from services.runtime.health import Health
from services.runtime.topics import M, Topic
from services.runtime.wire import Malformed

HandleMany = Callable[[Sequence[M]], Awaitable[None]]
"""Handles messages in their order, all of them or none: what it raises says that nothing was done."""

LIMIT = 50
"""Messages in a batch: then the wait for the disk is small beside the work."""
LAST_SECONDS = 2.0
"""How long a stop waits for the batch in work; without it the messages come again."""


class BatchLoop(GuardedLoop[M]):
    """Handles the events of one topic in their order, several at a time."""

    def __init__(
        self, service: str, topic: Topic[M], handle: HandleMany[M], bury: Bury, leave: Leave, health: Health
    ) -> None:
        super().__init__(service, topic, self._handle_alone, bury, leave, health)
        self._handle_many = handle
        self._waiting: asyncio.Queue[Any] = asyncio.Queue(LIMIT)
        self._progress = asyncio.Condition()
        self._taken = 0
        self._done = 0

    async def run(self, events: AsyncIterable[Any]) -> None:
        worker = asyncio.ensure_future(self._work())
        try:
            async for event in events:
                self._taken += 1
                await self._waiting.put(event)
        finally:
            await self._finish(worker)

    async def settled(self) -> None:
        """Return when everything that was taken until now is handled or a dead letter."""
        wanted = self._taken
        async with self._progress:
            await self._progress.wait_for(lambda: self._done >= wanted)

    async def _finish(self, worker: "asyncio.Future[None]") -> None:
        try:
            await asyncio.wait_for(self.settled(), LAST_SECONDS)
        except BaseException as error:
            await self._leave(f"{type(error).__name__} with messages in work")
            raise
        finally:
            worker.cancel()

    async def _work(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            while not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            try:
                await self._handle_batch(batch)
            except BaseException as error:  # cancelled, or no dead letter could be delivered
                await self._leave(f"{type(error).__name__} while handling messages")
                raise
            async with self._progress:
                self._done += len(batch)
                self._progress.notify_all()

    async def _handle_batch(self, batch: list[Any]) -> None:
        began = time.monotonic()
        if len(batch) > 1 and not any(isinstance(event.value, Malformed) for event in batch):
            try:
                await self._handle_many([event.value for event in batch])
            except Exception:
                began = time.monotonic()
            else:
                for event in batch:
                    self._count(event, "handled", (time.monotonic() - began) / len(batch))
                return
        for event in batch:
            outcome = await self._one(event)
            self._count(event, outcome, time.monotonic() - began)
            began = time.monotonic()

    async def _handle_alone(self, value: M) -> None:
        await self._handle_many([value])
