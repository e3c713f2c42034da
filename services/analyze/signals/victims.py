"""Sentences that only count dead and wounded: "قصف على سرمين. وأصيب خمسة آخرون." says in its second what the first did.

A sentence of few words that tells of victims and of nothing else belongs to the one act of violence that the sentence
before it, or the title, tells of. The models add up words, and these say no type.
"""

from collections.abc import Sequence
from functools import cache
from itertools import repeat

from services.analyze.document import Claim, Sentence, Token
from services.analyze.signals.casualties import read_casualties
from services.analyze.signals.casualty_words import casualty_words
from services.analyze.signals.features import Reading
from services.analyze.signals.language import folded_set, found_form, read_data
from services.analyze.signals.lead import ELSE_MEANT
from services.analyze.signals.lexicon import Hit, lexicon
from services.analyze.signals.verdict import VIOLENCE, Verdict

WORDS = 18
"""Of a sentence at most: a longer one has a story of its own."""
CONFIDENCE = 0.6
"""Set by hand, below that of a short lead: the sentence does not say what happened."""
_OPENING = 6
"""Words within which a sentence begins to tell of its victims: «وقالت مصادر محلية إن ثلاثة قتلى»."""
_AT_ONCE = 2
"""The same, where it counts none: «كما أصيب والدهما»."""
_TELLS = frozenset({"verb", "plural", "event"})
"""Shapes of words that say that somebody was hit, counted or not; «ونقل الجرحى» does not."""
_MEANS = frozenset({"shelling", "airstrike", "explosion"})
_THE_ACT = "attackword"
_NOT_OF_IT = ELSE_MEANT | {"war", "accuse", "poison", "month"}
"""Classes of the lexicon beside which victims are those of something else."""


def inherited(
    sentence: Sentence, reading: Reading, found: Sequence[Verdict], before: Sequence[Claim]
) -> Verdict | None:
    """What a sentence of victims takes from the claims of the one before; None where they tell of several acts.

    `found` is what the models make of the sentence: nothing, or an attack whose means was told before.
    """
    acts = [claim for claim in before if claim.type in VIOLENCE]
    if len(acts) != 1 or acts[0].status != "actual":
        return None
    is_open = not found or (acts[0].type in _MEANS and [v[:2] for v in found] == [("attack", "actual")])
    if not is_open or not tells_of_victims(sentence, reading):
        return None
    return Verdict(acts[0].type, "actual", min(acts[0].confidence, CONFIDENCE))


def tells_of_victims(sentence: Sentence, reading: Reading) -> bool:
    """It counts dead or wounded, or begins with their fate, and says nothing of how they met it."""
    words = lexicon(reading.unit.lang)
    if len(reading.unit.words) > WORDS or words.figures(reading.parts) or _tells_apart(sentence):
        return False
    for hit in reading.hits:
        if hit.base in _NOT_OF_IT or (hit.base in words.types and not _is_of_victims(sentence, hit)):
            return False
    casualties = read_casualties(sentence)
    if casualties.killed or casualties.injured:
        return any(map(_shape, sentence.tokens[:_OPENING], repeat(sentence.lang)))
    return any(_shape(token, sentence.lang) in _TELLS for token in sentence.tokens[:_AT_ONCE])


def _shape(token: Token, lang: str) -> str | None:
    """Of a word that tells of victims, its shape in `casualties.yml`."""
    cues = casualty_words(lang).cues
    form = found_form(token, cues)
    return cues[form][1] if form is not None else None


def _is_of_victims(sentence: Sentence, hit: Hit) -> bool:
    """«قتل», which the lexicon takes for an attack, and «الهجوم», which may be the one before."""
    is_one = hit.end - hit.start == 1
    return is_one and (hit.base == _THE_ACT or _shape(sentence.tokens[hit.start], sentence.lang) is not None)


def _tells_apart(sentence: Sentence) -> bool:
    """«مقتل سبعة في حوادث متفرقة»"""
    apart = _apart(sentence.lang)
    return any(found_form(token, apart) is not None for token in sentence.tokens)


@cache
def _apart(lang: str) -> frozenset[str]:
    return folded_set(read_data(lang, "victims").get("apart", ()))
