"""Weigh the encoder beside the linear machines: `python -m services.analyze.signals.joint --data ../shared/eval`.

What the encoder made of the first fold of articles (`HELD`) before it learnt from them is on record
(`encoder/held.py`), and here the linear machines are fitted without them too. What both say of them is calibrated
together and written to `data/<language>/joint.npz`. `--cv` prints figures on those sentences instead, each decided by
weights that were learnt on others of them.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from services.analyze.signals.encoder.encoder import Impression
from services.analyze.signals.encoder.held import recall
from services.analyze.signals.model import Joint, Model, logistic, status_clues, type_clues
from services.analyze.signals.train import (
    Floats,
    Mask,
    Pairs,
    Row,
    apart,
    confidence_weights,
    folds,
    presence,
    read_options,
    read_rows,
    rows_of_ours,
    train,
)
from services.analyze.signals.validate import Judged, f1, print_figures, print_reliability, print_types

FOLDS = 3
HELD = 0
"""The fold of articles, of `FOLDS`, that the encoder was judged on before it learnt from them."""
INNER_FOLDS = 5
BIAS_SCALE = 0.3
"""Below 1, for the constants of the types to be learnt with caution."""

Impressions = Sequence[Impression]


def held_out(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """(seen, held): rows that the encoder was trained on at first, and those that it is weighed on."""
    seen, held = list(folds(rows, FOLDS))[HELD]
    return [rows[i] for i in seen], [rows[i] for i in held]


def prepare(lang: str, data: Path) -> tuple[Model, dict[str, Impression], list[Row]]:
    """Machines fitted without the held-out articles, what the encoder made of these, and their rows."""
    seen, away = held_out(read_rows(data / "sentences" / f"dev_{lang}.jsonl"))
    looks = recall(lang)
    more = apart(rows_of_ours(lang, data), away)
    return Model(train(seen, (), more)), looks, [row for row in away if row.id in looks]


def learn(model: Model, rows: Sequence[Row], seen: Impressions) -> dict[str, NDArray[Any]]:
    """The arrays of `Joint`, from rows that neither the model nor the encoder has been trained on."""
    margins = [model.margins(row.reading) for row in rows]
    clues = np.array([type_clues(model.chances(m), s) for m, s in zip(margins, seen, strict=True)])
    present = presence(rows)
    weights, bias = _weigh(clues, present)
    sure = logistic(weights @ clues + bias)
    pairs = Pairs.of(rows)
    asked = np.array(
        [
            status_clues(model.statuses(rows[i].reading, margins[i], t), seen[i], t)
            for i, t in zip(pairs.rows, pairs.types, strict=True)
        ]
    )
    status_weights = _status_weights(asked, pairs.statuses)
    thresholds = (model.thresholds + best_threshold(sure, present)) / 2
    found = {"weights": weights, "bias": bias, "thresholds": thresholds, "status_weights": status_weights}
    found["confidence"] = confidence_weights(rows, pairs, sure, thresholds, status_weights @ asked)
    return {name: array.astype(np.float32) for name, array in found.items()}


def _weigh(clues: Floats, present: Mask) -> tuple[Floats, Floats]:
    """One weight a clue for all types, and a constant a type, kept small: the machines' chances are calibrated."""
    rows, kinds, types = clues.shape
    constants = np.tile(np.eye(types) * BIAS_SCALE, (rows, 1))
    design = np.column_stack([constants, clues.transpose(0, 2, 1).reshape(-1, kinds)])
    fitted = LogisticRegression(C=10, max_iter=1000).fit(design, present.reshape(-1))
    weights = fitted.coef_[0]
    return weights[types:], weights[:types] * BIAS_SCALE + fitted.intercept_[0]


def best_threshold(sure: Floats, present: Mask) -> float:
    """The one threshold for all types that gives the best micro-averaged F1."""
    tried = np.linspace(0.2, 0.6, 41)
    return max(tried, key=lambda least: f1((sure >= least)[present].sum(), (sure >= least).sum(), present.sum()))


def _status_weights(clues: Floats, said: NDArray[np.int64]) -> Floats:
    """Two weights, the likeliest given the statuses said; `clues` are (pairs, 2, S)."""

    def surprise(weights: Floats) -> float:
        asked = weights @ clues
        asked = asked - asked.max(axis=1, keepdims=True)
        return float((np.log(np.exp(asked).sum(axis=1)) - asked[np.arange(len(said)), said]).mean())

    return np.asarray(minimize(surprise, np.array([1.0, 0.3]), method="Nelder-Mead").x)


def report(lang: str, linear: Model, looks: Mapping[str, Impression], held: Sequence[Row]) -> None:
    """Figures of the linear machines alone and with the encoder, on what neither had seen."""
    alone, judged = _judge(linear, looks, held)
    print(f"\n== {lang}: {len(held)} sentences that neither had seen")
    for name, beginning in (("all", ""), ("local outlets", "aw-")):
        for how, some in (("linear", alone), ("joint", judged)):
            part = [(r, v) for r, v in some if r.id.startswith(beginning)]
            if part:
                print_figures(f"{name}, {how}", part)
    print_types(judged)
    print_reliability(judged)


def _judge(linear: Model, looks: Mapping[str, Impression], rows: Sequence[Row]) -> tuple[Judged, Judged]:
    """Rows with the verdicts of the linear machines, and with those of both by weights learnt on other articles."""
    alone: Judged = []
    judged: Judged = []
    for known, unknown in folds(rows, INNER_FOLDS):
        some = [rows[i] for i in known]
        both = linear.beside(Joint(learn(linear, some, [looks[r.id] for r in some])))
        for row in (rows[i] for i in unknown):
            alone.append((row, linear.verdicts(row.reading)))
            judged.append((row, both.verdicts(row.reading, partial(looks.__getitem__, row.id))))
    return alone, judged


def main(arguments: Sequence[str] | None = None) -> None:
    options = read_options(__doc__ or "", arguments)
    for lang in options.lang or ("ar", "en"):
        linear, looks, held = prepare(lang, options.data)
        if options.cv:
            report(lang, linear, looks, held)
            continue
        path = Path(__file__).parent.parent / "data" / lang / "joint.npz"
        joint: dict[str, Any] = learn(linear, held, [looks[row.id] for row in held])
        np.savez_compressed(path, **joint)
        print(f"{path}: weighed on {len(held):,} sentences")


if __name__ == "__main__":
    main()
