"""Language of a sentence: by script, then by the commonest words. Enough to tell which reader to use."""

import re
from collections.abc import Sequence

from services.analyze.document import Token
from services.analyze.text.fold import fold_text

_WORD = re.compile(r"\w+")
_ARABIC_LETTER, _LATIN_LETTER = re.compile("[\u0600-\u06ff]"), re.compile("[\0-\u024f]")
_NOT_ARABIC = re.compile("[پچژگٹڈڑںے]")
_PERSIAN = frozenset("كه است را این های می شد شده برای بود آن در از دی ده هم".split())
_ARABIC = frozenset("في من علي الي عن ان التي الذي بعد قبل بين مع هذا هذه قال كما ما لا لم قد".split())
_ENGLISH = frozenset(
    "the of in and to a on by for with from at is was were has have had that as an it near after its said "
    "be are this but not who which over more than he she they their".split()
)
_OTHER_LATIN = frozenset(
    "der die das und von den mit ist ein eine im dem le la les des du et une dans est pour sur au aux el los las "
    "del por con una en que ve bir bu da de ile icin il gli di che per della nel li ji ku bi u je na da se".split()
)


def _latin(words: Sequence[str], hint: str | None) -> str:
    english = sum(word in _ENGLISH for word in words)
    other = sum(word in _OTHER_LATIN for word in words)
    if english != other:
        return "en" if english > other else "other"
    return "other" if hint == "other" else "en"


def _arabic_script(words: Sequence[str], text: str) -> str:
    """Persian, Urdu and Kurdish share the script; they show by letters of their own and by their small words."""
    foreign = len(_NOT_ARABIC.findall(text)) + 2 * sum(map(_PERSIAN.__contains__, words))
    if foreign < 3:
        return "ar"
    arabic = sum(word in _ARABIC or word.startswith("ال") for word in words)
    return "ar" if 2 * arabic >= foreign else "other"


def language_at_a_glance(text: str, hint: str | None = None) -> str:
    """As `language_of`, of a text that nobody cuts into tokens."""
    return _language([word for word in _WORD.findall(fold_text(text).text) if not word[0].isdigit()], text, hint)


def language_of(tokens: Sequence[Token], text: str, hint: str | None = None) -> str:
    """`ar`, `en` or `other`; the hint decides where there is no word or no sign."""
    return _language([t.folded for t in tokens if not t.folded[0].isdigit()], text, hint)


def _language(words: Sequence[str], text: str, hint: str | None) -> str:
    if not words:
        return hint if hint in ("ar", "en") else "other"
    first = "".join([word[0] for word in words])
    arabic, latin = len(_ARABIC_LETTER.findall(first)), len(_LATIN_LETTER.findall(first))
    if arabic >= latin and arabic:
        return _arabic_script(words, text)
    if latin:
        return _latin(words, hint)
    return "other"
