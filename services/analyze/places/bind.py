"""Give each claim the places where it happens.

A place of the claim's own sentence is taken where the ranker finds it likely enough; where there is none, one named in
the sentence before, in the title, or in the context.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.analyze.document import Claim, Document, PlaceMention
from services.analyze.places.clauses import told_with
from services.analyze.places.features import FINENESS, claim_features, inherited_features
from services.analyze.places.origins import FIRED, SEIZED, Elsewhere, elsewhere, origins
from services.analyze.places.ranker import Ranker, load_ranker

MAX_INHERITED = 2
"""Places taken over from outside the claim's sentence."""
SENTENCES_BACK = 2
NEVER = ("dateline",)
DIPLOMATIC = frozenset(("talks", "agreement", "ceasefire", "threat", "withdrawal", "relief", "unrest", "displacement"))
"""What may happen at the venue of a meeting, or be told of it; shells do not fall there."""


@dataclass(frozen=True, slots=True)
class Inherited:
    """A place named outside the claim's sentence, with its features for the claim."""

    mention: PlaceMention
    features: list[str]


def bind(
    document: Document, claims: list[Claim], mentions: Sequence[PlaceMention], ranker: Ranker | None = None
) -> None:
    """Fill `claim.places` in place, each place once, in the order of the text."""
    ranker = ranker or load_ranker()
    all_named = _by_sentence(mentions)
    near = _in_reach(document, [claim for claim in claims if claim.type in FIRED or claim.type == SEIZED])
    apart = elsewhere(document, {index: named for index, named in all_named.items() if index in near})

    def without(*reasons: Elsewhere) -> dict[int, list[PlaceMention]]:
        return _by_sentence(m for m in mentions if apart.get(id(m)) not in reasons)

    falling, living = without(*Elsewhere), without(Elsewhere.POSITION, Elsewhere.CAUSE)
    staying, going = without(Elsewhere.ROOTS, Elsewhere.CAUSE), without(Elsewhere.CAUSE)
    by_type = dict.fromkeys(FIRED, (falling, living)) | {SEIZED: (staying, going)}
    told: dict[int, list[Claim]] = {}
    for claim in claims:
        told.setdefault(claim.sentence, []).append(claim)
    context: Sequence[PlaceMention] = getattr(mentions, "context", ())
    for claim in claims:
        others = [c for c in told[claim.sentence] if c is not claim]
        named: tuple[dict[int, list[PlaceMention]], ...] = by_type.get(claim.type, (all_named,))
        if claim.type in FIRED and (cause := _own_cause(claim, all_named.get(claim.sentence, []), apart)):
            named = (all_named | {claim.sentence: [cause]}, *named)
        chosen = next(filter(None, (_places(document, claim, others, by, context, ranker) for by in named)), [])
        enough = ranker.site_threshold if claim.status == "actual" else ranker.own_threshold
        left = origins(document, claim, [m for _, m in chosen])
        sure = [(m, s >= enough and m not in left) for s, m in chosen]
        found = {m.place_id for m, is_sure in sure if is_sure and m.place_id}
        claim.places = _distinct([_as_site(m, is_sure and m.locates not in found) for m, is_sure in sure])


def _in_reach(document: Document, claims: Sequence[Claim]) -> set[int]:
    """The sentences in which the places of claims are looked for."""
    own = {claim.sentence - back for claim in claims for back in range(SENTENCES_BACK + 1)}
    return own.union(_titles(document)) if claims else own


def _own_cause(claim: Claim, own: Sequence[PlaceMention], apart: Mapping[int, Elsewhere]) -> PlaceMention | None:
    """«رداً على تفجير استهدف الكلية في حمص»: of the blast itself it is the site, the next place behind its word."""
    behind = [m for m in own if claim.trigger and claim.trigger[1] <= m.start]
    return behind[0] if behind and apart.get(id(behind[0])) == Elsewhere.CAUSE else None


def _places(
    document: Document,
    claim: Claim,
    others: Sequence[Claim],
    by_sentence: dict[int, list[PlaceMention]],
    context: Sequence[PlaceMention],
    ranker: Ranker,
) -> list[tuple[float, PlaceMention]]:
    """The likely places of a claim, of its own sentence or else of others, each with its score."""
    own = by_sentence.get(claim.sentence, [])
    free = told_with(document, claim, others, own)
    chosen = _own(claim, free, ranker) or _own(claim, own, ranker)
    if chosen:
        return chosen
    outside = inherited_candidates(document, claim, by_sentence, context)
    scored = [(ranker.inherited_score(c.features), c.mention) for c in outside]
    likely = sorted((s for s in scored if s[0] >= ranker.inherited_threshold), key=lambda s: -s[0])
    return likely[:MAX_INHERITED]


def _by_sentence(mentions: Iterable[PlaceMention]) -> dict[int, list[PlaceMention]]:
    found: dict[int, list[PlaceMention]] = {}
    for mention in mentions:
        found.setdefault(mention.sentence, []).append(mention)
    return found


def own_features(claim: Claim, own: Sequence[PlaceMention]) -> list[tuple[PlaceMention, list[str]]]:
    """The mentions of a claim's sentence that may be its site, with what the claim adds to their features."""
    able = [m for m in own if m.role not in NEVER and (m.role != "venue" or claim.type in DIPLOMATIC)]
    return [(m, claim_features(claim, m, able)) for m in able]


def _own(claim: Claim, own: Sequence[PlaceMention], ranker: Ranker) -> list[tuple[float, PlaceMention]]:
    """The likely places of the claim's own sentence; where none is, its one town or village that is not unlikely."""
    scored = [(ranker.claim_score(m.event_score, features), m) for m, features in own_features(claim, own)]
    likely = [s for s in scored if s[0] >= ranker.own_threshold]
    if likely:
        return likely
    fine = [s for s in scored if s[1].role in ("event", "background") and FINENESS[s[1].precision] >= FINENESS["town"]]
    best = max(fine, key=lambda s: s[0], default=None)
    return [best] if best and best[0] >= ranker.only_threshold else []


def inherited_candidates(
    document: Document,
    claim: Claim,
    by_sentence: dict[int, list[PlaceMention]],
    context: Sequence[PlaceMention],
) -> list[Inherited]:
    """Places of the sentences before, of the title and of the context, the likeliest of each first."""
    sources = [("title", [m for i in _titles(document) for m in by_sentence.get(i, [])])]
    field = document.sentences[claim.sentence].field
    back = []
    for index in range(claim.sentence - 1, max(-1, claim.sentence - 1 - SENTENCES_BACK), -1):
        if document.sentences[index].field == field == "text" and not document.sentences[index].furniture:
            back.append(by_sentence.get(index, []))
    sources += [(f"previous{i + 1}", found) for i, found in enumerate(back)]
    sources.append(("context", list(context)))
    own = bool(by_sentence.get(claim.sentence))
    said: dict[object, int] = {}
    for _, found in sources:
        for key in {_key(m) for m in found}:
            said[key] = said.get(key, 0) + 1
    result: dict[object, Inherited] = {}
    able = [m for _, found in sources for m in found if m.role not in NEVER]
    finest = max((FINENESS[m.precision] for m in able), default=0)
    best = max((m.event_score for m in able), default=0.0)
    total, tokens = len(said), document.sentences[claim.sentence].tokens
    for origin, found in sources:
        if claim.sentence in _titles(document) and origin == "title":
            continue
        ranked = sorted((m for m in _distinct(found) if m.role not in NEVER), key=lambda m: -m.event_score)
        for rank, mention in enumerate(ranked):
            features = inherited_features(claim, mention, origin, rank, said[_key(mention)], tokens)
            features.append("own_rejected" if own else "own_none")
            features.append(f"candidates={min(total, 6)}")
            features.append(
                "finest_outside" if FINENESS[mention.precision] == finest else f"coarser&{mention.precision}"
            )
            features.append("best_outside" if mention.event_score == best else f"under_best&{mention.precision}")
            result.setdefault(_key(mention), Inherited(mention, features))
    return list(result.values())


def _titles(document: Document) -> list[int]:
    return [i for i, s in enumerate(document.sentences[:4]) if s.field == "title"]


def _as_site(mention: PlaceMention, sure: bool) -> PlaceMention:
    """The mention as the claim's place: the site where that is likely enough, else kept as background.

    Where a rule has told the role (a capital that acts, a venue), it stands.
    """
    role = "event" if sure else "background"
    return replace(mention, role=role) if mention.role in ("event", "background") and mention.role != role else mention


def _key(mention: PlaceMention) -> object:
    return mention.place_id or mention.surface


def _distinct(mentions: Sequence[PlaceMention]) -> list[PlaceMention]:
    seen: dict[object, PlaceMention] = {}
    for mention in mentions:
        seen.setdefault(_key(mention), mention)
    return list(seen.values())
