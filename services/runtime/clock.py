"""The clock that the edges hand to the pure cores; in a rehearsal it runs faster, alike in every process."""

from collections.abc import Callable
from datetime import UTC, datetime

from services.runtime.settings import Settings

Clock = Callable[[], datetime]
"""The time now, in UTC."""


def clock_of(settings: Settings) -> Clock:
    """The wall clock, or from `clock_start` on one that runs `clock_rate` times as fast."""
    start, rate = settings.clock_start, settings.clock_rate
    if start is None or rate == 1:
        return _wall
    return lambda: start + (_wall() - start) * rate


def _wall() -> datetime:
    return datetime.now(UTC)
