"""Give each claim the places where it happens."""

from collections.abc import Sequence

from services.analyze.document import Claim, Document, PlaceMention

THRESHOLD = 0.5


def bind(document: Document, claims: list[Claim], mentions: Sequence[PlaceMention]) -> None:
    """Fill `claim.places` in place: from its sentence, else from the sentence before, the title or the context."""
    by_sentence: dict[int, list[PlaceMention]] = {}
    for mention in mentions:
        by_sentence.setdefault(mention.sentence, []).append(mention)
    context = getattr(mentions, "context", [])
    for claim in claims:
        own = by_sentence.get(claim.sentence, [])
        chosen = [m for m in own if m.event_score >= THRESHOLD and m.role in ("event", "venue")]
        if not chosen:
            chosen = _best(own, 0.2)
        if not chosen:
            chosen = _inherited(document, claim, by_sentence, context)
        claim.places = _distinct(chosen)


def _inherited(
    document: Document, claim: Claim, by_sentence: dict[int, list[PlaceMention]], context: Sequence[PlaceMention]
) -> list[PlaceMention]:
    for index in range(claim.sentence - 1, max(-1, claim.sentence - 3), -1):
        if document.sentences[index].field != document.sentences[claim.sentence].field:
            break
        found = _best(by_sentence.get(index, []), 0.6)
        if found:
            return found
    titles = [m for m in by_sentence.get(0, []) if m.field == "title"]
    return _best(titles, 0.3) or _best(list(context), 0.5)


def _best(mentions: Sequence[PlaceMention], least: float) -> list[PlaceMention]:
    found = [m for m in mentions if m.event_score >= least and m.role in ("event", "venue")]
    return [max(found, key=lambda m: m.event_score)] if found else []


def _distinct(mentions: Sequence[PlaceMention]) -> list[PlaceMention]:
    seen: dict[object, PlaceMention] = {}
    for mention in mentions:
        seen.setdefault(mention.place_id or mention.surface, mention)
    return list(seen.values())
