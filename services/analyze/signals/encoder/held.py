"""What the encoder made of the held-out sentences before it learnt from them: `held/<language>.npz`.

    ids        of the sentences, as bytes, one a line
    types, live, statuses    float16, an `Impression` a sentence: (N, T), (N, T), (N, T, S)

The encoder that is shipped has been trained on these sentences at last, so these are what it is weighed by.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from services.analyze.signals.encoder.encoder import Impression
from services.analyze.signals.model import pack, unpack

_FOLDER = Path(__file__).parent / "held"


def remember(impressions: Mapping[str, Impression], lang: str, folder: Path = _FOLDER) -> None:
    """Write the impressions of a language, by id of the sentence."""
    parts: dict[str, Any] = {
        name: np.array([getattr(i, name) for i in impressions.values()], dtype=np.float16)
        for name in Impression.__slots__
    }
    folder.mkdir(exist_ok=True)
    np.savez_compressed(folder / f"{lang}.npz", ids=pack(list(impressions)), **parts)


def recall(lang: str, folder: Path = _FOLDER) -> dict[str, Impression]:
    """The impressions of a language by id; raises FileNotFoundError where none were written."""
    with np.load(folder / f"{lang}.npz") as arrays:
        parts = (arrays[name].astype(np.float32) for name in Impression.__slots__)
        return {id: Impression(*row) for id, *row in zip(unpack(arrays["ids"]), *parts, strict=True)}
