"""Tracking without Kafka and without a clock: observations and time go through the pure core into the store."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from schemas.base import BothNames
from schemas.observation import Observation
from schemas.watch import Watch, WatchSet
from services.runtime.store.database import Database
from services.runtime.store.tables import watch_states, watches
from services.track import core, removal, timers
from services.track.book import Book, Step
from services.track.coverage import Coverage
from services.track.nesting import parents
from services.track.repository import Repository, Transaction
from services.track.rules import Rules

TIMERS_AT_ONCE = 1_000
"""More than half a year of them; the rest wait for the next call."""


@dataclass(frozen=True)
class Outcome:
    """What a batch of observations did."""

    steps: tuple[Step, ...] = ()
    repeated: int = 0
    """Observations that had been handled before."""


@dataclass
class Tracker:
    """Decides, and has it written. Time is always an argument."""

    repository: Repository
    rules: Rules
    watches: Mapping[str, Watch] = field(default_factory=dict)
    version: int = 0
    """Of the watch set."""
    coverage: Coverage = field(default_factory=Coverage)
    parents: Mapping[str, str] = field(default_factory=dict)
    """The watch around a watch."""
    _removed: dict[str, Watch] = field(default_factory=dict)

    @classmethod
    def over(cls, database: Database, rules: Rules) -> "Tracker":
        kept = rules.time["keep_closed_hours"] + rules.time["lateness_hours"]
        return cls(Repository(database, timedelta(hours=kept)), rules)

    def follow(self, watch_set: WatchSet) -> None:
        """From now on these are the watches."""
        kept = {watch.id for watch in watch_set.watches}
        self.parents = parents(watch_set.watches)
        self._removed |= {watch.id: watch for watch in self.watches.values() if watch.id not in kept}
        self.watches = {watch.id: watch for watch in watch_set.watches}
        self.version = watch_set.version

    def observe(self, batch: Sequence[Observation], now: datetime) -> Outcome:
        """Handle observations in their order, all in one transaction; `now` only dates the rows.

        Event time is each article's first sight, so that a message which comes again or late decides the same.
        """
        return self.repository.call(lambda transaction: self._observe(transaction, batch, now))

    def _observe(self, transaction: Transaction, batch: Sequence[Observation], now: datetime) -> Outcome:
        known = transaction.handled(observation.id for observation in batch)
        fresh = {observation.id: observation for observation in batch if observation.id not in known}
        books = self._books_of(transaction, fresh.values())
        steps: list[Step] = []
        for observation in fresh.values():
            if observation.watch_id not in books:
                transaction.note(observation, {"rule": removal.WATCH_REMOVED}, now)
                continue
            at = _event_time(transaction.touched[observation.watch_id], observation)
            steps += self._pass(transaction, observation.watch_id, at, now)
            book = transaction.touched[observation.watch_id]
            step = core.observe(book, observation, at, self.rules, self.coverage)
            transaction.take(step, now, observation)
            steps.append(step)
        return Outcome(tuple(steps), len(batch) - len(fresh))

    def _books_of(self, transaction: Transaction, fresh: Iterable[Observation]) -> dict[str, Book]:
        seen: dict[str, datetime] = {}
        for observation in fresh:
            if observation.watch_id in self.watches:
                at = observation.article.first_seen_at
                seen[observation.watch_id] = min(at, seen.get(observation.watch_id, at))
        if not seen:
            return {}
        return self._open(transaction, [self.watches[watch_id] for watch_id in seen], min(seen.values()))

    def _open(self, transaction: Transaction, watches: Sequence[Watch], at: datetime) -> dict[str, Book]:
        for watch_id, book in transaction.books(watches, at).items():
            transaction.touched[watch_id] = replace(book, parent=self.parents.get(watch_id))
        return {watch.id: transaction.touched[watch.id] for watch in watches}

    def tick(self, at: datetime, now: datetime, limit: int = 200) -> list[Step]:
        """Let time pass until `at` for the watches that are due, at most `limit` of them."""
        return self.repository.call(lambda transaction: self._tick(transaction, at, now, limit))

    def _tick(self, transaction: Transaction, at: datetime, now: datetime, limit: int) -> list[Step]:
        due = [self.watches[i] for i in timers.due(transaction.connection, at, limit) if i in self.watches]
        self._open(transaction, due, at)
        return [step for watch in due for step in self._pass(transaction, watch.id, at, now)]

    def _pass(self, transaction: Transaction, watch_id: str, at: datetime, now: datetime) -> list[Step]:
        """Let time pass in one book from timer to timer, as it would have passed had nobody been late."""
        steps: list[Step] = []
        while (due := transaction.timers[watch_id]) is not None and due <= at and len(steps) < TIMERS_AT_ONCE:
            steps.append(core.tick(transaction.touched[watch_id], due, self.rules, self.coverage))
            transaction.take(steps[-1], now)
        return steps

    def decide(self, watch_id: str, now: datetime, decision: Callable[[Book], Step]) -> Step:
        """Have the operator's decision about one watch written."""

        def work(transaction: Transaction) -> Step:
            step = decision(self._open(transaction, [self.watches[watch_id]], now)[watch_id])
            transaction.take(step, now)
            return step

        return self.repository.call(work)

    def close_removed(self, now: datetime) -> list[Step]:
        """Close what is open at watches that the store no longer has."""
        return self.repository.call(lambda transaction: self._close_removed(transaction, now))

    def _close_removed(self, transaction: Transaction, now: datetime) -> list[Step]:
        gone = [self._removed.get(watch_id) or _nameless(watch_id) for watch_id in orphans(transaction.connection)]
        steps = [removal.close(book, now) for book in transaction.books(gone, now).values()]
        for step in steps:
            transaction.take(step, now)
        return steps


def _event_time(book: Book, observation: Observation) -> datetime:
    """When the article was first seen; a book's time never runs backwards."""
    seen = observation.article.first_seen_at
    return max(seen, book.state.updated_at or seen)


def orphans(connection: Connection) -> list[str]:
    """Watches with a timer running that are not in the store's watch set."""
    kept = select(watches.c.watch_id).where(watches.c.watch_id == watch_states.c.watch_id).exists()
    running = watch_states.c.next_timer_at.is_not(None)
    return list(connection.execute(select(watch_states.c.watch_id).where(running, ~kept)).scalars())


def _nameless(watch_id: str) -> Watch:
    """What is left of a watch that was removed before this process started."""
    return Watch(id=watch_id, name=BothNames(en=watch_id), center=(0.0, 0.0), radius_km=0)
