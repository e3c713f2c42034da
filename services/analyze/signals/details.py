"""The details of a claim: casualties, who says so, who acts on whom, and when."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from itertools import pairwise

from services.analyze.document import ActorMention, Claim, Document, PlaceMention, Sentence
from services.analyze.places.clauses import TellingClauses, telling_clauses
from services.analyze.signals.actors import Meant, find_actors, role_words
from services.analyze.signals.attribution import Speakers, announcer
from services.analyze.signals.casualties import Casualties, read_casualties
from services.analyze.signals.language import found_form
from services.analyze.signals.timeref import (
    TimeReference,
    dates_surely,
    event_date,
    goes_on,
    still_lasts,
    time_references,
)
from services.analyze.signals.verdict import VIOLENCE
from services.analyze.text.fold import fold

CARRIERS = {
    **dict.fromkeys(("airstrike", "shelling", "explosion", "clash"), 0),
    "attack": 1,
    **dict.fromkeys(("offensive", "unrest", "territory", "detention", "deployment", "displacement", "blockade"), 2),
}
"""Types whose claims carry casualties, and how readily: "attack" is often said of the dead that a means explains."""


_LONG = 7
"""Days after which the day of one sentence is taken for the next: until then either may be today's."""
_HISTORY = 15
"""Days after which what the text dates is no news but history."""
_OPENING = 3
"""Words of a sentence in which it may say that it goes on with a strike."""
_BACK = 3
"""Sentences back that the day may stand which several go on with."""
_THAT_DAY = re.compile(
    r"(?<!\w)(?:اليوم|الليلة) (?:نفسه|ذاته|نفسها|ذاتها)|(?<!\w)(?:نفس|ذات) (?:اليوم|الليلة)|\bthe same day\b"
)
"""The day that the sentence before names."""
_SOURCE = re.compile(
    r"(?<!\w)(?:و?(?:ال)?(?:مصدر|مصادر|شهود)\w*|sources?|witness(?:es)?) (?:\S+ ){0,3}?"
    r"(?:من|في|لدي|from|in|of|with)(?: the)? ?$"
    r"|(?<!\w)و?(?:ال)?(?:مركز|مكتب|وحده|مديريه) (?:ال)?اعلام\w*(?: (?:ال)?\w+){0,4}?(?: (?:(?:ال)?تابع\w*|في))? ?ل?$"
    r"|(?<!\w)و?(?:ال)?مرصد\w*(?: (?:ال)?\w+){0,4} (?:ال)?تابع\w* ?ل?$"
    r"|(?<!\w)(?:ال)?(?:ناطق|متحدث)\w*(?: \w+){0,2} باسم ?$"
    r"|(?<!\w)(?:وفقا|وفق|بحسب|حسب|طبقا|نقلا عن)(?: ل?(?:بيان|بيانات|مصدر|مصادر|وكاله|مسوول)\w*){0,2} ?ل?$"
    r"|\baccording to(?: the)? $"
)
LASTING = frozenset({"ceasefire", "agreement"})
"""Types that are a state from their day on: a truce "respected since March 2020" is of that March."""

ONLY_TELL = frozenset({"monitor", "humanitarian"})
"""Sides whose members are no party to what they report."""

_MEANS = frozenset({"airstrike", "shelling", "explosion"})
"""Types that whoever did one of them need not have done another of in the next clause."""

_STRIKES = _MEANS | {"clash", "attack"}
"""Types that happen on a day; the others may begin on one and last."""

_BODIES = frozenset({"un", "eu", "arab_league", "african_union"})
"""Sides that condemn and count, and are no party to violence that did not hit them."""
UNARMED = ONLY_TELL | _BODIES | {"civilians"}
"""Sides that never open fire: beside violence they are who it meets."""


class GoesOn(StrEnum):
    STRIKE = "strike"
    """«وأسفر الهجوم عن …»: with that very strike."""
    SAME = "same"
    """«كما تم استهداف …»: with more of its kind."""


def enrich(document: Document, claims: list[Claim], mentions: list[PlaceMention]) -> None:
    """Fill each claim's casualties, attribution, actors and event date, in place."""
    if not claims:
        return
    speakers, meant = Speakers(document), Meant(document)
    by_sentence: dict[int, list[Claim]] = {}
    for claim in claims:
        by_sentence.setdefault(claim.sentence, []).append(claim)
    for index, together in by_sentence.items():
        _enrich_sentence(document, document.sentences[index], together, speakers.of(index), meant)
    _carry_doers(document, by_sentence)
    _carry_days(document, by_sentence)


def _carry_doers(document: Document, by_sentence: Mapping[int, list[Claim]]) -> None:
    """Give a claim that names nobody who does it the doers of the same in the sentence that its own goes on with.

    «قصف الجيش التركي ريف كوباني. كما طال القصف عين عيسى.»
    """
    for index, claims in sorted(by_sentence.items()):
        before = by_sentence.get(index - 1, [])
        goes_on = _goes_on_with(document.sentences[index], document.sentences[index - 1]) if before else None
        for claim in claims if goes_on else ():
            told = [c for c in before if c.type == claim.type or (goes_on is GoesOn.STRIKE and _are_violent(c, claim))]
            doers = [actor for c in told for actor in c.actors if actor.role == "source"]
            if doers and all(actor.role != "source" for actor in claim.actors):
                claim.actors = [*{actor.actor_id: actor for actor in doers}.values(), *claim.actors]


def _are_violent(one: Claim, other: Claim) -> bool:
    return one.type in VIOLENCE and other.type in VIOLENCE


def _goes_on_with(sentence: Sentence, before: Sentence) -> GoesOn | None:
    """What a sentence tells more of, of the one before and by nobody new; None where it does not."""
    if sentence.field != before.field:
        return None
    words = role_words(sentence.lang)
    if any(found_form(token, words.unclaimed) is not None for token in sentence.tokens):
        return None
    first = [token.folded.removeprefix("و") for token in sentence.tokens[:_OPENING]]
    if not words.the_strike.isdisjoint(first):
        return GoesOn.STRIKE
    return GoesOn.SAME if len(first) > 1 and first[0] in words.also and first[1] in words.was_done else None


def _carry_days(document: Document, by_sentence: Mapping[int, list[Claim]]) -> None:
    """Give an undated claim whose places are those of a sentence before the day of the same type there, if long past.

    «وفي 8 من أيلول قصفت الطائرات البلدة. وقال المسعفون إن القصف قتل سبعة.»
    """
    published = document.published_at
    if published is None:
        return
    for claim in (c for together in by_sentence.values() for c in together if c.event_date is None):
        origins = {p.sentence for p in claim.places}
        if not origins or claim.sentence in origins:
            continue
        there = by_sentence.get(max(origins), [])
        known = next((c.event_date for c in there if c.type == claim.type and c.event_date), None)
        if known is not None and (published - known).days >= _LONG:
            claim.event_date = known


def _enrich_sentence(
    document: Document, sentence: Sentence, claims: list[Claim], speaker: str | None, meant: Meant
) -> None:
    named = [meant(actor) for actor in find_actors(sentence)]
    speaker = speaker or announcer(sentence, named)
    parties = _parties(sentence, named, speaker)
    references = time_references(sentence, document.published_at) or _days_before(document, sentence)
    clauses = telling_clauses(sentence, claims)
    for claim in claims:
        claim.attribution = speaker
        claim.actors = _acting(_told_with(claim, claims, parties, clauses), claim.type)
        at = claim.trigger[0] if claim.trigger else claim.start
        claim.event_date = event_date(references, at, claim.type in LASTING)
        if (
            claim.status == "actual"
            and dates_surely(sentence, references, at)
            and _is_history(document, sentence, claim)
        ):
            claim.status = "background"
    _bind_casualties(claims, read_casualties(sentence))
    _bind_own_casualties(sentence, claims, clauses)


def _is_history(document: Document, sentence: Sentence, claim: Claim) -> bool:
    """Whether violence is dated too far back to be news, and the sentence does not say that it goes on."""
    if document.published_at is None or claim.event_date is None or claim.type not in _STRIKES:
        return False
    days = (document.published_at.date() - claim.event_date.date()).days
    return days >= _HISTORY and not still_lasts(sentence)


def _days_before(document: Document, sentence: Sentence) -> list[TimeReference]:
    """Of a sentence that goes on with the one before, and names no day, the days of that one if they are long past."""
    published = document.published_at
    if published is None:
        return []
    that_day = _THAT_DAY.search(sentence.text) is not None
    for at in range(sentence.index, max(0, sentence.index - _BACK), -1):
        before = document.sentences[at - 1]
        if before.field != sentence.field or not (that_day or goes_on(document.sentences[at])):
            return []
        known = time_references(before, published)
        if known:
            is_long_past = all((published.date() - reference.day).days >= _LONG for reference in known)
            return known if that_day or is_long_past else []
    return []


def _parties(sentence: Sentence, named: list[ActorMention], speaker: str | None) -> list[ActorMention]:
    """Without monitors, helpers and sources who only tell what others did."""
    said = Counter(actor.surface for actor in named)
    found = []
    for actor in named:
        speaks = actor.side in ONLY_TELL and speaker is not None and actor.surface in speaker
        if not (speaks or (said[actor.surface] == 1 and _is_source(sentence, actor))):
            found.append(actor)
    return found


def _told_with(
    claim: Claim, claims: list[Claim], parties: list[ActorMention], clauses: TellingClauses
) -> list[ActorMention]:
    """Those of the claim's clause; where nobody acts in it, who acted before goes on, but not from the air to the guns.

    «قصفت قوات النظام سراقب، فيما استهدفت الفصائل تل رفعت»: each its own.
    """
    if claim.trigger is None or len(clauses.telling) < 2:
        return parties
    own = clauses.of(claim.trigger[0])
    here = [actor for actor in parties if clauses.of(actor.start) in (-1, own)]
    if any(actor.role == "source" for actor in here):
        return here
    barred = {
        clauses.of(c.trigger[0])
        for c in claims
        if c.trigger and {c.type, claim.type} <= _MEANS and c.type != claim.type
    }
    before = (a for a in parties if a.role == "source" and clauses.of(a.start) < own)
    return [a for a in before if clauses.of(a.start) not in barred] + here


def _acting(parties: list[ActorMention], type_: str) -> list[ActorMention]:
    """Each actor once in each role; in violence the unarmed are nobody's attackers."""
    found: dict[tuple[str, str], ActorMention] = {}
    for actor in parties:
        if type_ in VIOLENCE and actor.side in _BODIES and actor.role == "source":
            continue
        met = replace(actor, role="target") if type_ in VIOLENCE and actor.side in UNARMED else actor
        found.setdefault((met.actor_id, met.role), met)
    return list(found.values())


def _is_source(sentence: Sentence, actor: ActorMention) -> bool:
    """«مصادر من المعارضة», "sources in the opposition": nobody takes part by telling of it."""
    return _SOURCE.search(fold(sentence.text[: max(0, actor.start - sentence.start)])) is not None


def _bind_casualties(claims: list[Claim], casualties: Casualties) -> None:
    """Casualties go to the violent claim that is nearest to the word that reports them."""
    for kind in ("killed", "injured"):
        count, at = getattr(casualties, kind), getattr(casualties, f"{kind}_at")
        carrier = _carrier(claims, at) if count.low is not None else None
        if carrier:
            setattr(carrier, kind, count.low)
            setattr(carrier, f"{kind}_max", count.high)


def _bind_own_casualties(sentence: Sentence, claims: list[Claim], clauses: TellingClauses) -> None:
    """What another clause counts goes to its own claim too: the carrier keeps the whole, which is shared out by place.

    «استشهد عشرة في قصف على قوقفين، فيما قتل شخص بانفجار دراجة في الباب»: one dead in the explosion.
    """
    starts = [clauses.starts[at - 1] if at else sentence.start for at in clauses.telling]
    if len(starts) < 2 or all((c.killed, c.injured) == (None, None) for c in claims):
        return
    for start, end in pairwise((sentence.start, *starts[1:], sentence.end)):
        own = [c for c in claims if c.trigger and start <= c.trigger[0] < end]
        if own and all((c.killed, c.injured) == (None, None) for c in own):
            _bind_casualties(own, read_casualties(sentence.part(start, end)))


def _carrier(claims: list[Claim], at: int | None) -> Claim | None:
    """The claim that the dead belong to: the nearest with a means of killing, where one is said; else an attack; else
    what else may have cost lives. Claims that did not happen carry none."""
    able = [claim for claim in claims if claim.type in CARRIERS and claim.status == "actual"]

    def distance(claim: Claim) -> tuple[int, int]:
        first, _ = claim.trigger or (claim.start, claim.end)
        return CARRIERS[claim.type], abs(first - (at or 0))

    return min(able, key=distance, default=None)
