"""What takes a fact away from the words of a type, by rules that hold whatever the models make of the sentence.

`data/<language>/lexicon.yml` lists them:

- `denial`: what somebody denies within reach of the verb is negated, except behind the words that deny something else:
  their part in it ("نفت مسؤوليتها عن القصف" says that the shelling happened), accusations, or a whole clause.
- `hedges`: words before a type's word that make it absent, feared, planned, called off or past ("لا قصف اليوم", "خوفا
  من القصف", "تستعد لتنظيم مظاهرة"), with none of denial's breaks between ("حذرت من أن الهجمات مستمرة" says that they go
  on); some of certain types only, some only where the sentence says elsewhere what they are worth ("الأنباء عن القصف …
  عارية عن الصحة").
- `figures`: what the word is not meant by: accidents ("قتل في حادث سير") and figures of speech ("انفجار الأسعار").
"""

from collections.abc import Container

from services.analyze.signals.features import Reading
from services.analyze.signals.lexicon import Hedge, Hit, lexicon
from services.analyze.signals.words import variants

REACH = 12
"""Words behind the verb of denial that it may speak of: who denies, and what."""


def denied_types(reading: Reading, told: Container[str]) -> list[str]:
    """Types that a verb of denial takes back, each once, in the order of the text: of those that the models found
    (`told`) the first whose word stands within its reach, before any of the breaks; where none does, the first of all.
    """
    words = lexicon(reading.unit.lang)
    denied: dict[str, None] = {}
    for at, denies in enumerate(map(words.denies, reading.unit.words)):
        if not denies:
            continue
        near = [h for h in reading.hits if at < h.start <= at + REACH and h.base in words.types]
        near = [h for h in near if words.types[h.base] in told] or near
        first = min((h.start for h in near), default=at)
        if not _has_break(reading, at + 1, first):
            denied.update(dict.fromkeys(words.types[h.base] for h in near if h.start == first))
    return list(denied)


def hedged_types(reading: Reading) -> dict[str, str]:
    """Types to the status that is left of them, where every word of the type stands behind a hedge: the first one's."""
    hedges = lexicon(reading.unit.lang).hedges(reading.parts)
    hedged: dict[str, str] = {}
    for type_, hits in _by_type(reading).items() if hedges else ():
        able = [hedge for hedge in hedges if not hedge.types or type_ in hedge.types]
        left = [next((hedge.status for hedge in able if _reaches(reading, hedge, hit)), None) for hit in hits]
        if left[0] is not None and None not in left:
            hedged[type_] = left[0]
    return hedged


def _reaches(reading: Reading, hedge: Hedge, hit: Hit) -> bool:
    end = hedge.at.end
    return end <= hit.start <= end + hedge.within and not _has_break(reading, end, hit.start)


def _has_break(reading: Reading, start: int, end: int) -> bool:
    breaks = lexicon(reading.unit.lang).denial_breaks
    return not all(breaks.isdisjoint(variants(word)) for word in reading.unit.words[start:end])


def figurative_types(reading: Reading) -> set[str]:
    """Types that a figure takes away: all their words belong to it, or to the classes that it explains."""
    words = lexicon(reading.unit.lang)
    hits = _by_type(reading)
    return {
        type_
        for type_, explained, figure in words.figures(reading.parts)
        if all(h.base in explained or figure.start <= h.start < figure.end for h in hits.get(type_, ()))
    }


def _by_type(reading: Reading) -> dict[str, list[Hit]]:
    types = lexicon(reading.unit.lang).types
    found: dict[str, list[Hit]] = {}
    for hit in reading.hits:
        if hit.base in types:
            found.setdefault(types[hit.base], []).append(hit)
    return found
