"""The operator's hand: look at incidents, say that one did not happen, or that it was seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from schemas.incident import Incident, IncidentStatus
from services.runtime.errors import ConfigurationError
from services.runtime.store import Database, watchset
from services.runtime.store.tables import incidents
from services.track import core
from services.track.book import Book, Step
from services.track.rules import Rules
from services.track.tracker import Tracker

LISTED = 50

Decide = Callable[[Book], Step]


@dataclass(frozen=True)
class Filter:
    """Which incidents are listed, newest report first."""

    watch_id: str | None = None
    statuses: Sequence[IncidentStatus] = (IncidentStatus.OPEN, IncidentStatus.QUIET)
    """Empty for all."""
    limit: int = LISTED


def listed(connection: Connection, wanted: Filter) -> list[Incident]:
    """The incidents that the filter lets through."""
    query = select(incidents.c.body).order_by(incidents.c.last_report_at.desc(), incidents.c.incident_id)
    if wanted.watch_id is not None:
        query = query.where(incidents.c.watch_id == wanted.watch_id)
    if wanted.statuses:
        query = query.where(incidents.c.status.in_([status.value for status in wanted.statuses]))
    bodies = connection.execute(query.limit(wanted.limit)).scalars()
    return [Incident.model_validate_json(body) for body in bodies]


def found(connection: Connection, given: str) -> Incident:
    """The incident with this id, or the only one whose id begins so. Raises ConfigurationError otherwise."""
    matching = (
        connection.execute(
            select(incidents.c.body)
            .where(incidents.c.incident_id.startswith(given, autoescape=True))
            .order_by(incidents.c.incident_id)
            .limit(2)
        )
        .scalars()
        .all()
    )
    candidates = [Incident.model_validate_json(body) for body in matching]
    exact = [incident for incident in candidates if incident.id == given]
    if exact or len(candidates) == 1:
        return (exact or candidates)[0]
    if candidates:
        raise ConfigurationError(f"incident: '{given}' begins more than one id; give more of it")
    raise ConfigurationError(f"incident: there is none with the id '{given}'")


def retract(database: Database, given: str, reason: str, now: datetime, rules: Rules) -> Step:
    """It did not happen: the desk is told where it had heard of it."""
    return _decide(database, given, now, rules, lambda book, id_: core.retract(book, id_, reason, now, rules))


def acknowledge(database: Database, given: str, reason: str, now: datetime, rules: Rules) -> Step:
    """Somebody has seen it; nobody is told."""
    return _decide(database, given, now, rules, lambda book, id_: core.acknowledge(book, id_, reason, now, rules))


def merge(database: Database, given: str, into: str, reason: str, now: datetime, rules: Rules) -> Step:
    """Both are one event; `into` keeps it."""
    kept = database.call(lambda connection: found(connection, into))
    try:
        return _decide(
            database, given, now, rules, lambda book, id_: core.merge(book, id_, kept.id, reason, now, rules)
        )
    except ValueError as error:
        raise ConfigurationError(f"incident: {error}") from error


def _decide(database: Database, given: str, now: datetime, rules: Rules, decide: Callable[[Book, str], Step]) -> Step:
    incident = database.call(lambda connection: found(connection, given))
    tracker = Tracker.over(database, rules)
    tracker.follow(database.call(watchset.current))
    if incident.watch_id not in tracker.watches:
        raise ConfigurationError(f"incident: its watch '{incident.watch_id}' was removed; nothing is open there")
    try:
        return tracker.decide(incident.watch_id, now, lambda book: decide(book, incident.id))
    except KeyError as error:
        raise ConfigurationError(
            f"incident: {incident.id} was closed ({incident.status.value}) too long ago to be changed"
        ) from error
