"""Train the place ranker on labelled sentences: `python -m services.analyze.places.train SENTENCES.jsonl... [--write]`.

One line a sentence: id, title, context, text, source, signals with type, status and places. Three sums are learnt: two
together (what the sentence says of the place, what the claim adds), one for places named outside the sentence. Figures
are cross-validated with folds by article (the id before `#`); the written weights are fitted on all sentences.
"""

import argparse
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.analyze.document import Claim, Document, PlaceMention
from services.analyze.places.bind import NEVER, bind, inherited_candidates, own_features
from services.analyze.places.find import Mentions, PlaceFinder
from services.analyze.places.gazetteer import Gazetteer
from services.analyze.places.ranker import ALONE, FILE, Ranker, log_odds
from services.analyze.signals.lexicon import lexicon
from services.analyze.text.reader import read_document

FOLDS = 5
LEAST = 5
"""Features seen in fewer sentences than this are not learnt."""
_DROPPED = frozenset(
    "al el as ad ar ash an the city town village province مدينه ريف قريه بلده محافظه منطقه countryside northern "
    "southern eastern western rural".split()
)


@dataclass(slots=True)
class Example:
    """A labelled sentence, read."""

    group: str
    lang: str
    document: Document
    mentions: Mentions
    claims: list[Claim]
    gold: list[list[str]]
    """Folded gold places of each claim."""
    optional: list[str]
    sites: list[tuple[PlaceMention, list[str], bool]] = field(default_factory=list)
    """(mention, its features, is the place of some claim)."""


def same_name(a: str, b: str) -> bool:
    return a == b or (min(len(a), len(b)) >= 3 and (a in b or b in a))


def fold_name(name: str) -> str:
    """A place name as labels are compared: marks, variants, articles and words like "city" taken off."""
    text = unicodedata.normalize("NFKD", name.lower())
    text = "".join(c for c in text if not unicodedata.combining(c) and c != "ـ")
    for a, b in zip("أإآىةؤئ", "ااايهوي", strict=True):
        text = text.replace(a, b)
    words = [re.sub(r"^ال(?=\w{2,})", "", w) for w in re.sub(r"[^\w\s]", " ", text).split()]
    return " ".join(w for w in words if w not in _DROPPED) or " ".join(words)


def judge(mention: PlaceMention, wanted: Sequence[str], optional: Sequence[str]) -> bool | None:
    """Whether the mention is one of the places wanted; None where the labellings differ on it."""
    name = fold_name(mention.surface)
    if any(same_name(name, g) for g in wanted):
        return True
    return None if any(same_name(name, o) for o in optional) else False


def read_examples(paths: Sequence[Path], finder: PlaceFinder) -> Iterator[Example]:
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["signals"]:
                yield _example(row, finder)


def _example(row: dict[str, Any], finder: PlaceFinder) -> Example:
    document = read_document(
        row["id"], row["title"], row["text"], row.get("context", ""), row.get("lang"), row.get("source", "")
    )
    mentions = finder.find(document)
    claims, gold = _claims(row, document)
    optional = [fold_name(p) for p in row.get("optional", {}).get("places", [])]
    example = Example(
        row["id"].split("#")[0], row.get("lang") or document.lang, document, mentions, claims, gold, optional
    )
    for mention, features in zip(mentions, mentions.features, strict=True):
        if mention.field == "text" and mention.role not in NEVER:
            there = [places for c, places in zip(claims, gold, strict=True) if c.sentence == mention.sentence]
            judged = judge(mention, [g for places in there for g in places], optional)
            if judged is not None and there:
                example.sites.append((mention, features, judged))
    return example


def _claims(row: dict[str, Any], document: Document) -> tuple[list[Claim], list[list[str]]]:
    """A claim a label, in the sentences of the text that hold a word for its type, else in all of them."""
    claims, gold = [], []
    for label in row["signals"]:
        sentences = [s for s in document.sentences if s.field == "text"]
        triggers = [_trigger(s, label["type"]) for s in sentences]
        for sentence, trigger in zip(sentences, triggers, strict=True):
            if trigger is None and any(triggers):
                continue
            claims.append(
                Claim(sentence.index, label["type"], label["status"], 0.9, sentence.start, sentence.end, trigger)
            )
            gold.append([fold_name(p) for p in label["places"]])
    return claims, gold


def _trigger(sentence: Any, type_: str) -> tuple[int, int] | None:
    words = lexicon(sentence.lang)
    for hit in words.hits([t.folded for t in sentence.tokens]):
        if words.types.get(hit.base) == type_:
            return sentence.tokens[hit.start].start, sentence.tokens[hit.end - 1].end
    return None


def fit(examples: Sequence[Example], strength: float, thresholds: tuple[float, float]) -> Ranker:
    """Mentions first; then claims, on scores that come from the other half; then what is named outside."""
    halves = [[e for i, e in enumerate(examples) if i % 2 == half] for half in (0, 1)]
    rows: list[tuple[dict[str, float], bool]] = []
    outside: list[tuple[dict[str, float], bool]] = []
    for mine, other in (halves, halves[::-1]):
        score(mine, Ranker(_fit_mentions(other, strength), {}, {}))
        for e in mine:
            rows += _claim_rows(e)
            outside += _outside_rows(e)
    return Ranker(
        _fit_mentions(examples, strength), _logistic(rows, strength), _logistic(outside, strength), *thresholds
    )


def score(examples: Sequence[Example], ranker: Ranker) -> None:
    """Give the mentions the scores of a ranker, where no rule has decided."""
    for e in examples:
        for mention, features in zip(e.mentions, e.mentions.features, strict=True):
            if mention.role in ("event", "background", "venue"):
                mention.event_score = ranker.mention_score(features)
        for mention, features in zip(e.mentions.context, e.mentions.context_features, strict=True):
            if mention.role in ("event", "background", "venue"):
                mention.event_score = ranker.mention_score(features)


def _fit_mentions(examples: Sequence[Example], strength: float) -> dict[str, float]:
    return _logistic([(dict.fromkeys(f, 1.0), y) for e in examples for _, f, y in e.sites], strength)


def _claim_rows(e: Example) -> list[tuple[dict[str, float], bool]]:
    rows = []
    for number, claim in enumerate(e.claims):
        own = [m for m in e.mentions if m.sentence == claim.sentence]
        for mention, features in own_features(claim, own):
            judged = judge(mention, e.gold[number], e.optional)
            if judged is not None:
                row = dict.fromkeys(features, 1.0)
                row[ALONE] = log_odds(mention.event_score)
                rows.append((row, judged))
    return rows


def _outside_rows(e: Example) -> list[tuple[dict[str, float], bool]]:
    by_sentence = by_sentence_of(e.mentions)
    rows = []
    for number, claim in enumerate(e.claims):
        own = by_sentence.get(claim.sentence, [])
        if any(judge(m, e.gold[number], ()) for m in own):
            continue
        for candidate in inherited_candidates(e.document, claim, by_sentence, e.mentions.context):
            rows.append((dict.fromkeys(candidate.features, 1.0), bool(judge(candidate.mention, e.gold[number], ()))))
    return rows


def by_sentence_of(mentions: Sequence[PlaceMention]) -> dict[int, list[PlaceMention]]:
    found: dict[int, list[PlaceMention]] = {}
    for mention in mentions:
        found.setdefault(mention.sentence, []).append(mention)
    return found


def _logistic(rows: Sequence[tuple[dict[str, float], bool]], strength: float) -> dict[str, float]:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    counts: dict[str, int] = {}
    for features, _ in rows:
        for f in features:
            counts[f] = counts.get(f, 0) + 1
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(
        [{f: v for f, v in features.items() if counts[f] >= LEAST} for features, _ in rows]
    )
    model = LogisticRegression(C=strength, fit_intercept=False, max_iter=300).fit(matrix, [y for _, y in rows])
    weights = zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
    return {str(k): round(float(w), 2) for k, w in weights if abs(w) >= 0.03}


def evaluate(examples: Sequence[Example], ranker: Ranker) -> tuple[int, int, int]:
    """(right, predicted, gold) places over sentences, with gold types; scores are made again from the features."""
    right = predicted = wanted = 0
    score(examples, ranker)
    for e in examples:
        bind(e.document, e.claims, e.mentions, ranker)
        gold = {g for places in e.gold for g in places}
        found = {fold_name(m.surface) for c in e.claims for m in c.places} - {""}
        found = {a for a in found if _counts(a, gold, e.optional)}
        hit_p = sum(any(same_name(a, b) for b in gold) for a in found)
        hit_g = sum(any(same_name(a, b) for b in found) for a in gold)
        right += min(hit_p, hit_g)
        predicted += len(found)
        wanted += len(gold)
    return right, predicted, wanted


def _counts(name: str, gold: set[str], optional: Sequence[str]) -> bool:
    return any(same_name(name, g) for g in gold) or not any(same_name(name, o) for o in optional)


def f1(counts: tuple[int, int, int]) -> float:
    right, predicted, wanted = counts
    return 2 * right / max(1, predicted + wanted)


def _describe(name: str, counts: tuple[int, int, int]) -> str:
    right, predicted, wanted = counts
    return (
        f"{name:24} precision {right / max(1, predicted):.3f}  recall {right / max(1, wanted):.3f}  F1 {f1(counts):.3f}"
    )


def _fold_of(group: str) -> int:
    return sum(ord(c) * (i + 1) for i, c in enumerate(group)) % FOLDS


def cross_validate(examples: Sequence[Example], strength: float, grid: Sequence[tuple[float, float]]) -> None:
    """Print the figures of every pair of thresholds, each sentence judged by weights that have not seen its article."""
    sums: dict[tuple[str, tuple[float, float]], list[int]] = {}
    for fold in range(FOLDS):
        train = [e for e in examples if _fold_of(e.group) != fold]
        test = [e for e in examples if _fold_of(e.group) == fold]
        ranker = fit(train, strength, grid[0])
        for thresholds in grid:
            told = Ranker(ranker.mention, ranker.claim, ranker.inherited, *thresholds)
            for lang in sorted({e.lang for e in test}):
                total = sums.setdefault((lang, thresholds), [0, 0, 0])
                for i, n in enumerate(evaluate([e for e in test if e.lang == lang], told)):
                    total[i] += n
    for (lang, thresholds), (a, b, c) in sums.items():
        print(_describe(f"{lang} C={strength} {thresholds}", (a, b, c)), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the place ranker.")
    parser.add_argument("sentences", nargs="+", type=Path)
    parser.add_argument("--strength", type=float, default=0.1, help="inverse regularisation")
    parser.add_argument("--own", type=float, nargs="+", default=[0.4])
    parser.add_argument("--inherited", type=float, nargs="+", default=[0.4])
    parser.add_argument("--write", action="store_true", help="fit on all sentences and write the weights")
    options = parser.parse_args()
    finder = PlaceFinder(Gazetteer.load())
    examples = list(read_examples(options.sentences, finder))
    grid = [(a, b) for a in options.own for b in options.inherited]
    cross_validate(examples, options.strength, grid)
    if options.write:
        ranker = fit(examples, options.strength, grid[0])
        data = {name: getattr(ranker, name) for name in Ranker.__slots__}
        Path(str(FILE)).write_text(json.dumps(data, ensure_ascii=False, sort_keys=True, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    main()
