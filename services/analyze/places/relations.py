"""How the text places one name by another: «سراقب شرقي إدلب», «قرية X على أطراف مدينة Y», "Binnish, north of Idlib"."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from services.analyze.document import Token
from services.analyze.places.cues import BELONGING, Cues
from services.analyze.places.features import Named
from services.analyze.places.gazetteer import CENTRE, TOWN, Place, bare_keys, km_apart, point_of
from services.analyze.places.match import Hit, Reading
from services.analyze.places.names import keys_of

_Point = tuple[float, float]
"""Latitude and longitude."""
_WORDS_BETWEEN = 5
_IN = frozenset(("في", "ضمن", "in"))
_NEAR = frozenset(("قرب", "بالقرب", "قريب", "القريب", "قريبه", "القريبه", "قباله", "مقابل"))
_CLOSE = _NEAR | frozenset(("محيط", "اطراف", "مشارف", "ضواحي", "تخوم"))
_FILLING = frozenset(("من", "of", "the", "علي", "الواقعه", "الواقع", "المجاوره"))
_TOWN_KINDS = frozenset(("بلده", "مدينه"))
_LOCATING = frozenset(("sides", "countryside", "compass"))
_QUOTES = " \"'”“»“«)"
_POINTS = {
    "شمال": 0.0, "شمالي": 0.0, "north": 0.0, "northern": 0.0,
    "شرق": 90.0, "شرقي": 90.0, "east": 90.0, "eastern": 90.0,
    "جنوب": 180.0, "جنوبي": 180.0, "south": 180.0, "southern": 180.0,
    "غرب": 270.0, "غربي": 270.0, "west": 270.0, "western": 270.0,
    "northeast": 45.0, "southeast": 135.0, "southwest": 225.0, "northwest": 315.0,
}  # fmt: skip
INSIDE_KM = 6.0
"""What is said to be a part of a town lies nearer to its centre."""
CLOSE_KM = 20.0
"""What is said to lie at the edge of a town lies nearer to it."""
DISTRICT_KM = 60.0
"""Across a district of Syria, to the town that it is named after."""
SHARED_KM = 40.0
"""To another town of the same district."""
TOWN_KM = 100.0
"""How far towns lie from the one whose countryside they are said to be in: «المالكية بريف القامشلي»."""
OUTSIDE_KM = 25.0
"""How far the countryside of a town reaches into districts that are not its own, and into other governorates."""
SEAT_KM = 150.0
"""Across a governorate: of a town that shares its name with it."""
_BESIDE_KM = 8.0
"""Nearer than this no direction is told wrong."""
_OFF = 100.0
"""Degrees by which a direction may be told wrong."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What is said of a place's way from the one that it is placed by."""

    is_close: bool
    """At its edge or near it."""
    is_inside: bool
    """«في بلدة Y», «بمدينة Y»: a part of it."""
    bearing: float | None
    """Degrees clockwise from north in which the place lies; None where no direction is told."""

    def is_borne_out(self, place: Place, reference: Place, is_seat: bool = False) -> bool:
        """Whether what is said can be true of these two; of places without coordinates everything can."""
        km = km_apart(place, reference)
        if km is None:
            return True
        if is_seat:
            is_elsewhere = all(p.admin[4:] for p in (place, reference)) and _are_apart(
                place.admin[2:4], reference.admin[2:4]
            )
            return km <= (OUTSIDE_KM if is_elsewhere else SEAT_KM)
        return km <= self._reach(place, reference) and (km <= _BESIDE_KM or self._is_that_way(reference, place))

    def _reach(self, place: Place, reference: Place) -> float:
        if self.is_inside:
            return INSIDE_KM
        if self.is_close:
            return CLOSE_KM
        if place.kind == TOWN:
            return TOWN_KM
        if self.bearing is not None:
            return DISTRICT_KM
        ours, theirs = place.admin[4:], reference.admin[4:]
        if _are_apart(ours, theirs):
            return OUTSIDE_KM
        is_centre = not theirs or theirs[-1].startswith(CENTRE) or theirs[-1] in ours
        return DISTRICT_KM if is_centre else SHARED_KM

    def _is_that_way(self, reference: Place, place: Place) -> bool:
        start, end = point_of(reference), point_of(place)
        if self.bearing is None or start is None or end is None:
            return True
        off = abs(_bearing(start, end) - self.bearing) % 360.0
        return min(off, 360.0 - off) <= _OFF


def lies_in(place: Place, region: Place) -> bool | None:
    """Whether a place lies in a first-level division, by code or by name; None where the gazetteer does not say.

    Of other regions, such as «شمال سوريا», it never does.
    """
    if not region.id.startswith("region:"):
        return None
    if all(len(p.admin) > 1 and p.admin[1] for p in (place, region)):
        return place.admin[1] == region.admin[1]
    known = {key for name in place.admin[2:] for key in keys_of(name)}
    if not known:
        return None
    return not known.isdisjoint(bare_keys(region).union(keys_of(region.ar), keys_of(region.name)))


def relation(reading: Reading, last: int, first: int, prefix: str, cues: Cues) -> Relation | None:
    """How the place whose last word is `last` is placed by the one that begins at `first` behind `prefix`.

    None where anything but words of direction or nearness stands between them.
    """
    if reading.sentence_of[last] != reading.sentence_of[first] or not 0 < first - last <= _WORDS_BETWEEN + 1:
        return None
    words = reading.words[last + 1 : first]
    if prefix.startswith("و") or not all(reading.glued[at] for at in range(last + 1, first)):
        return None
    if not reading.glued[last] and reading.gap(last).strip(_QUOTES) not in ("", ",", "،"):
        return None
    if not words:
        return Relation(False, False, None) if prefix.startswith("ب") else None
    if any(word.folded.startswith("و") for word in words):  # «إدلب وريف حلب» are two places
        return None
    locating = [_is_locating(word, cues) for word in words]
    is_said = any(locating) and all(
        is_so or word.folded in _FILLING or cues.kind_form(word) is not None
        for word, is_so in zip(words, locating, strict=True)
    )
    return _told(words) if is_said else None


def is_listed(reading: Reading, one: Hit | Named, other: Hit | Named) -> bool:
    """«بابيلا والدانا», «جرادة، بابيلا»: nothing but "and" or a comma between two names of a sentence."""
    if other.first != one.last + 1 or reading.sentence_of[one.last] != reading.sentence_of[other.first]:
        return False
    return other.prefix.startswith("و") or reading.gap(one.last).strip() in ("،", ",")


def _told(words: Sequence[Token]) -> Relation:
    forms = {form for word in words for form in (word.folded, *word.stems)}
    is_inside = len(words) <= 2 and _is_in_town(words)
    return Relation(not forms.isdisjoint(_CLOSE), is_inside, _direction(forms))


def _is_in_town(words: Sequence[Token]) -> bool:
    """«في بلدة», «بمدينة», and nothing else."""
    said = "".join(word.folded for word in words)
    return said.removeprefix("في").removeprefix("ب") in _TOWN_KINDS


def _direction(forms: set[str]) -> float | None:
    """The middle of the directions told: «شمال شرقي» is north-east."""
    angles = [math.radians(_POINTS[form]) for form in sorted(forms & _POINTS.keys())]
    east, north = sum(map(math.sin, angles)), sum(map(math.cos, angles))
    return math.degrees(math.atan2(east, north)) % 360.0 if math.hypot(east, north) > 0.1 else None


def _are_apart(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    return bool(ours) and bool(theirs) and set(ours).isdisjoint(theirs)


def _bearing(start: _Point, end: _Point) -> float:
    """Degrees clockwise from north, on the plane: the places are near."""
    east = (end[1] - start[1]) * math.cos(math.radians(start[0]))
    return math.degrees(math.atan2(east, end[0] - start[0])) % 360.0


def _is_locating(word: Token, cues: Cues) -> bool:
    """«غربي», «ريف», «قرب», «في», and «بناحية»: in the district of."""
    is_in = word.folded.startswith("ب") and cues.kind_form(word) is not None
    return is_in or word.folded in _IN | BELONGING | _NEAR or bool(_LOCATING & cues.groups(word))
