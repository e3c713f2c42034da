"""Watches inside watches: both fire, and the inner one's alerts name the outer one."""

from collections.abc import Sequence

from schemas.watch import Watch
from services.track.reports import km


def parents(watches: Sequence[Watch]) -> dict[str, str]:
    """For each watch that lies wholly in the circle of another, the smallest such one. Polygons are not asked."""
    found: dict[str, str] = {}
    for watch in watches:
        around = [w for w in watches if w.id != watch.id and _holds(w, watch)]
        if around:
            found[watch.id] = min(around, key=lambda w: (w.radius_km, w.id)).id
    return found


def _holds(outer: Watch, inner: Watch) -> bool:
    if outer.polygon is not None or inner.polygon is not None or outer.radius_km <= inner.radius_km:
        return False
    return km(outer.center, inner.center) + inner.radius_km <= outer.radius_km
