"""A small transformer that reads a sentence beside its title and what came before it.

`data/ar/encoder.onnx` is multilingual-e5-small (Wang et al. 2024; MIT licence), its vocabulary cut to Arabic and Latin;
`data/en/encoder.onnx` is bge-small-en-v1.5 (Xiao et al. 2023; MIT licence). Both are trained on the labelled sentences
by `train.py` and stored in eight bits. An impression is no verdict: `signals/model.py` weighs it beside the linear
machines.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.analyze.signals.encoder.pieces import END, START, Vocabulary, load_pieces
from services.analyze.signals.features import Unit

Floats = NDArray[np.float32]

SENTENCE_PIECES, TITLE_PIECES, CONTEXT_PIECES = 126, 18, 20
"""Of the sentence and the title the first, of the context the last are read."""
_SENTENCE_CHARS, _BESIDE_CHARS = 1500, 300
"""More characters than ever give so many pieces."""
_SLOW_FUSION = "SkipLayerNormFusion"
"""ONNX Runtime's kernel for it costs a fifth of a run; addition and normalisation apart are vectorised."""


@dataclass(frozen=True, slots=True)
class Impression:
    """What the encoder makes of a unit: log odds by type (T), by type as actual (T), by type and status (T, S)."""

    types: Floats
    live: Floats
    statuses: Floats


class Encoder:
    """Loaded once a process; reads one unit at a time on one core."""

    def __init__(self, model: Path, pieces: Path) -> None:
        # Here, since a desk that turned the encoder off need not have its runtime load.
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"], disabled_optimizers=[_SLOW_FUSION]
        )
        self._pieces = load_pieces(pieces)

    def impression(self, unit: Unit) -> Impression:
        rows, parts = rows_of(unit, self._pieces)
        return Impression(*self._session.run(None, {"rows": rows, "parts": parts}))


def rows_of(unit: Unit, pieces: Vocabulary) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of the pieces, and to which part each belongs: 0 the sentence, 1 the title, 2 the context."""
    sentence = pieces.encode(unit.text[:_SENTENCE_CHARS])[:SENTENCE_PIECES]
    title = pieces.encode(unit.title_text[:_BESIDE_CHARS])[:TITLE_PIECES]
    context = pieces.encode(unit.context_text[-_BESIDE_CHARS:])[-CONTEXT_PIECES:]
    rows = [START, *sentence, END, *title, END, *context, END]
    parts = [0] * (len(sentence) + 2) + [1] * (len(title) + 1) + [2] * (len(context) + 1)
    return np.array(rows, dtype=np.int64), np.array(parts, dtype=np.int64)


@cache
def load_encoder(lang: str) -> Encoder | None:
    """The shipped encoder of a language, None where there is none."""
    data = files("services.analyze") / "data" / lang
    if not (data / "encoder.onnx").is_file():
        return None
    with as_file(data / "encoder.onnx") as model, as_file(data / "encoder.pieces") as pieces:
        return Encoder(model, pieces)


def impression(unit: Unit) -> Impression | None:
    """What the encoder of its language makes of a unit; None where there is no such encoder."""
    encoder = load_encoder(unit.lang)
    return encoder.impression(unit) if encoder else None
