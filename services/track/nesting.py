"""Watches inside watches: both fire, and the inner one's alerts name the outer one."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from schemas.watch import Watch
from services.track.reports import KM_PER_DEGREE, km


def parents(watches: Sequence[Watch]) -> dict[str, str]:
    """For each watch that lies wholly in the circle of another, the smallest such one. Polygons are not asked."""
    by_latitude = sorted(watches, key=_latitude)
    found: dict[str, Watch] = {}
    for outer in watches:
        reach = outer.radius_km / KM_PER_DEGREE
        first = bisect_left(by_latitude, outer.center[0] - reach, key=_latitude)
        last = bisect_right(by_latitude, outer.center[0] + reach, key=_latitude)
        for inner in by_latitude[first:last]:
            if _holds(outer, inner) and (inner.id not in found or _size(outer) < _size(found[inner.id])):
                found[inner.id] = outer
    return {inner: outer.id for inner, outer in found.items()}


def _latitude(watch: Watch) -> float:
    return watch.center[0]


def _size(watch: Watch) -> tuple[float, str]:
    return watch.radius_km, watch.id


def _holds(outer: Watch, inner: Watch) -> bool:
    if outer.polygon is not None or inner.polygon is not None or outer.radius_km <= inner.radius_km:
        return False
    return km(outer.center, inner.center) + inner.radius_km <= outer.radius_km
