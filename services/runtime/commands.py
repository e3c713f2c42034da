"""The commands that print what the code declares, and the one that prepares the store."""

from pathlib import Path
from typing import Annotated

import typer

from services.runtime.errors import ConfigurationError

gazetteer_app = typer.Typer(help="The places that Marsad knows.", no_args_is_help=True)

Out = Annotated[Path | None, typer.Option(help="Write there instead of printing.")]


def config_command(out: Out = None) -> None:
    """List the settings: variable, default, meaning. Says what is wrong with those that are set."""
    from services.runtime.settings import Settings, reference

    if out is None:
        Settings.load()
    _write(reference(), out)


def metrics_command(out: Out = None) -> None:
    """List the metrics: name, kind, labels, meaning."""
    from services.runtime.metrics import reference

    _write(reference(), out)


def schema_command(
    out: Annotated[Path, typer.Option(help="Directory for schema/*.json and asyncapi.yaml.")] = Path("docs"),
) -> None:
    """Write JSON Schema and AsyncAPI 3 for all topics, from the models."""
    from services.runtime.documents import documents

    for name, content in documents().items():
        _write(content, out / name)


def migrate_command(
    store: Annotated[str | None, typer.Option(help="SQLAlchemy URL of the store.")] = None,
) -> None:
    """Bring the store's tables up to date."""
    from services.runtime.settings import Settings
    from services.runtime.store.migrate import migrate

    migrate(Settings.load(store=store).store_url)
    typer.echo("the store is up to date")


@gazetteer_app.callback()
def _gazetteer() -> None:
    """The places that Marsad knows."""


@gazetteer_app.command("compile")
def gazetteer_compile_command(out: Annotated[Path, typer.Argument(help="File to write.")]) -> None:
    """Compile the shipped gazetteer anew from its sources (needs the extra `build`)."""
    try:
        from services.analyze.places.compile import compile_gazetteer

        compile_gazetteer(out)
    except ModuleNotFoundError as error:
        raise ConfigurationError(f"{error.name} is missing: pip install 'marsad[build]'") from error


def _write(text: str, out: Path | None) -> None:
    if out is None:
        typer.echo(text, nl=False)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
