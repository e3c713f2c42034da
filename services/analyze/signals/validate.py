"""Cross-validated figures of the models: `python -m services.analyze.signals.train --data ../shared/eval --cv`.

Outer folds by article; thresholds, calibration and blending are learnt inside each training fold. Verdicts come from
the run-time `Model`, built from the arrays that would be shipped.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from schemas.base import EASING
from services.analyze.signals.model import Model
from services.analyze.signals.train import TYPES, Row, apart, folds, train
from services.analyze.signals.verdict import VIOLENCE, Verdict

OUTER_FOLDS = 3
Judged = list[tuple[Row, list[Verdict]]]


def report(lang: str, rows: Sequence[Row], extra: Sequence[Row], more: Sequence[Row]) -> None:
    judged, coded = cross_validate(rows, extra, more)
    print(f"\n== {lang}: {len(rows)} sentences, {OUTER_FOLDS} folds by article")
    print_figures("all", judged)
    local = [(r, v) for r, v in judged if r.id.startswith("aw-")]
    if local:
        print_figures("local outlets", local)
    print_types(judged)
    print_confusion(judged)
    print_reliability(judged)
    for event in ("ASSAULT", "PROTEST"):
        if coded:
            print_event(event, [(r, v) for r, v in coded if r.event == event])


def cross_validate(rows: Sequence[Row], extra: Sequence[Row], more: Sequence[Row]) -> tuple[Judged, Judged]:
    """Rows and human-coded records, each with the verdicts of a model that saw neither its article."""
    judged: Judged = []
    coded: Judged = []
    none = np.array([], dtype=np.int64)
    extra_folds = list(folds(extra, OUTER_FOLDS)) if extra else [(none, none)] * OUTER_FOLDS
    for (seen, held), (extra_seen, extra_held) in zip(folds(rows, OUTER_FOLDS), extra_folds, strict=True):
        training, records = [rows[i] for i in seen], [extra[i] for i in extra_seen]
        away = [*(rows[i] for i in held), *(extra[i] for i in extra_held)]
        model = Model(train(training, records, apart(more, away)))
        judged += [(rows[i], model.verdicts(rows[i].reading)) for i in held]
        coded += [(extra[i], model.verdicts(extra[i].reading)) for i in extra_held]
    return judged, coded


def f1(hits: int, said: int, true: int) -> float:
    return 2 * hits / (said + true) if said + true else 0.0


def _micro(judged: Judged, gold: Callable[[Row], Iterable[str]], found: Callable[[list[Verdict]], set[str]]) -> float:
    hits = said = true = 0
    for row, verdicts in judged:
        g, p = set(gold(row)), found(verdicts)
        hits, said, true = hits + len(g & p), said + len(p), true + len(g)
    return f1(hits, said, true)


def print_figures(name: str, judged: Judged) -> None:
    types = _micro(judged, lambda r: r.statuses, lambda vs: {v.type for v in vs})
    live = _micro(judged, lambda r: r.live, lambda vs: {v.type for v in vs if v.status == "actual"})
    shared = [(r.statuses[v.type], v.status) for r, vs in judged for v in vs if v.type in r.statuses]
    status = sum(a == b for a, b in shared) / len(shared)
    toward = sum(_direction(r.statuses) == _direction(v.type for v in vs) for r, vs in judged) / len(judged)
    print(f"{name:15} type {types:.3f}  live {live:.3f}  status {status:.3f}  direction {toward:.3f}")


def _direction(types: Iterable[str]) -> tuple[bool, bool]:
    types = set(types)
    return bool(types - EASING), bool(types & EASING)


def print_types(judged: Judged) -> None:
    print(f"\n{'type':13}{'precision':>10}{'recall':>8}{'F1':>7}{'rows':>7}")
    for t in TYPES:
        gold = {id(r) for r, _ in judged if t in r.statuses}
        said = {id(r) for r, vs in judged if any(v.type == t for v in vs)}
        hits = len(gold & said)
        print(
            f"{t:13}{hits / max(1, len(said)):10.2f}{hits / max(1, len(gold)):8.2f}"
            f"{f1(hits, len(said), len(gold)):7.2f}{len(gold):7}"
        )


def print_confusion(judged: Judged, most: int = 25) -> None:
    """Missed types beside those reported in their stead."""
    table: Counter[tuple[str, str]] = Counter()
    for row, verdicts in judged:
        said = {v.type for v in verdicts}
        wrong, missed = said - set(row.statuses), set(row.statuses) - said
        table.update((m, w) for m in missed for w in wrong or {"(nothing)"})
        table.update(("(nothing)", w) for w in wrong if not missed)
    print("\nmissed        reported instead")
    for (missed_type, said_type), count in table.most_common(most):
        print(f"{missed_type:13} {said_type:13} {count:5}")


def print_reliability(judged: Judged) -> None:
    """Of claims with a confidence, how many are right in type and status."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for row, verdicts in judged:
        for v in verdicts:
            bins[min(9, int(v.confidence * 10))].append((v.confidence, row.statuses.get(v.type) == v.status))
    print("\nconfidence   claims   mean   right")
    for decile, claims in sorted(bins.items()):
        mean = sum(c for c, _ in claims) / len(claims)
        right = sum(r for _, r in claims) / len(claims)
        print(f"{decile / 10:.1f} to {(decile + 1) / 10:.1f}  {len(claims):6}  {mean:.3f}   {right:.3f}")


def print_event(event: str, judged: Judged) -> None:
    """F1 and average precision on the human-coded records, as their scorer counts."""
    family = VIOLENCE if event == "ASSAULT" else ("unrest",)
    scores = [
        (
            max((v.confidence for v in vs if v.type in family and v.status in ("actual", "background")), default=0.0),
            r.yes,
        )
        for r, vs in judged
    ]
    true = sum(yes for _, yes in scores)
    said = sum(score > 0 for score, _ in scores)
    hits = sum(score > 0 and yes for score, yes in scores)
    found, precision = 0, 0.0
    for rank, (_, yes) in enumerate(sorted(scores, key=lambda s: -s[0]), 1):
        found += yes
        precision += yes * found / rank
    print(f"{event:8} F1 {f1(hits, said, true):.3f}  average precision {precision / true:.3f}  ({len(scores)} records)")
