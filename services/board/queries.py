"""What the board reads from the store; every function takes a connection and reads in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from schemas.alert import Alert
from schemas.incident import Incident, IncidentStatus, WatchState
from schemas.notification import Notification
from services.board.models import AlertPage, IncidentPage, NotifiedAlert, NumberedAlert, WatchedState, WatchList
from services.runtime.store import watchset
from services.runtime.store.tables import alerts, incidents, micros, notifications, watch_states


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of incidents ended: keyset paging, which new incidents do not shift."""

    last_report_at: int
    incident_id: str

    def __str__(self) -> str:
        return f"{self.last_report_at}.{self.incident_id}"

    @classmethod
    def read(cls, cursor: str) -> "Place":
        """Raises ValueError for what is no cursor of ours."""
        at, _, incident_id = cursor.partition(".")
        if not incident_id or not at.isascii() or not at.lstrip("-").isdigit() or len(at) > 18:
            raise ValueError("not a cursor that this list gave")
        return cls(int(at), incident_id)


def watch_list(connection: Connection) -> WatchList:
    known = watchset.current(connection)
    states = {row.watch_id: row.body for row in connection.execute(select(watch_states))}
    watched = [
        WatchedState(watch=watch, state=_state(states.get(watch.id)), version=known.version) for watch in known.watches
    ]
    return WatchList(version=known.version, watches=tuple(watched))


def _state(body: str | None) -> WatchState | None:
    return None if body is None else WatchState.model_validate_json(body)


def incident_page(
    connection: Connection,
    watch_id: str | None,
    statuses: list[IncidentStatus],
    since: datetime | None,
    after: Place | None,
    limit: int,
) -> IncidentPage:
    """Incidents by their newest report, newest first."""
    wanted: list[ColumnElement[bool]] = []
    if watch_id is not None:
        wanted.append(incidents.c.watch_id == watch_id)
    if statuses:
        wanted.append(incidents.c.status.in_([each.value for each in statuses]))
    if since is not None:
        wanted.append(incidents.c.last_report_at >= micros(since))
    if after is not None:
        at, newer = incidents.c.last_report_at, incidents.c.incident_id > after.incident_id
        wanted.append(or_(at < after.last_report_at, and_(at == after.last_report_at, newer)))
    query = (
        select(incidents)
        .where(*wanted)
        .order_by(incidents.c.last_report_at.desc(), incidents.c.incident_id)
        .limit(limit + 1)
    )
    rows = connection.execute(query).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return IncidentPage(
        incidents=tuple(Incident.model_validate_json(row.body) for row in rows[:limit]),
        next=str(Place(last.last_report_at, last.incident_id)) if last else None,
    )


def incident(connection: Connection, incident_id: str) -> Incident | None:
    body = connection.execute(select(incidents.c.body).where(incidents.c.incident_id == incident_id)).scalar()
    return None if body is None else Incident.model_validate_json(body)


def alert_page(
    connection: Connection,
    watch_id: str | None = None,
    incident_id: str | None = None,
    after: int | None = None,
    limit: int = 100,
    newest: bool = False,
) -> AlertPage:
    """Alerts in the order in which they were decided, or newest first; `after` is the last one seen in that order."""
    wanted: list[ColumnElement[bool]] = []
    if watch_id is not None:
        wanted.append(alerts.c.watch_id == watch_id)
    if incident_id is not None:
        wanted.append(alerts.c.incident_id == incident_id)
    if after is not None:
        wanted.append(alerts.c.seq < after if newest else alerts.c.seq > after)
    order = alerts.c.seq.desc() if newest else alerts.c.seq
    rows = connection.execute(select(alerts.c.seq, alerts.c.body).where(*wanted).order_by(order).limit(limit + 1)).all()
    shown = tuple(NumberedAlert(seq=row.seq, alert=Alert.model_validate_json(row.body)) for row in rows[:limit])
    return AlertPage(alerts=shown, next=shown[-1].seq if len(rows) > limit else None)


def newest_seq(connection: Connection) -> int:
    """Number of the newest alert; 0 before the first."""
    return connection.execute(select(alerts.c.seq).order_by(alerts.c.seq.desc()).limit(1)).scalar() or 0


def alert(connection: Connection, alert_id: str) -> NotifiedAlert | None:
    row = connection.execute(select(alerts.c.seq, alerts.c.body).where(alerts.c.alert_id == alert_id)).one_or_none()
    if row is None:
        return None
    told = connection.execute(
        select(notifications.c.body)
        .where(notifications.c.alert_id == alert_id)
        .order_by(notifications.c.subscription_id)
    ).scalars()
    return NotifiedAlert(
        seq=row.seq,
        alert=Alert.model_validate_json(row.body),
        notifications=tuple(Notification.model_validate_json(body) for body in told),
    )
