"""Which points a watch's polygon holds, mended as analysis mends one that crosses itself."""

from functools import lru_cache

import shapely

Corners = tuple[tuple[float, float], ...]
"""Latitude and longitude."""


def covers(corners: Corners, lat: float, lon: float) -> bool:
    return bool(_shape(corners).covers(shapely.Point(lon, lat)))


@lru_cache(maxsize=10_000)
def _shape(corners: Corners) -> shapely.Geometry:
    return shapely.make_valid(shapely.Polygon([(lon, lat) for lat, lon in corners]))
