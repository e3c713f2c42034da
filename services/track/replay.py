"""Recorded observations through the same core on the articles' own clock: without broker or store."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from schemas.alert import Alert
from schemas.incident import Incident
from schemas.observation import Observation
from schemas.watch import Watch
from services.track.book import Book, Step
from services.track.core import observe, tick
from services.track.coverage import Coverage, Rhythm
from services.track.nesting import parents
from services.track.rules import Rules


class Replay:
    """Feed it articles by time. Timers run when their time has passed, in order, before the article that passed it."""

    def __init__(self, watches: Sequence[Watch], rules: Rules) -> None:
        self.rules = rules
        self.rhythm = Rhythm()
        self.incidents: dict[str, Incident] = {}
        """Every incident, as it was last."""
        around = parents(watches)
        self.books = {w.id: Book(w, Book.new(w).state, parent=around.get(w.id)) for w in watches}
        self._timers: list[tuple[datetime, str]] = []
        self._next: dict[str, datetime | None] = {}
        self._coverage = Coverage(self.rhythm)

    def article(self, source: str, at: datetime, observations: Iterable[Observation]) -> Iterator[Alert]:
        """The alerts of one article and of the time before it; `at` never falls."""
        yield from self.until(at)
        self.rhythm.note(source, at)
        for observation in observations:
            book = self.books[observation.watch_id]
            yield from self._take(observe(book, observation, at, self.rules, self._coverage))

    def until(self, at: datetime) -> Iterator[Alert]:
        """What time alone brings before `at`."""
        while self._timers and self._timers[0][0] <= at:
            due, watch_id = heapq.heappop(self._timers)
            if self._next.get(watch_id) == due:
                yield from self._take(tick(self.books[watch_id], due, self.rules, self._coverage))

    def _take(self, step: Step) -> tuple[Alert, ...]:
        watch_id = step.book.watch.id
        self.books[watch_id] = step.book
        for incident in step.changed:
            self.incidents[incident.id] = incident
        self._next[watch_id] = step.next_timer_at
        if step.next_timer_at is not None:
            heapq.heappush(self._timers, (step.next_timer_at, watch_id))
        return step.alerts
