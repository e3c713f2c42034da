"""What is known of one watch, and what one step changes of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schemas.alert import Alert
from schemas.incident import Incident, NearMiss, WatchState
from schemas.watch import Watch


@dataclass(frozen=True, slots=True)
class Book:
    """Everything known of one watch: what is loaded from the store and written back."""

    watch: Watch
    state: WatchState
    incidents: tuple[Incident, ...] = ()
    """Open, or closed for less than `time.keep_closed_hours` and the lateness: bounded."""
    parent: str | None = None
    """The watch around this one (`nesting.parents`)."""

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
