"""Which of several things told in one sentence a place goes with.

«تعرضت سراقب لقصف مدفعي، فيما شنت الطائرات غارات على البارة»: guns at the first, aircraft at the second.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from schemas.base import EASING
from services.analyze.document import Claim, Document, PlaceMention, Sentence

_BREAK = re.compile("[،؛,;:.]")
_ENDING = r"[\w\u064b-\u0652]*"
_CLAUSE = re.compile(
    r"(?<!\w)و?(?:فيما|بينما|في حين|في الوقت|في وقت|بالتزامن مع|بالتوازي مع|بموازاة|كما|كذلك|في المقابل|بالمقابل)(?!\w)"
    r"|(?<!\w)(?:وذلك )?على خلفية(?!\w)"
    rf"|(?<!\w)(?:متزامن|تزامن){_ENDING} مع(?!\w)|؛|(?<=\w)\.\.+ (?=\w)"
    r"|(?<!\w)وردت? (?=(?:\w+ ){1,4}(?:باستهداف|بقصف))|(?<!\w)[وف]?أما(?= )"
    r"|(?<!\w)وسط (?=(?:قصف|غارات|قذائف|رمايات|استهداف)(?!\w))"
    rf"|،\s*و(?:(?:قتل|أصيب|جرح|استشهد|اندلع|انفجر|قصف|استهدف|شن|سقط|دار|فجر|اعتقل){_ENDING}|\w{{2,}}(?<!ا)ت)(?= )"
    rf"|(?<= )و(?:قصفت|استهدفت|شنت|اندلعت|دارت|انفجرت|هاجمت|اقتحمت)(?= )"
    r"|\b(?:while|whereas|meanwhile)\b|;"
)
"""Where another thing begins to be told."""
_FOLLOWS = re.compile(r"\W*و?(?:[يت]أتي|جاءت?)\s[^.]*?\s(?P<then>بعد|عقب|غداة)\s")
"""«ويأتي القصف على سراقب بعد إعلان …»: where begins what went before it, as a rule elsewhere."""
_MEANWHILE = re.compile(
    r"\W*و?(?:بالتزامن|تزامنا|تزامناً|بالتوازي) مع\s[^.]*?"
    rf"\s(?P<then>(?:تعرض|استهدف|قصف|شن|سقط|اندلع|دار|قتل|أصيب){_ENDING})\s"
)
"""«وبالتزامن مع القصف على الجديدة تعرضت سرمين لقصف»: where begins what the sentence is about."""


def clause_starts(sentence: Sentence) -> list[int]:
    """Offsets in the field where the clauses of a sentence but the first begin."""
    return [sentence.start + start for start in _starts(sentence.text)]


@lru_cache(maxsize=1 << 10)  # actors, places and tolls of a sentence ask one after the other
def _starts(text: str) -> tuple[int, ...]:
    starts = {found.start() for found in _CLAUSE.finditer(text) if found.start()}
    starts.update(told.start("then") for opening in (_FOLLOWS, _MEANWHILE) if (told := opening.match(text)))
    return tuple(sorted(starts))


def telling_clauses(sentence: Sentence, claims: Sequence[Claim]) -> "TellingClauses":
    """The clauses of a sentence that tell of the claims."""
    starts = clause_starts(sentence)
    return TellingClauses(starts, sorted({bisect_right(starts, c.trigger[0]) for c in claims if c.trigger}))


@dataclass(frozen=True, slots=True)
class TellingClauses:
    """A clause without a word of any claim goes on with the one before it."""

    starts: Sequence[int]
    telling: Sequence[int]
    """Of the clauses, counted from 0, those that tell of a claim."""

    def of(self, offset: int) -> int:
        """The telling clause that an offset in the field belongs to; -1 ahead of the first."""
        at = bisect_right(self.telling, bisect_right(self.starts, offset))
        return self.telling[at - 1] if at else -1


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
    """Without those in a clause of which another claim is told and the claim is not."""
    if claim.trigger is None or all(other.trigger is None for other in others):
        return list(places)
    clauses = telling_clauses(document.sentences[claim.sentence], (claim, *others))
    return [place for place in places if clauses.of(place.start) in (-1, clauses.of(claim.trigger[0]))]
