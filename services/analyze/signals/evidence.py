"""Which words of a sentence say a signal: the clause around the hit that speaks loudest for its type."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.analyze.document import Sentence
from services.analyze.signals.lexicon import Hit, lexicon

_CLAUSE = re.compile(r"[،,؛;:]\s|\s[-–—]\s|\.\.+|[\n\r]")
_SHORTEST = 25
"""Shorter clauses, in characters, are read on into the next: a quote should be understood alone."""


@dataclass(frozen=True, slots=True)
class Span:
    """Offsets in the sentence's field, end exclusive."""

    start: int
    end: int


def trigger(sentence: Sentence, hits: Sequence[Hit], type_: str) -> Span | None:
    """The longest phrase, else the first word, that speaks for the type."""
    types = lexicon(sentence.lang).types
    own = [h for h in hits if types.get(h.base) == type_ and h.end <= len(sentence.tokens)]
    if not own:
        return None
    best = max(own, key=lambda h: (h.end - h.start, -h.start))
    return span_of(sentence, best)


def span_of(sentence: Sentence, hit: Hit) -> Span:
    return Span(sentence.tokens[hit.start].start, sentence.tokens[hit.end - 1].end)


def clause(sentence: Sentence, around: Span | None) -> Span:
    """The clause that holds `around`, without blanks at its ends; the whole sentence where nothing is given."""
    if around is None:
        return Span(sentence.start, sentence.end)
    start, end = sentence.start, sentence.end
    for match in _CLAUSE.finditer(sentence.text):
        left, right = sentence.start + match.start(), sentence.start + match.end()
        if right <= around.start and around.end - right >= _SHORTEST:
            start = right
        elif left >= around.end and left - start >= _SHORTEST:
            end = left
            break
    return _trimmed(sentence, start, end)


def _trimmed(sentence: Sentence, start: int, end: int) -> Span:
    piece = sentence.text[start - sentence.start : end - sentence.start]
    start += len(piece) - len(piece.lstrip())
    return Span(start, max(start, end - (len(piece) - len(piece.rstrip()))))
