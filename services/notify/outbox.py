"""The notifications in the store: decided before they are sent, marked after, in order for a subscription and watch.

A notification moves pending → sending → sent or failed. `sending` is a lease: whoever claims a notification writes
until when it holds it (`next_attempt_at`), and one whose lease has run out is claimed again, by any process, and goes
out with the same id. Two processes never hold the same one: a claim is an update that names the state it found.
"""

import hashlib
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from pydantic import ValidationError
from sqlalchemy import Connection, Row, and_, func, or_, select, update

from schemas.alert import Alert, AlertKind
from schemas.notification import Notification, NotificationStatus
from schemas.subscription import Subscription
from services.notify.routing import Previous, route
from services.runtime.store.statements import insert
from services.runtime.store.tables import alerts, articles, micros, moment, notifications

log = logging.getLogger(__name__)

HORIZON = timedelta(days=7)
"""Alerts that were stored longer ago are not looked at any more; none lives so long."""
REMEMBERED = 8
"""Newest notifications of an incident that a decision looks at."""
BATCH = 100
"""Alerts decided in one transaction when much was lost."""

ASAP = datetime(1970, 1, 1, tzinfo=UTC)
"""Due whatever the clock says."""

UNFINISHED = (NotificationStatus.PENDING, NotificationStatus.SENDING)
TOLD = (NotificationStatus.PENDING, NotificationStatus.SENDING, NotificationStatus.SENT)


@dataclass(frozen=True, slots=True)
class Claimed:
    notification: Notification
    alert: Alert


def notification_id(alert_id: str, subscription_id: str) -> str:
    return hashlib.sha256(f"{alert_id}\n{subscription_id}".encode()).hexdigest()[:32]


def decide_until(
    connection: Connection, alert: Alert, subscriptions: Collection[Subscription], now: datetime
) -> list[Notification] | None:
    """Decides this alert, and before it what its watch's earlier alerts still lack: order holds whatever was lost.

    Returns the notifications written; None where the store does not know the alert, which it never does to its own.
    """
    seq = connection.execute(select(alerts.c.seq).where(alerts.c.alert_id == alert.alert_id)).scalar()
    if seq is None:
        return None
    open_ones = _undecided(connection, now, and_(alerts.c.watch_id == alert.watch_id, alerts.c.seq <= seq))
    return [made for each in open_ones for made in _decide(connection, each, subscriptions, now)]


def decide_all(
    connection: Connection, subscriptions: Collection[Subscription], now: datetime, limit: int = BATCH
) -> list[Notification]:
    """Reconciles with the alerts table: decides the oldest alerts without a decision, `limit` of them.

    Call it until it writes none: each transaction stays short, because on SQLite the others wait for it.
    """
    open_ones = _undecided(connection, now, limit=limit)
    return [made for each in open_ones for made in _decide(connection, each, subscriptions, now)]


def _undecided(connection: Connection, now: datetime, *conditions: object, limit: int | None = None) -> list[Alert]:
    decided = select(notifications.c.alert_id).where(notifications.c.alert_id == alerts.c.alert_id).exists()
    query = (
        select(alerts.c.body)
        .where(alerts.c.created_at >= micros(now - HORIZON), ~decided, *conditions)  # type: ignore[arg-type]
        .order_by(alerts.c.seq)
        .execution_options(yield_per=BATCH)
    )
    with connection.execute(query) as rows:  # limited here: alerts that cannot be read hold back none behind them
        readable = (found for body in rows.scalars() if (found := _readable(body)) is not None)
        return list(islice(readable, limit))


def _readable(body: str) -> Alert | None:
    try:
        return Alert.model_validate_json(body)
    except ValidationError as error:
        log.error("an alert in the store cannot be read: %s", error.errors(include_input=False)[0]["msg"])
        return None


def _decide(
    connection: Connection, alert: Alert, subscriptions: Collection[Subscription], now: datetime
) -> list[Notification]:
    if not subscriptions:
        return []
    told, heard = _previous(connection, alert), _heard(connection, alert)
    made = [_decision(alert, each, told.get(each.id, []), each.id in heard, now) for each in subscriptions]
    statement = insert(connection, notifications).on_conflict_do_nothing()  # another process may have decided meanwhile
    connection.execute(statement, [_row(each) for each in made])
    return made


def _decision(
    alert: Alert, subscription: Subscription, previous: list[Previous], heard: bool, now: datetime
) -> Notification:
    decision = route(alert, subscription, previous, now, heard)
    return Notification(
        id=notification_id(alert.alert_id, subscription.id),
        alert_id=alert.alert_id,
        subscription_id=subscription.id,
        status=NotificationStatus.PENDING if decision.notify else NotificationStatus.SUPPRESSED,
        reason=decision.reason,
        sound=decision.sound,
        next_attempt_at=ASAP if decision.notify else None,
        created_at=now,
        updated_at=now,
    )


def _previous(connection: Connection, alert: Alert) -> dict[str, list[Previous]]:
    """By subscription, what it was told of the same incident, or of the same watch's state; oldest first."""
    age = func.row_number().over(partition_by=notifications.c.subscription_id, order_by=alerts.c.seq.desc())
    told = (
        select(
            alerts.c.seq,
            alerts.c.body.label("alert_body"),
            notifications.c.subscription_id,
            notifications.c.body,
            age.label("age"),
        )
        .join(alerts, alerts.c.alert_id == notifications.c.alert_id)
        .where(
            alerts.c.watch_id == alert.watch_id,
            alerts.c.incident_id == alert.incident_id,  # IS NULL for the state
            notifications.c.status.in_(TOLD),
        )
        .subquery()
    )
    found: dict[str, list[Previous]] = {}
    about: dict[int, Alert] = {}
    for row in connection.execute(select(told).where(told.c.age <= REMEMBERED).order_by(told.c.seq)):
        of = about.get(row.seq) or about.setdefault(row.seq, Alert.model_validate_json(row.alert_body))
        sent = Notification.model_validate_json(row.body)
        previous = Previous(of.kind, of.level, of.blind, sent.sound, sent.created_at)
        found.setdefault(row.subscription_id, []).append(previous)
    return found


def _heard(connection: Connection, alert: Alert) -> set[str]:
    """Subscriptions that the easing article tells of another incident at this watch; asked only for what eases."""
    if alert.kind is not AlertKind.EASED:
        return set()
    query = (
        select(alerts.c.body, notifications.c.subscription_id)
        .join(notifications, alerts.c.alert_id == notifications.c.alert_id)
        .where(
            alerts.c.watch_id == alert.watch_id,
            alerts.c.at == micros(alert.at),
            alerts.c.incident_id != alert.incident_id,
            notifications.c.status.in_(TOLD),
        )
    )
    rows = connection.execute(query).all()
    return {row.subscription_id for row in rows if Alert.model_validate_json(row.body).article_id == alert.article_id}


def _row(notification: Notification) -> dict[str, object]:
    due = notification.next_attempt_at
    return {
        "notification_id": notification.id,
        "alert_id": notification.alert_id,
        "subscription_id": notification.subscription_id,
        "status": notification.status,
        "next_attempt_at": micros(due) if due else None,
        "created_at": micros(notification.created_at),
        "body": notification.model_dump_json(),
    }


def claim(
    connection: Connection,
    free: Mapping[str, int],
    leases: Mapping[str, timedelta],
    busy: Collection[str],
    now: datetime,
) -> list[Claimed]:
    """Claims what is due: of each subscription at most `free`, of each watch the oldest unfinished one alone.

    `leases` says how long an attempt may take, `busy` which notifications this process still holds.
    """
    left = dict(free)
    claimed: list[Claimed] = []
    for row in _due_heads(connection, [s for s, n in free.items() if n > 0], now):
        if row.notification_id in busy or left[row.subscription_id] <= 0:
            continue
        held = _take(connection, row, now, now + leases[row.subscription_id])
        if held is not None:
            left[row.subscription_id] -= 1
            claimed.append(held)
    return claimed


def _due_heads(connection: Connection, subscription_ids: list[str], now: datetime) -> list[Row]:
    """The oldest unfinished notification of each subscription and watch, where it is due; oldest alert first."""
    heads = (
        select(notifications.c.subscription_id, func.min(alerts.c.seq).label("seq"))
        .join(alerts, alerts.c.alert_id == notifications.c.alert_id)
        .where(notifications.c.status.in_(UNFINISHED), notifications.c.subscription_id.in_(subscription_ids))
        .group_by(notifications.c.subscription_id, alerts.c.watch_id)
        .subquery()
    )
    query = (
        select(notifications, alerts.c.body.label("alert_body"))
        .join(alerts, alerts.c.alert_id == notifications.c.alert_id)
        .join(heads, and_(heads.c.seq == alerts.c.seq, heads.c.subscription_id == notifications.c.subscription_id))
        .where(notifications.c.next_attempt_at <= micros(now))
        .order_by(alerts.c.seq)
    )
    return list(connection.execute(query))


def _take(connection: Connection, row: Row, now: datetime, until: datetime) -> Claimed | None:
    found = Notification.model_validate_json(row.body)
    held = found.model_copy(
        update={
            "status": NotificationStatus.SENDING,
            "attempts": found.attempts + 1,
            "next_attempt_at": until,
            "updated_at": now,
        }
    )
    if not _replace(connection, found, held):
        return None
    return Claimed(held, Alert.model_validate_json(row.alert_body))


def first_seen(connection: Connection, alert: Alert) -> datetime | None:
    """When Marsad first saw the article that caused the alert, where one did and it is still kept."""
    query = select(articles.c.first_seen_at).where(articles.c.article_id == alert.article_id)
    found = connection.execute(query).scalar_one_or_none() if alert.article_id else None
    return None if found is None else moment(found)


def finish(connection: Connection, held: Notification, after: Notification) -> bool:
    """Writes what became of a claimed notification; False where it is no longer held by this claim.

    Delivered is delivered: `sent` is written even where the lease had run out, so that nobody sends it once more.
    """
    if after.status is NotificationStatus.SENT:
        condition = and_(notifications.c.notification_id == held.id, notifications.c.status.in_(UNFINISHED))
        return connection.execute(update(notifications).where(condition).values(_row(after))).rowcount == 1
    return _replace(connection, held, after)


def _replace(connection: Connection, found: Notification, after: Notification) -> bool:
    """Compare and swap on state and due time."""
    before = _row(found)
    condition = and_(
        notifications.c.notification_id == found.id,
        notifications.c.status == before["status"],
        notifications.c.next_attempt_at == before["next_attempt_at"],
    )
    return connection.execute(update(notifications).where(condition).values(_row(after))).rowcount == 1


def expire(connection: Connection, now: datetime, wall: datetime) -> list[Notification]:
    """Fails what outlived its alert while nobody could send it: its subscription is gone, or its receiver.

    `now` is the time that alerts live in, `wall` that of leases: what is being sent is left alone.
    """
    query = (
        select(notifications.c.body, alerts.c.body)
        .join(alerts, alerts.c.alert_id == notifications.c.alert_id)
        .where(
            or_(
                notifications.c.status == NotificationStatus.PENDING,
                and_(
                    notifications.c.status == NotificationStatus.SENDING,
                    notifications.c.next_attempt_at <= micros(wall),
                ),
            )
        )
    )
    overdue = [
        (found := Notification.model_validate_json(body), expired(found, wall))
        for body, alert_body in connection.execute(query).all()
        if Alert.model_validate_json(alert_body).expires_at <= now
    ]
    return [after for found, after in overdue if _replace(connection, found, after)]


def expired(notification: Notification, now: datetime) -> Notification:
    last = f"; last: {notification.error}" if notification.error else ""
    return notification.model_copy(
        update={
            "status": NotificationStatus.FAILED,
            "next_attempt_at": None,
            "error": f"expired before it could be sent{last}",
            "updated_at": now,
        }
    )
