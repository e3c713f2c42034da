"""Word lists by language: data/<language>/<name>.yml, folded when read; a third language is a folder."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from services.analyze import yamldata
from services.analyze.document import Token
from services.analyze.text.fold import fold

FALLBACK = "en"


@cache
def read_data(language: str, name: str) -> dict[str, Any]:
    """The file `name`.yml of `language`; empty where that language has none."""
    file = files("services.analyze") / "data" / language / f"{name}.yml"
    if not file.is_file():
        return {}
    return yamldata.load(file.read_text("utf-8")) or {}


def folded_set(words: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(str(word)) for word in words)


def found_form(token: Token, words: dict[str, Any] | frozenset[str]) -> str | None:
    """The form under which `words` knows the token: whole, else without prefixes, longest first."""
    if token.folded in words:
        return token.folded
    for stem in token.stems:
        if stem in words:
            return stem
    return None


def prefix_of(token: Token, form: str) -> str:
    """What was taken off the token to reach `form`: the conjunction, preposition or article."""
    return token.folded[: len(token.folded) - len(form)] if token.folded.endswith(form) else ""
