"""`marsad serve SERVICE`, or `marsad SERVICE`: one service in this process, set up by `MARSAD_*`."""

import importlib
from pathlib import Path
from typing import Annotated

import typer

from services.runtime.cli import SERVICES
from services.runtime.errors import ConfigurationError
from services.runtime.settings import Settings

MAINS = {
    "ingest": "services.ingest.service",
    "analyze": "services.analyze.agent",
    "track": "services.track.agent",
    "notify": "services.notify.agent",
    "board": "services.board.app",
}
"""Where each service's `main(settings)` is."""


def serve_command(
    service: Annotated[str, typer.Argument(help=", ".join(SERVICES))],
    bootstrap: Annotated[str | None, typer.Option(help="Kafka brokers.")] = None,
    store: Annotated[str | None, typer.Option(help="SQLAlchemy URL of the store.")] = None,
    http: Annotated[int | None, typer.Option(help="Port of the API (ingest and board).")] = None,
    articles: Annotated[
        Path | None, typer.Option(help="JSON Lines that ingest reads at start; - is standard input.")
    ] = None,
    feeds: Annotated[Path | None, typer.Option(help="Feeds file, for ingest.")] = None,
    metrics: Annotated[int | None, typer.Option(help="Port of /metrics (analyze, track and notify).")] = None,
) -> None:
    """Run one service until it is told to stop."""
    if service not in MAINS:
        raise ConfigurationError(f"there is no service '{service}'; there are {', '.join(SERVICES)}")
    settings = Settings.load(
        bootstrap=bootstrap, store=store, http_port=http, metrics_port=metrics, articles=articles, feeds=feeds
    )
    importlib.import_module(MAINS[service]).main(settings)
