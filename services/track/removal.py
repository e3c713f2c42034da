"""What becomes of a watch's open incidents when the watch is removed: they are closed, and the desk is told why."""

from datetime import datetime, timedelta

from schemas.alert import Alert, AlertKind
from schemas.base import Level
from schemas.incident import Incident, IncidentStatus
from services.track.book import Book, Step
from services.track.incident import CLOSED, digest

WATCH_REMOVED = "watch_removed"
"""The rule's name."""

TOLD_FOR = timedelta(hours=24)


def close(book: Book, now: datetime) -> Step:
    """Expire what is open; the state becomes calm and no timer runs any more. Silent incidents close silently."""
    closed = tuple(
        incident.model_copy(
            update={
                "status": IncidentStatus.EXPIRED,
                "revision": incident.revision + 1,
                "reason": WATCH_REMOVED,
                "closed_at": now,
            }
        )
        for incident in book.incidents
        if incident.status not in CLOSED
    )
    rest = {incident.id: incident for incident in book.incidents} | {incident.id: incident for incident in closed}
    calm = book.state.model_copy(update={"level": Level.CALM, "contested": False, "blind": False, "updated_at": now})
    return Step(
        book=Book(book.watch, calm, tuple(rest.values())),
        changed=closed,
        alerts=tuple(_alert(book, incident, now) for incident in closed if incident.announced),
    )


def _alert(book: Book, incident: Incident, now: datetime) -> Alert:
    return Alert(
        alert_id=digest("alert", incident.watch_id, incident.id, incident.revision, WATCH_REMOVED),
        watch_id=incident.watch_id,
        watch_name=book.watch.name,
        incident_id=incident.id,
        revision=incident.revision,
        kind=AlertKind.EXPIRED,
        level=Level.CALM,
        direction=incident.direction,
        at=now,
        signals=incident.types,
        reason=WATCH_REMOVED,
        detail="the watch was removed while this was open",
        places=incident.places,
        actors=incident.actors,
        killed=incident.killed,
        injured=incident.injured,
        sources=incident.sources,
        confidence=incident.confidence,
        disputed=incident.disputed,
        expires_at=now + TOLD_FOR,
    )
