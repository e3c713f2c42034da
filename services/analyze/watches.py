"""Which signals belong to which watch: the waking rule.

A signal belongs to a watch when one of its places is a name, alias or landmark of the watch, a settled gazetteer place
inside its radius or polygon, or the countryside of the watched place where no finer place is named. Governorates and
countries never wake a town's watch, nor does the countryside of a governorate that has the town's name. The role must
be event; a venue counts where the talks name no other place. What is far likelier wrong than right belongs to no watch:
of most towns that are named, nothing is said.
"""

from collections.abc import Sequence

import ahocorasick_rs

from schemas.base import SignalType
from schemas.signal import Place, PlaceRole, Precision, Signal
from schemas.watch import Watch
from services.analyze.document import Document
from services.analyze.places.areas import METROPOLIS, Area, areas_of
from services.analyze.places.gazetteer import Gazetteer
from services.analyze.text.clitics import BARE, DEFINITE
from services.analyze.text.fold import fold_text
from services.analyze.text.reader import GLUED

_FINE = (Precision.LANDMARK, Precision.VILLAGE, Precision.TOWN)
_WIDE = (Precision.REGION, Precision.COUNTRY)
_FIRE = frozenset((SignalType.ATTACK, SignalType.SHELLING, SignalType.AIRSTRIKE, SignalType.EXPLOSION))
_Sites = dict[tuple[str, str], list[Place]]
"""Places by kind and status."""
METROPOLIS_KM = 5.0
"""How far a city of half a million reaches from its centre: what happens in it happens in no suburb."""
COUNTRYSIDE_KM = 25.0
"""From a town to the villages of its countryside."""
LEAST_SURE = 0.35
"""Confidence from which a signal belongs to a watch."""


class WatchIndex:
    """A set of watches, ready to be asked."""

    def __init__(self, watches: Sequence[Watch], gazetteer: Gazetteer) -> None:
        self.watches = tuple(watches)
        self._areas = areas_of(watches, gazetteer)
        self._twins = {a.watch.id: [b for b in self._areas if b is not a and a.is_twin(b)] for a in self._areas}
        self._metropolises = {p.id: p.population for p in gazetteer.places if p.population >= METROPOLIS}
        keys = sorted(_all_keys(self._areas, gazetteer))
        self._automaton = (
            ahocorasick_rs.AhoCorasick(keys, implementation=ahocorasick_rs.Implementation.ContiguousNFA)
            if keys
            else None
        )

    def touched(self, article: Document | str) -> bool:
        """Whether the article names anything that belongs to a watch. Fast; errs on the side of yes."""
        if self._automaton is None:
            return False
        parts = [article] if isinstance(article, str) else [article.title, article.text, article.context]
        return any(self._names_watch(fold_text(GLUED.sub(" ", part)).text) for part in parts if part)

    def _names_watch(self, folded: str) -> bool:
        assert self._automaton is not None
        for _, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if end < len(folded) and folded[end].isalnum() and folded[end] != "s":
                continue
            word = start
            while word > 0 and start - word <= 5 and folded[word - 1].isalnum():
                word -= 1
            prefix = folded[word:start]
            if prefix in BARE or prefix in DEFINITE:
                return True
        return False

    def observe(self, signals: Sequence[Signal]) -> list[tuple[str, list[int]]]:
        """For each watch that is touched the positions of its signals, of any status, in the order of the watches."""
        found = []
        sites, wide = _settled_sites(signals), _wide_regions(signals)
        for area in self._areas:
            own = [i for i, signal in enumerate(signals) if self._belongs(area, signal)]
            own = self._told_here(area, own, signals, sites, wide) if own else own
            if own:
                found.append((area.watch.id, own))
        return found

    def _belongs(self, area: Area, signal: Signal) -> bool:
        return signal.confidence >= LEAST_SURE and any(
            self._wakes(area, place, signal.places) for place in signal.places
        )

    def _told_here(
        self, area: Area, own: Sequence[int], signals: Sequence[Signal], sites: _Sites, wide: set[str]
    ) -> list[int]:
        """Without «قصف على إدلب» in the title, where the text tells of a village far from the town.

        Where a governorate may be meant, the article's settled places of the same type tell; unless one is here. So
        does «ريف إدلب» where another signal has no finer place.
        """
        elsewhere = {kind for kind, places in sites.items() if not any(self._is_at(area, p) for p in places)}
        told = [i for i in own if not self._is_wider(area, signals[i], elsewhere, wide)]
        return [i for i in told if not self._is_told_nearby(area, signals[i], sites)]

    def _is_wider(self, area: Area, signal: Signal, elsewhere: set[tuple[str, str]], wide: set[str]) -> bool:
        """Whether all that wakes the watch may be a governorate, and the article tells that it is."""
        waking = [place for place in signal.places if self._wakes(area, place, signal.places)]
        regions = {id_ for place in waking for id_ in _regions(place)}
        return all(map(_may_be_wide, waking)) and (
            _kind(signal) in elsewhere or not (regions - area.own).isdisjoint(wide)
        )

    def _is_told_nearby(self, area: Area, signal: Signal, sites: _Sites) -> bool:
        """«قصف سيارة في ريف عامودا» over a text that names the village, near the watch but outside it."""
        finer = [(place, point) for place in sites.get(_kind(signal), ()) if (point := _settled_point(place))]
        if any(self._is_at(area, place) for place, _ in finer):
            return False
        is_near = any(area.km(*point) <= COUNTRYSIDE_KM for _, point in finer)
        own = [place for place in signal.places if place.role == PlaceRole.EVENT]
        return is_near and all(place.precision == Precision.COUNTRYSIDE for place in own)

    def _wakes(self, area: Area, place: Place, places: Sequence[Place]) -> bool:
        if place.role == PlaceRole.VENUE:
            if any(p.role == PlaceRole.EVENT and not self._is_at(area, p) for p in places):
                return False
        elif place.role != PlaceRole.EVENT and not _finds_the_unknown(place, places):
            return False
        if place.precision == Precision.COUNTRYSIDE and _may_be_wide(place):
            return not area.own.isdisjoint(_regions(place))  # «ريف إدلب» is not of the town, but of the governorate
        if place.precision == Precision.COUNTRYSIDE and any(_is_finer(p, place) for p in places):
            return False
        return self._is_at(area, place)

    def _is_at(self, area: Area, place: Place) -> bool:
        if place.place_id in area.own:
            return True
        if place.ambiguous and place.place_id is None:
            return False  # the text tells of another place of that name
        if place.precision in _WIDE and place.place_id is not None:
            return False
        if area.is_called(place.surface) and not _is_namesake(area, place):
            return place.precision not in _WIDE
        point = _settled_point(place)
        if point is not None and self._metropolises.get(place.place_id or "", 0) > area.population:
            return area.holds_around(*point, METROPOLIS_KM)  # the city's own quarters are named where they are meant
        return point is not None and area.contains(*point) and not self._is_nearer_twin(area, *point)

    def _is_nearer_twin(self, area: Area, lat: float, lon: float) -> bool:
        """Where two watches lie in each other, a place belongs to the nearer one."""
        return any(twin.km(lat, lon) < area.km(lat, lon) for twin in self._twins[area.watch.id])


def _all_keys(areas: Sequence[Area], gazetteer: Gazetteer) -> set[str]:
    """Every name by which an article can touch a watch: its own and those of the places inside it."""
    inside = set().union(*(area.inside for area in areas))
    ids = set().union(*(area.own for area in areas))
    inside |= {gazetteer.by_id[id_] for id_ in ids}
    keys = {key for area in areas for key, _ in area.names | area.landmarks}
    return keys | {k for k, entries in gazetteer.keys.items() if any(e >> 1 in inside for e in entries)}


def _is_namesake(area: Area, place: Place) -> bool:
    return (
        not place.ambiguous
        and place.lat is not None
        and place.lon is not None
        and area.is_elsewhere(place.lat, place.lon)
    )


def _is_finer(place: Place, countryside: Place) -> bool:
    """A village or the like named beside "countryside of X": the event is there.

    Of a village that nobody knows, to lie in the countryside of a town is all that is known.
    """
    is_site = place.role == PlaceRole.EVENT and place.surface != countryside.surface
    return is_site and _settled_point(place) is not None


def _finds_the_unknown(countryside: Place, places: Sequence[Place]) -> bool:
    """«قرية الجهبل التابعة لناحية مجهولة بريف كوباني»: only the countryside says where that is."""
    if countryside.precision != Precision.COUNTRYSIDE or countryside.role != PlaceRole.BACKGROUND:
        return False
    sites = [p for p in places if p.role == PlaceRole.EVENT and p.precision in _FINE]
    return bool(sites) and not any(map(_settled_point, sites))


def _settled_point(place: Place) -> tuple[float, float] | None:
    """Latitude and longitude of a town or a finer place that is told apart from its namesakes."""
    if place.precision not in _FINE or place.ambiguous or place.lat is None or place.lon is None:
        return None
    return place.lat, place.lon


def _settled_sites(signals: Sequence[Signal]) -> _Sites:
    """Where events of each type and status are said to happen, of the settled places."""
    sites: _Sites = {}
    for signal in signals:
        for place in signal.places:
            if place.role == PlaceRole.EVENT and (_settled_point(place) is not None or _is_of_known_town(place)):
                sites.setdefault(_kind(signal), []).append(place)
    return sites


def _wide_regions(signals: Sequence[Signal]) -> set[str]:
    """First-level divisions in whose countryside something happens, nobody says where."""
    found: set[str] = set()
    for signal in signals:
        sites = [place for place in signal.places if place.role == PlaceRole.EVENT]
        if all(_settled_point(place) is None for place in sites):
            found.update(id_ for p in sites if p.precision == Precision.COUNTRYSIDE for id_ in _regions(p))
    return found


def _is_of_known_town(place: Place) -> bool:
    """«ريف مسكنة»: the countryside of no seat."""
    return place.precision == Precision.COUNTRYSIDE and place.lat is not None and not _regions(place)


def _kind(signal: Signal) -> tuple[str, str]:
    """A title says "attack" of what the text says that it was an air raid."""
    return "fire" if signal.type in _FIRE else signal.type, signal.status


def _may_be_wide(place: Place) -> bool:
    """A governorate may be meant, or the countryside of one: it has its seat's name."""
    return bool(_regions(place))


def _regions(place: Place) -> list[str]:
    """Ids of the first-level divisions that may be meant."""
    return [id_ for id_ in place.candidates if id_.startswith("region:")]
