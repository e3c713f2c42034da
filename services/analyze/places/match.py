"""All names of an article in one pass: Aho-Corasick over its folded words, at word boundaries."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import ahocorasick_rs

from services.analyze.document import Document, Sentence, Token
from services.analyze.text.clitics import BARE, DEFINITE

MAX_NAMES_IN_SENTENCE = 60
"""More names than that are a list or an attack, not prose: the rest of the sentence is not read for places."""

_GLUE = frozenset(" -‐‑–_#ـ\u00a0\u200b\u200c\u200e\u200f\t")


class Reading:
    """The words of a document in one line: context first, then title and text, with each word's sentence."""

    __slots__ = ("first", "glued", "hay", "sentence_of", "sentences", "starts", "words")

    def __init__(self, document: Document, singular: frozenset[str] | set[str] = frozenset()) -> None:
        self.sentences: list[Sentence] = [*document.context_sentences, *document.sentences]
        self.words: list[Token] = []
        self.sentence_of: list[int] = []
        self.first: list[int] = []
        self.glued: list[bool] = []
        """Whether nothing but a space or hyphen stands between a word and the next."""
        self.starts: list[int] = []
        pieces: list[str] = []
        size = 0
        for number, sentence in enumerate(self.sentences):
            self.first.append(len(self.words))
            tokens = sentence.tokens
            base, text, last = sentence.start, sentence.text, len(tokens) - 1
            for i, token in enumerate(tokens):
                word = token.folded
                if word[-1] == "s" and word not in singular and word[:-1] in singular:
                    word = word[:-1]
                glued = False
                if i < last:
                    gap = text[token.end - base : tokens[i + 1].start - base]
                    glued = gap == " " or _GLUE.issuperset(gap)
                piece = word + " " if glued else word + " \t"
                self.starts.append(size)
                size += len(piece)
                pieces.append(piece)
                self.words.append(token)
                self.sentence_of.append(number)
                self.glued.append(glued)
        self.first.append(len(self.words))
        self.hay = "".join(pieces)

    def bounds(self, word: int) -> tuple[int, int]:
        """First word of this word's sentence, and one past its last."""
        number = self.sentence_of[word]
        return self.first[number], self.first[number + 1]

    def word_at(self, offset: int) -> int:
        """The word that stands at an offset of `hay`, the blank behind it included."""
        return bisect_right(self.starts, offset) - 1

    def gap(self, word: int) -> str:
        """What the sentence has between a word and the next of it, white space and marks."""
        return self.sentences[self.sentence_of[word]].between(self.words[word], self.words[word + 1])


@dataclass(slots=True)
class Hit:
    """A known name in the text. Words are positions in the reading, last one inclusive."""

    first: int
    last: int
    prefix: str
    """Letters of the first word before the name's key, the article included."""
    key: str
    definite: bool
    entries: list[int] = field(default_factory=list)
    """Gazetteer places by that name."""
    exact: bool = True
    """The article stands in the text as in the gazetteer, for one place at least."""
    watches: tuple[int, ...] = ()
    doubtful: bool = False
    """An ordinary word too: only a cue, here or elsewhere in the article, makes it a place."""
    likely: bool = False
    """Doubtful, but the words around it and the country that the article speaks of may make it a place."""
    landmark: bool = False
    """Named only as a watch's landmark."""

    @property
    def words(self) -> range:
        return range(self.first, self.last + 1)


class Matcher:
    """Finds a fixed set of keys. Building it costs about 4 µs a key."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = list(keys)
        self.singular = {k for k in self.keys if " " not in k and k[-1] < "\u0250"}
        # The blank after each key is the word boundary; most substrings never come out of the automaton.
        self._automaton = ahocorasick_rs.AhoCorasick(
            [key + " " for key in self.keys], implementation=ahocorasick_rs.Implementation.ContiguousNFA
        )

    def find(self, reading: Reading) -> list[tuple[int, int, str, str]]:
        """(first word, last word, prefix, key) of every name at word boundaries, overlapping ones among them."""
        found = []
        for pattern, start, end in self._automaton.find_matches_as_indexes(reading.hay, overlapping=True):
            first = reading.word_at(start)
            prefix = reading.hay[reading.starts[first] : start]
            if prefix and prefix not in BARE and prefix not in DEFINITE:
                continue
            key = self.keys[pattern]
            if prefix and not "\u0621" <= key[0] <= "\u064a":
                continue
            found.append((first, reading.word_at(end - 1), prefix, key))
        return found


def longest(hits: Sequence[Hit]) -> list[Hit]:
    """Names that do not overlap: the earlier first, then the longer, then the one with less cut off."""
    kept: list[Hit] = []
    done = -1
    for hit in sorted(hits, key=lambda h: (h.first, -h.last, len(h.prefix))):
        if hit.first > done:
            kept.append(hit)
            done = hit.last
    return kept
