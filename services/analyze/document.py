"""What the parts of analysis hand to one another: an article cut into sentences and tokens.

All offsets are Unicode code points of the decoded field (`title` or `text`), end exclusive.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, NamedTuple

FieldName = Literal["title", "text"]


class Token(NamedTuple):
    start: int
    end: int
    surface: str
    folded: str
    """Folded for matching, clitics still attached."""
    stems: tuple[str, ...] = ()
    """The folded forms left when clitics are taken off, longest first; without `folded` itself."""


@dataclass(frozen=True, slots=True)
class Sentence:
    field: FieldName
    index: int
    """Position among all sentences of the article, the title's first."""
    start: int
    end: int
    text: str
    lang: str
    """ar, en or other."""
    tokens: tuple[Token, ...]
    furniture: bool = False
    """Page furniture or a related headline: read by nobody, carries no signal."""

    def between(self, one: Token, other: Token) -> str:
        """What stands between two words of it, the later one second."""
        return self.text[one.end - self.start : other.start - self.start]

    def part(self, start: int, end: int) -> "Sentence":
        """A stretch of it, by offsets in the field, with the words that lie in it whole."""
        text = self.text[start - self.start : end - self.start]
        tokens = tuple(token for token in self.tokens if start <= token.start and token.end <= end)
        return replace(self, start=start, end=end, text=text, tokens=tokens)


@dataclass(frozen=True, slots=True)
class Document:
    id: str
    title: str
    text: str
    context: str
    lang: str
    source: str
    published_at: datetime | None
    sentences: tuple[Sentence, ...]
    context_sentences: tuple[Sentence, ...] = ()
    """Of `context`, with offsets in it: for understanding only."""


@dataclass(slots=True)
class PlaceMention:
    """A place named in a sentence. `candidates` are gazetteer entries, likeliest first."""

    sentence: int
    field: FieldName
    start: int
    end: int
    surface: str
    """As written, attached prefixes stripped."""
    name: str | None
    place_id: str | None
    lat: float | None
    lon: float | None
    country: str | None
    precision: str
    role: str
    ambiguous: bool = False
    candidates: tuple[str, ...] = ()
    watch_ids: tuple[str, ...] = ()
    """Watches that this mention names outright or lies in, before its role is asked."""
    is_seat: bool = False
    """It shares its name with its first-level division, which may be meant."""
    locates: str | None = None
    """Id of the place before it that it only helps to find: «جسر الشغور غربي إدلب»."""
    event_score: float = 0.0
    """How likely something reported in this sentence happens here, 0 to 1."""


@dataclass(slots=True)
class ActorMention:
    sentence: int
    start: int
    end: int
    surface: str
    actor_id: str
    side: str
    role: Literal["source", "target"] = "source"


@dataclass(frozen=True, slots=True)
class Share:
    """What a clause counts at its places, of a toll of several."""

    places: tuple[str, ...]
    """As written."""
    killed: int | None
    injured: int | None


@dataclass(slots=True)
class Claim:
    """A signal before it is bound to its places: one type and status in one sentence."""

    sentence: int
    type: str
    status: str
    confidence: float
    """Calibrated probability that this claim is there."""
    start: int
    end: int
    """Evidence span in the sentence's field."""
    trigger: tuple[int, int] | None = None
    """The word that gave it away, where one did."""
    inherited: bool = False
    """Of a sentence that only counts the victims of what the one before it tells."""
    killed: int | None = None
    killed_max: int | None = None
    injured: int | None = None
    injured_max: int | None = None
    attribution: str | None = None
    event_date: datetime | None = None
    places: list[PlaceMention] = field(default_factory=list)
    actors: list[ActorMention] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    """Of the toll, where the sentence counts it place by place; empty where it is of all."""


Skip = Callable[[Document], bool]
