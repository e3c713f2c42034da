"""The command `marsad`. Each command lives with what it commands and is imported only when it is asked for."""

import importlib
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from services.runtime.errors import ConfigurationError

COMMANDS = {
    "demo": "services.runtime.demo:demo_command",
    "up": "services.runtime.up:up_command",
    "serve": "services.runtime.serve:serve_command",
    "analyze": "services.analyze.cli:analyze_command",
    "replay": "services.runtime.replay:replay_command",
    "watches": "services.track.cli:watches_app",
    "incident": "services.track.cli:incident_app",
    "explain": "services.track.cli:explain_command",
    "subscriptions": "services.notify.cli:subscriptions_app",
    "gazetteer": "services.runtime.commands:gazetteer_app",
    "dead": "services.runtime.deadcli:dead_app",
    "migrate": "services.runtime.commands:migrate_command",
    "schema": "services.runtime.commands:schema_command",
    "metrics": "services.runtime.commands:metrics_command",
    "config": "services.runtime.commands:config_command",
}
"""Command, and where its function or group of commands is."""

SERVICES = ("ingest", "analyze", "track", "notify", "board")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its status: 2 where the user gave something wrong."""
    args = as_serve(list(sys.argv[1:] if arguments is None else arguments))
    wanted = next((name for name in args if not name.startswith("-")), None)
    try:
        _application([wanted] if wanted in COMMANDS else list(COMMANDS))(args, prog_name="marsad")
    except ConfigurationError as error:
        sys.stderr.write(f"marsad: {error}\n")
        sys.exit(2)


def as_serve(args: list[str]) -> list[str]:
    """`marsad track` is `marsad serve track`; `analyze` is also a command for files, so there it takes `--serve`."""
    if args and args[0] == "analyze":
        return ["serve", "analyze", *[each for each in args[1:] if each != "--serve"]] if "--serve" in args else args
    return ["serve", *args] if args and args[0] in SERVICES else args


def _application(names: Sequence[str]) -> typer.Typer:
    app = typer.Typer(
        help="Marsad reads news, Arabic first, and tells you when something new happens at the places you watch.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def _root(
        version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
    ) -> None:
        """Marsad reads news, Arabic first, and tells you when something new happens at the places you watch."""

    for name in names:
        module, _, attribute = COMMANDS[name].partition(":")
        target = getattr(importlib.import_module(module), attribute)
        if isinstance(target, typer.Typer):
            app.add_typer(target, name=name)
        else:
            app.command(name)(target)
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"marsad {version('marsad')}")
        raise typer.Exit


if __name__ == "__main__":
    main()
