"""Features of a sentence for the linear models: a set of names, made the same way in training and at run time.

A sentence is read beside its article's title and the end of the sentence before it. The first sign of a name is its
namespace, so that each may have its own weight in training:

    w b g   words of the text (light stems), pairs of neighbours, character 3- to 5-grams
    k p     classes of the lexicon, ordered pairs of classes that stand close together
    f n     around a hit that speaks for a type: its very form; stems and classes within three words, by side
    s       shape: beginning, length, punctuation, quotation, years against the publication year, likeness to the title
    W B K   words, pairs and classes of the title
    x y z   the same of the context
    m       of a sentence that stands alone: a crowd that comes out

Nothing here depends on the source, on an id, or on what the labels are.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from services.analyze.signals.crowds import crowd_names
from services.analyze.signals.lexicon import Hit, Lexicon, Parts, lexicon
from services.analyze.signals.words import stem

CONTEXT_CHARS = 220
"""How much of the sentence before is read."""
_PAIR_SPAN = 5
_REACH = 3
_QUOTED = re.compile(r'["“«][^"”»]{0,400}["”»]')
_ENDS = (".", "!", "؟", "?", "…", '"', "”", "»")


class Unit(NamedTuple):
    """What is coded at once: the folded words of a sentence, of the title and of what came before."""

    lang: str
    text: str
    words: tuple[str, ...]
    title: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    context_ends: bool = True
    """The context ends as a sentence does."""
    year: int | None = None
    """Of publication."""
    title_text: str = ""
    context_text: str = ""
    """Title and what came before as they were written."""

    @property
    def alone(self) -> bool:
        """A sentence of which nothing is known: no title, nothing before it, no date."""
        return not self.title and not self.context and self.year is None


@dataclass(slots=True)
class Reading:
    """A unit with its lexicon hits and the names of its features."""

    unit: Unit
    stems: list[str]
    parts: Parts
    """Of phrases, for the lexicon's rules."""
    hits: list[Hit]
    told: list[list[str]]
    """Of each word its stem, and its classes behind a slash."""
    other_names: set[str]
    """All but those that single words of the text give, which are looked up by word."""

    def names(self) -> set[str]:
        return self.other_names.union(*(word_names(word) for word in self.unit.words))


@lru_cache(maxsize=1 << 16)
def word_names(word: str) -> tuple[str, ...]:
    """Names that a word of the text gives by itself: its stem and the character 3- to 5-grams of `<word>`."""
    padded = f"<{word[:24]}>"
    grams = tuple(f"g{padded[i : i + n]}" for n in (3, 4, 5) for i in range(len(padded) - n + 1))
    return (f"w{stem(word)}", *grams)


def read(unit: Unit) -> Reading:
    """Find the lexicon's classes in the unit and name its features."""
    words = lexicon(unit.lang)
    stems = list(map(stem, unit.words))
    parts, hits = _found(unit.words, words)
    told = _told(stems, hits)
    names = {f"b{a} {b}" for a, b in pairwise(stems)}
    names.update([f"b{a} _ {b}" for a, b in zip(stems, stems[2:], strict=False)])
    names.update(["k" + h.concept for h in hits])
    names.update(_pairs(hits))
    for hit in hits:
        type_ = words.types.get(hit.base)
        if type_:
            names.add(f"f{type_}={' '.join(stems[hit.start : hit.end])}")
            names.update(_around(f"n{type_}", told, hit, _REACH))
    names.update(_shape(unit, stems))
    names.update(_beside(unit.title, words, "WBK"))
    names.update(_beside(unit.context, words, "xyz"))
    if unit.alone:
        names.update(crowd_names(unit.words, words))
    return Reading(unit, stems, parts, hits, told, names)


@lru_cache(maxsize=256)
def _found(tokens: tuple[str, ...], words: Lexicon) -> tuple[Parts, list[Hit]]:
    """Parts of phrases and hits. Cached: a sentence is the context of the next one."""
    parts = words.parts(tokens)
    return parts, words.hits(tokens, parts)


@lru_cache(maxsize=256)
def _beside(tokens: tuple[str, ...], words: Lexicon, spaces: str) -> frozenset[str]:
    """Names of the title or the context. Cached: sentences of one article share their title."""
    word, pair, concept = tuple(spaces)
    stems = [stem(w) for w in tokens]
    names = {word + s for s in stems}
    names.update([f"{pair}{a} {b}" for a, b in pairwise(stems)])
    names.update([concept + h.concept for h in _found(tokens, words)[1]])
    return frozenset(names)


def _pairs(hits: Sequence[Hit]) -> list[str]:
    names = []
    for at, (first, _, end, _) in enumerate(hits, 1):
        for second, start, _, _ in hits[at:]:
            if start - end > _PAIR_SPAN:
                break
            if start >= end and first != second:
                names.append(f"p{first}>{second}")
    return names


def _told(stems: Sequence[str], hits: Sequence[Hit]) -> list[list[str]]:
    told = [[stem] for stem in stems]
    for hit in hits:
        for at in range(hit.start, hit.end):
            told[at].append("/" + hit.concept)
    return told


def _around(space: str, told: Sequence[list[str]], hit: Hit, reach: int) -> list[str]:
    """Names in a namespace of what stands within reach of a hit, by side."""
    before, after = space + "<", space + ">"
    names = [before + what for words in told[max(0, hit.start - reach) : hit.start] for what in words]
    return names + [after + what for words in told[hit.end : hit.end + reach] for what in words]


def _shape(unit: Unit, stems: Sequence[str]) -> Iterator[str]:
    text = unit.text.strip()
    yield from (f"s^{s}" for s in stems[:2])
    yield f"slen{min(len(stems) // 5, 9)}"
    ended = text.endswith(_ENDS)
    if not ended:
        yield "sopen"
    yield f"send{text[-1:]}" if ended else "send"
    quoted = sum(m.end() - m.start() for m in _QUOTED.finditer(text))
    yield f"squote{4 * quoted // max(1, len(text))}"
    if unit.year:
        years = [int(w) for w in unit.words if len(w) == 4 and w[:2] in ("19", "20") and w.isdigit()]
        yield from (f"syear{_age(unit.year - year)}" for year in years)
    title = set(unit.title)
    shared = 4 * len(title & set(unit.words)) // len(title) if title else -1
    before = "none" if not unit.context else "ended" if unit.context_ends else "open"
    yield f"stitle{shared}"
    yield f"sbefore {before}"
    yield f"spage {before} {ended} {shared}"
    if not stems or not any(c.isalpha() for c in text):
        yield "sempty"


def _age(years: int) -> str:
    return "future" if years < 0 else str(years) if years < 3 else "old"


def status_names(reading: Reading, type_: str) -> set[str]:
    """Names for the status of one type in a sentence: what stands around its hits, and the type with each cue."""
    words = lexicon(reading.unit.lang)
    names = {f"t{type_}"}
    for hit in reading.hits:
        if words.types.get(hit.base) == type_:
            names.add(f"h{' '.join(reading.stems[hit.start : hit.end])}")
            names.update(_around("n2", reading.told, hit, 2), _around("n6", reading.told, hit, 6))
        elif hit.base in words.cues:
            names.add(f"c{type_} {hit.base}")
    return names
