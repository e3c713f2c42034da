"""Actors: who acts, and who is acted upon, by the dictionary in data/actors.yml."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import dropwhile, pairwise
from typing import Literal

from services.analyze import yamldata
from services.analyze.document import ActorMention, Document, Sentence, Token
from services.analyze.places.clauses import clause_starts
from services.analyze.signals.casualty_words import casualty_words
from services.analyze.signals.language import FALLBACK, folded_set, found_form, read_data
from services.analyze.text.dateline import dateline_end
from services.analyze.text.fold import fold

REACH = 4
"""How many words before an actor may say that it is acted upon."""
_ABBREVIATED = 3
"""Letters of an abbreviation in Latin script at most."""
ALIGNED = 3
"""How many words before a state may say whose ally or neighbour is meant."""
SUBJECT = 6
"""How many words before a verb its subject may end."""
_NISBA = re.compile("(?:ال)?\\w{2,}(?:ي|يه)")
_DEFINITE = re.compile("[وفبك]{0,2}(?:ال|لل)")
_NAME = 6
"""Words of a coalition's name before whom it fights at most."""
_AROUND_SHORT = " \"'“”«»()"
_TAGS = 3
"""Hashtags in a row that are no part of the sentence."""
LIFE = 8
"""How many words before an actor may say that somebody belonged to it once."""


@dataclass(frozen=True, slots=True)
class ActorEntry:
    actor_id: str
    side: str
    kind: str
    name_ar: str
    name_en: str
    not_after: frozenset[str] = frozenset()
    """Words behind which its name is another word."""
    says: frozenset[str] = frozenset()
    """Words of which the article says one where this actor is meant; empty where any does."""
    then: str = ""
    """Who is meant else."""
    only_with: frozenset[str] = frozenset()
    """Words of which the article says one where that other one is meant; empty where any does."""


Alias = tuple[tuple[str, ...], ActorEntry]


@cache
def actor_entries() -> dict[str, ActorEntry]:
    """The dictionary by actor id."""
    return {
        key: ActorEntry(
            key,
            entry["side"],
            entry["kind"],
            entry["name"]["ar"],
            entry["name"]["en"],
            folded_set(entry.get("not_after", ())),
            folded_set(entry.get("unless", {}).get("says", ())),
            entry.get("unless", {}).get("then", ""),
            folded_set(entry.get("unless", {}).get("with", ())),
        )
        for key, entry in _data().items()
    }


@cache
def camp_of(side: str) -> str:
    """The camp that a side belongs to, by itself where the dictionary names none."""
    return next((camp for camp, sides in camps().items() if side in sides), side)


def camps() -> dict[str, list[str]]:
    """Sides that fight beside one another, by camp."""
    return _read()["camps"]


def _data() -> dict[str, dict]:
    return _read()["actors"]


@cache
def _read() -> dict[str, dict]:
    return yamldata.shipped("actors.yml")


@cache
def _aliases() -> dict[str, list[Alias]]:
    """First word of an alias -> its words and actor, longest first."""
    index: dict[str, list[Alias]] = {}
    for key, entry in _data().items():
        for alias in entry["aliases"]:
            words = tuple(fold(alias).replace("'", "").replace(".", "").split())
            index.setdefault(words[0], []).append((words, actor_entries()[key]))
    for found in index.values():
        found.sort(key=lambda alias: -len(alias[0]))
    return index


@dataclass(frozen=True, slots=True)
class RoleWords:
    before: frozenset[str]
    verbs: frozenset[str]
    after: frozenset[str]
    place: frozenset[str]
    aligned: frozenset[str]
    once: frozenset[str]
    held: frozenset[str]
    inside: frozenset[str]
    formerly: frozenset[str]
    holds: frozenset[str]
    fired_from: frozenset[str]
    over: frozenset[str]
    arms: frozenset[str]
    bases: frozenset[str]
    beside: frozenset[str]
    between: frozenset[str]
    areas: frozenset[str]
    versus: frozenset[str]
    coalition: frozenset[str]
    in_its_name: frozenset[str]
    kin: frozenset[str]
    condemns: frozenset[str]
    by_from: frozenset[str]
    by: frozenset[str]
    also: frozenset[str]
    was_done: frozenset[str]
    unclaimed: frozenset[str]
    the_strike: frozenset[str]
    fire: frozenset[str]
    striking: frozenset[str]
    carriers: frozenset[str]
    struck: frozenset[str]


@cache
def role_words(language: str) -> RoleWords:
    data = read_data(language, "roles") or read_data(FALLBACK, "roles")
    roles = ("target_before", "target_verbs", "target_after", "place_before", "aligned_before")
    past = ("once", "held", "inside", "formerly")
    grounds = ("holds", "fired_from", "over", "arms", "bases", "beside", "between", "areas")
    aside = ("versus", "coalition", "in_its_name", "kin", "condemns", "by_from", "by")
    going_on = ("also", "was_done", "unclaimed", "the_strike")
    strikes = ("fire", "striking", "carriers", "struck")
    names = (*roles, *past, *grounds, *aside, *going_on, *strikes)
    return RoleWords(*(folded_set(data[name]) for name in names))


def find_actors(sentence: Sentence) -> list[ActorMention]:
    """Actors named in the sentence, in order, the longest alias at each place."""
    found: list[ActorMention] = []
    position, subject = 0, -SUBJECT
    while position < len(sentence.tokens):
        match = _match_at(sentence.tokens, position)
        if match is None:
            position += 1
            continue
        length, entry, start = match
        if _takes_no_part(sentence, position, length, entry):
            position += length
            continue
        last = position + length - 1
        end = sentence.tokens[last].end
        if found and _is_said_again(sentence, found[-1], start, entry):
            position, subject = last + 1, last
            continue
        text = sentence.text[start - sentence.start : end - sentence.start]
        is_joined = bool(found) and position == subject + 1 and sentence.tokens[position].folded.startswith("و")
        role = found[-1].role if is_joined else _role(sentence, position, last, subject)
        found.append(ActorMention(sentence.index, start, end, text, entry.actor_id, entry.side, role))
        position, subject = last + 1, last
    return found


def _is_said_again(sentence: Sentence, before: ActorMention, start: int, entry: ActorEntry) -> bool:
    """«قوات سوريا الديمقراطية "قسد"», «… (قسد)»: the short name behind the whole one."""
    gap = sentence.text[before.end - sentence.start : start - sentence.start]
    return before.actor_id == entry.actor_id and bool(gap.strip()) and not gap.strip(_AROUND_SHORT)


def _takes_no_part(sentence: Sentence, position: int, length: int, entry: ActorEntry) -> bool:
    """Whether the words are no actor here: another thing's name, a place, or who is only spoken of."""
    before = sentence.tokens[position - 1] if position else None
    words = role_words(sentence.lang)
    if before is not None and any(
        found_form(before, of) is not None for of in (entry.not_after, words.kin, words.condemns)
    ):
        return True
    if _is_in_coalitions_name(sentence, position, words):
        return True
    if length == 1 and _is_among_tags(sentence, position):
        return True
    if length == 1 and (_is_lower_case(sentence.tokens[position]) or _is_nickname(sentence, position, entry)):
        return True
    end = position + length
    if _is_of_the_past(sentence, position, end) or _holds_the_ground(sentence, position, end):
        return True
    if _is_landmark(sentence, position):
        return True
    return _is_place(sentence, position, length, entry)


def _is_in_coalitions_name(sentence: Sentence, position: int, words: RoleWords) -> bool:
    """«التحالف الدولي ضد تنظيم داعش»: whom its name says that it fights."""
    before = sentence.tokens[max(0, position - _NAME) : position]
    if not before or before[-1].folded not in words.versus:
        return False
    name = dropwhile(lambda token: found_form(token, words.in_its_name) is not None, reversed(before[:-1]))
    first = next(name, None)
    return first is not None and found_form(first, words.coalition) is not None


class Meant:
    """Which actor an article means by a name that several bear: «طيران التحالف». Its words are looked through once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._spoken_of: dict[frozenset[str], bool] = {}

    def __call__(self, actor: ActorMention) -> ActorMention:
        entry = actor_entries()[actor.actor_id]
        if not entry.then or self._says(entry.says) or (entry.only_with and not self._says(entry.only_with)):
            return actor
        other = actor_entries()[entry.then]
        return replace(actor, actor_id=other.actor_id, side=other.side)

    def _says(self, forms: frozenset[str]) -> bool:
        if forms not in self._spoken_of:
            words = (token for sentence in self._document.sentences for token in sentence.tokens)
            self._spoken_of[forms] = any(found_form(word, forms) is not None for word in words)
        return self._spoken_of[forms]


def _match_at(tokens: Sequence[Token], position: int) -> tuple[int, ActorEntry, int] | None:
    """Number of words, entry and start offset of the longest alias that begins at `position`."""
    token, aliases = tokens[position], _aliases()
    best: tuple[int, ActorEntry, int] | None = None
    for form in (token.folded, *token.stems):
        for words, entry in aliases.get(form, ()):
            if best and len(words) <= best[0]:
                break
            following = tokens[position + 1 : position + len(words)]
            if len(following) == len(words) - 1 and all(
                t.folded == w for t, w in zip(following, words[1:], strict=True)
            ):
                best = (len(words), entry, _start_of(token, form))
                break
    return best


def _is_lower_case(token: Token) -> bool:
    """«alquds.co.uk»: an abbreviation in small letters is none."""
    return len(token.surface) <= _ABBREVIATED and token.surface.isascii() and token.surface.islower()


def _start_of(token: Token, form: str) -> int:
    """Where the form begins in the text, its prefix left out where no letter was joined or removed."""
    cut = len(token.folded) - len(form)
    plain = len(token.surface) == len(token.folded) and token.folded.endswith(form)
    return token.start + cut if plain else token.start


def _is_among_tags(sentence: Sentence, position: int) -> bool:
    """«#إيران #إسرائيل #قطر»: whom a post is tagged with takes no part in what it tells."""
    around = sentence.tokens[max(0, position - _TAGS + 1) : position + _TAGS]
    is_tag = [sentence.text[token.start - sentence.start - 1 : token.start - sentence.start] == "#" for token in around]
    return any(all(is_tag[at : at + _TAGS]) for at in range(len(around) - _TAGS + 1))


def _is_nickname(sentence: Sentence, position: int, entry: ActorEntry) -> bool:
    """«مهاجر التركي», «قاعدة حميميم الروسية»: "the Turkish" of what has no article itself tells whose, not who.

    So does «بقذائف روسية».
    """
    token = sentence.tokens[position]
    is_name = token.folded == fold(entry.name_ar)
    if entry.kind != "state" or position == 0 or is_name or not _NISBA.fullmatch(token.folded):
        return False
    before = sentence.tokens[position - 1]
    if not token.folded.startswith("ال"):
        return found_form(before, role_words(sentence.lang).arms) is not None
    return sentence.between(before, token) == " " and before.folded[0] > "\u0600" and not _DEFINITE.match(before.folded)


def _is_place(sentence: Sentence, position: int, length: int, entry: ActorEntry) -> bool:
    """The state is where something happens or is told, or whom somebody stands by: في سوريا، الموالية لأنقرة."""
    if entry.kind != "state":
        return False
    token = sentence.tokens[position]
    if token.end <= dateline_end(sentence):
        return True
    if length > 1:
        return False
    if token.folded[:1] == "ب" and token.folded not in _aliases() and token.folded[1:] in _aliases():
        return True
    words, before = role_words(sentence.lang), sentence.tokens[max(0, position - ALIGNED) : position]
    if any(found_form(word, words.aligned) is not None for word in before):
        return True
    if not before:
        return False
    # «قريتي قليدين والقاهرة»: the second of two villages.
    second = token.folded.startswith("و") and len(before) > 1 and before[-2].folded in words.place
    return second or found_form(before[-1], words.place) is not None


def _is_of_the_past(sentence: Sentence, first: int, end: int) -> bool:
    """«كان قياديا سابقا في الجيش الحر», «تنحدر من عشيرة …»: what somebody once was, or comes from, takes no part."""
    words, tokens = role_words(sentence.lang), sentence.tokens
    if end < len(tokens) and tokens[end].folded in words.formerly:
        return True
    for position in range(first - 1, max(-1, first - 1 - LIFE), -1):
        gap = sentence.between(tokens[position], tokens[position + 1])
        if any(mark in gap for mark in "،,;؛."):
            return False
        word = tokens[position].folded
        if word in words.held or (word in words.once and tokens[position + 1].folded in words.inside):
            return True
    return False


def _holds_the_ground(sentence: Sentence, first: int, end: int) -> bool:
    """«بلدة خاضعة لسيطرة قسد», «وحلقت طائرة روسية»; but not «قصف مصدره مناطق سيطرة قسد»."""
    words, tokens = role_words(sentence.lang), sentence.tokens
    if end < len(tokens) and tokens[end].folded in words.over:
        return False
    near = range(first - 1, max(-1, first - 1 - REACH), -1)
    held = next((at for at in near if found_form(tokens[at], words.holds) is not None), None)
    if held is None:
        return False
    return all(token.folded not in words.fired_from for token in tokens[max(0, held - LIFE) : held])


def _is_landmark(sentence: Sentence, first: int) -> bool:
    """«بالقرب من إحدى القواعد التركية», «بين مناطق قسد والنظام»: whose they are only tells where something is."""
    words, before = role_words(sentence.lang), sentence.tokens[max(0, first - REACH) : first]
    forms = [token.folded for token in before]
    if not words.bases.isdisjoint(forms[-2:]):
        return not words.beside.isdisjoint(forms)
    return any(one in words.between and two in words.areas for one, two in pairwise(forms))


def _role(sentence: Sentence, first: int, last: int, subject: int) -> Literal["source", "target"]:
    """`subject` is the last token of the actor named before this one, who is it for its own clause only."""
    words, people = role_words(sentence.lang), casualty_words(sentence.lang)
    if _is_whose_strike(sentence, first, last, words) or _is_named_as_doer(sentence, first, words):
        return "source"
    if _is_fire_of(sentence, first, words) or _strikes(sentence, first, last, words):
        return "source"
    for position in range(first - 1, max(-1, first - 1 - REACH), -1):
        token = sentence.tokens[position]
        if found_form(token, words.verbs) is not None:
            near = subject > position - SUBJECT
            return "target" if near and not _is_parted(sentence, subject, position) else "source"
        if found_form(token, words.before) is not None:
            return "target"
        cue = found_form(token, people.cues)
        if cue and people.cues[cue][1] in ("event", "victims", "victim", "dual"):
            return "target"
    if any(found_form(token, words.after) is not None for token in sentence.tokens[last + 1 : last + 3]):
        return "target"
    return "source"


def _is_whose_strike(sentence: Sentence, first: int, last: int, words: RoleWords) -> bool:
    """«القصف التركي», «استهداف روسي»: the adjective tells whose strike it is."""
    if first != last or first == 0 or not _NISBA.fullmatch(sentence.tokens[first].folded):
        return False
    return any(found_form(sentence.tokens[first - 1], of) is not None for of in (words.verbs, words.before))


def _is_fire_of(sentence: Sentence, first: int, words: RoleWords) -> bool:
    """«بقصف مدفعي لقوات النظام على البلدة»: whose fire it is; not «قصف تجمع لقوات النظام»."""
    tokens = sentence.tokens
    if not tokens[first].folded.startswith("ل") or tokens[first].folded in _aliases():
        return False
    before = first - 1
    while before > 0 and first - before < REACH and _NISBA.fullmatch(tokens[before].folded):
        before -= 1
    return before >= 0 and found_form(tokens[before], words.fire) is not None


def _strikes(sentence: Sentence, first: int, last: int, words: RoleWords) -> bool:
    """«استهداف قوات النظام لقرية», «استهداف مسيرة للجيش سيارة»: what they struck stands behind."""
    tokens = sentence.tokens
    before = first - 1
    while before > 0 and first - before < REACH and found_form(tokens[before], words.carriers) is not None:
        before -= 1
    if before < 0 or found_form(tokens[before], words.striking) is None:
        return False
    behind = [token.folded for token in tokens[last + 1 : last + 1 + REACH]]
    named = any(form.startswith("ل") and form[1:].removeprefix("ل") in words.struck for form in behind)
    return named or (bool(behind) and behind[0] in words.struck)


def _is_named_as_doer(sentence: Sentence, first: int, words: RoleWords) -> bool:
    """«استهداف مواقع من قبل قسد»: by them, whatever stands before."""
    before = [token.folded for token in sentence.tokens[max(0, first - 2) : first]]
    return len(before) > 1 and before[0] in words.by_from and before[1] in words.by


def _is_parted(sentence: Sentence, subject: int, verb: int) -> bool:
    """«قصف الجيش البلدة، فيما استهدفت قسد …»: another clause begins between them."""
    clauses = clause_starts(sentence)
    return bisect_left(clauses, sentence.tokens[subject].end) < bisect_right(clauses, sentence.tokens[verb].start)
