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
    heads, head_*  optional, for sentences that stand alone; see `Heads`

with T signal types and S statuses in the order of `types` and `statuses`. `data/<language>/joint.npz`, written by
`services.analyze.signals.joint`, weighs the encoder beside them; see `Joint`.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from functools import cache
from importlib.resources import files
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.base import Direction, SignalType
from services.analyze.places.ranker import log_odds
from services.analyze.signals import lead
from services.analyze.signals.encoder.encoder import Impression
from services.analyze.signals.features import Reading, status_names, word_names
from services.analyze.signals.verdict import VIOLENCE, Verdict

Floats = NDArray[np.float32]
_TINY = 1e-6
_WORDS_KEPT = 200_000
_HAPPENED = ("actual", "background")
_SURE = 0.995
"""Chance of a type of violence above which no head takes it away. That protesters are named is no protest, however sure
the machines are of it."""
_NOT_ITS_FIELD = frozenset({"sport", "culture", "disaster"})
"""Classes of the lexicon beside which the encoder is not asked."""
DOUBT = (0.1, 0.9)
"""Between these chances of any type the encoder is asked too; reading the rest as well changes no figure."""
LEAST_ANY = 0.4
"""Chance from which a sentence is said to escalate, or to ease, whatever the single types: right oftenest so."""


class Rows:
    """Weights by feature name; the score of a set of names is the sum of their rows."""

    def __init__(self, names: Sequence[str], weights: NDArray[Any]) -> None:
        self._row = {name: row for row, name in enumerate(names, 1)}
        self._weights = np.zeros((len(weights) + 1, weights.shape[1]), dtype=np.float32)
        """The first row is that of all unknown names."""
        self._weights[1:] = weights
        self._by_word: dict[str, tuple[int, ...]] = {}

    def sum(self, names: Iterable[str], words: Iterable[str] = ()) -> Floats:
        """Of the names, and of those that the words give by themselves."""
        rows = set(map(self._row.get, names, repeat(0))).union(*map(self._of_word, words))
        # Sorted, since the order of a set, and with it the last bit of a sum, differs from run to run.
        return np.add.reduce(self._weights.take(sorted(rows), axis=0))

    def _of_word(self, word: str) -> tuple[int, ...]:
        known = self._by_word.get(word)
        if known is None:
            known = tuple(row for row in map(self._row.get, word_names(word)) if row is not None)
            if len(self._by_word) < _WORDS_KEPT:
                self._by_word[word] = known
        return known


class Heads:
    """For a sentence that stands alone: did violence, did a protest happen at all?

    Trained on human-coded records, which come so. A head that says yes makes the likeliest type of its family actual
    where the models reported none; one that says no takes away what they were not sure of.

        heads              their names, (H); head_families: their types, joined by spaces
        head_names, head_weights (features, H), head_bias (H)
        head_scale, head_shift, head_thresholds (H)
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._families = [tuple(str(f).split()) for f in arrays["head_families"]]
        self._rows = Rows(unpack(arrays["head_names"]), arrays["head_weights"])
        self._bias = arrays["head_bias"]
        self._scale, self._shift = arrays["head_scale"], arrays["head_shift"]
        self._thresholds = arrays["head_thresholds"]

    def judge(self, reading: Reading, sure: Floats, types: Sequence[str], found: list[Verdict]) -> list[Verdict]:
        scores = self._rows.sum(reading.other_names, reading.unit.words) + self._bias
        chances = logistic(self._scale * scores + self._shift)
        for family, chance, threshold in zip(self._families, chances, self._thresholds, strict=True):
            happened = [v for v in found if v.type in family and v.status in _HAPPENED]
            others = [v for v in found if v not in happened]
            if chance < threshold:
                found = others + [v for v in happened if v.type in VIOLENCE and sure[types.index(v.type)] >= _SURE]
                continue
            likeliest = max(family, key=lambda t: sure[types.index(t)])
            kept = happened or [Verdict(likeliest, "actual", 0.0)]
            taken = {v.type for v in kept}
            found = [v for v in others if v.type not in taken]
            found += [Verdict(v.type, v.status, float(chance)) for v in kept]
        return found


class Joint:
    """What the linear machines and the encoder say, weighed together.

    weights          float32, (3): of the machines' log odds of a type, of the encoder's, and of the encoder's that
                     it is actual; bias (T)
    thresholds       float32, (T): chance from which a type is reported
    status_weights   float32, (2): of the log chances of the statuses, of the machines and of the encoder
    confidence       float32, (3): weights of the log odds of type and status, and the constant
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._weights, self._bias = arrays["weights"], arrays["bias"]
        self.thresholds: Floats = arrays["thresholds"]
        self._status_weights = arrays["status_weights"]
        self.confidence: Floats = arrays["confidence"]

    def chances(self, sure: Floats, seen: Impression) -> Floats:
        """Of the types, from the machines' chances."""
        return logistic(self._weights @ type_clues(sure, seen) + self._bias)

    def statuses(self, chances: Floats, seen: Impression, type_: int) -> Floats:
        """Chances of the statuses of a type, from the machines' chances."""
        powers = np.exp(self._status_weights @ status_clues(chances, seen, type_))
        return powers / powers.sum()


def type_clues(sure: Floats, seen: Impression) -> Floats:
    """(3, T): log odds of the machines, of the encoder, and of the encoder that the type is actual."""
    return np.stack([logit(sure), seen.types, seen.live])


def status_clues(chances: Floats, seen: Impression, type_: int) -> Floats:
    """(2, S): log chances of the machines and of the encoder."""
    asked = seen.statuses[type_] - seen.statuses[type_].max()
    return np.stack([np.log(np.maximum(chances, _TINY)), asked - np.log(np.exp(asked).sum())])


class Model:
    """Scores units of one language: linear machines and, where `joint` weighs it in, the encoder."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], joint: Joint | None = None) -> None:
        self.types = tuple(str(t) for t in arrays["types"])
        self.status_names = tuple(str(s) for s in arrays["statuses"])
        self._directions = [
            [t for t, type_ in enumerate(self.types) if SignalType(type_).direction is d] for d in Direction
        ]
        self._rows = Rows(unpack(arrays["names"]), arrays["weights"])
        self._bias = arrays["bias"]
        self._status_rows = Rows(unpack(arrays["status_names"]), arrays["status_weights"])
        self._scale, self._shift = arrays["scale"], arrays["shift"]
        self.thresholds: Floats = arrays["thresholds"]
        self._blend, self._blend_bias = arrays["blend"], arrays["blend_bias"]
        self._confidence = arrays["confidence"]
        self._heads = Heads(arrays) if "head_names" in arrays else None
        self._joint = joint

    def beside(self, joint: Joint) -> "Model":
        """The same machines with the encoder weighed in."""
        other = copy(self)
        other._joint = joint
        return other

    def margins(self, reading: Reading) -> Floats:
        """Of the machines: by type (T), by type as actual (T), by status (S)."""
        return self._rows.sum(reading.other_names, reading.unit.words) + self._bias

    def chances(self, margins: Floats) -> Floats:
        """Of the types (T), by the machines alone."""
        return logistic(self._scale * margins[: len(self.types)] + self._shift)

    def statuses(self, reading: Reading, margins: Floats, t: int) -> Floats:
        """Chances of the statuses of a type, by the machines alone."""
        count = len(self.types)
        status = margins[2 * count :] + self._status_rows.sum(status_names(reading, self.types[t]))
        return status_chances(margins[t], margins[count + t], status, t, count, self._blend, self._blend_bias)

    def verdicts(self, reading: Reading, look: Callable[[], Impression | None] | None = None) -> list[Verdict]:
        """The types that the unit carries, each once, with the likeliest status.

        `look` asks the encoder; it is called only where the machines leave a doubt.
        """
        margins = self.margins(reading)
        sure, thresholds, confidence = self.chances(margins), self.thresholds, self._confidence
        seen = None
        if look and self._joint and _is_for_encoder(reading, sure):
            seen = look()
        if seen and self._joint:
            sure = self._joint.chances(sure, seen)
            thresholds, confidence = self._joint.thresholds, self._joint.confidence
        found = []
        for t in carried(sure.tolist(), thresholds.tolist(), self._directions):
            chances = self.statuses(reading, margins, t)
            if seen and self._joint:
                chances = self._joint.statuses(chances, seen, t)
            best = int(chances.argmax())
            found.append(Verdict(self.types[t], self.status_names[best], likely(confidence, sure[t], chances[best])))
        if lead.is_lead(reading):
            return lead.believed(reading, dict(zip(self.types, sure.tolist(), strict=True)), found)
        if self._heads and reading.unit.alone:
            found = self._heads.judge(reading, sure, self.types, found)
        return found


def carried(sure: Sequence[float], thresholds: Sequence[float], directions: Iterable[Sequence[int]]) -> list[int]:
    """Types that are reported, by their positions in order: those over their thresholds, and of a direction that is
    likely enough as a whole at least the likeliest; of one that is not, none. A doubt between shelling and attack is
    none about escalation.
    """
    found: list[int] = []
    for types in directions:
        if 1 - math.prod([1 - sure[t] for t in types]) >= LEAST_ANY:
            over = [t for t in types if sure[t] >= thresholds[t]]
            found += over or [max(types, key=sure.__getitem__)]
    return sorted(found)


def _is_for_encoder(reading: Reading, sure: Floats) -> bool:
    """Where the machines doubt, except where others know more: of a lone sentence the heads, of sport the lexicon, for
    the encoder has been trained on news of conflict."""
    least, most = DOUBT
    known = reading.unit.alone or any(hit.base in _NOT_ITS_FIELD for hit in reading.hits)
    return not known and bool(((sure > least) & (sure < most)).any())


def likely(weights: Floats, type_chance: float, status_chance: float) -> float:
    """How likely a claim is right in both."""
    x, y, constant = weights.tolist()
    return 1 / (1 + math.exp(-(x * log_odds(float(type_chance)) + y * log_odds(float(status_chance)) + constant)))


def status_chances(
    margin: float, live: float, status: Floats, type_: int, types: int, blend: Floats, bias: Floats
) -> Floats:
    """Chances of the statuses, from the margins of the type, of the type as actual, and of the statuses."""
    logits = blend[type_] + margin * blend[types] + live * blend[types + 1] + status @ blend[types + 2 :] + bias
    powers = np.exp(logits - np.maximum.reduce(logits))
    return powers / np.add.reduce(powers)


def logistic(x: Any) -> Any:
    return 1 / (1 + np.exp(-_within(-30, x, 30)))


def logit(p: Any) -> Any:
    p = _within(_TINY, p, 1 - _TINY)
    return np.log(p / (1 - p))


def _within(least: float, x: Any, most: float) -> Any:
    """As `np.clip`, which takes several times as long for a few numbers."""
    return np.minimum(np.maximum(x, least), most)


def pack(names: Collection[str]) -> NDArray[np.uint8]:
    """Names as the bytes that a model file holds."""
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def unpack(packed: NDArray[np.uint8]) -> list[str]:
    return packed.tobytes().decode().split("\n")


@cache
def load_model(lang: str) -> Model | None:
    """The shipped model of a language, None where there is none."""
    arrays, joint = _arrays(lang, "signals"), _arrays(lang, "joint")
    return Model(arrays, Joint(joint) if joint else None) if arrays else None


def _arrays(lang: str, name: str) -> dict[str, NDArray[Any]] | None:
    path = files("services.analyze") / "data" / lang / f"{name}.npz"
    if not path.is_file():
        return None
    with path.open("rb") as file, np.load(file) as arrays:
        return dict(arrays)
