"""Of a toll that a sentence counts at several places, what it counts at which.

«قتل طفل بقصف على سرمين، كما أصيب ستة في قصف على منبج»: one claim of shelling at both, one dead at the first, six
wounded at the second. «أصيب ستة في سرمين، وطفل في آفس، ورجل وابنه في البارة»: one verb, counted place by place. The
claim keeps the whole; who watches one of the places is told its share.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import NamedTuple

from services.analyze.document import Claim, Document, PlaceMention, Sentence, Share
from services.analyze.places.clauses import clause_starts
from services.analyze.places.features import FINENESS
from services.analyze.signals.casualties import Casualties, CasualtyReader, read_casualties
from services.analyze.signals.casualty_words import KINDS, Kind
from services.analyze.signals.details import CARRIERS
from services.analyze.signals.quantities import UNKNOWN, Count, Quantity
from services.analyze.text.reader import tokenize

_OUTCOME = re.compile(
    r"(?<!\w)(?:مما|ما|وما)\s(?:[أا]دى|[أا]دت|[أا]سفر|[أا]سفرت|تسبب|تسببت|خلف|خلفت|[أا]وقع|[أا]وقعت)(?!\w)"
    r"|(?<!\w)و?تسببت? ب"
    r"|\b(?:killing|leaving|wounding|injuring)\b"
)
"""Where what came of it begins: places behind it are those of the toll alone."""

_REACH = 5
"""Sentences from where the place is told to a toll that goes without one."""
_IN_SITE = re.compile(r"\s(?:في|ب|in)?\s?(?:(?:مدينة|بلدة|قرية|مخيم|حي|محافظة|the|city|town|of)\s)*")
"""Between those who are part of a toll and where they fell: بينهم ستة في مدينة"""
_OF_MANY = re.compile(
    r"(?<!\w)(?:منذ|[وفب]?(?:ال)?(?:هجمات|[إا]ستهدافات|عمليات)|مرات|[وي]*تعداد|since|attacks|strikes)(?!\w)"
)
"""A toll of more than the one event."""


def place_tolls(document: Document, claims: Sequence[Claim], mentions: Sequence[PlaceMention]) -> None:
    """Give a toll that is told without a place the only one told of before it, in place.

    «قصفت المدفعية سراقب. وأودى القصف بحياة تسعة مدنيين.» But not «وأدت الهجمات منذ مطلع العام إلى مقتل 135 شخصا».
    """
    named: dict[int, set[str | None]] = {}
    for mention in mentions:
        if _is_fine(mention):
            named.setdefault(mention.sentence, set()).add(mention.place_id)
    sites: dict[str | None, PlaceMention] = {}
    last = 0
    told = sorted((c for c in claims if c.status == "actual" and c.type in CARRIERS), key=lambda c: c.sentence)
    for sentence, together in groupby(told, key=lambda c: c.sentence):
        group = list(together)
        is_near = sentence - last <= _REACH and named.get(sentence, set()) <= sites.keys()
        if len(sites) == 1 and is_near and not _OF_MANY.search(document.sentences[sentence].text):
            for claim in filter(_counts_nowhere, group):
                claim.places = [*sites.values(), *(p for p in claim.places if p.place_id not in sites)]
        here = {p.place_id: p for claim in group for p in claim.places if _is_settled_site(p)}
        sites |= here
        last = sentence if here else last
        if len(sites) > 1:
            return


def _counts_nowhere(claim: Claim) -> bool:
    return (claim.killed, claim.injured) != (None, None) and not any(p.role == "event" for p in claim.places)


def _is_settled_site(place: PlaceMention) -> bool:
    return place.role == "event" and _is_fine(place) and place.place_id is not None and not place.ambiguous


def _is_fine(place: PlaceMention) -> bool:
    return FINENESS[place.precision] >= FINENESS["town"]


def share_tolls(document: Document, claims: list[Claim], mentions: Sequence[PlaceMention]) -> None:
    """Fill `shares` of the claims whose toll is told place by place, in place."""
    told: dict[int, list[PlaceMention]] = {}
    for claim in claims:
        told.setdefault(claim.sentence, []).extend(claim.places)
    for claim in claims:
        if (claim.killed, claim.injured) == (None, None) or len(told[claim.sentence]) < 2:
            continue
        sentence = document.sentences[claim.sentence]
        places = _named(sentence, told[claim.sentence], mentions)
        claim.shares = (
            _shares(sentence, places)
            or _counted_apart(sentence, claim, places)
            or _part_of_wider(sentence, claim, places)
        )


class _Named(NamedTuple):
    """Where one of the sentence's places is named, be it for the second time."""

    start: int
    surface: str
    is_site: bool


class _Part(NamedTuple):
    """A stretch of a sentence that counts for itself."""

    start: int
    end: int
    counted_by: str
    """The word that the count of a list goes on with, empty where the stretch has its own."""


def _shares(sentence: Sentence, places: Sequence[_Named]) -> list[Share]:
    """One a part that names places; none where one part names all of them, or the last counts without naming any.

    «وقتلت امرأة، وأصيب 14 مدنياً بالقصف على أريحا»: what counts before any place is named goes with the next.
    """
    found = []
    killed, injured = UNKNOWN, UNKNOWN
    for part in _parts(sentence, places):
        told = _count(sentence, part)
        here = _sites([p for p in places if part.start <= p.start < part.end])
        if here or not part.counted_by:
            killed, injured = killed + told.killed, injured + told.injured
        if here:
            found.append(Share(here, killed.low, injured.low))
            killed, injured = UNKNOWN, UNKNOWN
    return found if len(found) > 1 and not (killed or injured) else []


def _counted_apart(sentence: Sentence, claim: Claim, places: Sequence[_Named]) -> list[Share]:
    """Where each place stands behind a count of its own, which make up the toll: «شهيدان في سرمين ستة شهداء في بنش»,
    «6 قتلى (4 منهم في سرمين، ومدنيان في بنش)»."""
    reader = CasualtyReader(sentence)
    reader.read()
    toll = {"killed": claim.killed, "injured": claim.injured}
    counts: list[tuple[int, Kind, Count]] = reader.told()
    counted = [kind for kind in KINDS if toll[kind] is not None]
    if len(counted) == 1 and (parts := reader.parts_in_brackets()):
        counts = [(start, counted[0], count) for start, count in parts]
    sums = {kind: sum(count.low or 0 for _, said, count in counts if said == kind) or None for kind in KINDS}
    if sums != toll:
        return []
    groups = _by_places(counts, places)
    ends = [start for start, *_ in groups[1:]] + [sentence.end]
    found = []
    for (_, last, told), end in zip(groups, ends, strict=True):
        sites = _sites([place for place in places if last < place.start < end])
        if not sites:
            return []
        found.append(Share(sites, told.get("killed"), told.get("injured")))
    return found if len(found) > 1 else []


def _part_of_wider(sentence: Sentence, claim: Claim, places: Sequence[_Named]) -> list[Share]:
    """«استشهد 31 في غارات على القطاع، بينهم 6 في خان يونس»: six there, the others in the rest."""
    counted: list[Kind] = [kind for kind in KINDS if getattr(claim, kind) is not None]
    if len(counted) != 1:
        return []
    whole = getattr(claim, counted[0])
    parts: list[tuple[str, int]] = []
    reader = CasualtyReader(sentence)
    for part in reader.row:
        if not part.count.low or part.kind not in (None, counted[0]) or not reader.is_part(part):
            continue
        end = reader.tokens[part.last].end
        site = next((place for place in places if place.start >= end), None)
        if site and _IN_SITE.fullmatch(sentence.text[end - sentence.start : site.start - sentence.start]):
            parts.append((site.surface, part.count.low))
    rest = whole - sum(count for _, count in parts)
    sites = {surface for surface, _ in parts}
    wider = tuple(dict.fromkeys(place.surface for place in places if place.surface not in sites))
    if not parts or not wider or rest < 0:
        return []
    told = [(wider, rest), *(((surface,), count) for surface, count in parts)]
    if counted == ["killed"]:
        return [Share(where, count, None) for where, count in told]
    return [Share(where, None, count) for where, count in told]


def _by_places(
    counts: Sequence[tuple[int, Kind, Count]], places: Sequence[_Named]
) -> list[tuple[int, int, dict[Kind, int]]]:
    """Counts between which no place is named together: where the first and the last begin, and how many of whom."""
    groups: list[tuple[int, int, dict[Kind, int]]] = []
    for start, kind, count in counts:
        if groups and not any(groups[-1][1] < place.start < start for place in places):
            first, _, told = groups[-1]
            groups[-1] = first, start, told
        else:
            told = {}
            groups.append((start, start, told))
        told[kind] = told.get(kind, 0) + (count.low or 0)
    return groups


def _sites(places: Sequence[_Named]) -> tuple[str, ...]:
    """What they are called; «جسر الشغور غربي إدلب» counts nobody in Idlib."""
    return tuple(dict.fromkeys(p.surface for p in [p for p in places if p.is_site] or places))


def _named(sentence: Sentence, told: Sequence[PlaceMention], mentions: Sequence[PlaceMention]) -> list[_Named]:
    """Where the places that the sentence's claims tell of are named in it."""
    own = {place.place_id or place.surface: place for place in sorted(told, key=lambda place: place.role == "event")}
    said = [(m, own.get(m.place_id or m.surface)) for m in mentions if m.sentence == sentence.index]
    return [_Named(m.start, place.surface, place.role == "event") for m, place in said if place is not None]


def _parts(sentence: Sentence, places: Sequence[_Named]) -> list[_Part]:
    clauses = clause_starts(sentence)
    outcomes = (sentence.start + found.start() for found in _OUTCOME.finditer(sentence.text))
    placed = [at for at in outcomes if _is_placed_anew(clauses, places, at)]
    listed = _listed(sentence, places)
    cuts = sorted({sentence.start, *clauses, *placed, *listed, sentence.end})
    return [_Part(start, end, listed.get(start, "")) for start, end in pairwise(cuts)]


def _is_placed_anew(clauses: Sequence[int], places: Sequence[_Named], outcome: int) -> bool:
    """Whether the clause that an outcome ends names sites behind it, and others before it."""
    clause = bisect_right(clauses, outcome)
    sites = [place for place in places if place.is_site and bisect_right(clauses, place.start) == clause]
    return len({place.start > outcome for place in sites}) == 2


def _listed(sentence: Sentence, places: Sequence[_Named]) -> dict[int, str]:
    """Where a list goes on with people of another place, and the word that counts them: «، وطفل في آفس»."""
    reader = CasualtyReader(sentence)
    found: dict[int, str] = {}
    counted = [quantity for quantity in reader.row if _is_counted(reader, quantity)]
    for before, quantity in pairwise(counted):
        cue = reader.cue_before(quantity.first)
        if cue is None or cue.at > before.last or not quantity.coordinated:
            continue
        start, end = reader.tokens[before.last].end, reader.tokens[quantity.first].start
        if any(start <= place.start < end and not _begins_anew(sentence, place.start) for place in places):
            found[end] = cue.form
    return found


def _is_counted(reader: CasualtyReader, people: Quantity) -> bool:
    """«6 مدنيين بينهم طفل في سرمين، ورجل في بنش»: behind a comma no part of the six; but in brackets all are."""
    if not people.person or people.shape not in ("number", "two", "one"):
        return False
    return reader.bracket_before(people.first) is None and (
        not reader.is_part(people) or reader.comma_before(people.first)
    )


def _begins_anew(sentence: Sentence, place: int) -> bool:
    """«قتل رجل في سرمين، وفي بنش امرأة»: the place goes before its people."""
    words = sentence.text[: place - sentence.start].split()
    return any(word.startswith(("وفي", "وب")) for word in words[-2:])


def _count(sentence: Sentence, part: _Part) -> Casualties:
    stretch = sentence.part(part.start, part.end)
    if part.counted_by:
        text = f"{part.counted_by} {stretch.text.removeprefix('و')}"
        return read_casualties(replace(sentence, start=0, end=len(text), text=text, tokens=tokenize(text)))
    return read_casualties(stretch)
