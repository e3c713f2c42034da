"""The ingest service: `POST /articles`, a file or standard input once, feeds for ever."""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from fastapi import Depends, FastAPI

from services.ingest import feeds
from services.ingest.lines import open_lines, play
from services.runtime import logs
from services.runtime.dead import VERSION
from services.runtime.health import Health, watch_broker
from services.runtime.intake import Gate
from services.runtime.intake.http import articles_router
from services.runtime.kafka import ensure_topics
from services.runtime.patience import insist
from services.runtime.settings import Settings
from services.runtime.store import Database
from services.runtime.web import operations_router, serve, token_check

log = structlog.get_logger()


def main(settings: Settings) -> None:
    """Runs until SIGTERM. Raises ConfigurationError for an unusable feeds file."""
    logs.setup(settings, "ingest")
    serve(application(settings), settings.http_host, settings.http_port)


def application(settings: Settings) -> FastAPI:
    """Ingest as an ASGI application, which does its other work while it serves."""
    known = feeds.read_feeds(settings.feeds) if settings.feeds else ()
    health = Health("ingest")
    gate = Gate(settings, Database(settings.store_url))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with gate, _running(_work(settings, gate, health, known)):
            yield

    app = FastAPI(title="Marsad ingest", version=VERSION, lifespan=lifespan)
    app.include_router(articles_router(gate), dependencies=[Depends(token_check(settings.http_token))])
    app.include_router(operations_router(health))
    return app


async def _work(settings: Settings, gate: Gate, health: Health, known: tuple[feeds.Feed, ...]) -> None:
    await insist(ensure_topics, settings)
    health.ready()
    async with feeds.client() as client:
        readers = [feeds.FeedReader(feed, gate, client).run(settings.feed_interval_seconds) for feed in known]
        files = [_play(settings.articles, gate)] if settings.articles else []
        await asyncio.gather(watch_broker(settings.bootstrap, health), *readers, *files)


async def _play(path: Path, gate: Gate) -> None:
    with open_lines(path) as source:
        await play(source, str(path), gate)


@asynccontextmanager
async def _running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Beside what is inside. What goes wrong there for good ends the process, and its supervisor starts it again."""
    task = asyncio.create_task(work)
    task.add_done_callback(_end_process)
    try:
        yield
    finally:
        task.remove_done_callback(_end_process)
        task.cancel()
        await asyncio.wait([task])


def _end_process(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is None:
        return
    log.error("ingest died", error="cancelled" if task.cancelled() else repr(task.exception()))
    os._exit(1)
