"""Observations into incidents, state and alerts: pure functions of what is known and what comes.

No clock, broker, database or randomness in here. The same input gives the same bytes.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schemas.alert import Alert
from schemas.incident import Incident, NearMiss, WatchState
from schemas.observation import Observation
from schemas.watch import Watch
from services.track.coverage import Coverage
from services.track.rules import Rules


@dataclass(frozen=True, slots=True)
class Book:
    """Everything known of one watch: what is loaded from the store and written back."""

    watch: Watch
    state: WatchState
    incidents: tuple[Incident, ...] = ()
    """Open, or closed for less than `Rules.keep_closed_hours` (72 h and the lateness): bounded."""

    @classmethod
    def new(cls, watch: Watch) -> "Book":
        return cls(watch, WatchState(watch_id=watch.id))


@dataclass(frozen=True, slots=True)
class Step:
    """What one observation, tick or operator's word changed. Write `changed`, the state and the alerts together."""

    book: Book
    changed: tuple[Incident, ...] = ()
    """Incidents to write: new, revised, closed. Closed long ago, they may no longer be in `book`."""
    alerts: tuple[Alert, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    verdict: dict[str, Any] = field(default_factory=dict)
    """JSON: for each event the observation reports, the incident and the rule that decided, with its summands."""
    next_timer_at: datetime | None = None
    """Call `tick` at this time, if nothing came before."""


def observe(
    book: Book, observation: Observation, now: datetime, rules: Rules, coverage: Coverage | None = None
) -> Step:
    """One observation. A repeat of one already handled changes nothing."""
    raise NotImplementedError


def tick(book: Book, now: datetime, rules: Rules, coverage: Coverage | None = None) -> Step:
    """What time alone brings: quiet, resolved, expired, decay, blindness."""
    raise NotImplementedError


def retract(book: Book, incident_id: str, reason: str, now: datetime, rules: Rules) -> Step:
    """The operator says it did not happen. Raises KeyError where the book has no such incident."""
    raise NotImplementedError


def acknowledge(book: Book, incident_id: str, reason: str, now: datetime, rules: Rules) -> Step:
    """The operator has seen it; no alert. Raises KeyError where the book has no such incident."""
    raise NotImplementedError


def merge(book: Book, incident_id: str, into: str, reason: str, now: datetime, rules: Rules) -> Step:
    """The operator says both are one. Raises KeyError where the book lacks either."""
    raise NotImplementedError
