"""Of a toll that a sentence counts at several places, what it counts at which.

«قتل طفل بقصف على سرمين، كما أصيب ستة في قصف على منبج»: one claim of shelling at both, one dead at the first, six
wounded at the second. The claim keeps the whole; who watches one of the places is told its share.
"""

from bisect import bisect_right
from dataclasses import replace

from services.analyze.document import Claim, Document, Sentence, Share
from services.analyze.places.clauses import clause_starts
from services.analyze.signals.casualties import read_casualties


def share_tolls(document: Document, claims: list[Claim]) -> None:
    """Fill `shares` of the claims whose places stand in several clauses, in place."""
    for claim in claims:
        if (claim.killed, claim.injured) != (None, None):
            claim.shares = _shares(document.sentences[claim.sentence], claim)


def _shares(sentence: Sentence, claim: Claim) -> list[Share]:
    """One a clause; none where one clause names all the places, or one counts without naming any."""
    starts = clause_starts(sentence)
    named: dict[int, list[str]] = {}
    for place in claim.places:
        if (place.sentence, place.field) == (sentence.index, sentence.field):
            named.setdefault(bisect_right(starts, place.start), []).append(place.surface)
    if len(named) < 2:
        return []
    found = []
    for clause, span in enumerate(zip([sentence.start, *starts], [*starts, sentence.end], strict=True)):
        told = read_casualties(_part(sentence, *span))
        if clause in named:
            found.append(Share(tuple(named[clause]), told.killed.low, told.injured.low))
        elif (told.killed.low, told.injured.low) != (None, None):
            return []
    return found


def _part(sentence: Sentence, start: int, end: int) -> Sentence:
    text = sentence.text[start - sentence.start : end - sentence.start]
    tokens = tuple(token for token in sentence.tokens if start <= token.start and token.end <= end)
    return replace(sentence, start=start, end=end, text=text, tokens=tokens)
