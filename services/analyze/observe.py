"""From an analysed article to observations: one for each watch that its signals belong to. Pure and deterministic."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from rensa import RMinHash

from schemas.article import Article, ArticleRef
from schemas.observation import Observation, ObservedSignal
from schemas.signal import Analysis
from services.analyze.text.fold import fold

Woken = list[tuple[str, list[int]]]
"""(watch id, positions of its signals in the analysis), as `Analyzer.observe` gives them."""

CONTEXT = 80
"""Characters of context on each side of a quote."""
MAX_SIGNALS = 100
"""Of one observation: more are said by no article that people read, and a message has its largest size."""
SHINGLE = 3
"""Words in a shingle."""
PERMUTATIONS = 64
SEED = 20
"""Any number: fingerprints are comparable only while it stays."""


def observations(
    article: Article, analysis: Analysis, woken: Woken, watch_version: int, now: datetime
) -> list[Observation]:
    """One observation a woken watch, in their order; `now` is when the article was analysed."""
    if not woken:
        return []
    reference, marks = ArticleRef.of(article), fingerprint(article)
    return [
        Observation(
            id=observation_id(article, watch_id),
            watch_id=watch_id,
            watch_version=watch_version,
            article=reference,
            signals=tuple(_observed(article, analysis, index) for index in _strongest(analysis, indexes)),
            fingerprint=marks,
            analyzed_at=now,
        )
        for watch_id, indexes in woken
    ]


def withdrawals(woken: Woken, observed_before: Iterable[str], watched: Iterable[str]) -> Woken:
    """Watches that an earlier version of the article spoke of and this one does not, without signals.

    Track then takes back what only the earlier version said. A watch that is no longer watched is left alone.
    """
    gone = (set(observed_before) & set(watched)) - {watch_id for watch_id, _ in woken}
    return [(watch_id, []) for watch_id in sorted(gone)]


def observation_id(article: Article, watch_id: str) -> str:
    """The same for the same article, version and watch, whenever and wherever it is read."""
    return hashlib.sha256(f"{article.id}\x1f{article.version}\x1f{watch_id}".encode()).hexdigest()[:32]


def fingerprint(article: Article) -> tuple[int, ...]:
    """MinHash of the text's folded word shingles; of the title where the text has too few words.

    The headline stays out otherwise: a reprint under a new one is the same text. See Broder, "On the resemblance and
    containment of documents", 1997: the share of equal values estimates the Jaccard similarity of the shingles.
    """
    words = fold(article.text).split()
    if len(words) < SHINGLE:
        words = fold(f"{article.title} {article.text}").split()
    shingles = [" ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))]
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update(shingles)
    return tuple(sketch.digest())


def _strongest(analysis: Analysis, indexes: list[int]) -> list[int]:
    """The surest MAX_SIGNALS of them, in the order of the text."""
    if len(indexes) <= MAX_SIGNALS:
        return indexes
    return sorted(sorted(indexes, key=lambda index: (-analysis.signals[index].confidence, index))[:MAX_SIGNALS])


def _observed(article: Article, analysis: Analysis, index: int) -> ObservedSignal:
    signal = analysis.signals[index]
    text = article.title if signal.evidence.field == "title" else article.text
    start, end = signal.evidence.start, signal.evidence.end
    return ObservedSignal(
        index=index,
        signal=signal,
        quote=text[start:end],
        before=_before(text, start),
        after=_after(text, end),
    )


def _before(text: str, start: int) -> str:
    """Up to CONTEXT characters before `start`, whole words."""
    first = max(0, start - CONTEXT)
    piece = text[first:start]
    if first and not text[first - 1].isspace() and not piece[:1].isspace():
        piece = piece.partition(" ")[2]
    return " ".join(piece.split())


def _after(text: str, end: int) -> str:
    """Up to CONTEXT characters after `end`, whole words."""
    last = end + CONTEXT
    piece = text[end:last]
    if last < len(text) and not text[last].isspace() and not piece[-1:].isspace():
        piece = piece.rpartition(" ")[0]
    return " ".join(piece.split())
