"""Analysis of one article: text, places, claims and their details, put together. Pure: no Kafka, clock or network."""

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from schemas.base import SignalType, Status
from schemas.signal import Actor, Analysis, Evidence, Mention, Place, PlaceRole, Precision, Share, Signal
from schemas.watch import Watch
from services.analyze.document import ActorMention, Claim, Document, PlaceMention
from services.analyze.places.bind import bind
from services.analyze.places.find import PlaceFinder
from services.analyze.places.gazetteer import Gazetteer
from services.analyze.shares import place_tolls, share_tolls
from services.analyze.signals.actors import camp_of
from services.analyze.signals.classify import Classifier
from services.analyze.signals.details import enrich
from services.analyze.signals.encoder.encoder import impression, load_encoder
from services.analyze.signals.evidence import Span, clause
from services.analyze.text.language import language_at_a_glance
from services.analyze.text.reader import read_document
from services.analyze.watches import WatchIndex

_GLANCE = 400
"""Characters by which the language of an article is told that is read no further."""
_LONGEST_QUOTE = 400
"""Characters of a sentence that is still quoted whole."""
_LONGEST_LIST = 1000
"""Characters of what is quoted of a longer one for it to name all its sites."""


class Readable(Protocol):
    """What analysis reads of an article: `schemas.article.Article` is one."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def context(self) -> str: ...
    @property
    def lang(self) -> str | None: ...
    @property
    def source(self) -> str: ...

    def event_time(self) -> datetime | None:
        """When it came out, as best known: words such as "yesterday" are read against it."""
        ...


class Analyzer:
    """Reads articles. With watches, articles that name none of them are not coded; what wakes is the same.

    `encoder` false leaves the encoder out: some ten times faster, less exact.
    """

    def __init__(
        self, gazetteer_files: Sequence[Path] = (), watches: Sequence[Watch] = (), encoder: bool = True
    ) -> None:
        gazetteer = Gazetteer.load(gazetteer_files)
        self._watches = WatchIndex(watches, gazetteer)
        self._finder = PlaceFinder(gazetteer, watches)
        self._classifier = Classifier(impression if encoder else None)
        self._watched = bool(watches)

    def with_watches(self, watches: Sequence[Watch]) -> "Analyzer":
        """The same analyzer for other watches, without loading places and weights again."""
        other = copy(self)
        other._finder = self._finder.with_watches(watches)
        other._watches = WatchIndex(watches, other._finder.gazetteer)
        other._watched = bool(watches)
        return other

    def warm(self) -> None:
        """Load now what is otherwise loaded at the first article: lexicons, weights, word lists."""
        for lang, text in (("ar", "قصف على البلدة."), ("en", "Shelling hit the town.")):
            self._code(read_document("", "", text, lang=lang))
            if self._classifier.looks_closely:
                load_encoder(lang)

    def analyze(self, article: Readable) -> Analysis:
        """Everything that the article says; offsets are code points of its fields."""
        if self._watched and not self._touches(article):
            return Analysis(lang=_language(article))
        document = read_document(
            article.id, article.title, article.text, article.context, article.lang, article.source, article.event_time()
        )
        claims, mentions = self._code(document)
        return Analysis(
            lang=document.lang,
            signals=tuple(_signal(document, claim) for claim in claims),
            places=_mentions(mentions),
        )

    def _code(self, document: Document) -> tuple[list[Claim], list[PlaceMention]]:
        mentions = self._finder.find(document)
        placed = frozenset(mention.sentence for mention in mentions)
        claims = _said_once(document, self._classifier.classify(document, self._close_to_watches(document), placed))
        bind(document, claims, mentions)
        enrich(document, claims, mentions)
        place_tolls(document, claims, mentions)
        share_tolls(document, claims, mentions)
        for claim in claims:
            _quote_toll_and_sites(document, claim)
        return claims, mentions

    def _touches(self, article: Readable) -> bool:
        return any(self._watches.touched(part) for part in (article.title, article.text, article.context) if part)

    def _close_to_watches(self, document: Document) -> set[int] | None:
        """Sentences that name something of a watch, and the next one each; None where nothing is to be chosen."""
        if not (self._watched and self._classifier.looks_closely):
            return None
        named = [s.index for s in document.sentences if self._watches.touched(s.text)]
        return {index + more for index in named for more in (0, 1)}

    def observe(self, analysis: Analysis) -> list[tuple[str, list[int]]]:
        """Which signals, of any status, belong to which watch: (watch id, positions in `analysis.signals`)."""
        return self._watches.observe(analysis.signals)


def _quote_toll_and_sites(document: Document, claim: Claim) -> None:
    """The words that count a claim's dead, and those that name its sites, belong to its evidence.

    A sentence that is not too long is then quoted whole; of a longer one what lies between.
    """
    sentence = document.sentences[claim.sentence]
    sites = [p for p in claim.places if p.role == "event" and (p.sentence, p.field) == (sentence.index, sentence.field)]
    unquoted = [p for p in sites if not (claim.start <= p.start and p.end <= claim.end)]
    counts = (claim.killed, claim.injured) != (None, None)
    if (counts or unquoted) and sentence.end - sentence.start <= _LONGEST_QUOTE:
        claim.start, claim.end = sentence.start, sentence.end
    elif unquoted:
        reach = Span(min(claim.start, unquoted[0].start), max(claim.end, unquoted[-1].end))
        if reach.end - reach.start <= _LONGEST_LIST:
            wide = clause(sentence, reach)
            claim.start, claim.end = wide.start, wide.end


def _language(article: Readable) -> str:
    """From the first words, for articles that are read no further."""
    start = article.text[:_GLANCE] or article.title[:_GLANCE]
    return language_at_a_glance(start, article.lang)


def _said_once(document: Document, claims: Iterable[Claim]) -> list[Claim]:
    """A claim of the title that the text makes too is evidenced in the text alone."""
    claims = list(claims)
    told = [claim for claim in claims if not claim.inherited]
    in_text = {(c.type, c.status) for c in told if document.sentences[c.sentence].field == "text"}
    return [c for c in claims if document.sentences[c.sentence].field == "text" or (c.type, c.status) not in in_text]


def _signal(document: Document, claim: Claim) -> Signal:
    type_ = SignalType(claim.type)
    return Signal(
        type=type_,
        status=Status(claim.status),
        direction=type_.direction,
        confidence=round(claim.confidence, 3),
        places=tuple(_place(mention) for mention in claim.places),
        actors=tuple(_actor(mention) for mention in claim.actors),
        killed=claim.killed,
        killed_max=claim.killed_max,
        injured=claim.injured,
        injured_max=claim.injured_max,
        shares=tuple(Share(places=s.places, killed=s.killed, injured=s.injured) for s in claim.shares),
        attribution=claim.attribution,
        event_date=claim.event_date,
        evidence=Evidence(field=document.sentences[claim.sentence].field, start=claim.start, end=claim.end),
    )


def _actor(mention: ActorMention) -> Actor:
    return Actor(surface=mention.surface, actor_id=mention.actor_id, camp=camp_of(mention.side), role=mention.role)


def _place(mention: PlaceMention) -> Place:
    return Place(**_told_of(mention))


def _mentions(mentions: Iterable[PlaceMention]) -> tuple[Mention, ...]:
    return tuple(Mention(**_told_of(m), field=m.field, start=m.start, end=m.end) for m in mentions)


def _told_of(mention: PlaceMention) -> dict[str, Any]:
    """The fields of a `Place`."""
    return {
        "surface": mention.surface,
        "name": mention.name,
        "place_id": mention.place_id,
        "lat": mention.lat,
        "lon": mention.lon,
        "country": mention.country,
        "role": PlaceRole(mention.role),
        "precision": Precision(mention.precision),
        "ambiguous": mention.ambiguous,
        "candidates": tuple(mention.candidates),
    }
