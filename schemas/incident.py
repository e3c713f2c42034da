"""Incident: one real event or development at one watch; and where the watch stands."""

from enum import StrEnum

from pydantic import Field

from schemas.base import Direction, Id, Level, Message, SignalType, Text, UtcDatetime


class IncidentStatus(StrEnum):
    OPEN = "open"
    QUIET = "quiet"
    RESOLVED = "resolved"
    EXPIRED = "expired"
    RETRACTED = "retracted"
    MERGED = "merged"


class TypeFamily(StrEnum):
    """Signal types that reports use for one another; incidents are compared only inside a family."""

    FIGHTING = "fighting"
    STRIKE = "strike"
    VIOLENCE = "violence"
    CONTROL = "control"
    FORCES = "forces"
    COERCION = "coercion"
    UNREST = "unrest"
    MOVEMENT = "movement"
    TRUCE = "truce"
    DIPLOMACY = "diplomacy"
    RELIEF = "relief"


class Range(Message):
    """Smallest and largest figure that a source gave."""

    low: int = Field(ge=0)
    high: int = Field(ge=0)


class Claim(Message):
    """One line of the incident's ledger: who said what, when."""

    source: str
    publisher_family: str
    """Republished wire copy shares the family of its first publisher and counts once."""
    attribution: Text | None = None
    type: SignalType
    killed: Range | None = None
    injured: Range | None = None
    quote: Text
    article_id: Id
    article_version: int = Field(ge=1)
    url: str | None = None
    observation_id: Id
    at: UtcDatetime
    denies: bool = False
    """This source denies the event."""


class Incident(Message):
    id: Id
    watch_id: Id
    family: TypeFamily
    direction: Direction
    status: IncidentStatus
    level: Level
    revision: int = Field(ge=1)
    episode: int = Field(default=1, ge=1)
    """Rises when a resolved incident is reopened within 72 hours."""
    types: tuple[SignalType, ...]
    """In the order they were first reported."""
    places: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    killed: Range | None = None
    injured: Range | None = None
    confidence: float = Field(ge=0, le=1)
    disputed: bool = False
    sources: int = Field(default=0, ge=0)
    """Independent publisher families."""
    claims: tuple[Claim, ...] = ()
    observation_ids: tuple[Id, ...] = ()
    title: Text = ""
    event_at: UtcDatetime
    """When it happened, as best known."""
    opened_at: UtcDatetime
    last_report_at: UtcDatetime
    acknowledged: str | None = None
    """The operator's reason, where acknowledged."""
    merged_into: Id | None = None


class Contribution(Message):
    """One summand of a watch's score, so that the level can be re-added by hand."""

    rule: str
    value: float
    incident_id: Id | None = None
    detail: str = ""


class WatchState(Message):
    watch_id: Id
    version: int = Field(default=0, ge=0)
    level: Level = Level.CALM
    contested: bool = False
    blind: bool = False
    blind_reason: str = ""
    escalation: float = Field(default=0.0, ge=0)
    easing: float = Field(default=0.0, ge=0)
    trend: float = 0.0
    """Escalation now minus a day ago."""
    reasons: tuple[Contribution, ...] = ()
    updated_at: UtcDatetime | None = None
    last_article_at: UtcDatetime | None = None
