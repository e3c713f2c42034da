"""The words around place names (`data/places_cues.yml`), folded and ready for look-up."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from services.analyze.text.fold import fold

FILE = files("services.analyze") / "data" / "places_cues.yml"


@dataclass(frozen=True, slots=True)
class Cues:
    kinds: dict[str, str]
    """Word before a name: the kind of place that follows."""
    sets: dict[str, frozenset[str]]

    def has(self, group: str, *forms: str) -> bool:
        """Whether any of the forms of a word stands in the group."""
        words = self.sets[group]
        return any(form in words for form in forms)


def _words(value: str) -> list[str]:
    return [fold(word) for word in value.split()]


@lru_cache(maxsize=1)
def load_cues() -> Cues:
    data: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    kinds: dict[str, str] = {}
    for by_kind in data.pop("kinds").values():
        for kind, words in by_kind.items():
            kinds.update(dict.fromkeys(_words(words), kind))
    sets = {group: frozenset(w for text in langs.values() for w in _words(text)) for group, langs in data.items()}
    return Cues(kinds, sets)
