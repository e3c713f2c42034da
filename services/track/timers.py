"""What time alone brings: which watches are due, and how far time may be trusted to have passed.

Time is the wall clock, but no further than the pipe is known to have flowed: reports that still wait somewhere in it
must not be overtaken by "no news". A pipe that stands still for hours is blindness, and then time passes again.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from services.runtime.store.tables import micros, watch_states

FLOWING = timedelta(minutes=1)
"""While the newest canary is younger than this, the pipe flows: three are sent in this time."""
STANDING = timedelta(hours=6)
"""As long as `coverage.heartbeat_hours`: by then the core calls the sources unreachable."""


def horizon(now: datetime, canary_at: datetime | None, flowing: timedelta = FLOWING) -> datetime:
    """The time that timers go by."""
    if canary_at is None:
        return now
    age = now - canary_at
    return now if age <= flowing or age > max(STANDING, flowing) else canary_at + flowing


def due(connection: Connection, at: datetime, limit: int = 200) -> list[str]:
    """Watches whose timer is at or before `at`, longest due first."""
    return list(
        connection.execute(
            select(watch_states.c.watch_id)
            .where(watch_states.c.next_timer_at <= micros(at))
            .order_by(watch_states.c.next_timer_at)
            .limit(limit)
        ).scalars()
    )
