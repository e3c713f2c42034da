"""Words cut into the pieces that the encoder knows.

The likeliest segmentation under a unigram model (Kudo 2018, "Subword Regularization"), word by word. The vocabulary
file holds one piece a line, `<piece>\t<log probability>`, in the order of the encoder's rows; `▁` stands for the space
before a word.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

START, PAD, END, UNKNOWN = 0, 1, 2, 3
_SPACE = "▁"
_MARKS = re.compile("[\u0640\u064b-\u0652\u0670\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LONGEST_WORD = 60
_UNKNOWN_COST = 10.0
"""Added to the least log probability of a piece: an unknown sign costs more than any known one."""


class Pieces:
    """A vocabulary. `encode` gives row numbers of the encoder's table."""

    def __init__(self, pieces: Sequence[tuple[str, float]]) -> None:
        self._row = {piece: row for row, (piece, _) in enumerate(pieces) if row > UNKNOWN}
        self._cost = [-score for _, score in pieces]
        self._longest = max(map(len, self._row))
        self._unknown = max(self._cost[UNKNOWN + 1 :]) + _UNKNOWN_COST
        self._of_word = lru_cache(maxsize=1 << 16)(self._segment)

    @classmethod
    def load(cls, path: Path) -> "Pieces":
        lines = path.read_text(encoding="utf-8").split("\n")
        return cls([(piece, float(score)) for piece, score in (line.split("\t") for line in lines if line)])

    def encode(self, text: str) -> list[int]:
        """Rows of the pieces of a text, without start and end."""
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


def cleaned(text: str) -> str:
    """Compatibility forms composed; vowel marks, tatweel and direction marks gone; single spaces."""
    return " ".join(_MARKS.sub("", unicodedata.normalize("NFKC", text)).split())
