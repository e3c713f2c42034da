"""The analyze service: articles in, observations out, through the pure core.

For each article, in this order, so that nothing is lost whenever the process dies:

1. the core reads it against the watches as they are now;
2. of a later version, the archive is asked which watches an earlier version was observed at: where this one says
   nothing there, an observation without signals takes back what was said;
3. the observations are sent (they are delivered before the article's offset is committed);
4. the archive keeps the article and adds the watches, so that the next version finds them.

After a crash the same article comes again and gives the same observation ids, so nothing is counted twice. An article
that makes the core raise goes to the dead letters, as malformed bytes do.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy import Connection

from schemas.article import Article
from schemas.observation import Observation
from schemas.signal import Analysis
from schemas.watch import WatchSet
from services.analyze.core import Analyzer
from services.analyze.observe import Woken, observations, withdrawals
from services.runtime import canary, metrics, topics
from services.runtime.clock import clock_of
from services.runtime.errors import ConfigurationError, PoisonError
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.store import Database, archive, watchset

log = structlog.get_logger()

LOOK_SECONDS = 1.0
"""How often a new version of the watches is looked for."""
ARCHIVE_SECONDS = 1.0
"""How often articles that concern no watch are archived, many at once."""
UNARCHIVED = 2_000
"""How many of them wait at most."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What articles are read with: swapped as one, so that an observation never carries a wrong version."""

    watches: WatchSet
    analyzer: Analyzer

    def watched(self) -> frozenset[str]:
        return frozenset(watch.id for watch in self.watches.watches)


class AnalyzeService:
    """Holds the reading and the archive's backlog; everything else is a function."""

    def __init__(self, service: Service, database: Database) -> None:
        self.service = service
        self.database = database
        self.clock = clock_of(service.settings)
        self.reading: Reading | None = None
        self._unarchived: deque[Article] = deque(maxlen=UNARCHIVED)

    async def load_watches(self) -> None:
        """Read the watches and make an analyzer for them, where their version is not the one in use."""
        version = await self.database.run(watchset.version_of)
        if self.reading is not None and self.reading.watches.version == version:
            return
        found = canary.with_canary(await self.database.run(watchset.current))
        self.reading = await asyncio.to_thread(self._reading_of, found)
        log.info("watches in use", version=found.version, count=len(found.watches))

    def _reading_of(self, watches: WatchSet) -> Reading:
        if self.reading is not None:
            return Reading(watches, self.reading.analyzer.with_watches(watches.watches))
        try:
            settings = self.service.settings
            return Reading(watches, Analyzer(settings.gazetteers, watches.watches, settings.encoder))
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"MARSAD_GAZETTEERS: {error}") from error

    async def follow_watches(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.load_watches()

    async def handle(self, articles: Sequence[Article]) -> None:
        """These articles, in their order: their observations are sent, and they are archived, in one transaction."""
        reading = self.reading
        assert reading is not None, "load_watches runs before the first message"
        read = await asyncio.to_thread(lambda: [_read(reading, article) for article in articles])
        before = await self._observed_before([article for article in articles if article.version > 1])
        concerned: list[tuple[Article, list[str]]] = []
        for article, (analysis, woken) in zip(articles, read, strict=True):
            if article.version > 1:
                woken = woken + withdrawals(woken, before[article.id], reading.watched())
            found = observations(article, analysis, woken, reading.watches.version, self.clock())
            watch_ids = [observation.watch_id for observation in found]
            before[article.id] = before.get(article.id, frozenset()).union(watch_ids)  # for its next version in here
            await self._tell(analysis, found)
            if found:
                concerned.append((article, watch_ids))
            else:
                self._unarchived.append(article)
        if concerned:
            await self.database.run(partial(_archive, concerned=concerned))

    async def _observed_before(self, articles: Sequence[Article]) -> dict[str, frozenset[str]]:
        """Article id -> watches that an earlier version was observed at."""
        ids = {article.id for article in articles}
        return await self.database.run(lambda c: {id: archive.observed_at(c, id) for id in ids}) if ids else {}

    async def _tell(self, analysis: Analysis, found: Sequence[Observation]) -> None:
        for observation in found:
            await self.service.send(topics.OBSERVATIONS, observation)
        metrics.OBSERVED.inc(len(found))
        for signal in analysis.signals:
            metrics.SIGNALS.labels(signal.type, signal.status).inc()

    async def archive_the_rest(self) -> None:
        while True:
            await asyncio.sleep(ARCHIVE_SECONDS)
            await self.archive_waiting()

    async def archive_waiting(self) -> None:
        """Archive what concerned no watch, in one transaction.

        Ingest has archived what came through it; this is for articles that were put on the topic by others. Losing
        the last second of them in a crash loses no observation, and where the store is gone for long the oldest go.
        """
        batch = list(self._unarchived)
        if batch:
            await self.database.run(partial(_archive_missing, batch=batch))
        done = set(map(id, batch))
        while self._unarchived and id(self._unarchived[0]) in done:
            self._unarchived.popleft()


def _read(reading: Reading, article: Article) -> tuple[Analysis, Woken]:
    """The pure part. Whatever it raises is the article's fault, and would be again: never a reason to wait."""
    try:
        with metrics.ANALYZE_SECONDS.time():
            analysis = reading.analyzer.analyze(article)
            return analysis, reading.analyzer.observe(analysis)
    except Exception as error:
        raise PoisonError(f"could not be analysed: {type(error).__name__}: {error}", "text") from error


def _archive(connection: Connection, concerned: list[tuple[Article, list[str]]]) -> None:
    for article, watch_ids in concerned:
        archive.put(connection, article, watch_ids)


def _archive_missing(connection: Connection, batch: list[Article]) -> None:
    known = archive.versions(connection, [article.id for article in batch])
    for article in batch:
        if known.get(article.id, 0) < article.version:
            archive.put(connection, article)


def main(settings: Settings) -> None:
    """Run the service until it is told to stop."""
    service = Service("analyze", settings)
    analyze = AnalyzeService(service, Database(settings.store_url))
    service.before(analyze.load_watches)
    service.on_many(topics.ARTICLES, analyze.handle)
    service.task(analyze.follow_watches)
    service.task(analyze.archive_the_rest)
    service.run()
