"""Which words of a sentence say a signal: the clause around the hit that speaks loudest for its type."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from services.analyze.document import Sentence
from services.analyze.signals.lexicon import Hit, lexicon
from services.analyze.text.dateline import dateline_end

_CLAUSE = re.compile(r"[،,؛;:]\s|\s[-–—]\s|\.\.+|[\n\r]")
_DAY = (
    r"اليوم|أمس|الأحد|الاثنين|الإثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت|صباحاً?|فجراً?|مساءً?|ظهراً?"
    r"|today|yesterday|(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day"
)
_BEHIND_DAY = re.compile(rf"(?<!\w)(?:{_DAY})$")
_DAY_AHEAD = re.compile(rf"(?:{_DAY}|يوم|صباح|فجر|ليل|ليلة|عصر|ظهر|مساء)(?!\w)")
_SHORTEST = 25
"""Shorter clauses, in characters, are read on into the next: a quote should be understood alone."""


class Span(NamedTuple):
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
    begins = dateline_end(sentence) - sentence.start
    for match in _CLAUSE.finditer(sentence.text):
        if match.end() < begins or _is_around_day(sentence.text, match):
            continue
        left, right = sentence.start + match.start(), sentence.start + match.end()
        if right <= around.start and around.end - right >= _SHORTEST:
            start = right
        elif left >= around.end and left - start >= _SHORTEST:
            end = left
            break
    return _trimmed(sentence, start, end)


def _is_around_day(text: str, mark: re.Match[str]) -> bool:
    """«استهدفت الفصائل، مساء الإثنين، مواقع»: the day between two commas begins no clause and ends none."""
    if mark.group()[0] not in "،,":
        return False
    return _DAY_AHEAD.match(text, mark.end()) is not None or (
        _BEHIND_DAY.search(text[max(0, mark.start() - 12) : mark.start()]) is not None
    )


def _trimmed(sentence: Sentence, start: int, end: int) -> Span:
    piece = sentence.text[start - sentence.start : end - sentence.start]
    start += len(piece) - len(piece.lstrip())
    return Span(start, max(start, end - (len(piece) - len(piece.rstrip()))))
