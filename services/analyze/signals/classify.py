"""Signals of a document's sentences: which types, with which status, how surely, and which words say so."""

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from functools import partial

from services.analyze.document import Claim, Document, Sentence
from services.analyze.signals import victims
from services.analyze.signals.encoder.encoder import Impression
from services.analyze.signals.evidence import Span, clause, span_of, trigger
from services.analyze.signals.features import Reading, Unit, read
from services.analyze.signals.hedges import denied_types, figurative_types, hedged_types
from services.analyze.signals.lexicon import lexicon
from services.analyze.signals.model import load_model
from services.analyze.signals.units import title_words, unit_of
from services.analyze.signals.verdict import Verdict

Reader = Callable[[Unit], Impression | None]

CERTAIN = 0.8
"""Least confidence of what a rule of the lexicon says."""

LOOKS = 2
"""Sentences of one document that the encoder reads at most, the first that leave a doubt: it takes longer for one than
the rest of analysis for an article, and what an article is about stands at its beginning."""
SHORT = 4
"""Sentences, its title's among them, of a text that the encoder reads though nobody said which of them matter."""


class Classifier:
    """Codes sentences with the model of their language; a language without a model gives no claims.

    `encoder` gives a second reading of a unit; without it the linear machines decide alone.
    """

    def __init__(self, encoder: Reader | None = None) -> None:
        self._encoder = encoder

    @property
    def looks_closely(self) -> bool:
        """Whether it has an encoder to ask."""
        return self._encoder is not None

    def classify(
        self, document: Document, closely: Container[int] | None = None, placed: Container[int] = ()
    ) -> list[Claim]:
        """Claims of the document's sentences, page furniture left out.

        The encoder may read the sentences whose index is in `closely`, `LOOKS` at most; where it is not given, those of
        a short text. Sentences whose index is in `placed` name a place: they tell of something of their own.
        """
        looks = _Looks(self._encoder)
        told = [sentence for sentence in document.sentences if not sentence.furniture]
        if closely is None:
            closely = [sentence.index for sentence in told] if len(told) <= SHORT else ()
        title = title_words(document)
        claims: list[Claim] = []
        before: list[Claim] = []
        for sentence in told:
            unit = unit_of(document, sentence, title)
            follows = sentence.index not in placed and not (document.context and _is_of_title(before, document))
            look = looks if sentence.index in closely else None
            before = self._claims(sentence, unit, look, before if follows else ())
            claims += before
        return claims

    def _claims(self, sentence: Sentence, unit: Unit, looks: "_Looks | None", above: Sequence[Claim]) -> list[Claim]:
        """`above`: claims of the sentence before, of which it may count the victims."""
        model = load_model(unit.lang)
        if model is None or not unit.words:
            return []
        look = looks.at(unit) if looks else None
        reading = read(unit)
        found = {
            verdict.type: (verdict, trigger(sentence, reading.hits, verdict.type))
            for verdict in model.verdicts(reading, look)
        }
        if found:
            _take_back(reading, found)
        for type_, status, hit in lexicon(unit.lang).certain(reading.parts):
            sure = max(CERTAIN, found[type_][0].confidence) if type_ in found else CERTAIN
            found[type_] = Verdict(type_, status, sure), span_of(sentence, hit)
        for type_ in denied_types(reading, found):
            known = found.get(type_, (Verdict(type_, "negated", CERTAIN), trigger(sentence, reading.hits, type_)))
            found[type_] = Verdict(type_, "negated", max(CERTAIN, known[0].confidence)), known[1]
        verdicts = [verdict for verdict, _ in found.values()]
        if above and (verdict := victims.inherited(sentence, reading, verdicts, above)):
            return [replace(_claim(sentence, verdict, None), inherited=True)]
        return [_claim(sentence, verdict, said) for verdict, said in found.values()]


def _is_of_title(claims: Sequence[Claim], document: Document) -> bool:
    return any(document.sentences[claim.sentence].field == "title" for claim in claims)


class _Looks:
    """Of the encoder at one document's sentences."""

    def __init__(self, encoder: Reader | None) -> None:
        self._encoder, self._left = encoder, LOOKS

    def at(self, unit: Unit) -> Callable[[], Impression | None] | None:
        return partial(self._look, self._encoder, unit) if self._encoder and self._left else None

    def _look(self, encoder: Reader, unit: Unit) -> Impression | None:
        self._left -= 1
        return encoder(unit)


def _take_back(reading: Reading, found: dict[str, tuple[Verdict, Span | None]]) -> None:
    """What figures and hedges leave of the models' verdicts, in place."""
    for type_ in figurative_types(reading):
        found.pop(type_, None)
    for type_, status in hedged_types(reading).items():
        if type_ in found and found[type_][0].status == "actual":
            found[type_] = Verdict(type_, status, CERTAIN), found[type_][1]


def _claim(sentence: Sentence, verdict: Verdict, said: Span | None) -> Claim:
    evidence = clause(sentence, said)
    return Claim(
        sentence=sentence.index,
        type=verdict.type,
        status=verdict.status,
        confidence=verdict.confidence,
        start=evidence.start,
        end=evidence.end,
        trigger=(said.start, said.end) if said else None,
    )
