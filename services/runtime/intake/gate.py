"""The gate: an article passes when the store has given it its version and the broker has acknowledged it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Self

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from sqlalchemy import Connection

from schemas.article import Article
from schemas.source import SourceHeartbeat
from services.runtime import kafka, metrics, topics
from services.runtime.clock import clock_of
from services.runtime.dead import reason_headers
from services.runtime.errors import PoisonError, TransientError
from services.runtime.intake.article import Candidate
from services.runtime.intake.sources import Sources
from services.runtime.settings import Settings
from services.runtime.store import Database, archive
from services.runtime.topics import MAX_MESSAGE_BYTES, M, Topic
from services.runtime.wire import record

log = structlog.get_logger()

Novelty = Literal["new", "changed", "repeated"]
Road = Literal["http", "file", "feed"]

ANSWER_SECONDS = 4.0
"""How long the broker may take before the sender is told to try again: less than most HTTP clients wait."""


_Waiting = tuple[Sequence[Candidate], "asyncio.Future[list[Accepted]]"]


@dataclass(frozen=True)
class Accepted:
    """What became of one article."""

    article: Article
    novelty: Novelty
    warnings: tuple[str, ...] = ()


class Gate:
    """Passes articles on to the topic. An async context manager, which holds the producer."""

    def __init__(self, settings: Settings, database: Database, service: str = "ingest") -> None:
        self.now = clock_of(settings)
        """When an article is seen first."""
        self._settings = settings
        self._database = database
        self._service = service
        self._sources = Sources(timedelta(seconds=settings.heartbeat_seconds))
        self._stack = AsyncExitStack()
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._turn = asyncio.Lock()
        self._waiting: list[_Waiting] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def accept(self, candidates: Sequence[Candidate], road: Road) -> list[Accepted]:
        """Number the articles and hand them to the broker; returns after it acknowledged all of them.

        Safe to call again with the same: nothing is counted twice. Raises StoreUnavailable or TransientError while
        the store or the broker is gone, PoisonError where the broker refuses one for ever.
        """
        numbered = await self._numbered(candidates)
        self._count(numbered)
        await self._acknowledged([self._send(topics.ARTICLES, each.article) for each in numbered])
        for each in numbered:
            metrics.ACCEPTED.labels(road, each.novelty).inc()
        for source in {each.article.source: None for each in numbered}:
            await self._tell(self._sources.success(source, self.now()))
        return numbered

    def _count(self, numbered: Sequence[Accepted]) -> None:
        """At once: after a failure the same articles come again, as repeated ones."""
        fresh = Counter(each.article.source for each in numbered if each.novelty != "repeated")
        for source, count in fresh.items():
            self._sources.gave(source, count, self.now())

    async def pass_on(self, candidates: Sequence[Candidate], road: Road, where: str) -> int:
        """Accept what can be, where nobody waits for an answer; what the broker refuses for ever becomes a dead letter.

        The number accepted.
        """
        try:
            return len(await self.accept(candidates, road))
        except PoisonError as error:
            if len(candidates) > 1:
                return sum([await self.pass_on([each], road, where) for each in candidates])
            [refused] = candidates
            log.warning("refused", where=where, article=refused.article.id, reason=str(error))
            await self.refuse(refused.article.model_dump_json().encode(), error, where, -1, road)
            return 0

    async def _numbered(self, candidates: Sequence[Candidate]) -> list[Accepted]:
        """Numbered by the store. Who comes while a transaction runs shares the next one."""
        mine: asyncio.Future[list[Accepted]] = asyncio.get_running_loop().create_future()
        self._waiting.append((candidates, mine))
        async with self._turn:
            if not mine.done():
                shared, self._waiting = self._waiting, []
                await self._number_all(shared)
        return await mine

    async def _number_all(self, shared: Sequence[_Waiting]) -> None:
        def work(connection: Connection) -> list[list[Accepted]]:
            return [[_number(connection, each) for each in candidates] for candidates, _ in shared]

        try:
            results = await self._database.run(work)
        except Exception as error:
            for _, future in shared:
                future.set_exception(error)
        else:
            for (_, future), result in zip(shared, results, strict=True):
                future.set_result(result)

    async def answered(self, source: str) -> None:
        """A source that is asked was there, whether or not it had anything new."""
        await self._tell(self._sources.success(source, self.now()))

    async def failed(self, source: str, error: str) -> None:
        """A source that is asked was not there."""
        await self._tell(self._sources.failure(source, error, self.now()))

    async def refuse(self, raw: bytes, error: PoisonError, where: str, line: int, road: Road) -> None:
        """A dead letter for an article of a file or a feed that can never be accepted; of a very long one the start."""
        headers = reason_headers(where, 0, line, error)
        await self._acknowledged([self._raw(topics.ARTICLES.dead, raw[:MAX_MESSAGE_BYTES], headers)])
        metrics.REJECTED.labels(road).inc()
        metrics.DEAD.labels(topics.ARTICLES.name, type(error).__name__).inc()

    async def _tell(self, heartbeat: SourceHeartbeat | None) -> None:
        if heartbeat is None:
            return
        try:
            await self._acknowledged([self._send(topics.SOURCES, heartbeat)])
        except TransientError:
            self._sources.not_told(heartbeat)
            raise

    async def _send(self, topic: Topic[M], value: M) -> Any:
        return await (await self._started()).send(**record(topic, value, self._service))

    async def _raw(self, name: str, value: bytes, headers: Any) -> Any:
        return await (await self._started()).send(name, value, headers=headers)

    async def _acknowledged(self, sends: list[Any]) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                queued = [await each for each in sends]
                for answer in queued:
                    await answer
        except (KafkaError, TimeoutError, OSError) as error:
            if isinstance(error, KafkaError) and not kafka.is_transient(error):
                raise PoisonError(f"the broker refuses it: {type(error).__name__}") from None
            raise TransientError(f"the broker did not acknowledge: {error!r}") from error
        finally:
            for each in sends:
                each.close()

    async def _started(self) -> AIOKafkaProducer:
        """Ensures the topics first: a broker that makes what it is asked for would make them too narrow for a text."""
        async with self._starting:
            if self._producer is None:
                await kafka.ensure_topics(self._settings)
                self._producer = await self._stack.enter_async_context(kafka.producer(self._settings))
            return self._producer


def _number(connection: Connection, candidate: Candidate) -> Accepted:
    given = candidate.article
    kept = archive.get(connection, given.id)
    numbered = archive.register(connection, given)
    novelty: Novelty = "new" if kept is None else "repeated" if kept.version == numbered.version else "changed"
    return Accepted(numbered, novelty, candidate.warnings)
