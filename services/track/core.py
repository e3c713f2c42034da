"""Observations into incidents, state and alerts: pure functions of what is known and what comes.

No clock, broker, database or randomness in here. The same input gives the same bytes.
"""

from datetime import datetime, timedelta

from schemas.alert import AlertKind
from schemas.incident import IncidentStatus
from schemas.observation import Observation
from services.track.alerts import News
from services.track.arrange import Arranged, arrange
from services.track.book import Book, Step
from services.track.coverage import Coverage
from services.track.identity import Key, key
from services.track.incident import derive
from services.track.reasons import Fired, Held
from services.track.reports import Reading, article_time, read
from services.track.rules import Rules
from services.track.turn import Turn, revised

__all__ = ["Book", "Step", "acknowledge", "merge", "observe", "retract", "tick"]


def observe(
    book: Book, observation: Observation, now: datetime, rules: Rules, coverage: Coverage | None = None
) -> Step:
    """One observation. A repeat of one already handled, or an older version of its article, changes nothing.

    `now` is the event clock in replay; live, the wall clock. Without `coverage` the watch stays as blind as it was.
    """
    turn = Turn(book, now, rules, coverage)
    stale = _stale(book, observation)
    if stale is not None:
        return turn.untouched({"observation": observation.id, "events": [], "rule": stale.value})
    reading = read(book.watch, observation, rules)
    return turn.observe(observation, reading, _arranged(book, observation, reading, rules))


def tick(book: Book, now: datetime, rules: Rules, coverage: Coverage | None = None) -> Step:
    """What time alone brings: quiet, resolved, expired, decay, blindness."""
    return Turn(book, now, rules, coverage).tick()


def retract(book: Book, incident_id: str, reason: str, now: datetime, rules: Rules) -> Step:
    """The operator says it did not happen. Raises KeyError where the book has no such incident."""
    turn = Turn(book, now, rules, None)
    gone = turn.incident(incident_id).model_copy(update={"pinned": True})
    turn.close(gone, IncidentStatus.RETRACTED, reason, News(AlertKind.RETRACTED, Fired.OPERATOR, reason), now)
    return turn.step({})


def acknowledge(book: Book, incident_id: str, reason: str, now: datetime, rules: Rules) -> Step:
    """The operator has seen it; no alert. Raises KeyError where the book has no such incident."""
    turn = Turn(book, now, rules, None)
    turn.put(revised(turn.incident(incident_id), acknowledged=reason))
    return turn.step({})


def merge(book: Book, incident_id: str, into: str, reason: str, now: datetime, rules: Rules) -> Step:
    """The operator says both are one: `into` takes the members and keeps them. Raises KeyError where either is lacking.

    Raises ValueError where both are the same, or of opposite directions.
    """
    turn = Turn(book, now, rules, None)
    gone, kept = turn.incident(incident_id), turn.incident(into)
    if gone.id == kept.id or gone.direction is not kept.direction:
        raise ValueError("only two different incidents of one direction can be merged")
    turn.put(revised(derive(kept, (*kept.members, *gone.members), (*kept.claims, *gone.claims), rules), pinned=True))
    emptied = gone.model_copy(update={"members": (), "merged_into": kept.id})
    turn.close(emptied, IncidentStatus.MERGED, reason, News(AlertKind.MERGED, Fired.OPERATOR, reason), now)
    return turn.step({})


def _stale(book: Book, observation: Observation) -> Held | None:
    """Whether this version of the article, or a newer one, was handled before."""
    article = observation.article
    versions = [v for a, v, _ in book.state.memory.articles if a == article.id]
    members = [m for i in book.incidents for m in i.members if m.article_id == article.id]
    known = max([*versions, *(m.article_version for m in members)], default=0)
    if known == article.version or any(m.observation_id == observation.id for m in members):
        return Held.DUPLICATE
    return Held.SUPERSEDED if known > article.version else None


def _arranged(book: Book, observation: Observation, reading: Reading, rules: Rules) -> Arranged:
    """Within the lateness, everything from this article's time on is placed anew; later ones are placed alone."""
    memory, article = book.state.memory, observation.article
    earlier = [m for i in book.incidents for m in i.members if m.article_id == article.id]
    floor: Key | None = min([key(m) for m in (*earlier, *reading.members)], default=None)
    oldest = memory.watermark - timedelta(hours=rules.time["lateness_hours"]) if memory.watermark else None
    if oldest is not None and article_time(article, rules) < oldest:
        floor = None
    return arrange(book.watch.id, book.incidents, memory.held, reading.members, article.id, floor, rules)
