"""Train the models of signal types and statuses: `python -m services.analyze.signals.train --data ../shared/eval`.

One linear machine (squared hinge, L2) a type, a type said to be actual, and a status, on the features of
`features.py`, each weighted by its rarity and its namespace's gain and not divided by the sentence's length: a long
sentence does not say any of its signals less. Margins are calibrated, thresholds set for the micro-averaged F1, and
statuses blended on margins of models that did not see the row (inner folds by article). Everything is then fitted on
all rows and written as one file of numpy arrays. `--cv` prints cross-validated figures instead.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from schemas.base import SignalType, Status
from services.analyze.signals.features import Reading, read, status_names
from services.analyze.signals.labels import own_labels, record_article, written
from services.analyze.signals.model import logistic, logit, pack
from services.analyze.signals.units import whole_unit
from services.analyze.signals.verdict import VIOLENCE
from services.analyze.text.reader import read_document

TYPES = tuple(str(t) for t in SignalType)
STATUSES = tuple(str(s) for s in Status)
GAIN = {
    **{"w": 1.0, "b": 0.5, "g": 1.0, "k": 1.0, "p": 0.7, "f": 0.7, "n": 0.7, "s": 0.5},
    **{"W": 0.7, "B": 0.4, "K": 0.7, "x": 0.5, "y": 0.3, "z": 0.5},
}
"""How loud each namespace is: root of its share of a typical row's squared length."""
STATUS_GAIN = {"t": 1.0, "h": 0.7, "n": 1.2, "c": 0.7}
HEADS = {"ASSAULT": VIOLENCE, "PROTEST": ("unrest",)}
"""Human-coded events and the types that stand for them."""
HEAD_GAIN = {n: GAIN[n] for n in "wbgkpfn"} | {"m": 2.0}
HEAD_COST = 0.1
WRITTEN = 2
"""How often a sentence that we wrote comes for once of the labelled ones."""
MIN_ROWS = 3
"""Features seen in fewer rows are left out."""
KEPT = 70_000
"""Features that a model file keeps, those of the largest weights."""
INNER_FOLDS = 3

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]


@dataclass(slots=True)
class Row:
    """A labelled sentence, or a human-coded record."""

    id: str
    article: str
    reading: Reading
    statuses: dict[str, str]
    """Type to status; of two statuses of one type the first."""
    live: frozenset[str]
    event: str | None = None
    """ASSAULT or PROTEST for the human-coded records."""
    yes: bool = False


def read_rows(path: Path) -> list[Row]:
    """Labelled sentences, or human-coded records."""
    with path.open(encoding="utf-8") as lines:
        return [row_of(json.loads(line)) for line in lines if line.strip()]


def rows_of_ours(lang: str, data: Path) -> list[Row]:
    """Rows that only train: labels of our own, and sentences that we wrote, each of these `WRITTEN` times."""
    rows = [row_of(item) for item in own_labels(lang, data)]
    return rows + [row_of(item) for item in written(lang)] * WRITTEN


def row_of(item: Mapping[str, Any]) -> Row:
    """A labelled sentence as the machines see it."""
    published = item.get("published_at")
    document = read_document(
        item["id"],
        item.get("title", ""),
        item["text"],
        item.get("context", ""),
        item.get("lang"),
        "",
        datetime.fromisoformat(published) if published else None,
    )
    statuses: dict[str, str] = {}
    for signal in item.get("signals", ()):
        statuses.setdefault(signal["type"], signal["status"])
    event = item.get("event")
    return Row(
        id=item["id"],
        article=item["id"].split("#")[0] if event is None else record_article(item["id"]),
        reading=read(whole_unit(document)),
        statuses=statuses,
        live=frozenset(s["type"] for s in item.get("signals", ()) if s["status"] == "actual"),
        event=event,
        yes=item.get("label") == "yes",
    )


class Space:
    """Feature names with the value that each has where it occurs."""

    def __init__(self, sets: Sequence[Iterable[str]], gain: Mapping[str, float]) -> None:
        counts = Counter(name for names in sets for name in names)
        self.names = [n for n, c in counts.items() if c >= MIN_ROWS and n[0] in gain]
        self._at = {name: i for i, name in enumerate(self.names)}
        idf = np.log(1 + len(sets) / np.array([counts[n] for n in self.names]))
        energy: Counter[str] = Counter()
        for name, rarity in zip(self.names, idf, strict=True):
            energy[name[0]] += counts[name] * rarity**2 / len(sets)
        self.values = idf * np.array([gain[n[0]] / np.sqrt(energy[n[0]]) for n in self.names])

    def matrix(self, sets: Sequence[Iterable[str]]) -> sparse.csr_matrix:
        get = self._at.get
        columns: list[int] = []
        ends = [0]
        for names in sets:
            columns += [at for at in map(get, names) if at is not None]
            ends.append(len(columns))
        ones = sparse.csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(sets), len(self.names)))
        return (ones @ sparse.diags(self.values)).tocsr()


def _machine(x: sparse.csr_matrix, y: Mask, cost: float = 0.2) -> tuple[Floats, float]:
    """Weights and bias; a class of fewer than three rows is never found."""
    if y.sum() < 3:
        return np.zeros(x.shape[1]), -1.0
    svm = LinearSVC(C=cost, tol=0.05, dual=True, max_iter=300, random_state=0).fit(x, y)
    return svm.coef_[0], float(svm.intercept_[0])


@dataclass(slots=True)
class Margins:
    """Scores of rows: (rows, types), (rows, types), and of the pairs (row, type) with that type: (pairs, statuses)."""

    types: Floats
    live: Floats
    status: Floats


@dataclass(slots=True)
class Pairs:
    """(row, type) with the status said: indices into rows, TYPES and STATUSES."""

    rows: NDArray[np.int64]
    types: NDArray[np.int64]
    statuses: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Pairs":
        found = [(i, TYPES.index(t), STATUSES.index(s)) for i, r in enumerate(rows) for t, s in r.statuses.items()]
        columns = np.array(found, dtype=np.int64).reshape(-1, 3).T
        return cls(*columns)

    def names(self, rows: Sequence[Row]) -> list[set[str]]:
        return [status_names(rows[i].reading, TYPES[t]) for i, t in zip(self.rows, self.types, strict=True)]


class Fit:
    """Machines fitted on rows, with the spaces that they live in."""

    def __init__(self, rows: Sequence[Row]) -> None:
        own = [r.reading.names() for r in rows]
        self.space = Space(own, GAIN)
        x = self.space.matrix(own)
        pairs = Pairs.of(rows)
        names = pairs.names(rows)
        self.status_space = Space(names, STATUS_GAIN)
        z = sparse.hstack([x[pairs.rows], self.status_space.matrix(names)]).tocsr()
        columns = [_machine(x, np.array([t in r.statuses for r in rows])) for t in TYPES]
        columns += [_machine(x, np.array([t in r.live for r in rows])) for t in TYPES]
        status = [_machine(z, pairs.statuses == s) for s in range(len(STATUSES))]
        width = x.shape[1]
        self.weights = np.column_stack([w for w, _ in columns] + [w[:width] for w, _ in status])
        self.bias = np.array([b for _, b in columns] + [b for _, b in status])
        self.status_weights = np.column_stack([w[width:] for w, _ in status])

    def margins(self, rows: Sequence[Row], pairs: Pairs) -> Margins:
        scores = self.space.matrix([r.reading.names() for r in rows]) @ self.weights + self.bias
        count = len(TYPES)
        own = self.status_space.matrix(pairs.names(rows)) @ self.status_weights
        return Margins(scores[:, :count], scores[:, count : 2 * count], scores[pairs.rows, 2 * count :] + own)


@dataclass(slots=True)
class Decision:
    """Calibration, thresholds and the blending of statuses, learnt on margins of unseen rows."""

    scale: Floats
    shift: Floats
    thresholds: Floats
    blend: Floats
    blend_bias: Floats
    confidence: Floats

    @classmethod
    def learn(cls, rows: Sequence[Row], pairs: Pairs, margins: Margins) -> "Decision":
        present = presence(rows)
        scale, shift = _calibrate(margins.types, present)
        sure = logistic(margins.types * scale + shift)
        design = _blend_design(margins, pairs)
        fitted = LogisticRegression(C=1.0, max_iter=500).fit(design, pairs.statuses)
        blend, bias = np.zeros((design.shape[1], len(STATUSES))), np.full(len(STATUSES), -20.0)
        blend[:, fitted.classes_], bias[fitted.classes_] = fitted.coef_.T, fitted.intercept_
        decision = cls(scale, shift, best_thresholds(sure, present), blend, bias, np.array([1.0, 1.0, 0.0]))
        asked = design @ blend + bias
        decision.confidence = confidence_weights(rows, pairs, sure, decision.thresholds, asked)
        return decision


def presence(rows: Sequence[Row]) -> Mask:
    """(rows, T): which types a row carries."""
    return np.array([[t in r.statuses for t in TYPES] for r in rows])


def confidence_weights(rows: Sequence[Row], pairs: Pairs, sure: Floats, thresholds: Floats, asked: Floats) -> Floats:
    """Weights of the log odds of type and status, and the constant, learnt on the claims that would be reported.

    A claim is right where the type is there with that status; `asked` (pairs, S) are log chances but for a constant.
    """
    best = asked.max(axis=1)
    chance = 1 / np.exp(asked - best[:, None]).sum(axis=1)
    right = asked.argmax(axis=1) == pairs.statuses
    sure_there = sure[pairs.rows, pairs.types]
    reported = sure_there >= thresholds[pairs.types]
    false = [(i, t) for i, t in np.argwhere(sure >= thresholds) if TYPES[t] not in rows[i].statuses]
    absent = np.array([sure[i, t] for i, t in false])
    typical = np.full(len(absent), np.median(chance))
    x = np.column_stack(
        [
            np.concatenate([logit(sure_there[reported]), logit(absent)]),
            np.concatenate([logit(chance[reported]), logit(typical)]),
        ]
    )
    y = np.concatenate([right[reported], np.zeros(len(absent), dtype=bool)])
    fitted = LogisticRegression().fit(x, y)
    return np.array([*fitted.coef_[0], fitted.intercept_[0]])


def _blend_design(margins: Margins, pairs: Pairs) -> Floats:
    one_hot = np.eye(len(TYPES))[pairs.types]
    at = (pairs.rows, pairs.types)
    return np.column_stack([one_hot, margins.types[at], margins.live[at], margins.status])


def _calibrate(margins: Floats, present: Mask) -> tuple[Floats, Floats]:
    scale, shift = np.ones(len(TYPES)), np.full(len(TYPES), -10.0)
    for t in range(len(TYPES)):
        if present[:, t].any():
            fitted = LogisticRegression(C=100).fit(margins[:, [t]], present[:, t])
            scale[t], shift[t] = fitted.coef_[0, 0], fitted.intercept_[0]
    return scale, shift


def best_thresholds(sure: Floats, present: Mask, rounds: int = 3) -> Floats:
    """Thresholds by type for the best micro-averaged F1, by coordinate ascent."""
    thresholds = np.full(sure.shape[1], 0.4)
    reported = sure >= thresholds
    hits, said = (reported & present).sum(axis=0).astype(float), reported.sum(axis=0).astype(float)
    for _ in range(rounds):
        for t in range(sure.shape[1]):
            order = np.argsort(-sure[:, t])
            found = np.cumsum(present[order, t])
            others_hits, others_said = hits.sum() - hits[t], said.sum() - said[t]
            f1 = 2 * (others_hits + found) / (others_said + np.arange(1, len(order) + 1) + present.sum())
            best = int(f1.argmax())
            after = min(best + 1, len(order) - 1)
            thresholds[t] = (sure[order[best], t] + sure[order[after], t]) / 2
            hits[t], said[t] = found[best], best + 1
    return thresholds


def folds(rows: Sequence[Row], count: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(training, held out) indices; an article lies in one fold."""
    splitter = GroupKFold(count, shuffle=True, random_state=1)
    yield from splitter.split(np.zeros(len(rows)), groups=[r.article for r in rows])


def apart(more: Sequence[Row], held: Sequence[Row]) -> list[Row]:
    """Rows that share no article with those held out."""
    articles = {row.article for row in held}
    return [row for row in more if row.article not in articles]


def unseen_margins(rows: Sequence[Row], pairs: Pairs, more: Sequence[Row]) -> Margins:
    """Margins of each row by machines that did not see its article."""
    out = Margins(
        np.zeros((len(rows), len(TYPES))),
        np.zeros((len(rows), len(TYPES))),
        np.zeros((len(pairs.rows), len(STATUSES))),
    )
    for train, held in folds(rows, INNER_FOLDS):
        away = [rows[i] for i in held]
        fit = Fit([*(rows[i] for i in train), *apart(more, away)])
        mine = np.isin(pairs.rows, held)
        place = {row: i for i, row in enumerate(held)}
        local = Pairs(
            np.array([place[i] for i in pairs.rows[mine]], dtype=np.int64), pairs.types[mine], pairs.statuses[mine]
        )
        margins = fit.margins(away, local)
        out.types[held], out.live[held], out.status[mine] = margins.types, margins.live, margins.status
    return out


def train(rows: Sequence[Row], extra: Sequence[Row] = (), more: Sequence[Row] = ()) -> dict[str, NDArray[Any]]:
    """The arrays of a model file. `more` are rows that only train: nothing is calibrated or judged on them."""
    pairs = Pairs.of(rows)
    decision = Decision.learn(rows, pairs, unseen_margins(rows, pairs, more))
    fit = Fit([*rows, *more])
    weights = fit.weights * fit.space.values[:, None]
    kept = np.sort(np.argsort(-np.abs(weights).max(axis=1))[:KEPT])
    return {
        "types": np.array(TYPES),
        "statuses": np.array(STATUSES),
        "names": pack([fit.space.names[i] for i in kept]),
        "weights": weights[kept].astype(np.float16),
        "bias": fit.bias.astype(np.float32),
        "status_names": pack(fit.status_space.names),
        "status_weights": (fit.status_weights * fit.status_space.values[:, None]).astype(np.float16),
        **(train_heads(extra) if extra else {}),
        **{name: getattr(decision, name).astype(np.float32) for name in Decision.__slots__},
    }


def train_heads(extra: Sequence[Row]) -> dict[str, NDArray[Any]]:
    """The arrays of the heads for sentences that stand alone, one a human-coded event."""
    sets = [r.reading.names() for r in extra]
    space = Space(sets, HEAD_GAIN)
    x = space.matrix(sets)
    weights, biases, scales, shifts, thresholds = [], [], [], [], []
    for event in HEADS:
        mine = np.array([i for i, r in enumerate(extra) if r.event == event])
        y = np.array([extra[i].yes for i in mine])
        unseen = np.zeros(len(mine))
        for seen, held in folds([extra[i] for i in mine], INNER_FOLDS):
            w, b = _machine(x[mine[seen]], y[seen], HEAD_COST)
            unseen[held] = x[mine[held]] @ w + b
        fitted = LogisticRegression(C=100).fit(unseen[:, None], y)
        scales.append(fitted.coef_[0, 0])
        shifts.append(fitted.intercept_[0])
        sure = logistic(unseen * scales[-1] + shifts[-1])
        thresholds.append(best_thresholds(sure[:, None], y[:, None])[0])
        w, b = _machine(x[mine], y, HEAD_COST)
        weights.append(w)
        biases.append(b)
    return {
        "head_families": np.array([" ".join(family) for family in HEADS.values()]),
        "head_names": pack(space.names),
        "head_weights": (np.column_stack(weights) * space.values[:, None]).astype(np.float16),
        "head_bias": np.array(biases, dtype=np.float32),
        "head_scale": np.array(scales, dtype=np.float32),
        "head_shift": np.array(shifts, dtype=np.float32),
        "head_thresholds": np.array(thresholds, dtype=np.float32),
    }


def read_options(doc: str, arguments: Sequence[str] | None) -> argparse.Namespace:
    """`data`, `lang` and `cv` of a command that learns from labelled sentences."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with sentences/dev_<language>.jsonl")
    parser.add_argument("--lang", action="append", help="language to train (default: ar and en)")
    parser.add_argument("--cv", action="store_true", help="print cross-validated figures, write nothing")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    options = read_options(__doc__ or "", arguments)
    for lang in options.lang or ("ar", "en"):
        rows = read_rows(options.data / "sentences" / f"dev_{lang}.jsonl")
        extra = read_rows(options.data / "gsr_dev.jsonl") if lang == "ar" else []
        more = rows_of_ours(lang, options.data)
        if options.cv:
            from services.analyze.signals.validate import report

            report(lang, rows, extra, more)
            continue
        path = Path(__file__).parent.parent / "data" / lang / "signals.npz"
        arrays: dict[str, Any] = train(rows, extra, more)
        np.savez_compressed(path, **arrays)
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
