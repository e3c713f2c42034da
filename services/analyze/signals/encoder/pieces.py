"""Words cut into the pieces that an encoder knows, in the way of the model that it was made from.

`Pieces`: the likeliest segmentation under a unigram model (Kudo 2018, "Subword Regularization"), word by word; `▁`
stands for the space before a word. `WordPieces`: from left to right the longest piece each time (Schuster and Nakajima
2012, as in BERT), of small letters without accents; `##` stands before what continues a word. The vocabulary file holds
one piece a line in the order of the encoder's rows, for `Pieces` with its log probability behind a tab.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

START, PAD, END, UNKNOWN = 0, 1, 2, 3
_SPACE = "▁"
_MARKS = re.compile("[\u0640\u064b-\u0652\u0670\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_WORD_OR_SIGN = re.compile(r"[^\W_]+|[^\w\s]|_")
_LONGEST_WORD = 60
_UNKNOWN_COST = 10.0
"""Added to the least log probability of a piece: an unknown sign costs more than any known one."""


class Vocabulary(Protocol):
    def encode(self, text: str) -> list[int]:
        """Rows of the pieces of a text, without start and end."""
        ...


def load_pieces(path: Path) -> Vocabulary:
    """The vocabulary of a file, of the kind that its form says."""
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line]
    if "\t" not in lines[0]:
        return WordPieces(lines)
    return Pieces([(piece, float(score)) for piece, score in (line.split("\t") for line in lines)])


class Pieces:
    """Pieces with their log probabilities."""

    def __init__(self, pieces: Sequence[tuple[str, float]]) -> None:
        self._row = {piece: row for row, (piece, _) in enumerate(pieces) if row > UNKNOWN}
        self._cost = [-score for _, score in pieces]
        self._longest = max(map(len, self._row))
        self._unknown = max(self._cost[UNKNOWN + 1 :]) + _UNKNOWN_COST
        self._of_word = lru_cache(maxsize=1 << 16)(self._segment)

    def encode(self, text: str) -> list[int]:
        return [row for word in cleaned(text).split() for row in self._of_word(word[:_LONGEST_WORD])]

    def _segment(self, word: str) -> tuple[int, ...]:
        """Viterbi: for each end the cheapest way to get there, and the piece that led to it."""
        signs = _SPACE + word
        cost = [0.0] + [math.inf] * len(signs)
        came: list[tuple[int, int]] = [(0, UNKNOWN)] * (len(signs) + 1)
        for start in range(len(signs)):
            if cost[start] + self._unknown < cost[start + 1]:
                cost[start + 1], came[start + 1] = cost[start] + self._unknown, (start, UNKNOWN)
            for end in range(start + 1, min(len(signs), start + self._longest) + 1):
                row = self._row.get(signs[start:end])
                if row is not None and cost[start] + self._cost[row] < cost[end]:
                    cost[end], came[end] = cost[start] + self._cost[row], (start, row)
        rows: list[int] = []
        at = len(signs)
        while at:
            at, row = came[at]
            rows.append(row)
        return tuple(reversed(rows))


class WordPieces:
    """Pieces of which the longest counts."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._row = {piece: row for row, piece in enumerate(pieces) if row > UNKNOWN}
        self._of_word = lru_cache(maxsize=1 << 16)(self._cut)

    def encode(self, text: str) -> list[int]:
        words = _WORD_OR_SIGN.findall(_without_accents(cleaned(text).lower()))
        return [row for word in words for row in self._of_word(word[:_LONGEST_WORD])]

    def _cut(self, word: str) -> tuple[int, ...]:
        """A word that has a part without a piece is unknown as a whole."""
        rows: list[int] = []
        start = 0
        while start < len(word):
            before = "##" if start else ""
            ends = (end for end in range(len(word), start, -1) if before + word[start:end] in self._row)
            end = next(ends, None)
            if end is None:
                return (UNKNOWN,)
            rows.append(self._row[before + word[start:end]])
            start = end
        return tuple(rows)


def _without_accents(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if unicodedata.category(sign) != "Mn")


def cleaned(text: str) -> str:
    """Compatibility forms composed; vowel marks, tatweel and direction marks gone; single spaces."""
    return " ".join(_MARKS.sub("", unicodedata.normalize("NFKC", text)).split())
