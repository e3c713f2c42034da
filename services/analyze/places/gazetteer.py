"""The gazetteer: places with their names in Arabic and Latin script, where they lie and what they belong to."""

import gzip
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from services.analyze import yamldata
from services.analyze.places.names import key_of, keys_of
from services.analyze.text.fold import fold

SHIPPED = files("services.analyze") / "data" / "gazetteer.tsv.gz"
CURATED = files("services.analyze") / "data" / "places.yml"
ORDINARY = files("services.analyze") / "data" / "places_ordinary.yml"
COMMON = files("services.analyze") / "data" / "places_common.txt"

COUNTRY, REGION, TOWN, VILLAGE, LANDMARK = "country", "region", "town", "village", "landmark"
KINDS = (COUNTRY, REGION, TOWN, VILLAGE, LANDMARK)


@dataclass(slots=True)
class Place:
    id: str
    name: str
    """Latin name where there is one, for display."""
    ar: str
    lat: float | None
    lon: float | None
    country: str
    admin: tuple[str, ...]
    """Folded keys and codes of what it lies in, widest first: `SY`, `SY.04`, …"""
    population: int
    kind: str


CENTRE = "مركز "
"""What tables put before a division's name for its middle part: «مركز عفرين»."""
EARTH_KM = 6371.0
_CITY = 50_000


class GazetteerError(ValueError):
    """A gazetteer file that cannot be read; the message names file, line and field."""


def distance_km(a_lat: float, a_lon: float, b_lat: float, b_lon: float) -> float:
    """Great-circle distance in kilometres (haversine, mean radius 6371 km)."""
    a, b = math.radians(a_lat), math.radians(b_lat)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(b_lon - a_lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, h)))


class Located(Protocol):
    """What may lie somewhere: a place, a mention of one."""

    @property
    def lat(self) -> float | None: ...

    @property
    def lon(self) -> float | None: ...


def point_of(located: Located) -> tuple[float, float] | None:
    """Latitude and longitude, None where it has none."""
    return None if located.lat is None or located.lon is None else (located.lat, located.lon)


def km_apart(one: Located, other: Located) -> float | None:
    """Kilometres between the two, None where either lies nowhere."""
    here, there = point_of(one), point_of(other)
    return None if here is None or there is None else distance_km(*here, *there)


def bare_keys(region: Place) -> set[tuple[str, bool]]:
    """Keys of what a division is called without the word for one: «محافظة إدلب», "Idlib Governorate"."""
    return {*keys_of(region.ar.partition(" ")[2]), *keys_of(region.name.rpartition(" ")[0])}


@dataclass(slots=True)
class Gazetteer:
    """Places and their keys. `keys[key]` lists `2 * place index + definite`."""

    places: list[Place] = field(default_factory=list)
    keys: dict[str, list[int]] = field(default_factory=dict)
    by_id: dict[str, int] = field(default_factory=dict)
    ordinary: frozenset[tuple[str, bool]] = frozenset()
    """Keys, with and without the article, that are also words of everyday or people's names: they need a cue."""
    everyday: frozenset[tuple[str, bool]] = frozenset()
    """The same with all that is common in news: any of it may name a village of an imported table."""
    adverbs: frozenset[str] = frozenset()
    """Folded words that are places only behind a preposition: دوما is "always" too."""
    people: frozenset[str] = frozenset()
    """Folded given names: a name right behind one is a person's."""
    not_places: frozenset[str] = frozenset()
    """Keys of phrases that hold a place's name and are none, in whatever table they stand."""
    short: frozenset[str] = frozenset()
    """Keys that name a place only where its country is already spoken of: القطاع, الضفة."""
    common: frozenset[str] = frozenset()
    """Folded words of everyday news: never the name of a place that no gazetteer knows."""
    nationalities: dict[str, str] = field(default_factory=dict)
    """Folded adjective → country: what is called so speaks of it."""
    curated: set[tuple[str, bool]] = field(default_factory=set)
    """Keys that were written down by hand as places: what is merely common in news does not doubt them."""
    _coordinates: tuple[np.ndarray, np.ndarray] | None = None

    @classmethod
    def load(cls, extra_files: Sequence[Path] = ()) -> "Gazetteer":
        """The shipped places, the curated ones, and those of the files given (`importers`).

        Raises GazetteerError, which names the file and the line at fault.
        """
        from services.analyze.places.importers import read_places, short_name

        gazetteer = cls()
        gazetteer._add_shipped()
        gazetteer._add_curated(yamldata.load(CURATED.read_text("utf-8")))
        ordinary = yamldata.load(ORDINARY.read_text("utf-8"))
        gazetteer.adverbs = frozenset(fold(ordinary["adverbs"]).split())
        gazetteer.people = frozenset(fold(f"{ordinary['people']} {ordinary['given']}").split())
        gazetteer.common = frozenset(COMMON.read_text("utf-8").split())
        words = " ".join(ordinary[group] for group in ("words", "people", "given", "english")).split()
        gazetteer.ordinary = _keys(words)
        gazetteer.everyday = gazetteer.ordinary | (_keys(gazetteer.common) - gazetteer.curated)
        for path in extra_files:
            twins: list[tuple[int, str]] = []
            for place, names in read_places(Path(path)):
                index = gazetteer.add_or_join(place, names)
                twins += [(index, bare) for name in names if (bare := short_name(name))]
            gazetteer._add_twins(twins)
        return gazetteer

    def _add_twins(self, twins: Sequence[tuple[int, str]]) -> None:
        """Give halves of a village the name that both go by, where no other place has it and no person may."""
        keyed = [(index, keys_of(name)) for index, name in twins if fold(name).split()[0] not in self.people]
        free = [(index, keys) for index, keys in keyed if not any(key in self.keys for key, _ in keys)]
        for index, keys in free:
            self._name(index, keys)
        # Half of a name is an everyday word («مرتفع», «راية») more often than a name.
        self.everyday |= {key for _, keys in free for key in keys if " " not in key[0]}

    def get(self, place_id: str | None) -> Place | None:
        """The place of that id, None where there is none."""
        index = self.by_id.get(place_id or "")
        return None if index is None else self.places[index]

    def add(self, place: Place, keys: Iterable[tuple[str, bool]]) -> int:
        index = self.by_id.get(place.id)
        if index is None:
            index = len(self.places)
            self.places.append(place)
            self.by_id[place.id] = index
        self._name(index, keys)
        return index

    def add_or_join(self, place: Place, names: Iterable[str]) -> int:
        """Add an imported place, or give its names to the place already here: same key, near by."""
        keys = [k for name in names for k in keys_of(name)]
        for key, _ in keys:
            for entry in self.keys.get(key, ()):
                known = self.places[entry >> 1]
                if known.country == place.country and known.kind in (TOWN, VILLAGE) and _may_be(known, place):
                    if not known.admin[2:]:
                        # Its own division's code stays: the table that joins names divisions, and has no code.
                        known.admin = (*(known.admin[:2] if known.admin[1:2] else place.admin[:2]), *place.admin[2:])
                    self._name(entry >> 1, keys)
                    return entry >> 1
        return self.add(place, keys)

    def find(self, country: str, name: str) -> int | None:
        """The likeliest place of that name in a country: towns by population, then anything else."""
        best: tuple[int, int, int] | None = None
        for key, definite in keys_of(name)[:1]:
            for entry in self.keys.get(key, ()):
                place = self.places[entry >> 1]
                if place.country == country and place.kind != COUNTRY:
                    rank = (bool(entry & 1) == definite, place.population, -(entry >> 1))
                    best = max(best, rank) if best else rank
        return -best[2] if best else None

    def _name(self, index: int, keys: Iterable[tuple[str, bool]]) -> None:
        for key, definite in keys:
            if key in self.not_places:
                continue
            entry = 2 * index + definite
            entries = self.keys.setdefault(key, [])
            if entry not in entries:
                entries.append(entry)

    def _add_shipped(self) -> None:
        with SHIPPED.open("rb") as raw:
            text = gzip.decompress(raw.read()).decode("utf-8")
        places, keys, by_id = self.places, self.keys, self.by_id
        for line in text.split("\n"):
            if not line:
                continue
            id_, name, ar, lat, lon, country, admin, population, kind, names = line.split("\t")
            index = len(places)
            chain = (country, admin) if admin else (country,)
            places.append(
                Place(id_, name, ar, float(lat), float(lon), country, chain, int(population), KINDS[int(kind)])
            )
            by_id[id_] = index
            for key in names.split("|"):
                definite = key[0] == "+"
                keys.setdefault(key[1:] if definite else key, []).append(2 * index + definite)

    def _add_curated(self, data: dict[str, Any]) -> None:
        for code, names in data.get("countries", {}).items():
            self._name(self.by_id[f"country:{code}"], _all_keys(names))
        for reference, names in data.get("names", {}).items():
            index = self._resolve(reference)
            self._name(index, _all_keys(names))
            place = self.places[index]
            place.name = next((n for n in _list(names) if n.isascii()), place.name)  # the press's name, not a scholar's
        for entry in data.get("places", ()):
            self._add_entry(entry)
        self.not_places = frozenset(key for phrase in data.get("not_places", ()) for key, _ in keys_of(phrase))
        self.keys.update({key: [] for key in self.not_places})
        self.nationalities = {
            fold(word): country for country, words in data.get("nationalities", {}).items() for word in words
        }
        self.short = frozenset(key for name in data.get("short", ()) for key, _ in keys_of(name))
        for country, regions in data.get("regions", {}).items():
            for region in regions:
                self._add_region(country, region)

    def _resolve(self, reference: str) -> int:
        country, _, name = reference.partition("/")
        index = self.by_id.get(reference) if not name else self.find(country, name)
        if index is None:
            raise GazetteerError(f"places.yml: no place is called {reference!r}")
        return index

    def _add_entry(self, entry: dict[str, Any]) -> None:
        lat, lon = entry.get("at", (None, None))
        ar, en = _list(entry.get("ar")), _list(entry.get("en"))
        admin = (entry["country"], *_list(entry.get("in")))
        place = Place(
            f"marsad:{entry['id']}", (en or ar)[0], (ar or [""])[0], lat, lon, entry["country"], admin,
            int(entry.get("population", 0)), entry.get("kind", TOWN),
        )  # fmt: skip
        keys = _all_keys(ar + en)
        self.add(place, keys)
        self.curated |= set(keys)

    def _add_region(self, country: str, region: dict[str, Any]) -> None:
        """A first-level division: the code and the coordinates are those of its seat."""
        ar, en = _list(region["ar"]), _list(region["en"])
        seat = self.places[self._resolve(f"{country}/{region.get('seat', ar[0])}")]
        code = seat.admin[1] if len(seat.admin) > 1 else f"{country}.{en[0]}"
        place = Place(f"region:{code}", en[0], ar[0], seat.lat, seat.lon, country, (country, code), 0, REGION)
        self.add(place, _all_keys(ar + en))

    def coordinates(self) -> tuple[np.ndarray, np.ndarray]:
        """Latitudes and longitudes of all places in degrees, NaN where unknown; float64, one an entry of `places`."""
        if self._coordinates is None or len(self._coordinates[0]) != len(self.places):
            lat = np.array([math.nan if p.lat is None else p.lat for p in self.places])
            lon = np.array([math.nan if p.lon is None else p.lon for p in self.places])
            self._coordinates = lat, lon
        return self._coordinates


def _may_be(known: Place, other: Place) -> bool:
    """Whether another table means the same place by this point: cities are wide, and by hand we wrote two decimals."""
    if known.lat is None or known.lon is None or other.lat is None or other.lon is None:
        return False
    within_km = 7.0 if known.population >= _CITY or known.id.startswith("marsad:") else 3.0
    return distance_km(known.lat, known.lon, other.lat, other.lon) <= within_km


def _list(value: str | Sequence[str] | None) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def _all_keys(names: str | Sequence[str]) -> list[tuple[str, bool]]:
    return [key for name in _list(names) for key in keys_of(name)]


def _keys(words: Iterable[str]) -> frozenset[tuple[str, bool]]:
    return frozenset(key for word in words if (key := key_of(word)))
