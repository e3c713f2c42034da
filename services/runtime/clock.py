"""The clock that the edges hand to the pure cores; in a rehearsal it runs faster, alike in every process."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from services.runtime.settings import Settings

Clock = Callable[[], datetime]
"""The time now, in UTC."""


def clock_of(settings: Settings) -> Clock:
    """The wall clock, moved by `clock_offset_seconds`, and from `clock_start` on `clock_rate` times as fast."""
    start, rate, offset = settings.clock_start, settings.clock_rate, timedelta(seconds=settings.clock_offset_seconds)
    if start is None or rate == 1:
        return lambda: _wall() + offset
    return lambda: start + (_wall() - start) * rate + offset


def _wall() -> datetime:
    return datetime.now(UTC)
