"""`marsad up`: everything on one machine, supervised."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from services.runtime import logs
from services.runtime.settings import Settings
from services.runtime.supervisor import Supervisor


def up_command(
    watches: Annotated[Path | None, typer.Option(help="Watches file; changes are applied at once.")] = None,
    subscriptions: Annotated[Path | None, typer.Option(help="Subscriptions file.")] = None,
    articles: Annotated[Path | None, typer.Option(help="JSON Lines to read at start; - is standard input.")] = None,
    feeds: Annotated[Path | None, typer.Option(help="Feeds file.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where the embedded store lives.")] = None,
    http: Annotated[int | None, typer.Option(help="Port of the API; 0 takes a free one.")] = None,
    bootstrap: Annotated[str | None, typer.Option(help="Kafka brokers, instead of the embedded one.")] = None,
    store: Annotated[str | None, typer.Option(help="SQLAlchemy URL, instead of the embedded store.")] = None,
) -> None:
    """Start broker, store and every service; prints `ready URL` when articles may be posted. Ctrl-C stops it all."""
    settings = Settings.load(
        watches=watches,
        subscriptions=subscriptions,
        articles=articles,
        feeds=feeds,
        data_dir=data_dir,
        http_port=http,
        bootstrap=bootstrap,
        store=store,
    )
    logs.setup(settings, "up")
    given = settings.bootstrap if "bootstrap" in settings.model_fields_set else None
    asyncio.run(_run(settings, given))


async def _run(settings: Settings, bootstrap: str | None) -> None:
    supervisor = Supervisor(settings, bootstrap)
    async with supervisor.running():
        await supervisor.wait_ready()
        if not supervisor.stopping:
            sys.stdout.write(f"ready {supervisor.url}\n")
            sys.stdout.flush()
        await supervisor.wait_stopping()
