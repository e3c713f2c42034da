"""Which of several things told in one sentence a place goes with.

«تعرضت سراقب لقصف مدفعي، فيما شنت الطائرات غارات على البارة»: guns at the first, aircraft at the second.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from schemas.base import EASING
from services.analyze.document import Claim, Document, PlaceMention, Sentence

_BREAK = re.compile("[،؛,;:.]")
_ENDING = r"[\w\u064b-\u0652]*"
_CLAUSE = re.compile(
    r"(?<!\w)و?(?:فيما|بينما|في حين|في الوقت|في وقت|بالتزامن مع|بالتوازي مع|بموازاة|كما|كذلك|في المقابل|بالمقابل)(?!\w)"
    rf"|(?<!\w)(?:متزامن|تزامن){_ENDING} مع(?!\w)|؛|(?<=\w)\.\.+ (?=\w)"
    rf"|،\s*و(?:(?:قتل|أصيب|جرح|استشهد|اندلع|انفجر|قصف|استهدف|شن|سقط|دار|فجر|اعتقل){_ENDING}|\w{{2,}}(?<!ا)ت)(?= )"
    rf"|(?<= )و(?:قصفت|استهدفت|شنت|اندلعت|دارت|انفجرت|هاجمت|اقتحمت)(?= )"
    r"|\b(?:while|whereas|meanwhile)\b|;"
)
"""Where another thing begins to be told."""


def clause_starts(sentence: Sentence) -> list[int]:
    """Offsets in the field where the clauses of a sentence but the first begin."""
    return [sentence.start + found.start() for found in _CLAUSE.finditer(sentence.text) if found.start()]


def told_with(
    document: Document, claim: Claim, others: Sequence[Claim], own: Sequence[PlaceMention]
) -> list[PlaceMention]:
    """Of the places of the claim's sentence those that go with it, not with another claim of that sentence."""
    opposite = [other for other in others if _is_opposite(other, claim)]
    free = [m for m in own if not any(_is_told_by(document, other, m, claim) for other in opposite)]
    return _in_own_clauses(document, claim, others, free)


def _is_opposite(one: Claim, other: Claim) -> bool:
    return (one.type in EASING) != (other.type in EASING)


def _is_told_by(document: Document, teller: Claim, mention: PlaceMention, claim: Claim) -> bool:
    """Whether a place goes with a claim of the other direction, whose word it follows and the claim's own does not.

    «هدوء في درعا وقصف على إدلب»: calm only in the first. «قصف على إدلب، بالتزامن مع المباحثات»: no talks there.
    """
    if teller.trigger is None or claim.trigger is None or teller.trigger[1] > mention.start:
        return False
    if claim.trigger[1] <= teller.trigger[0]:
        return True
    apart = document.text if mention.field == "text" else document.title
    return mention.end <= claim.trigger[0] and bool(_BREAK.search(apart[mention.end : claim.trigger[0]]))


def _in_own_clauses(
    document: Document, claim: Claim, others: Sequence[Claim], places: Sequence[PlaceMention]
) -> list[PlaceMention]:
    """Without those in a clause of which another claim is told and the claim is not.

    A clause without a word of any claim goes on with the one before it.
    """
    if claim.trigger is None or all(other.trigger is None for other in others):
        return list(places)
    starts = clause_starts(document.sentences[claim.sentence])
    telling = sorted({bisect_right(starts, c.trigger[0]) for c in (claim, *others) if c.trigger})
    own = bisect_right(starts, claim.trigger[0])
    before = (bisect_right(telling, bisect_right(starts, place.start)) for place in places)
    return [place for place, at in zip(places, before, strict=True) if not at or telling[at - 1] == own]
