"""Alert: one notable transition of an incident or of a watch's state, complete enough to be rendered alone."""

from enum import StrEnum

from pydantic import Field

from schemas.base import BothNames, Direction, Id, Level, Message, SignalType, Status, Text, UtcDatetime
from schemas.incident import Contribution, Range


class AlertKind(StrEnum):
    HEADS_UP = "heads_up"
    OPENED = "opened"
    UPDATED = "updated"
    ESCALATED = "escalated"
    EASED = "eased"
    QUIET = "quiet"
    RESOLVED = "resolved"
    EXPIRED = "expired"
    RETRACTED = "retracted"
    MERGED = "merged"
    REOPENED = "reopened"
    STATE_CHANGED = "state_changed"


class AlertQuote(Message):
    """Who says what, in whose words."""

    quote: Text
    type: SignalType
    status: Status = Status.ACTUAL
    source: str
    attribution: Text | None = None
    title: Text = ""
    url: str | None = None
    article_id: Id
    lang: str | None = None
    published_at: UtcDatetime | None = None
    places: tuple[str, ...] = ()


class Alert(Message):
    alert_id: Id
    """Hash of watch, incident, revision, kind and rule."""
    watch_id: Id
    watch_name: BothNames
    incident_id: Id | None = None
    """None where it concerns the watch's state."""
    revision: int = Field(default=0, ge=0)
    kind: AlertKind
    level: Level
    contested: bool = False
    blind: bool = False
    direction: Direction | None = None
    article_id: Id | None = None
    """The article that caused it; None where time or the operator did."""
    at: UtcDatetime
    """Event time in live running and in replay alike: the article's time, or the timer's."""
    signals: tuple[SignalType, ...] = ()
    reason: str
    """Name of the rule."""
    detail: str = ""
    """The rule's arithmetic or cause, in words."""
    quotes: tuple[AlertQuote, ...] = ()
    places: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    killed: Range | None = None
    injured: Range | None = None
    sources: int = Field(default=0, ge=0)
    confidence: float = Field(default=0.0, ge=0, le=1)
    disputed: bool = False
    reasons: tuple[Contribution, ...] = ()
    sample: bool = False
    expires_at: UtcDatetime
    """Its time to live: undelivered past this, it is no longer worth a message."""
    parent_watch_id: Id | None = None
    """The watch around this one which fires too."""
