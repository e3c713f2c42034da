"""Denials: what somebody denies within reach of the verb is negated, whatever else the sentence's words speak for.

`denial` in `data/<language>/lexicon.yml` lists the verbs, and the words behind which they deny something else: their
part in it ("نفت مسؤوليتها عن القصف" says that the shelling happened), accusations, or a whole clause.
"""

from services.analyze.signals.features import Reading
from services.analyze.signals.lexicon import lexicon
from services.analyze.signals.words import variants

REACH = 8
"""Words behind the verb that it may speak of: who denies, and what."""


def denied_types(reading: Reading) -> set[str]:
    """Types whose word is the first behind a verb of denial, within its reach and before any of the breaks."""
    words = lexicon(reading.unit.lang)
    denied: set[str] = set()
    for at, word in enumerate(reading.unit.words):
        if words.denial_verbs.isdisjoint(variants(word)):
            continue
        near = [h for h in reading.hits if at < h.start <= at + REACH and h.base in words.types]
        first = min((h.start for h in near), default=at)
        between = reading.unit.words[at + 1 : first]
        if all(words.denial_breaks.isdisjoint(variants(w)) for w in between):
            denied |= {words.types[h.base] for h in near if h.start == first}
    return denied
