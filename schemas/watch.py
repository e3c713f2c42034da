"""Watch: a place that someone watches; and the watches file."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator, model_validator

from schemas.base import BothNames, Message, Text

WATCH_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
CANARY_ID = "marsad.canary"
"""Of the watch by which Marsad watches itself; no watch of a user may have it."""


def _watch_id(value: str) -> str:
    if not WATCH_ID.fullmatch(value):
        raise ValueError("use 1 to 64 of a-z, 0-9, '.', '_' and '-', starting with a letter or digit")
    if value == CANARY_ID:
        raise ValueError(f"'{CANARY_ID}' is Marsad's own; choose another")
    return value


def _coordinates(value: tuple[float, float]) -> tuple[float, float]:
    latitude, longitude = value
    if not -90 <= latitude <= 90:
        raise ValueError(f"latitude {latitude} is not between -90 and 90; the order is [latitude, longitude]")
    if not -180 <= longitude <= 180:
        raise ValueError(f"longitude {longitude} is not between -180 and 180; the order is [latitude, longitude]")
    return value


LatLon = Annotated[tuple[float, float], AfterValidator(_coordinates)]
"""[latitude, longitude] in degrees."""


class Watch(Message):
    id: Annotated[str, AfterValidator(_watch_id)]
    name: BothNames
    center: LatLon
    radius_km: float = Field(default=15.0, ge=0, le=500)
    """Gazetteer places inside belong to the watch; 0 means the named place alone."""
    polygon: tuple[LatLon, ...] | None = None
    """Instead of the radius: at least three corners."""
    aliases: tuple[Text, ...] = ()
    """More spellings of the place itself."""
    landmarks: tuple[Text, ...] = ()
    """Named things that belong to it."""

    @field_validator("name")
    @classmethod
    def _named(cls, value: BothNames) -> BothNames:
        if not (value.ar or value.en):
            raise ValueError("give the name in Arabic (ar), in English (en), or both")
        return value

    @field_validator("polygon")
    @classmethod
    def _closed(cls, value: tuple[LatLon, ...] | None) -> tuple[LatLon, ...] | None:
        if value is not None and len(value) < 3:
            raise ValueError("a polygon has at least three corners")
        return value


class WatchFile(Message):
    """A watches file: `watches:` and a list."""

    watches: tuple[Watch, ...]

    @model_validator(mode="after")
    def _distinct(self) -> "WatchFile":
        seen: set[str] = set()
        for position, watch in enumerate(self.watches):
            if watch.id in seen:
                raise ValueError(f"watches.{position}.id: '{watch.id}' is given twice")
            seen.add(watch.id)
        return self


class WatchSet(Message):
    """All watches at one version of the store."""

    version: int = Field(ge=0)
    watches: tuple[Watch, ...]
