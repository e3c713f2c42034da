"""Waiting for the store and the broker without giving up an article."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

import structlog

from services.runtime.agent import FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, may_pass

log = structlog.get_logger()

P = ParamSpec("P")
R = TypeVar("R")


async def insist(work: Callable[P, Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R:
    """The result of `work`, tried again for as long as the store or the broker is gone."""
    wait = FIRST_WAIT_SECONDS
    while True:
        try:
            return await work(*args, **kwargs)
        except Exception as error:
            if not may_pass(error):
                raise
            log.warning("waiting", reason=str(error), seconds=wait)
        await asyncio.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT_SECONDS)
