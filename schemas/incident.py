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


class Cue(StrEnum):
    """What the words of a report say of it beside the event."""

    AFTERMATH = "aftermath"
    """Reacts to an event or tells what came after it: a condemnation, a funeral."""
    RECOUNT = "recount"
    """Its toll takes the place of one that was told, be it lower."""
    RISES = "rises"
    """Its toll has grown from one that was told."""
    GOES_ON = "goes_on"
    """What it tells has gone on from the day before."""
    TAKES_CENTRE = "takes_centre"
    """The watched place itself changes hands."""


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
    part: int = Field(default=0, ge=0)
    """Of the observation: see `Member.part`."""
    at: UtcDatetime
    denies: bool = False
    """This source denies the event."""


class Member(Message):
    """One report of the event: what of an observation is compared and added up; an incident follows from them."""

    observation_id: Id
    article_id: Id
    article_version: int = Field(default=1, ge=1)
    part: int = Field(default=0, ge=0)
    """An observation that reports several events has several parts."""
    at: UtcDatetime
    """The article's time: with the article's id and the part it orders the members."""
    happened_at: UtcDatetime
    dated: bool = False
    """The text itself says when it happened."""
    recap: bool = False
    """Older than the news of the same article: told once more beside it."""
    undated_article: bool = False
    """The article came without a believable time: its first sight stands in."""
    backlog: bool = False
    """Older than the allowed lateness when first seen: builds state, never pages."""
    denies: bool = False
    direction: Direction
    types: tuple[SignalType, ...]
    """The main one first."""
    place_ids: tuple[str, ...] = ()
    """Gazetteer ids, or folded names where no gazetteer knows the place; without the watch's own centre."""
    points: tuple[tuple[float, float], ...] = ()
    """Latitude and longitude of the named parts of the watch that are certain."""
    places: tuple[str, ...] = ()
    """As people read them."""
    actors: tuple[str, ...] = ()
    sources_of_fire: dict[str, str] = Field(default_factory=dict)
    """The actors that did it, each with its camp."""
    attackers: tuple[str, ...] = ()
    """Camps that did it beyond doubt."""
    means: tuple[str, ...] = ()
    """Classes of weapon that its words name."""
    cues: tuple[Cue, ...] = ()
    night: str = ""
    """ISO day of the evening, where it happened at night: a night belongs to two days."""
    killed: Range | None = None
    injured: Range | None = None
    confidence: float = Field(ge=0, le=1)
    lang: str = ""
    title: Text = ""
    publisher: str = ""
    """Publisher family before near-duplicates are looked at: the wire agency named, else the house."""
    voice: str = ""
    """Publisher family that counts in its incident: that of the first to print the text."""
    attribution: Text | None = None
    """Whom it quotes first."""
    sketch: str = ""
    """Base64 of the low 16 bits of the first 32 values of the fingerprint, little endian."""
    claims: tuple[Claim, ...] = ()
    """Only while it belongs to no incident: an incident keeps its members' claims in its ledger."""


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
    reason: str = ""
    """Rule, or operator's words, behind the last change of status."""
    closed_at: UtcDatetime | None = None
    """When it was resolved, expired, retracted or merged."""
    announced: bool = False
    """The desk has heard of it; what a backlog built silently has not been."""
    pinned: bool = False
    """An operator decided its members: late reports no longer rearrange them."""
    members: tuple[Member, ...] = ()
    """In order; `claims` and all figures follow from them."""


class Contribution(Message):
    """One summand of a watch's score, so that the level can be re-added by hand."""

    rule: str
    value: float
    incident_id: Id | None = None
    detail: str = ""


class Standing(Message):
    """What one incident adds to its watch's scores, and for how long: kept after the incident itself is forgotten."""

    incident_id: Id
    direction: Direction
    family: TypeFamily
    points: float = Field(ge=0)
    """Severity times confidence, before decay."""
    since: UtcDatetime
    last_report_at: UtcDatetime
    half_life_hours: float = Field(gt=0)
    detail: str = ""


class Reporter(Message):
    """A source that has reported on this watch."""

    source: str
    count: int = Field(ge=1)
    first_at: UtcDatetime
    last_at: UtcDatetime


class WatchMemory(Message):
    """What the next step needs to know beside the incidents; bounded, and of no interest to readers."""

    standings: tuple[Standing, ...] = ()
    days: tuple[tuple[str, int], ...] = ()
    """(ISO day, incidents that began), of the last 28 days: the baseline."""
    known_since: UtcDatetime | None = None
    """Oldest article time seen: how long the baseline has been growing."""
    reporters: tuple[Reporter, ...] = ()
    warned: tuple[tuple[str, UtcDatetime], ...] = ()
    """(type, time) of the heads-ups given lately, so that one warning is given once."""
    held: tuple[Member, ...] = ()
    """Reports within the lateness that joined nothing: a late first report may still claim them."""
    articles: tuple[tuple[Id, int, UtcDatetime], ...] = ()
    """(article, newest version, time) seen within the lateness."""
    watermark: UtcDatetime | None = None
    """Newest article time seen."""
    blind_since: UtcDatetime | None = None
    sighted_since: UtcDatetime | None = None
    """End of the last blindness: silence counts from here."""


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
    memory: WatchMemory = WatchMemory()


class NearMiss(Message):
    """Why something did not become an alert: kept for thirty days."""

    id: Id
    """Hash of observation, part and rule."""
    watch_id: Id
    article_id: Id
    observation_id: Id
    at: UtcDatetime
    rule: str
    detail: str = ""
    signals: tuple[int, ...] = ()
    """Positions in the article's analysis."""
    types: tuple[SignalType, ...] = ()
    incident_id: Id | None = None
    """Where it joined one silently."""
