"""The words of a language, from its data file, and numbers counted by its own plural rules (CLDR through Babel)."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from babel import Locale

from schemas.incident import Range


class Words:
    """`data/<language>.yml`: adding a language is adding a file."""

    def __init__(self, table: dict[str, Any]) -> None:
        self._table = table
        self.plural_form = Locale.parse(table["language"]).plural_form

    def __call__(self, *keys: str) -> str:
        """The word under these keys; the last key itself where the file has none, so that nothing new is hidden."""
        return self._find(keys) or keys[-1].replace("_", " ")

    def knows(self, *keys: str) -> bool:
        return self._find(keys) is not None

    def _find(self, keys: tuple[str, ...]) -> str | None:
        value: Any = self._table
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value if isinstance(value, str) else None

    def count(self, noun: str, n: int) -> str:
        forms = self._table[noun]
        return str(forms.get(self.plural_form(n)) or forms["other"]).format(n=n)

    def span(self, noun: str, figures: Range) -> str:
        """A range counted: the noun agrees with the figure next to it, which a dual leaves out («قتيل أو قتيلان»)."""
        low, high = self.count(noun, figures.low), self.count(noun, figures.high)
        if figures.low >= figures.high:
            return high
        if figures.low == 0:
            return self("at_most").format(counted=high)
        if str(figures.high) not in high:
            return self("either").format(low=low.split()[0], counted=high)
        return self("from_to").format(low=figures.low, counted=high)

    def actor(self, actor_id: str) -> str:
        """What readers call an actor; its id where nobody has said."""
        return _actors().get(actor_id, {}).get(self._table["language"]) or actor_id

    def join(self, parts: list[str]) -> str:
        return self._table["comma"].join(parts)


@cache
def _actors() -> dict[str, dict[str, str]]:
    text = files("services.notify").joinpath("data/actors.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


@cache
def words(language: str) -> Words:
    text = files("services.notify").joinpath(f"data/{language}.yml").read_text(encoding="utf-8")
    return Words(yaml.safe_load(text))
