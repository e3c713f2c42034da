"""Why, and why not: the chain from an article's signals over the rules to what the desk heard, or did not hear."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from schemas.alert import Alert
from schemas.article import Article
from schemas.incident import Incident, NearMiss, WatchState
from schemas.notification import Notification
from services.runtime.errors import ConfigurationError
from services.runtime.store import archive
from services.runtime.store.tables import (
    alerts,
    incidents,
    moment,
    near_misses,
    notifications,
    observations,
    watch_states,
)


@dataclass(frozen=True)
class Handled:
    """An observation as the store remembers it."""

    observation_id: str
    at: datetime
    verdict: dict[str, Any]
    """`signals`, and for each event the incident and the rule that decided."""


@dataclass(frozen=True)
class Chain:
    """Everything known that led to one alert, or from one article to whatever it did at one watch."""

    watch_id: str
    article_id: str | None
    article: Article | None
    observed_at: frozenset[str]
    """Watches at which the article was observed."""
    handled: tuple[Handled, ...]
    held: tuple[NearMiss, ...]
    alerts: tuple[Alert, ...]
    notifications: tuple[Notification, ...]
    incidents: tuple[Incident, ...]
    state: WatchState | None


def of_alert(connection: Connection, alert_id: str) -> Chain:
    """The chain behind an alert. Raises ConfigurationError where there is no such alert."""
    found = (
        connection.execute(
            select(alerts.c.body).where(alerts.c.alert_id.startswith(alert_id, autoescape=True)).limit(2)
        )
        .scalars()
        .all()
    )
    if len(found) != 1:
        problem = "begins more than one id; give more of it" if found else "is no alert's id"
        raise ConfigurationError(f"alert: '{alert_id}' {problem}")
    alert = Alert.model_validate_json(found[0])
    return _chain(connection, alert.watch_id, alert.article_id, (alert,))


def of_article(connection: Connection, watch_id: str, article_id: str) -> Chain:
    """What an article did at a watch, or what held it back."""
    told = [id_ for each in _handled(connection, watch_id, article_id) for id_ in each.verdict.get("alerts", ())]
    rows = connection.execute(select(alerts.c.body).where(alerts.c.alert_id.in_(told)).order_by(alerts.c.seq))
    return _chain(connection, watch_id, article_id, tuple(map(Alert.model_validate_json, rows.scalars())))


def _chain(connection: Connection, watch_id: str, article_id: str | None, told: tuple[Alert, ...]) -> Chain:
    handled = _handled(connection, watch_id, article_id) if article_id else ()
    held = _held(connection, watch_id, article_id) if article_id else ()
    concerned = {alert.incident_id for alert in told} | {miss.incident_id for miss in held}
    concerned |= {event.get("incident_id") for each in handled for event in each.verdict.get("events", ())}
    return Chain(
        watch_id=watch_id,
        article_id=article_id,
        article=archive.get(connection, article_id) if article_id else None,
        observed_at=archive.observed_at(connection, article_id) if article_id else frozenset(),
        handled=handled,
        held=held,
        alerts=told,
        notifications=_notifications(connection, [alert.alert_id for alert in told]),
        incidents=_incidents(connection, concerned),
        state=_state(connection, watch_id),
    )


def _handled(connection: Connection, watch_id: str, article_id: str) -> tuple[Handled, ...]:
    table = observations.c
    rows = connection.execute(
        select(table.observation_id, table.handled_at, table.verdict)
        .where(table.article_id == article_id, table.watch_id == watch_id)
        .order_by(table.handled_at)
    )
    return tuple(Handled(row.observation_id, moment(row.handled_at), json.loads(row.verdict)) for row in rows)


def _held(connection: Connection, watch_id: str, article_id: str) -> tuple[NearMiss, ...]:
    rows = connection.execute(
        select(near_misses.c.body)
        .where(near_misses.c.watch_id == watch_id, near_misses.c.article_id == article_id)
        .order_by(near_misses.c.at, near_misses.c.near_miss_id)
    )
    return tuple(NearMiss.model_validate_json(body) for body in rows.scalars())


def _notifications(connection: Connection, alert_ids: list[str]) -> tuple[Notification, ...]:
    rows = connection.execute(
        select(notifications.c.body)
        .where(notifications.c.alert_id.in_(alert_ids))
        .order_by(notifications.c.created_at, notifications.c.notification_id)
    )
    return tuple(Notification.model_validate_json(body) for body in rows.scalars())


def _incidents(connection: Connection, ids: Iterable[str | None]) -> tuple[Incident, ...]:
    wanted = sorted(id_ for id_ in ids if id_)
    rows = connection.execute(
        select(incidents.c.body).where(incidents.c.incident_id.in_(wanted)).order_by(incidents.c.incident_id)
    )
    return tuple(Incident.model_validate_json(body) for body in rows.scalars())


def _state(connection: Connection, watch_id: str) -> WatchState | None:
    body = connection.execute(
        select(watch_states.c.body).where(watch_states.c.watch_id == watch_id)
    ).scalar_one_or_none()
    return None if body is None else WatchState.model_validate_json(body)
