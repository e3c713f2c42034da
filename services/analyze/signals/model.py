"""The linear models of one language at run time: numpy and a dictionary, nothing else.

A model file (`data/<language>/signals.npz`, written by `services.analyze.signals.train`) holds

    names          UTF-8, one feature name a line; row i of `weights` belongs to line i
    weights        float16, (features, 2 T + S): a column a type, a type said to be actual, a status
    bias           float32, (2 T + S)
    status_names, status_weights    the same for the features of one type's status, (features, S)
    scale, shift   float32, (T): logistic calibration of a type's margin
    thresholds     float32, (T): calibrated probability from which a type is reported
    blend          float32, (T + 2 + S, S) and `blend_bias` (S): the status from margins
    confidence     float32, (3): weights of the logits of type and status, and the constant

with T signal types and S statuses in the order of `types` and `statuses`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.analyze.signals.features import Reading, status_names

Floats = NDArray[np.float32]
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Verdict:
    """A type that a sentence carries, its status, and how surely both are right."""

    type: str
    status: str
    confidence: float


class Rows:
    """Weights by feature name; the score of a set of names is the sum of their rows."""

    def __init__(self, names: Sequence[str], weights: NDArray[Any]) -> None:
        self._row = {name: row for row, name in enumerate(names)}
        self._weights = weights.astype(np.float32)

    def sum(self, names: Iterable[str]) -> Floats:
        get = self._row.get
        rows = [row for row in map(get, names) if row is not None]
        return self._weights[rows].sum(axis=0)

    def row(self, name: str) -> Floats | None:
        at = self._row.get(name)
        return None if at is None else self._weights[at]


class Model:
    """Scores units of one language."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.types = tuple(str(t) for t in arrays["types"])
        self.statuses = tuple(str(s) for s in arrays["statuses"])
        self._rows = Rows(unpack(arrays["names"]), arrays["weights"])
        self._bias = arrays["bias"]
        self._status_rows = Rows(unpack(arrays["status_names"]), arrays["status_weights"])
        self._scale, self._shift = arrays["scale"], arrays["shift"]
        self.thresholds: Floats = arrays["thresholds"]
        self._blend, self._blend_bias = arrays["blend"], arrays["blend_bias"]
        self._confidence = arrays["confidence"]

    def verdicts(self, reading: Reading) -> list[Verdict]:
        """The types that the unit carries, each once, with the likeliest status."""
        margins = self._rows.sum(reading.names) + self._bias
        count = len(self.types)
        sure = logistic(self._scale * margins[:count] + self._shift)
        return [self._verdict(reading, margins, int(t), sure[t]) for t in np.flatnonzero(sure >= self.thresholds)]

    def _verdict(self, reading: Reading, margins: Floats, t: int, sure: float) -> Verdict:
        count = len(self.types)
        own = self._status_rows.sum(status_names(reading, self.types[t]))
        status = margins[2 * count :] + own
        chances = status_chances(margins[t], margins[count + t], status, t, count, self._blend, self._blend_bias)
        best = int(chances.argmax())
        x, y, constant = self._confidence
        confidence = logistic(x * logit(sure) + y * logit(chances[best]) + constant)
        return Verdict(self.types[t], self.statuses[best], float(confidence))


def status_chances(
    margin: float, live: float, status: Floats, type_: int, types: int, blend: Floats, bias: Floats
) -> Floats:
    """Chances of the statuses, from the margins of the type, of the type as actual, and of the statuses."""
    logits = blend[type_] + margin * blend[types] + live * blend[types + 1] + status @ blend[types + 2 :] + bias
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def logistic(x: Any) -> Any:
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))


def logit(p: Any) -> Any:
    p = np.clip(p, _TINY, 1 - _TINY)
    return np.log(p / (1 - p))


def pack(names: Collection[str]) -> NDArray[np.uint8]:
    """Names as the bytes that a model file holds."""
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def unpack(packed: NDArray[np.uint8]) -> list[str]:
    return packed.tobytes().decode().split("\n")


@cache
def load_model(lang: str) -> Model | None:
    """The shipped model of a language, None where there is none."""
    path = files("services.analyze") / "data" / lang / "signals.npz"
    if not path.is_file():
        return None
    with path.open("rb") as file, np.load(file) as arrays:
        return Model(dict(arrays))
