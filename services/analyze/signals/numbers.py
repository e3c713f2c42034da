"""Numbers in a sentence: digits of any script, number words, scales, ranges; in Arabic and English."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from services.analyze.document import Sentence, Token
from services.analyze.signals.language import FALLBACK, folded_set, found_form, prefix_of, read_data
from services.analyze.text.clitics import stems

LARGEST = 10_000_000
"""Numbers above this are no counts of people in one event."""

_DIGITS = re.compile("[وفبكل]{0,2}(?:ال)?([0-9]{1,8})")
"""Digits, perhaps with Arabic prefixes: لـ12."""

_AND = frozenset(("و", "and"))
"""«13 قتيلا و106», "13 and 106": two numbers, unless "between" stands before."""

_GLUED = re.compile("([\u0621-\u064a]{2,})([0-9]{1,7})|([0-9a-z]{1,})([\u0621-\u064a]{3,})")


class Number(NamedTuple):
    first: int
    """Index of its first token."""
    last: int
    """Index of its last token."""
    low: int
    high: int | None = None
    """Upper bound, where the text gives a range."""
    word: bool = False
    """Written in words, not digits."""


@dataclass(frozen=True, slots=True)
class NumberWords:
    """The number words of one language."""

    values: dict[str, int]
    scales: dict[str, int]
    teen_first: dict[str, int]
    teen_tail: frozenset[str]
    joiner: str
    vague: frozenset[str]
    approx: frozenset[str]
    range_between: frozenset[str]
    range_to: frozenset[str]
    one_before_scale: frozenset[str]
    """Words that make a scale a number: a hundred."""
    not_numbers: frozenset[str]
    """Words that look like number words and are none: الاثنين, Monday."""


@cache
def number_words(language: str) -> NumberWords:
    data = read_data(language, "numbers") or read_data(FALLBACK, "numbers")

    def values(name: str) -> dict[str, int]:
        return {word: int(value) for value, words in data[name].items() for word in folded_set(words)}

    return NumberWords(
        values=values("words"),
        scales=values("scales"),
        teen_first=values("teen_first"),
        teen_tail=folded_set(data["teen_tail"]),
        joiner=data["joiner"],
        **{
            name: folded_set(data[name])
            for name in ("vague", "approx", "range_between", "range_to", "not_numbers", "one_before_scale")
        },
    )


@lru_cache(maxsize=1 << 16)
def _may_begin(language: str, folded: str, stems: tuple[str, ...]) -> bool:
    """Whether a number can begin with the word: most words are asked for nothing more."""
    words = number_words(language)
    known = (words.values, words.teen_first, words.scales)
    return "0" <= folded[-1:] <= "9" or any(form in forms for forms in known for form in (folded, *stems))


class NumberReader:
    """Reads the numbers of one sentence from left to right, in one pass."""

    def __init__(self, sentence: Sentence, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.sentence = sentence
        self.words = number_words(sentence.lang)

    def read(self) -> list[Number]:
        found: list[Number] = []
        position = 0
        while position < len(self.tokens):
            token = self.tokens[position]
            number = self._number(position) if _may_begin(self.sentence.lang, token.folded, token.stems) else None
            if number is None:
                position += 1
                continue
            upper = self._range_end(number)
            found.append(upper or number)
            position = found[-1].last + 1
        return found

    def _number(self, position: int) -> Number | None:
        atom = self._atom(position)
        if atom is None:
            return None
        value, last, is_word = atom
        while last + 1 < len(self.tokens):
            following = self._continuation(last + 1, value, is_word)
            if following is None:
                break
            value, last = following
        return Number(position, last, value, word=is_word) if value <= LARGEST else None

    def _atom(self, position: int) -> tuple[int, int, bool] | None:
        """Value, last token and whether it is a word, of the smallest number that starts here."""
        token = self.tokens[position]
        if token.folded in self.words.not_numbers:
            return None
        digits = self._digits(position)
        if digits is not None:
            value, last = digits
            return self._scaled(value, last, False)
        unit = found_form(token, self.words.teen_first)
        if unit and self._is_teen_tail(position + 1):
            return 10 + self.words.teen_first[unit], position + 1, True
        form = found_form(token, self.words.values)
        if form:
            value = self.words.values[form]
            if 3 <= value <= 9 and self._is_teen_tail(position + 1):
                return 10 + value, position + 1, True
            return self._scaled(value, position, True)
        scale = self.words.scales.get(token.folded)
        if scale and position > 0 and self.tokens[position - 1].folded in self.words.one_before_scale:
            return scale, position, True
        if scale in (1_000, 1_000_000) and self.words.joiner and token.folded not in self.words.vague:
            return scale, position, True
        return None

    def _scaled(self, value: int, last: int, is_word: bool) -> tuple[int, int, bool]:
        if last + 1 < len(self.tokens) and value < 1_000:
            scale = self.words.scales.get(self.tokens[last + 1].folded)
            if scale:
                return value * scale, last + 1, is_word
        return value, last, is_word

    def _is_teen_tail(self, position: int) -> bool:
        return position < len(self.tokens) and self.tokens[position].folded in self.words.teen_tail

    def _digits(self, position: int) -> tuple[int, int] | None:
        """A number in digits, its thousands perhaps set apart: 1,500."""
        folded = self.tokens[position].folded
        match = _DIGITS.fullmatch(folded) if "0" <= folded[-1:] <= "9" else None
        if match is None:
            return None
        stripped, last = match.group(1), position
        while last + 1 < len(self.tokens) and len(stripped) <= 6:
            group = self.tokens[last + 1]
            gap = self._between(last)
            if not (gap in (",", "،", "٬", ".") and group.folded.isdecimal() and len(group.folded) == 3):
                break
            stripped += group.folded
            last += 1
        return int(stripped), last

    def _between(self, index: int) -> str:
        start = self.sentence.start
        return self.sentence.text[self.tokens[index].end - start : self.tokens[index + 1].start - start]

    def _continuation(self, position: int, value: int, is_word: bool) -> tuple[int, int] | None:
        """A following part of the same number: خمسة وعشرون، مئة وعشرين، ألف و500, twenty five."""
        token = self.tokens[position]
        if self.words.joiner:
            if not token.folded.startswith(self.words.joiner) or not (
                is_word or (value >= 1_000 and value % 1_000 == 0)
            ):
                return None
        elif not is_word or token.folded.isdecimal():
            return None
        atom = self._atom(position)
        if atom is None:
            return None
        part, last, part_is_word = atom
        if self.words.joiner:
            form = found_form(token, self.words.values) or ""
            if part_is_word and form and prefix_of(token, form) != self.words.joiner:
                return None
        if value < 10 and 20 <= part < 100 and part % 10 == 0 and self.words.joiner:
            return value + part, last
        if value >= 20 and value % 10 == 0 and part < _lowest_place(value):
            return value + part, last
        return None

    def _range_end(self, low: Number) -> Number | None:
        """`low` and the number after it as one range: بين 10 و15، 10-15, between 10 and 15."""
        position = low.last + 1
        if position >= len(self.tokens):
            return None
        between = low.first > 0 and self.tokens[low.first - 1].folded in self.words.range_between
        dash = self._between(low.last).strip() in ("-", "–", "—")
        if found_form(self.tokens[position], self.words.range_to) == self.tokens[position].folded and not dash:
            if not between and self.tokens[position].folded in _AND:
                return None
            position += 1
        elif not dash and not (between and self.tokens[position].folded.startswith(self.words.joiner or " ")):
            return None
        high = self._number(position) if position < len(self.tokens) else None
        if high is None or high.low <= low.low:
            return None
        return Number(low.first, high.last, low.low, high.low, low.word)


def _lowest_place(value: int) -> int:
    """The place value of the last digit that is not zero: 120 has 10, 2000 has 1000."""
    place = 1
    while value % (place * 10) == 0:
        place *= 10
    return place


def split_glued(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens, with words cut where a writer glued a number to them: قتل7، إصابة54."""
    if not any(map(_GLUED.fullmatch, [token.folded for token in tokens])):
        return tokens
    cut: list[Token] = []
    for token in tokens:
        match = None if _DIGITS.fullmatch(token.folded) else _GLUED.fullmatch(token.folded)
        first, second = (match.group(1) or match.group(3), match.group(2) or match.group(4)) if match else ("", "")
        # The surface may hold marks that folding removes: the cut is put where its own letters change script.
        at = next((i for i, char in enumerate(token.surface) if i and _script(char) != _script(token.surface[0])), 0)
        if not match or not at:
            cut.append(token)
            continue
        middle = token.start + at
        cut.append(Token(token.start, middle, token.surface[:at], first, stems(first)))
        cut.append(Token(middle, token.end, token.surface[at:], second, stems(second)))
    return cut


def _script(char: str) -> str:
    return "ar" if "\u0600" <= char <= "\u06ff" and not char.isdecimal() else "other"


def read_numbers(sentence: Sentence, tokens: Sequence[Token] | None = None) -> list[Number]:
    """The numbers of a sentence in order, not overlapping; positions are indexes into `tokens`, else its own."""
    return NumberReader(sentence, sentence.tokens if tokens is None else tokens).read()
