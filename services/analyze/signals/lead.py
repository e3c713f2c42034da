"""Short leads: "قصف بالرقة." says all of it in two words, where the models want more words that speak for a type.

A title or first sentence of at most `WORDS` words, without a cue that something else is meant, carries the likeliest
type of which it has a word, from a lower chance on than longer sentences need.
"""

from collections.abc import Mapping

from services.analyze.signals.features import Reading
from services.analyze.signals.lexicon import lexicon
from services.analyze.signals.verdict import Verdict

WORDS = 14
LEAST = 0.24
"""Chance from which a short lead's own word is believed."""
CONFIDENCE = 0.7
"""Set by hand, as for the lexicon's rules: enough to open an incident, for a small place may get no longer report."""
ELSE_MEANT = frozenset(
    "negation deny refuse demand intend future futureverb condition past wartoll threat sport culture disaster".split()
)
"""Classes of the lexicon beside which nothing is taken as said plainly."""


def believed(reading: Reading, chances: Mapping[str, float], found: list[Verdict]) -> list[Verdict]:
    """The verdicts with what a short lead says plainly: added where there are none, else raised."""
    plain = plain_type(reading, chances)
    if plain is None:
        return found
    said = Verdict(plain, "actual", CONFIDENCE)
    return [said if (v.type, v.status) == (plain, "actual") and v.confidence < CONFIDENCE else v for v in found] or [
        said
    ]


def plain_type(reading: Reading, chances: Mapping[str, float]) -> str | None:
    """The type that a short lead says plainly, None for all other sentences. `chances` are calibrated, by type."""
    if reading.unit.context or len(reading.unit.words) > WORDS:
        return None
    classes = {hit.base for hit in reading.hits}
    if classes & ELSE_MEANT:
        return None
    types = lexicon(reading.unit.lang).types
    said = {types[c] for c in classes if c in types}
    best = max(said, key=lambda t: (chances[t], t), default=None)
    return best if best is not None and chances[best] >= LEAST else None
