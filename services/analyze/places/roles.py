"""What a place does in its sentence: site of the event, venue of talks, home of an actor, dateline, background."""

from collections.abc import Sequence

from services.analyze.document import Document, PlaceMention
from services.analyze.places.cues import Cues
from services.analyze.places.match import Reading

_BASE = {"landmark": 0.75, "village": 0.8, "town": 0.65, "countryside": 0.7, "region": 0.5, "country": 0.25}


class RoleReader:
    def __init__(self, cues: Cues) -> None:
        self._cues = cues

    def assign(self, document: Document, reading: Reading, mentions: Sequence[tuple[PlaceMention, int]]) -> None:
        """Set role and event score of every mention."""
        for mention, word in mentions:
            self._assign(document, reading, mention, word)

    def _assign(self, document: Document, reading: Reading, mention: PlaceMention, word: int) -> None:
        start, end = reading.bounds(word)
        sentence = reading.sentences[reading.sentence_of[word]]
        score = _BASE.get(mention.precision, 0.5)
        if _is_dateline(sentence.text, mention.start - sentence.start, mention.end - sentence.start, word - start):
            mention.role, mention.event_score = "dateline", 0.02
            return
        before = reading.words[word - 1] if word > start else None
        after = reading.words[word + 1] if word + 1 < end else None
        forms = (before.folded, *before.stems) if before else ()
        follow = (after.folded, *after.stems) if after else ()
        attached_in = reading.words[word].folded[:1] == "ب" and not mention.surface.startswith("ب")
        if attached_in or self._cues.has("at", *forms):
            score += 0.15
        elif self._cues.has("homes", *forms) or self._cues.has("speaks", *follow, *forms):
            mention.role = "actor_home"
            score = 0.08
        elif self._cues.has("named_after", *forms):
            mention.role = "background"
            score = 0.05
        if self._cues.has(
            "meetings", *(f for w in reading.words[max(start, word - 5) : word] for f in (w.folded, *w.stems))
        ) and (attached_in or (before and before.folded == "في")):
            mention.role = "venue"
        mention.event_score = max(0.01, min(0.99, score))


def _is_dateline(text: str, start: int, end: int, position: int) -> bool:
    """«دمشق – سانا», "BEIRUT (Reuters) -": one of the first words, a dash or bracket behind it."""
    if position > 2:
        return False
    tail = text[end : end + 30].lstrip()
    return tail[:1] in "-–—/(" and bool(tail) and ("-" in tail or "–" in tail or "—" in tail or "/" in tail)
