"""Towns that only help to find another place: «جسر الشغور غربي إدلب», "Binnish, north of Idlib".

Where the place itself is known, it alone says where it happened; the town behind the word of direction was not struck.
Where it would lie too far from that town, it is another place of that name, one that the gazetteer may not have.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from services.analyze.document import PlaceMention
from services.analyze.places.cues import Cues
from services.analyze.places.features import Named
from services.analyze.places.gazetteer import VILLAGE, Gazetteer, km_apart
from services.analyze.places.match import Reading
from services.analyze.places.relations import Relation, is_listed, lies_in, relation

_SETTLED = ("landmark", "village", "town", "countryside")
REGION_KM = 200.0
"""From the middle of a region, such as a canton, to what is said to lie in it."""
ABROAD_KM = 700.0
"""From one end of Syria to the other."""
FAR_KM = 100.0
"""From the others of a list that lie together to a village that is another one of its name."""
APART_KM = 40.0
"""Two villages that are told in one breath lie nearer to one another."""
_FEWEST_LISTED = 3
_AND_VILLAGE = "وقريه"
_MOUNTAIN, _CAMP = "جبل ", "مخيم"
_TWO = frozenset(("قريتي", "قريتا", "بلدتي", "بلدتا"))


def locate(reading: Reading, named: Sequence[Named], gazetteer: Gazetteer, cues: Cues) -> None:
    """Set `mention.locates` of what only helps to find the settled place before it; doubt a place too far from it."""
    told = _Told(gazetteer)
    placed: Named | None = None
    """The settled place that a chain of references tells of: «مجدليا على محور الأربعين جنوب أريحا»."""
    listed: list[PlaceMention] = []
    """Those listed before it, of which a reference tells as well: «قريتي أم الخير والدشيشة بريف تل تمر»."""
    for place, reference in pairwise(named):
        said = relation(reading, place.last, reference.first, reference.prefix, cues)
        if _is_settled(place):
            listed = [*listed, placed.mention] if placed and is_listed(reading, placed, place) else []
            placed = place
        elif said is None or (placed and reading.sentence_of[placed.first] != reading.sentence_of[place.first]):
            placed = None
        if said is None:
            continue
        if place is not placed:
            told.of_unsettled(said, place.mention, reference.mention)
        if _is_camp_elsewhere(reading, said, place, reference.mention):
            place.mention.ambiguous = True
        if placed is not None:
            told.of_settled(said, placed.mention, reference.mention, listed)
    # What is said of a place once holds for the article.
    doubted = (told.doubted - told.confirmed).union(_strangers(reading, named))
    elsewhere = (told.elsewhere - told.confirmed).union(
        _lost_in_lists(reading, named, gazetteer),
        _lost_in_pairs(reading, named, gazetteer),
        _under_other_headings(reading, named, gazetteer),
    )
    for one in named:
        if one.mention.place_id in elsewhere:
            _make_another(one.mention)
        one.mention.ambiguous |= one.mention.place_id in doubted


class _Told:
    """What an article tells of its places by other names, by id."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self.elsewhere: set[str | None] = set()
        self.doubted: set[str | None] = set()
        self.confirmed: set[str | None] = set()

    def of_unsettled(self, said: Relation, place: PlaceMention, reference: PlaceMention) -> None:
        if _is_none_of_them(said, place, reference, self._gazetteer):
            self.elsewhere.add(place.place_id)

    def of_settled(
        self, said: Relation, place: PlaceMention, reference: PlaceMention, listed: Sequence[PlaceMention]
    ) -> None:
        """Sets `reference.locates` where what is said can be true of the place, or of one listed before it."""
        if reference.precision == "region":
            lost = [one for one in (place, *listed) if _is_in_another_region(one, reference, self._gazetteer)]
            self.elsewhere.update(one.place_id for one in lost if one is place or _is_village(one, self._gazetteer))
            return
        is_reference = reference.precision in ("town", "countryside") or _is_mountain(reference)
        if not is_reference or reference.place_id == place.place_id:
            return
        true = [one for one in (place, *listed) if _is_borne_out(said, one, reference, self._gazetteer)]
        if true:
            reference.locates = true[0].place_id
        if place in true:
            self.confirmed.add(place.place_id)
            return
        is_certain = said.is_close or said.is_inside or _is_another_village(place, reference, self._gazetteer)
        (self.elsewhere if is_certain else self.doubted).add(place.place_id)


def _is_none_of_them(said: Relation, place: PlaceMention, reference: PlaceMention, gazetteer: Gazetteer) -> bool:
    """Whether a name of several villages can mean none of them, for what is said of its way is true of none."""
    meant = [gazetteer.get(id_) for id_ in place.candidates]
    other = gazetteer.get(reference.place_id)
    if other is None or reference.precision not in ("town", "countryside") or not meant:
        return False
    if any(one is not None and one.kind != VILLAGE for one in meant):
        return False
    return not any(one is None or said.is_borne_out(one, other, reference.is_seat) for one in meant)


def _is_camp_elsewhere(reading: Reading, said: Relation, place: Named, reference: PlaceMention) -> bool:
    """«مخيم التح قرب معرة مصرين»: a camp of the displaced bears the name of where they are from."""
    before = place.first - 1
    if before < reading.bounds(place.first)[0] or not reading.words[before].folded.startswith(_CAMP):
        return False
    return place.mention.place_id is None and (said.is_close or said.is_inside) and reference.place_id is not None


def _make_another(mention: PlaceMention) -> None:
    """A place of that name which the gazetteer lacks: it is not told where, only that it is not there."""
    mention.place_id = mention.name = mention.lat = mention.lon = mention.country = None
    mention.ambiguous, mention.candidates = True, ()


def _is_in_another_region(place: PlaceMention, region: PlaceMention, gazetteer: Gazetteer) -> bool:
    """«ربيعة بمحافظة الحسكة» is none of the villages of that name by the sea."""
    one, other = gazetteer.get(place.place_id), gazetteer.get(region.place_id)
    if one is None or other is None:
        return False
    km = km_apart(one, other)
    return lies_in(one, other) is False or (km is not None and km > REGION_KM)


def _is_another_village(place: PlaceMention, reference: PlaceMention, gazetteer: Gazetteer) -> bool:
    """Of two places in different countries either may be the one that is read wrongly."""
    km = km_apart(place, reference)
    return km is not None and km <= ABROAD_KM and _is_village(place, gazetteer)


def _is_mountain(mention: PlaceMention) -> bool:
    """«سرجة في جبل الأربعين»: a mountain says where its villages lie."""
    return mention.surface.startswith(_MOUNTAIN) and mention.place_id is not None


def _is_village(mention: PlaceMention, gazetteer: Gazetteer) -> bool:
    """Whether it is small enough to have a namesake anywhere."""
    place = gazetteer.get(mention.place_id)
    return place is not None and place.kind == VILLAGE


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


def _lost_in_pairs(reading: Reading, named: Sequence[Named], gazetteer: Gazetteer) -> Iterator[str | None]:
    """«بلدة الشحيل وقرية الرز»: a village joined to a town far away is another one of its name."""
    for town, village in pairwise(named):
        between = village.first - 1
        is_joined = between == town.last + 1 and reading.words[between].folded == _AND_VILLAGE
        is_pair = is_joined and _is_village(village.mention, gazetteer) and not _is_village(town.mention, gazetteer)
        if is_pair and _is_apart(town.mention, village.mention, FAR_KM):
            yield village.mention.place_id


def _lost_in_lists(reading: Reading, named: Sequence[Named], gazetteer: Gazetteer) -> Iterator[str | None]:
    """«سموقة وتل مضيق وتل جيجان وصيدا»: a village far from all the others of the list, which lie together, is none of
    those that the gazetteer has of its name."""
    for listed in _lists(reading, named):
        for one in listed:
            rest = [other.mention for other in listed if other is not one]
            if not _is_village(one.mention, gazetteer) or any(_is_apart(a, b) for a, b in pairwise(rest)):
                continue
            if all(_is_apart(one.mention, m, FAR_KM) for m in rest):
                yield one.mention.place_id


def _under_other_headings(reading: Reading, named: Sequence[Named], gazetteer: Gazetteer) -> Iterator[str | None]:
    """«ديرالزور::انفجرت عبوة في قرية تل الضمان»: no village of the governorate of Aleppo."""
    for _, sentence in groupby(named, key=lambda n: reading.sentence_of[n.first]):
        heading, *rest = sentence
        regions = [gazetteer.get(id_) for id_ in heading.mention.candidates if id_.startswith("region:")]
        if not (regions and rest) or not reading.gap(heading.last).startswith("::"):
            continue
        for one in rest:
            place = gazetteer.get(one.mention.place_id)
            is_village = one.mention.precision == VILLAGE or _is_village(one.mention, gazetteer)
            if place is None or not is_village:
                continue
            if all(region is not None and lies_in(place, region) is False for region in regions):
                yield place.id


def _lists(reading: Reading, named: Sequence[Named]) -> Iterator[list[Named]]:
    """Three and more places of one sentence with nothing but "and" or a comma between them."""
    listed: list[Named] = []
    for name in [n for n in named if n.mention.lat is not None]:
        if listed and not is_listed(reading, listed[-1], name):
            if len(listed) >= _FEWEST_LISTED:
                yield listed
            listed = []
        listed.append(name)
    if len(listed) >= _FEWEST_LISTED:
        yield listed


def _in_one_breath(reading: Reading, one: Named, other: Named) -> bool:
    """«قريتي X وY»: "and" alone between them, a word for two villages before them."""
    before = one.first - 1
    if other.first != one.last + 1 or not other.prefix.startswith("و") or before < reading.bounds(one.first)[0]:
        return False
    return reading.glued[before] and reading.words[before].folded.removeprefix("ب") in _TWO


def _is_apart(one: PlaceMention, other: PlaceMention, least: float = APART_KM) -> bool:
    """Whether the two are known to lie more than so many kilometres from one another."""
    km = km_apart(one, other)
    return km is not None and km > least


def _is_settled(named: Named) -> bool:
    mention = named.mention
    return mention.precision in _SETTLED and not mention.ambiguous and mention.place_id is not None


def _is_borne_out(said: Relation, place: PlaceMention, reference: PlaceMention, gazetteer: Gazetteer) -> bool:
    one, other = gazetteer.get(place.place_id), gazetteer.get(reference.place_id)
    return one is None or other is None or said.is_borne_out(one, other, reference.is_seat)
