"""The words around place names (`data/places_cues.yml`), folded and ready for look-up."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

from services.analyze import yamldata
from services.analyze.document import Token
from services.analyze.text.fold import fold

MAX_REMEMBERED = 100_000
BELONGING = frozenset(("التابعه", "التابع", "تابعه", "تابع"))
"""«منطقة مارع التابعة لمدينة أعزاز»."""
_VALLEY = "وادي"
"""«وأدى القصف», "and led", folds to it."""
FILE = files("services.analyze") / "data" / "places_cues.yml"


class Cues:
    """Groups of words, and the kind of place that some announce. What is asked of a word is remembered."""

    def __init__(self, kinds: dict[str, str], sets: dict[str, frozenset[str]]) -> None:
        self.kinds = kinds
        """Word before a name: the kind of place that follows."""
        self.sets = sets
        self._groups: dict[str, frozenset[str]] = {}
        self._forms: dict[str, str | None] = {}

    def has(self, group: str, *forms: str) -> bool:
        """Whether any of the forms of a word stands in the group."""
        return not self.sets[group].isdisjoint(forms)

    def groups(self, token: Token) -> frozenset[str]:
        """The groups that the word or one of its stems stands in."""
        found = self._groups.get(token.folded)
        if found is None:
            forms = (token.folded, *token.stems)
            found = frozenset(group for group, words in self.sets.items() if not words.isdisjoint(forms))
            if len(self._groups) < MAX_REMEMBERED:
                self._groups[token.folded] = found
        return found

    def kind_form(self, token: Token) -> str | None:
        """The form of the word that announces a place, None where none does or where it is definite (القرية)."""
        form = self._kind_of(token)
        return None if form == _VALLEY and "أدى" in token.surface else form

    def _kind_of(self, token: Token) -> str | None:
        word = token.folded
        if word in self._forms:
            return self._forms[word]
        known = word in self.sets["never_names"]  # «كبير» is no «بير»
        form = None if known else next((f for f in (word, *token.stems) if f in self.kinds), None)
        if form is not None and word.removesuffix(form).endswith(("ال", "لل")):
            form = None
        if len(self._forms) < MAX_REMEMBERED:
            self._forms[word] = form
        return form


def _words(value: str) -> list[str]:
    return [fold(word) for word in value.split()]


@lru_cache(maxsize=1)
def load_cues() -> Cues:
    data: dict[str, Any] = yamldata.load(FILE.read_text("utf-8"))
    kinds: dict[str, str] = {}
    for by_kind in data.pop("kinds").values():
        for kind, words in by_kind.items():
            kinds.update(dict.fromkeys(_words(words), kind))
    sets = {group: frozenset(w for text in langs.values() for w in _words(text)) for group, langs in data.items()}
    return Cues(kinds, sets)
