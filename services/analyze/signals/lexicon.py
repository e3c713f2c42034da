"""The lexicon of one language: classes of words, matched over folded tokens in one pass.

`data/<lang>/lexicon.yml` documents its own form. A third language is one more folder.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from services.analyze.signals.language import read_data
from services.analyze.signals.words import fold, variants

_Phrases = dict[int, list[tuple[tuple[int, ...], int]]]
"""First step of a phrase to all its steps and what it belongs to."""
Parts = Sequence[tuple[int, ...]]
"""For each word of a text the parts of phrases that it may be."""
_GAP = ".."
_LONGEST_GAP = 2
_FIRST_WORDS = 4
_START = attrgetter("start")


class Hit(NamedTuple):
    """A class of words found at the tokens from `start` to `end` (exclusive)."""

    concept: str
    start: int
    end: int
    base: str
    """The class itself, whether a word or a phrase of it was found."""


class Hedge(NamedTuple):
    """Words that make what stands behind them absent, feared, planned or past."""

    status: str
    """What is left."""
    within: int
    """Words that may stand between."""
    types: frozenset[str]
    """Of which it may be said; empty where of all."""
    at: Hit


class Crowd(StrEnum):
    """What a word tells of a crowd."""

    COMES_OUT = "comes_out"
    PEOPLE = "people"
    RISES = "rises"
    GATHERINGS = "gatherings"
    BREAKS = "breaks"
    """It begins a clause of its own."""


_CROWDS = tuple(Crowd)


class _Forms:
    """Which keys a word answers to: exact forms, and stars for any ending."""

    def __init__(self) -> None:
        self.exact: dict[str, list[int]] = {}
        self.starred: dict[str, list[int]] = {}
        self._cache: dict[str, tuple[int, ...]] = {}

    def add(self, form: str, key: int) -> None:
        table, form = (self.starred, form[:-1]) if form.endswith("*") else (self.exact, form)
        keys = table.setdefault(fold(form), [])
        if key not in keys:
            keys.append(key)

    def keys(self, word: str) -> tuple[int, ...]:
        known = self._cache.get(word)
        if known is None:
            found: dict[int, None] = {}
            for form in variants(word):
                found.update(dict.fromkeys(self.exact.get(form, ())))
                for cut in range(2, min(len(form), 24) + 1):
                    found.update(dict.fromkeys(self.starred.get(form[:cut], ())))
            known = tuple(found)
            if len(self._cache) < 200_000:
                self._cache[word] = known
        return known


class Lexicon:
    """Concepts of one language. `types` maps a concept to the signal type it speaks for; `cues` speak for a status."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        concepts: Mapping[str, Mapping[str, Any]] = spec["concepts"]
        self.names = tuple(concepts)
        self.types = {name: str(c["type"]) for name, c in concepts.items() if c.get("type")}
        self.cues = frozenset(name for name, c in concepts.items() if c.get("cue"))
        denial: Mapping[str, Sequence[str]] = spec.get("denial", {})
        self._denial_verbs = _Forms()
        for verb in denial.get("verbs", ()):
            self._denial_verbs.add(verb, 0)
        self.denial_breaks = frozenset(fold(w) for w in denial.get("breaks", ()))
        self._words = _Forms()
        self._parts = _Forms()
        self._part_ids: dict[str, int] = {}
        self._phrases: _Phrases = {}
        goes_on: Mapping[str, Sequence[str]] = spec.get("goes_on", {})
        own = [fold(w) for w in goes_on.get("own_w", ())]
        self._own_w = frozenset(w for w in own if not w.endswith("*"))
        self._own_w_beginnings = tuple(w[:-1] for w in own if w.endswith("*"))
        self._going_on: _Phrases = {}
        for phrase in (*goes_on.get("words", ()), *goes_on.get("phrases", ())):
            self._add_phrase(phrase, 0, self._going_on)
        rules: Sequence[Mapping[str, str]] = spec.get("rules", ())
        self._rules = [(rule["type"], rule["status"]) for rule in rules]
        self._rule_phrases: _Phrases = {}
        for index, rule in enumerate(rules):
            self._add_phrase(rule["say"], index, self._rule_phrases)
        self._crowds = _Forms()
        for at, crowd in enumerate(Crowd):
            for word in spec.get("crowds", {}).get(crowd, ()):
                self._crowds.add(word, at)
        self._hedges, self._hedge_phrases = self._listed(spec.get("hedges", ()))
        self._hedged_types = [frozenset(hedge.get("types", ())) for hedge in self._hedges]
        self._conditions: _Phrases = {}
        for index, hedge in enumerate(self._hedges):
            for phrase in hedge.get("where", ()):
                self._add_phrase(str(phrase), index, self._conditions)
        self._figures, self._figure_phrases = self._listed(spec.get("figures", ()))
        for index, concept in enumerate(concepts.values()):
            for word in concept.get("words", ()):
                self._words.add(str(word), index)
            for phrase in concept.get("phrases", ()):
                self._add_phrase(str(phrase), index, self._phrases)

    def _listed(self, entries: Sequence[Mapping[str, Any]]) -> tuple[Sequence[Mapping[str, Any]], _Phrases]:
        """The entries, and a table of what each says that gives its index."""
        table: _Phrases = {}
        for index, entry in enumerate(entries):
            for phrase in entry["say"]:
                self._add_phrase(str(phrase), index, table)
        return entries, table

    def _add_phrase(self, phrase: str, owner: int, table: _Phrases) -> None:
        steps = [-1 if part == _GAP else self._part(part) for part in phrase.replace("-", " ").split()]
        table.setdefault(steps[0], []).append((tuple(steps), owner))

    def _part(self, form: str) -> int:
        part = self._part_ids.setdefault(form, len(self._part_ids))
        self._parts.add(form, part)
        return part

    def parts(self, tokens: Sequence[str]) -> Parts:
        """Which parts of phrases each folded token may be."""
        return list(map(self._parts.keys, tokens))

    def denies(self, word: str) -> bool:
        """Whether the folded word is a verb of denial."""
        return bool(self._denial_verbs.keys(word))

    def goes_on(self, tokens: Sequence[str]) -> bool:
        """Whether a sentence's first words say that it goes on from another one."""
        if tokens and self._has_conjunction(tokens[0]):
            return True
        found = _phrases(self.parts(tokens[:_FIRST_WORDS]), self._going_on)
        return any(start == 0 for _, start, _ in found)

    def _has_conjunction(self, word: str) -> bool:
        own = word in self._own_w or word.startswith(self._own_w_beginnings)
        return word.startswith("و") and len(word) > 2 and not own

    def certain(self, parts: Parts) -> list[tuple[str, str, Hit]]:
        """(type, status, hit) of the rules that overrule the models."""
        return [(*self._rules[at], hit) for at, hit in _named("rule", parts, self._rule_phrases)]

    def hedges(self, parts: Parts) -> list[Hedge]:
        """What makes the words behind it absent, only feared or planned, or past, in the order of the text."""
        found = _named("hedge", parts, self._hedge_phrases)
        said = {at for at, _ in _named("where", parts, self._conditions)} if found else ()
        return [
            Hedge(entry["status"], entry["within"], self._hedged_types[at], hit)
            for at, hit in found
            if "where" not in (entry := self._hedges[at]) or at in said
        ]

    def figures(self, parts: Parts) -> list[tuple[str, Sequence[str], Hit]]:
        """(type not meant, classes that it explains, hit) of accidents and figures of speech."""
        found = _named("figure", parts, self._figure_phrases)
        return [(self._figures[at]["type"], self._figures[at].get("explains", ()), hit) for at, hit in found]

    def crowds(self, token: str) -> frozenset[Crowd]:
        """What a word tells of a crowd."""
        return frozenset(_CROWDS[at] for at in self._crowds.keys(token))

    def hits(self, tokens: Sequence[str], parts: Parts | None = None) -> list[Hit]:
        """All hits in folded tokens, in order of their start; a phrase's is named as its class with a `+`.

        `parts`, where they are known already, are those of the tokens.
        """
        names, classes = self.names, self._words.keys
        words = [Hit(names[c], at, at + 1, names[c]) for at, token in enumerate(tokens) for c in classes(token)]
        found = _phrases(self.parts(tokens) if parts is None else parts, self._phrases)
        phrases = [Hit(names[c] + "+", start, end, names[c]) for c, start, end in found]
        return sorted(words + phrases, key=_START) if phrases else words


def _named(name: str, parts: Parts, table: _Phrases) -> list[tuple[int, Hit]]:
    """(owner, hit) of each phrase of the table."""
    return [(owner, Hit(name, start, end, name)) for owner, start, end in _phrases(parts, table)]


def _phrases(parts: Parts, table: _Phrases) -> list[tuple[int, int, int]]:
    """(what it belongs to, where it begins, where it ends) of each phrase of the table, in order of their beginning."""
    found = []
    for at, keys in enumerate(parts):
        for first in keys:
            for steps, owner in table.get(first, ()):
                end = _follow(steps, 1, parts, at + 1)
                if end:
                    found.append((owner, at, end))
    return found


def _follow(steps: tuple[int, ...], step: int, parts: Parts, at: int) -> int:
    """Where the phrase ends when its steps from `step` on are matched from token `at`, or 0."""
    if step == len(steps):
        return at
    if steps[step] < 0:
        for gap in range(_LONGEST_GAP + 1):
            end = _follow(steps, step + 1, parts, at + gap)
            if end:
                return end
        return 0
    if at < len(parts) and steps[step] in parts[at]:
        return _follow(steps, step + 1, parts, at + 1)
    return 0


@cache
def lexicon(lang: str) -> Lexicon:
    """The lexicon of a language, Arabic where there is none for it."""
    return Lexicon(read_data(lang, "lexicon") or read_data("ar", "lexicon"))
