"""Short leads: "قصف بالرقة." says all of it in two words, where the models want more words that speak for a type.

A title or first sentence of at most `WORDS` words, without a cue that something else is meant, carries the likeliest
type of which it has a word, from a lower chance on than longer sentences need.
"""

import re
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
_ASKS_OR_BREAKS = re.compile(r"[?؟]|^[^«]*»")
"""A question, or the end of a quotation that began before."""


def believed(reading: Reading, chances: Mapping[str, float], found: list[Verdict]) -> list[Verdict]:
    """The verdicts of a short lead with what it says plainly: added where there are none, else raised."""
    plain = plain_type(reading, chances)
    if plain is None:
        return found
    said = Verdict(plain, "actual", CONFIDENCE)
    return [said if (v.type, v.status) == (plain, "actual") and v.confidence < CONFIDENCE else v for v in found] or [
        said
    ]


def is_lead(reading: Reading) -> bool:
    """Few words with nothing before them; of a sentence that stands alone, only where it neither asks nor goes on."""
    unit = reading.unit
    if unit.context or len(unit.words) > WORDS:
        return False
    return not unit.alone or not (_ASKS_OR_BREAKS.search(unit.text) or lexicon(unit.lang).goes_on(unit.words))


def plain_type(reading: Reading, chances: Mapping[str, float]) -> str | None:
    """The type that a short lead says plainly, None where it says none. `chances` are calibrated, by type."""
    classes = {hit.base for hit in reading.hits}
    if classes & ELSE_MEANT:
        return None
    types = lexicon(reading.unit.lang).types
    said = {types[c] for c in classes if c in types}
    best = max(said, key=lambda t: (chances[t], t), default=None)
    return best if best is not None and chances[best] >= LEAST else None
