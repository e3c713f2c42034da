"""Waiting for the store and the broker, without limit, a little longer each time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import ParamSpec, TypeVar

import structlog

from services.runtime.errors import TransientError
from services.runtime.kafka import is_transient
from services.runtime.store import StoreUnavailable

log = structlog.get_logger()

FIRST_SECONDS = 0.1
LONGEST_SECONDS = 5.0

P = ParamSpec("P")
R = TypeVar("R")


def pauses() -> Iterator[float]:
    """Seconds to wait after each failure: 0.1, 0.2, 0.4 … 5, 5, 5."""
    seconds = FIRST_SECONDS
    while True:
        yield seconds
        seconds = min(2 * seconds, LONGEST_SECONDS)


def may_pass(error: BaseException) -> bool:
    """Whether the same work may succeed later: the store or the broker is gone for now."""
    if isinstance(error, (TransientError, StoreUnavailable)) or is_transient(error):
        return True
    return error.__cause__ is not None and is_transient(error.__cause__)  # Faust wraps what its producer raises


async def insist(work: Callable[P, Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R:
    """The result of `work`, tried again for as long as the store or the broker is gone."""
    for seconds in pauses():
        try:
            return await work(*args, **kwargs)
        except Exception as error:
            if not may_pass(error):
                raise
            log.warning("waiting", reason=str(error), seconds=seconds)
        await asyncio.sleep(seconds)
    raise AssertionError("pauses never end")
