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

LARGEST = 1_000_000
"""Of any figure; as hours, more than a century: nothing computed from it leaves the calendar."""
LARGEST_DAYS = LARGEST // 24
ABOVE_ZERO = frozenset({"half_life_hours", "days", "mature_days", "check_hours"})
"""They are divided by, or waited for."""


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

        Raises ValueError naming the section or figure that it does not know, or whose value cannot be meant.
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
        _check_casualties(figures["casualty_bands"], figures["casualty_factors"])
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
        if not isinstance(values, list):
            raise ValueError(f"rules.{section}: give a list of numbers")
        for position, value in enumerate(values):
            _check(f"rules.{section}.{position}", value, 0)
        return values
    if not isinstance(values, dict):
        raise ValueError(f"rules.{section}: give names and figures")
    for name, value in values.items():
        if name not in figures[section]:
            raise ValueError(f"rules.{section}.{name}: not a rule; there are {', '.join(figures[section])}")
        _check(f"rules.{section}.{name}", value, _least(section, name))
        if name in ABOVE_ZERO and not value:
            raise ValueError(f"rules.{section}.{name}: give more than 0")
    return {**figures[section], **values}


def _least(section: str, name: str) -> int:
    """Only points for and against "the same event" may be negative."""
    return 0 if section != "identity" or name.endswith(("_hours", "_km", "_at")) else -LARGEST


def _check(field: str, value: Any, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{field}: '{value}' is not a number")
    most = LARGEST_DAYS if field.endswith("days") else LARGEST
    if not least <= value <= most:  # .nan is on no side of anything
        raise ValueError(f"{field}: {value} is not between {least:,} and {most:,}")


def _check_casualties(bands: tuple[float, ...], factors: tuple[float, ...]) -> None:
    if list(bands) != sorted(set(bands)):
        raise ValueError("rules.casualty_bands: give rising numbers")
    if len(factors) != len(bands) + 1:
        wanted = f"one more than the {len(bands)} casualty_bands"
        raise ValueError(f"rules.casualty_factors: {len(factors)} are given; give {wanted}, the first for none known")


def _read(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((DATA / name).read_text(encoding="utf-8")))


def _type(rule: dict[str, Any]) -> TypeRule:
    return TypeRule(**{**rule, "family": TypeFamily(rule["family"])})


def _family(rule: dict[str, Any]) -> FamilyRule:
    sets = {key: frozenset(map(TypeFamily, rule.get(key, ()))) for key in ("near", "follows")}
    return FamilyRule(**{**rule, **sets})
