"""`marsad watches`, `marsad incident` and `marsad explain`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError

from schemas.incident import IncidentStatus
from services.runtime.clock import clock_of
from services.runtime.errors import ConfigurationError
from services.runtime.settings import Settings
from services.runtime.store import Database, StoreUnavailable, watchset
from services.runtime.store.migrate import is_current
from services.track import explain, operator, telling
from services.track.book import Step
from services.track.figures import rules_of

watches_app = typer.Typer(help="The watches in the store.", no_args_is_help=True)
incident_app = typer.Typer(help="Incidents: look, retract, acknowledge, merge.", no_args_is_help=True)

Store = Annotated[str | None, typer.Option("--store", help="SQLAlchemy URL of the store; else MARSAD_STORE.")]
IncidentId = Annotated[str, typer.Argument(metavar="ID", help="The incident's id, or how it begins.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept, and told where the desk is told.")]


@watches_app.command("apply")
def apply_watches(file: Annotated[Path, typer.Argument(help="A watches file.")], store: Store = None) -> None:
    """Make the store's watches those of FILE. Running services follow within a second."""
    wanted = watchset.read(file)
    with _opened(store) as database:
        version = database.call(lambda connection: watchset.apply(connection, wanted))
    typer.echo(f"{len(wanted.watches)} watches at version {version}")


@watches_app.command("list")
def list_watches(store: Store = None) -> None:
    """The watches in the store."""
    with _opened(store) as database:
        known = database.call(watchset.current)
    for watch in known.watches:
        names = " / ".join(telling.apart(name) for name in (watch.name.ar, watch.name.en) if name)
        area = "polygon" if watch.polygon else f"{watch.radius_km:g} km"
        typer.echo(f"{watch.id}  {names}  {watch.center[0]:.4f}, {watch.center[1]:.4f}  {area}")
    typer.echo(f"{len(known.watches)} watches at version {known.version}")


@watches_app.command("check")
def check_watches(file: Annotated[Path, typer.Argument(help="A watches file.")]) -> None:
    """Say what is wrong with FILE, field by field; changes nothing."""
    typer.echo(f"{file}: {len(watchset.read(file).watches)} watches, nothing wrong")


@incident_app.command("list")
def list_incidents(
    watch: Annotated[str | None, typer.Option(help="Only at this watch.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = operator.LISTED,
    store: Store = None,
) -> None:
    """Open incidents, newest report first."""
    statuses = () if everything else (IncidentStatus.OPEN, IncidentStatus.QUIET)
    wanted = operator.Filter(watch, statuses, limit)
    with _opened(store) as database:
        _print(telling.rows(database.call(lambda connection: operator.listed(connection, wanted))))


@incident_app.command("show")
def show_incident(given: IncidentId, store: Store = None) -> None:
    """Everything about one incident: figures, claims, quotes."""
    with _opened(store) as database:
        _print(telling.incident(database.call(lambda connection: operator.found(connection, given))))


@incident_app.command("retract")
def retract_incident(given: IncidentId, reason: Reason, store: Store = None) -> None:
    """It did not happen. The desk is told where it had heard of it."""
    with _opened(store) as database:
        _report(operator.retract(database, given, _worded(reason), _now(), rules_of(Settings.load())))


@incident_app.command("ack")
def acknowledge_incident(given: IncidentId, reason: Reason, store: Store = None) -> None:
    """Somebody has seen it. Nobody is told."""
    with _opened(store) as database:
        _report(operator.acknowledge(database, given, _worded(reason), _now(), rules_of(Settings.load())))


@incident_app.command("merge")
def merge_incidents(
    given: IncidentId,
    into: Annotated[str, typer.Option("--into", help="The incident that takes its reports.")],
    reason: Reason,
    store: Store = None,
) -> None:
    """Both are one event."""
    with _opened(store) as database:
        _report(operator.merge(database, given, into, _worded(reason), _now(), rules_of(Settings.load())))


def explain_command(
    alert_id: Annotated[
        str | None, typer.Argument(metavar="[ALERT_ID]", help="The alert, or how its id begins.")
    ] = None,
    watch: Annotated[
        str | None, typer.Option(help="Instead: what ARTICLE did at this watch, and why not more.")
    ] = None,
    article: Annotated[str | None, typer.Option(help="The article's id.")] = None,
    store: Store = None,
) -> None:
    """Why an alert went out, or why an article raised none: signals, scores, and the rule that decided."""
    if alert_id is not None and watch is None and article is None:
        chain = partial(explain.of_alert, alert_id=alert_id)
    elif alert_id is None and watch is not None and article is not None:
        chain = partial(explain.of_article, watch_id=watch, article_id=article)
    else:
        raise ConfigurationError("explain: give an ALERT_ID, or --watch and --article")
    with _opened(store) as database:
        _print(telling.chain(database.call(chain)))


@contextmanager
def _opened(store: str | None) -> Iterator[Database]:
    url = Settings.load(store=store).store_url
    try:
        if not is_current(url):
            raise ConfigurationError("store: it has no tables of this version yet; run `marsad migrate`")
        database = Database(url)
        try:
            yield database
        finally:
            database.close()
    except OperationalError as error:
        raise ConfigurationError(f"store: {error.orig}") from error
    except StoreUnavailable as error:
        raise ConfigurationError(f"store: {error}") from error


def _worded(reason: str) -> str:
    if not reason.strip():
        raise ConfigurationError("reason: say why, in words")
    return reason.strip()


def _now() -> datetime:
    return clock_of(Settings.load())()


def _report(step: Step) -> None:
    for incident in step.changed:
        typer.echo(f"{incident.id}: {incident.status.value}, revision {incident.revision}")
    for alert in step.alerts:
        typer.echo(f"alert {alert.alert_id}: {alert.kind.value}, {alert.reason}")


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)
