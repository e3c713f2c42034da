"""Areas of watches: what they are called, which places of the gazetteer lie in them or are the watched place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from schemas.watch import Watch
from services.analyze.places.gazetteer import COUNTRY, EARTH_KM, REGION, Gazetteer, distance_km
from services.analyze.places.names import keys_of

OWN_PLACE_KM = 15.0
"""A gazetteer place of the watch's name lies at most this far from its centre, or it is a namesake."""
TWIN_RATIO = 1.5
METROPOLIS = 500_000
"""Population from which a city's own events are not those of the towns at its edge, nor theirs its own."""
NAMESAKE_KM = 40.0
"""A settled reading farther than this beyond the radius is another place of the same name."""


@dataclass(slots=True)
class Area:
    watch: Watch
    names: frozenset[tuple[str, bool]]
    """Keys of name and aliases, with and without the article."""
    landmarks: frozenset[tuple[str, bool]]
    polygon: shapely.Polygon | None
    own: set[str] = field(default_factory=set)
    """place_ids of the watched place itself."""
    population: int = 0
    """Of the watched place."""
    inside: set[int] = field(default_factory=set)
    """Gazetteer indexes of the towns, villages and landmarks in the area."""

    def contains(self, lat: float, lon: float) -> bool:
        if self.polygon is not None:
            return bool(self.polygon.covers(shapely.Point(lon, lat)))
        return self.watch.radius_km > 0 and self.km(lat, lon) <= self.watch.radius_km

    def holds_around(self, lat: float, lon: float, km: float) -> bool:
        """Whether all that lies so near to the point is in it."""
        if self.polygon is not None:
            return self.contains(lat, lon)
        return self.km(lat, lon) + km <= self.watch.radius_km

    def km(self, lat: float, lon: float) -> float:
        """Distance from the watch's centre."""
        return distance_km(*self.watch.center, lat, lon)

    def is_called(self, surface: str) -> bool:
        """Whether the watch or one of its landmarks has this name; «رياض» is not «الرياض»."""
        return any(
            (key, definite) in self.names | self.landmarks
            or (" " in key and (key, not definite) in self.names | self.landmarks)
            for key, definite in keys_of(surface)
        )

    def is_twin(self, other: "Area") -> bool:
        """Whether two watches of about one size lie in each other, one of them a metropolis: city and suburb."""
        if max(self.population, other.population) < METROPOLIS:
            return False
        mine, theirs = self.watch.radius_km, other.watch.radius_km
        alike = self.polygon is None and other.polygon is None and max(mine, theirs) < TWIN_RATIO * min(mine, theirs)
        return alike and self.contains(*other.watch.center) and other.contains(*self.watch.center)

    def is_elsewhere(self, lat: float, lon: float) -> bool:
        """Whether a place there, though of the watch's name, is another one."""
        return not self.contains(lat, lon) and self.km(lat, lon) > self.watch.radius_km + NAMESAKE_KM


def areas_of(watches: Sequence[Watch], gazetteer: Gazetteer) -> list[Area]:
    """One area a watch, in order. A polygon that crosses itself is mended the way shapely mends it."""
    areas = [_area(watch) for watch in watches]
    if areas:
        lat, lon = gazetteer.coordinates()
        for area in areas:
            _fill(area, gazetteer, lat, lon)
    return areas


def country_of(area: Area, gazetteer: Gazetteer) -> str:
    """Of the watched place, or of the one nearest to the watch's centre."""
    own = {gazetteer.places[gazetteer.by_id[id_]].country for id_ in area.own}
    if len(own) == 1:
        return min(own)
    distances = _distances(*area.watch.center, *gazetteer.coordinates())
    return gazetteer.places[int(np.nanargmin(distances))].country


def _area(watch: Watch) -> Area:
    names = [n for n in (watch.name.ar, watch.name.en, *watch.aliases) if n]
    polygon = None
    if watch.polygon:
        polygon = shapely.make_valid(shapely.Polygon([(lon, lat) for lat, lon in watch.polygon]))
    return Area(watch, _keys(names), _keys(watch.landmarks), polygon)


def _keys(names: Iterable[str]) -> frozenset[tuple[str, bool]]:
    return frozenset(key for name in names for key in keys_of(name))


def _fill(area: Area, gazetteer: Gazetteer, lat: np.ndarray, lon: np.ndarray) -> None:
    if area.polygon is not None:
        near = np.flatnonzero(shapely.contains_xy(area.polygon, lon, lat))
    elif area.watch.radius_km > 0:
        near = np.flatnonzero(_distances(*area.watch.center, lat, lon) <= area.watch.radius_km)
    else:
        near = np.empty(0, dtype=int)
    area.inside = {int(i) for i in near if gazetteer.places[i].kind not in (COUNTRY, REGION)}
    for key, definite in area.names | area.landmarks:
        for entry in gazetteer.keys.get(key, ()):
            place = gazetteer.places[entry >> 1]
            if bool(entry & 1) != definite and " " not in key:
                continue
            if place.kind == COUNTRY or place.lat is None or place.lon is None:
                continue
            if place.kind == REGION or entry >> 1 in area.inside or area.km(place.lat, place.lon) <= OWN_PLACE_KM:
                area.own.add(place.id)
                area.population = max(area.population, place.population)


def _distances(from_lat: float, from_lon: float, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Great-circle distances in kilometres."""
    a, b = np.radians(from_lat), np.radians(lat)
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon - from_lon) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(1.0, h))))
