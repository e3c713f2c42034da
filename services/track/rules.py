"""The rules' figures, read from `data/*.yml`: everything that may be tuned is there, with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from typing import Any

import yaml

from schemas.base import Direction, SignalType
from schemas.incident import TypeFamily

DATA = files("services.track") / "data"


@dataclass(frozen=True, slots=True)
class TypeRule:
    family: TypeFamily
    weight: float
    half_life_hours: float
    rank: int
    means: str = ""
    """Class of weapon; empty where none is used."""
    soft: bool = False
    """Opening asks for more confidence."""


@dataclass(frozen=True, slots=True)
class FamilyRule:
    window_hours: float
    gap: bool
    span_hours: float
    quiet_hours: float | None
    resolve_hours: float
    near: frozenset[TypeFamily] = frozenset()
    follows: frozenset[TypeFamily] = frozenset()


@dataclass(frozen=True)
class Rules:
    """Figures by section and name as in `rules.yml`: `rules.identity["join"]`."""

    time: Mapping[str, float]
    confidence: Mapping[str, float]
    levels: Mapping[str, float]
    casualty_bands: tuple[int, ...]
    casualty_factors: tuple[float, ...]
    surge: Mapping[str, float]
    warning: Mapping[str, float]
    coverage: Mapping[str, float]
    identity: Mapping[str, float]
    types: Mapping[SignalType, TypeRule]
    families: Mapping[TypeFamily, FamilyRule]
    agencies: Mapping[str, tuple[str, ...]]
    houses: Mapping[str, tuple[str, ...]]
    platforms: frozenset[str]

    @classmethod
    def load(cls, text: str | None = None) -> "Rules":
        """The shipped rules; `text` is YAML laid over `rules.yml`, section by section.

        Raises ValueError naming the section or figure that it does not know.
        """
        figures = _read("rules.yml")
        changes = (yaml.safe_load(text) if text else None) or {}
        if not isinstance(changes, dict):
            raise ValueError("rules: give sections with their figures")
        for section, values in changes.items():
            figures[section] = _laid_over(figures, section, values)
        kinds, publishers = _read("types.yml"), _read("publishers.yml")
        for section in ("casualty_bands", "casualty_factors"):
            figures[section] = tuple(figures[section])
        return cls(
            **figures,
            types={SignalType(name): _type(rule) for name, rule in kinds["types"].items()},
            families={TypeFamily(name): _family(rule) for name, rule in kinds["families"].items()},
            agencies={name: tuple(names) for name, names in publishers["agencies"].items()},
            houses={name: tuple(hosts) for name, hosts in publishers["houses"].items()},
            platforms=frozenset(publishers["platforms"]),
        )

    def family(self, type_: SignalType) -> TypeFamily:
        return self.types[type_].family

    def to_open(self, type_: SignalType, part: int, *, fought_for: bool = False) -> float:
        """The confidence that an article's event needs to open an incident; `part` 0 is its main event.

        Where there is fighting to ease, talks and deals are those of war and not of markets.
        """
        if fought_for and type_.direction is Direction.EASING:
            return self.confidence["open_second" if part else "open_easing"]
        needed = self.confidence["open_second" if part else "open"]
        return max(needed, self.confidence["open_soft"]) if self.types[type_].soft else needed

    @cached_property
    def house_of(self) -> Mapping[str, str]:
        return {host: house for house, hosts in self.houses.items() for host in hosts}

    def but(self, **changes: Any) -> "Rules":
        """The same with whole sections replaced."""
        return replace(self, **changes)


def _laid_over(figures: Mapping[str, Any], section: str, values: Any) -> Any:
    if section not in figures:
        raise ValueError(f"rules: '{section}' is not a section; there are {', '.join(figures)}")
    if not isinstance(figures[section], dict):
        if not isinstance(values, list) or not all(isinstance(v, int | float) for v in values):
            raise ValueError(f"rules.{section}: give a list of numbers")
        return values
    if not isinstance(values, dict):
        raise ValueError(f"rules.{section}: give names and figures")
    for name, value in values.items():
        if name not in figures[section]:
            raise ValueError(f"rules.{section}.{name}: not a rule; there are {', '.join(figures[section])}")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"rules.{section}.{name}: '{value}' is not a number")
    return {**figures[section], **values}


def _read(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((DATA / name).read_text(encoding="utf-8")))


def _type(rule: dict[str, Any]) -> TypeRule:
    return TypeRule(**{**rule, "family": TypeFamily(rule["family"])})


def _family(rule: dict[str, Any]) -> FamilyRule:
    sets = {key: frozenset(map(TypeFamily, rule.get(key, ()))) for key in ("near", "follows")}
    return FamilyRule(**{**rule, **sets})
