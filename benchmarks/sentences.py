"""Quality on labelled sentences, the whole of analysis with the encoder: types, statuses, places, casualties.

usage: python benchmarks/sentences.py [--data ../shared/eval]

Sentences of the fold of articles that the encoder was judged on before it learnt from them, by linear machines that
have not seen them; the two are weighed by what was learnt on others of these articles. The scorer that comes with the
data judges. The place ranker and the word lists have seen the sentences.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.quality import LOCAL, read_lines, score
from services.analyze.cli import parse_line
from services.analyze.core import Analyzer
from services.analyze.signals import classify
from services.analyze.signals.encoder.encoder import Impression
from services.analyze.signals.features import Unit
from services.analyze.signals.joint import INNER_FOLDS, learn, prepare
from services.analyze.signals.model import Joint, Model
from services.analyze.signals.train import folds

Item = dict[str, Any]


class OnRecord:
    """Stands for the encoder: what it made of the sentence that is read now."""

    def __init__(self, looks: dict[str, Impression]) -> None:
        self._looks, self.now = looks, ""

    def __call__(self, unit: Unit) -> Impression:
        return self._looks[self.now]


def read(lang: str, data: Path) -> Iterator[tuple[Item, Item, Item]]:
    """Sentences as labelled, as read by the linear machines alone, and with the encoder."""
    labelled = {item["id"]: item for item in read_lines(data / "sentences" / f"dev_{lang}.jsonl")}
    linear, looks, held = prepare(lang, data)
    encoder = OnRecord(looks)
    analyzer = Analyzer(encoder=False)
    analyzer._classifier = classify.Classifier(encoder)
    for known, unknown in folds(held, INNER_FOLDS):
        some = [held[i] for i in known]
        both = linear.beside(Joint(learn(linear, some, [looks[r.id] for r in some])))
        for item in (labelled[held[i].id] for i in unknown):
            encoder.now = item["id"]
            yield item, *(_reading(analyzer, item, model) for model in (linear, both))


def _reading(analyzer: Analyzer, item: Item, model: Model) -> Item:
    """What analysis makes of a sentence by this model, which asks no encoder where none is weighed in."""
    classify.load_model = lambda lang: model if lang == item["lang"] else None  # type: ignore[assignment]
    article = parse_line(json.dumps(item).encode())
    return {"id": item["id"], **analyzer.analyze(article).model_dump(mode="json")}


def judge(data: Path, name: str, labelled: list[Item], readings: list[Item]) -> None:
    print(f"\n== {name}", end="", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / "labelled.jsonl", Path(folder) / "read.jsonl"]
        for path, items in zip(paths, (labelled, readings), strict=True):
            path.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), "utf-8")
        score(data, "score_sentences.py", *map(str, paths))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/eval"))
    data = parser.parse_args().data.resolve()
    for lang in ("ar", "en"):
        rows = list(read(lang, data))
        local = [row for row in rows if row[0]["id"].startswith(LOCAL)]
        for name, some in ((lang, rows), (f"{lang}, local outlets", local)):
            if some:
                labelled, alone, both = map(list, zip(*some, strict=True))
                judge(data, f"{name}, linear machines alone", labelled, alone)
                judge(data, f"{name}, with the encoder", labelled, both)


if __name__ == "__main__":
    main()
