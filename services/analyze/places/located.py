"""Towns that only help to find another place: «جسر الشغور غربي إدلب», "Binnish, north of Idlib".

Where the place itself is known, it alone says where it happened; the town behind the word of direction was not struck.
Where it would lie too far from that town, it is another place of that name, one that the gazetteer may not have.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from services.analyze.document import PlaceMention
from services.analyze.places.cues import Cues
from services.analyze.places.features import Named
from services.analyze.places.gazetteer import Gazetteer, km_apart
from services.analyze.places.match import Reading
from services.analyze.places.relations import Relation, lies_in, relation

_SETTLED = ("landmark", "village", "town", "countryside")
APART_KM = 40.0
"""Two villages that are told in one breath lie nearer to one another."""
_TWO = frozenset(("قريتي", "قريتا", "بلدتي", "بلدتا"))


def locate(reading: Reading, named: Sequence[Named], gazetteer: Gazetteer, cues: Cues) -> None:
    """Set `mention.locates` of what only helps to find the settled place before it; doubt a place too far from it."""
    elsewhere: set[str | None] = set()
    doubted: set[str | None] = set()
    confirmed: set[str | None] = set()
    placed: Named | None = None
    """The settled place that a chain of references tells of: «مجدليا على محور الأربعين جنوب أريحا»."""
    for place, reference in pairwise(named):
        said = relation(reading, place.last, reference.first, reference.prefix, cues)
        if _is_settled(place):
            placed = place
        elif said is None or (placed and reading.sentence_of[placed.first] != reading.sentence_of[place.first]):
            placed = None
        if said is None or placed is None:
            continue
        if reference.mention.precision == "region":
            if _is_in_another_region(placed.mention, reference.mention, gazetteer):
                elsewhere.add(placed.mention.place_id)
            continue
        if reference.mention.precision not in ("town", "countryside"):
            continue
        if reference.mention.place_id == placed.mention.place_id:
            continue
        if not _is_borne_out(said, placed.mention, reference.mention, gazetteer):
            (elsewhere if said.is_close or said.is_inside else doubted).add(placed.mention.place_id)
            continue
        confirmed.add(placed.mention.place_id)
        reference.mention.locates = placed.mention.place_id
    # What is said of a place once holds for the article.
    doubted = (doubted - confirmed).union(_strangers(reading, named))
    elsewhere -= confirmed
    for one in named:
        if one.mention.place_id in elsewhere:
            _make_another(one.mention)
        one.mention.ambiguous |= one.mention.place_id in doubted


def _make_another(mention: PlaceMention) -> None:
    """A place of that name which the gazetteer lacks: it is not told where, only that it is not there."""
    mention.place_id = mention.name = mention.lat = mention.lon = mention.country = None
    mention.ambiguous, mention.candidates = True, ()


def _is_in_another_region(place: PlaceMention, region: PlaceMention, gazetteer: Gazetteer) -> bool:
    """«ربيعة بمحافظة الحسكة» is none of the villages of that name by the sea."""
    one, other = gazetteer.get(place.place_id), gazetteer.get(region.place_id)
    return one is not None and other is not None and lies_in(one, other) is False


def _strangers(reading: Reading, named: Sequence[Named]) -> Iterator[str | None]:
    """«بين قريتي قطمة وبافليون ضمن ناحية شران»: two villages told in one breath are neighbours; where they are not, the
    one that is far from the other places of the sentence too is another village of that name."""
    for _, sentence in groupby(named, key=lambda n: reading.sentence_of[n.first]):
        settled = [n for n in sentence if _is_settled(n)]
        for one, other in pairwise(settled):
            if not (_in_one_breath(reading, one, other) and _is_apart(one.mention, other.mention)):
                continue
            rest = [n.mention for n in settled if n is not one and n is not other]
            for stranger, neighbour in ((one.mention, other.mention), (other.mention, one.mention)):
                if all(_is_apart(stranger, m) for m in rest) and not all(_is_apart(neighbour, m) for m in rest):
                    yield stranger.place_id


def _in_one_breath(reading: Reading, one: Named, other: Named) -> bool:
    """«قريتي X وY»: "and" alone between them, a word for two villages before them."""
    before = one.first - 1
    if other.first != one.last + 1 or not other.prefix.startswith("و") or before < reading.bounds(one.first)[0]:
        return False
    return reading.glued[before] and reading.words[before].folded.removeprefix("ب") in _TWO


def _is_apart(one: PlaceMention, other: PlaceMention) -> bool:
    km = km_apart(one, other)
    return km is not None and km > APART_KM


def _is_settled(named: Named) -> bool:
    mention = named.mention
    return mention.precision in _SETTLED and not mention.ambiguous and mention.place_id is not None


def _is_borne_out(said: Relation, place: PlaceMention, reference: PlaceMention, gazetteer: Gazetteer) -> bool:
    one, other = gazetteer.get(place.place_id), gazetteer.get(reference.place_id)
    return one is None or other is None or said.is_borne_out(one, other, reference.is_seat)
