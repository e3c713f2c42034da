"""Signals of a document's sentences: which types, with which status, how surely, and which words say so."""

from collections.abc import Iterable, Sequence

from schemas.base import SignalType
from services.analyze.document import Claim, Document, Sentence
from services.analyze.signals.lexicon import Hit, lexicon
from services.analyze.signals.words import fold

_CUES = {
    "negation": "negated", "deny": "negated", "refuse": "negated", "demand": "possible", "intend": "possible",
    "future": "possible", "futureverb": "possible", "condition": "possible",
}  # fmt: skip
_SILENT = ("sport", "culture", "economy")


class Classifier:
    """Reads sentences with the lexicon of their language."""

    def classify(self, document: Document, only: Iterable[int] | None = None) -> list[Claim]:
        """Claims of the document's sentences, of those whose index is in `only` where it is given."""
        wanted = None if only is None else set(only)
        claims: list[Claim] = []
        for sentence in document.sentences:
            if not sentence.furniture and (wanted is None or sentence.index in wanted):
                claims += _claims(sentence)
        return claims


def _claims(sentence: Sentence) -> list[Claim]:
    words = lexicon(sentence.lang)
    hits = words.hits([fold(token.folded) for token in sentence.tokens])
    if sum(h.concept in _SILENT for h in hits) >= 3:
        return []
    found: dict[SignalType, tuple[float, Hit]] = {}
    for hit in hits:
        type_ = words.types.get(hit.concept.rstrip("+"))
        if type_:
            score, first = found.get(SignalType(type_), (0.0, hit))
            found[SignalType(type_)] = score + (1.0 if hit.concept.endswith("+") else 0.5), first
    return [_claim(sentence, t, h, score, hits) for t, (score, h) in found.items() if score >= 0.5]


def _claim(sentence: Sentence, type_: SignalType, hit: Hit, score: float, hits: Sequence[Hit]) -> Claim:
    status = "actual"
    for cue in hits:
        if cue.concept in _CUES and hit.start - 4 <= cue.start < hit.start:
            status = _CUES[cue.concept]
    tokens = sentence.tokens
    return Claim(
        sentence=sentence.index,
        type=str(type_),
        status=status,
        confidence=min(0.9, 0.4 + 0.15 * score),
        start=sentence.start,
        end=sentence.end,
        trigger=(tokens[hit.start].start, tokens[hit.end - 1].end),
    )
