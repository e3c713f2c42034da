"""Signal: one coded claim in an article, with the words that say so."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from schemas.base import Direction, Message, SignalType, Status, Text, UtcDatetime


class PlaceRole(StrEnum):
    EVENT = "event"
    VENUE = "venue"
    ACTOR_HOME = "actor_home"
    DATELINE = "dateline"
    BACKGROUND = "background"


class Precision(StrEnum):
    LANDMARK = "landmark"
    VILLAGE = "village"
    TOWN = "town"
    COUNTRYSIDE = "countryside"
    REGION = "region"
    COUNTRY = "country"


Field_ = Literal["title", "text"]


class Evidence(Message):
    """A span of the decoded field, in Unicode code points, end exclusive."""

    field: Field_ = "text"
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Place(Message):
    """A place as a signal names it. `place_id`, `lat` and `lon` are None where no gazetteer knows it."""

    surface: Text
    name: str | None = None
    place_id: str | None = None
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    country: str | None = None
    """ISO 3166 alpha-2."""
    role: PlaceRole = PlaceRole.EVENT
    precision: Precision = Precision.TOWN
    ambiguous: bool = False
    """The reading is not settled: `candidates` lists the places that it may be."""
    candidates: tuple[str, ...] = ()
    """place_ids, likeliest first; empty where settled."""


class Mention(Place):
    """A place where the article names it, whether or not a signal happens there."""

    field: Field_ = "text"
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Actor(Message):
    surface: Text
    actor_id: str
    """Key of the actor dictionary: `SDF`."""
    camp: str = ""
    """Those who fight beside one another, and whom outlets name for one another; empty where it is not known."""
    role: Literal["source", "target"] = "source"


class Share(Message):
    """What a clause counts at its places, of a toll of several."""

    places: tuple[str, ...]
    """As written."""
    killed: int | None = Field(default=None, ge=0)
    injured: int | None = Field(default=None, ge=0)


class Signal(Message):
    type: SignalType
    status: Status
    direction: Direction
    confidence: float = Field(ge=0, le=1)
    """Calibrated: of signals with 0.8, about four in five are right."""
    places: tuple[Place, ...] = ()
    actors: tuple[Actor, ...] = ()
    killed: int | None = Field(default=None, ge=0)
    killed_max: int | None = Field(default=None, ge=0)
    """Upper bound where the text gives a range."""
    injured: int | None = Field(default=None, ge=0)
    injured_max: int | None = Field(default=None, ge=0)
    shares: tuple[Share, ...] = ()
    """Of the toll, where the sentence counts it place by place; empty where it is of all the places together."""
    attribution: Text | None = None
    """Who says so, in the article's words."""
    event_date: UtcDatetime | None = None
    """When the event happened, resolved against the publication date; None where the text does not say."""
    evidence: Evidence


class Analysis(Message):
    """Everything that analysis found in one article."""

    lang: str
    signals: tuple[Signal, ...] = ()
    places: tuple[Mention, ...] = ()
