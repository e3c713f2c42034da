"""Text of mixed direction that reads right in any order, and that no article can make read wrong."""

import re
import unicodedata
from collections.abc import Iterable

FSI, PDI = "\u2068", "\u2069"

_VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u200c\u200d")
"""Format characters that writing needs: Arabic number signs, and the joiners that shape words."""


def clean(text: str) -> str:
    """One line without control characters: neither bidi overrides nor terminal escapes get through."""
    return " ".join("".join(_harmless(c) for c in text).split())


def _harmless(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    if category in {"Cf", "Cs"} and char not in _VISIBLE_FORMATS:
        return ""
    return char


def isolate(text: str) -> str:
    """Cleaned text that keeps its own direction and does not turn that of its neighbours (Unicode UAX 9, FSI … PDI)."""
    cleaned = clean(text)
    return f"{FSI}{cleaned}{PDI}" if cleaned else ""


_LINK = re.compile(r"(?:https?://|www\.|pic\.(?:twitter|x)\.com/)[^\s\u0600-\u06ff]+")
"""«تم اعتقالهpic.twitter.com/…»: nobody reads an address in a quote."""
_PAUSES = "،؛.,;"


def shorten(text: str, limit: int) -> str:
    """Cleaned text of at most `limit` characters, cut between words where possible."""
    cleaned = clean(text)
    if len(cleaned) <= limit:
        return cleaned
    head = cleaned[: limit - 1]
    return (head.rsplit(" ", 1)[0] if " " in head[limit // 2 :] else head) + "…"


def excerpt(text: str, limit: int, about: Iterable[str]) -> str:
    """As `shorten`, without links, but around the first of `about` where a long text names none of them so early."""
    cleaned = clean(_LINK.sub(" ", text))
    head = shorten(cleaned, limit)
    if head == cleaned or any(clean(name) in head for name in about):
        return head
    first = min((at for name in about if (at := cleaned.find(clean(name))) >= 0), default=-1)
    if first < 0:
        return head
    before = cleaned[first - limit // 2 : first]
    stop = max(before.rfind(mark) for mark in _PAUSES)
    start = first - len(before) + (stop + 1 if stop >= 0 else before.find(" ") + 1)
    return "…" + shorten(cleaned[start:].lstrip(), limit - 1)
