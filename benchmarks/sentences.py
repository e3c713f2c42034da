"""Quality on labelled sentences, the whole of analysis with the encoder: types, statuses, places, casualties.

usage: python benchmarks/sentences.py [--data ../shared/eval]

Sentences of the fold of articles that the encoder was judged on before it learnt from them, by linear machines that
have not seen them; the two are weighed by what was learnt on others of these articles. The scorer that comes with the
data judges. The place ranker and the word lists have seen the sentences.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from services.analyze.core import Analyzer
from services.analyze.signals import classify
from services.analyze.signals.encoder.encoder import Impression
from services.analyze.signals.features import Unit
from services.analyze.signals.joint import INNER_FOLDS, learn, prepare
from services.analyze.signals.model import Joint, Model
from services.analyze.signals.train import folds

LOCAL = "aw-"
"""Ids of the sentences of local outlets begin so."""


@dataclass
class Labelled:
    """A labelled sentence as analysis reads it."""

    id: str
    title: str
    text: str
    context: str
    lang: str
    published: str | None
    source: str = ""

    def event_time(self) -> datetime | None:
        return datetime.fromisoformat(self.published) if self.published else None


class OnRecord:
    """Stands for the encoder: what it made of the sentence that is read now."""

    def __init__(self, looks: dict[str, Impression]) -> None:
        self._looks, self.now = looks, ""

    def __call__(self, unit: Unit) -> Impression:
        return self._looks[self.now]


def read(lang: str, data: Path, with_encoder: bool) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Sentences as labelled and as read."""
    with (data / "sentences" / f"dev_{lang}.jsonl").open(encoding="utf-8") as lines:
        labelled = {item["id"]: item for item in map(json.loads, lines)}
    linear, looks, held = prepare(lang, data)
    encoder = OnRecord(looks)
    analyzer = Analyzer(encoder=False)
    if with_encoder:
        analyzer._classifier = classify.Classifier(encoder)
    for known, unknown in folds(held, INNER_FOLDS):
        some = [held[i] for i in known]
        _use(lang, linear.beside(Joint(learn(linear, some, [looks[r.id] for r in some]))))
        for item in (labelled[held[i].id] for i in unknown):
            encoder.now = item["id"]
            article = Labelled(
                item["id"], item["title"], item["text"], item.get("context", ""), lang, item.get("published_at")
            )
            yield item, {"id": item["id"], **analyzer.analyze(article).model_dump(mode="json")}


def _use(lang: str, model: Model) -> None:
    """From here on sentences of the language are read by this model."""
    classify.load_model = lambda asked: model if asked == lang else None  # type: ignore[assignment]


def score(data: Path, name: str, pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    print(f"\n== {name}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / "labelled.jsonl", Path(folder) / "read.jsonl"]
        for path, items in zip(paths, zip(*pairs, strict=True), strict=True):
            path.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), "utf-8")
        subprocess.run([sys.executable, "./score_sentences.py", *map(str, paths)], cwd=data, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/eval"))
    data = parser.parse_args().data.resolve()
    for lang in ("ar", "en"):
        for with_encoder in (False, True):
            pairs = list(read(lang, data, with_encoder))
            how = "with the encoder" if with_encoder else "linear machines alone"
            score(data, f"{lang}, {how}", pairs)
            local = [pair for pair in pairs if pair[0]["id"].startswith(LOCAL)]
            if local:
                score(data, f"{lang}, local outlets, {how}", local)


if __name__ == "__main__":
    main()
