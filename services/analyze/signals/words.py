"""Word forms: folding for matching, loose prefix stripping and light stems, all cached by form.

The classes of words and the weights are bound to this folding, so it is kept apart from the reader's: the reader may
learn a new spelling trick without a retraining, since folding a folded form changes nothing.
"""

import re
from functools import lru_cache

_FOLD = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"), "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ک": "ك", "ی": "ي", "ـ": None, "ء": None,
        **{chr(c): None for c in (*range(0x0610, 0x061B), *range(0x064B, 0x0660), 0x0670, *range(0x06D6, 0x06EE))},
        **{chr(c): None for c in (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)},
        **{chr(0x0660 + n): str(n) for n in range(10)}, **{chr(0x06F0 + n): str(n) for n in range(10)},
    }
)  # fmt: skip
_PREFIX = re.compile(r"^(?:[وف])?(?:(?:[بك]?ال)|(?:لل)|[بكلس])?")
_SUFFIXES = (
    "تهما",
    "اتها",
    "اتهم",
    "تها",
    "ته",
    "تهم",
    "هما",
    "ات",
    "ان",
    "ين",
    "ون",
    "وا",
    "ها",
    "هم",
    "نا",
    "يه",
    "ه",
    "ي",
    "ا",
    "ت",
)
_LONGEST = 40
_NEGATIONS = ("لم", "لن", "لا")
"""Words of two letters that an attached و or ف does not hide."""


def fold(text: str) -> str:
    """Letters folded, marks and tatweel gone, digits Western, lower case."""
    return text.translate(_FOLD).lower()


@lru_cache(maxsize=1 << 16)
def fold_word(word: str) -> str:
    """`fold`, remembered by word."""
    return fold(word)


@lru_cache(maxsize=100_000)
def variants(word: str) -> tuple[str, ...]:
    """The folded word and what is left when attached و ف ب ك ل س ال are taken off, at least two letters each."""
    found = [word]
    rest = [word]
    if (len(word) > 3 or word[1:] in _NEGATIONS) and word[0] in "وف":
        rest.append(word[1:])
    for form in rest:
        found.append(form)
        for prefix in ("بال", "كال", "ال", "لل", "ب", "ك", "ل", "س"):
            if form.startswith(prefix) and len(form) - len(prefix) >= 2:
                found.append(form[len(prefix) :])
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """A light stem: prefixes and one suffix off, three letters kept; English words lose plural and tense endings."""
    if not word or word[0].isdigit():
        return "#1" if word == "1" else "#n" if len(word) < 4 else "#y" if len(word) == 4 else "#m"
    if word.isascii():
        return _english(word[:_LONGEST])
    word = word[:_LONGEST]
    match = _PREFIX.match(word)
    if match and match.end() and len(word) - match.end() >= 3:
        word = word[match.end() :]
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word


def _english(word: str) -> str:
    for suffix, keep in (("ing", 3), ("ies", 2), ("ied", 2), ("ed", 3), ("es", 3), ("s", 3)):
        if word.endswith(suffix) and len(word) - len(suffix) >= keep:
            return word[: -len(suffix)]
    return word
