"""Quality on whole articles, each read by signal models that have not seen it: waking, quiet pages, the stream.

usage: python benchmarks/quality.py [--data ../shared/eval]

The shipped Arabic models are trained on every labelled sentence, many of which stand in these articles. Here three
models are trained, each without a third of the articles that are scored, and every article is read by the one that
lacks it; the scorers that come with the data judge. The thirds are spans of time, since reports of one event resemble
each other: of the outlets that report on the stream, the model that reads a span has seen no sentence of that span.
The place ranker and tracking's thresholds are the shipped ones; both were chosen with these articles in sight.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from services.analyze.core import Analyzer
from services.analyze.signals import classify
from services.analyze.signals.labels import own_labels
from services.analyze.signals.model import Model, load_model
from services.analyze.signals.train import row_of, train
from services.runtime.cli import main as marsad

GAZETTEER = "../gazetteer/syria-communities.csv"
SPANS = 3
LOCAL = "aw-"
"""Ids of labelled sentences of the outlets that report on the stream begin so."""


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def day(item: dict[str, Any]) -> str:
    """Of publication, empty where it is not known."""
    return datetime.fromisoformat(item["published_at"]).date().isoformat() if item.get("published_at") else ""


class Unseen:
    """For each article that is scored a model that has seen nothing of it."""

    def __init__(self, data: Path) -> None:
        self._span: dict[str, int] = {}
        spans_of: dict[str, list[list[dict[str, Any]]]] = {}
        for name in ("waking", "quiet", "stream"):
            articles = sorted(read_lines(data / name / "dev.articles.jsonl"), key=lambda a: (day(a), a["id"]))
            ends = [len(articles) * n // SPANS for n in range(SPANS + 1)]
            spans_of[name] = [articles[first:last] for first, last in pairwise(ends)]
            self._span |= {article["id"]: n for n, span in enumerate(spans_of[name]) for article in span}
        self._bounds = [(day(span[0]), day(span[-1])) for span in spans_of["stream"]]
        given = [(item, row_of(item)) for item in read_lines(data / "sentences" / "dev_ar.jsonl")]
        own = [(item, row_of(item)) for item in own_labels("ar", data)]
        self._models = []
        for span in range(SPANS):
            rows, more = ([row for item, row in some if not self._is_of(item, span)] for some in (given, own))
            print(f"span {span + 1}: trained on {len(rows):,} labelled sentences and {len(more):,} of our own")
            self._models.append(Model(train(rows, (), more)))
        self._current = self._models[0]

    def _is_of(self, item: dict[str, Any], span: int) -> bool:
        article = item["id"].split("#")[0]
        first, last = self._bounds[span]
        local = article.startswith(LOCAL)
        return self._span.get(article.removeprefix(LOCAL)) == span or (local and first <= day(item) <= last)

    def read_with_them(self) -> None:
        """From here on every analyzer reads an Arabic article with its own model."""
        analyze = Analyzer.analyze

        def with_its_own(analyzer: Analyzer, article: Any) -> Any:
            self._current = self._models[self._span[article.id]]
            return analyze(analyzer, article)

        Analyzer.analyze = with_its_own  # type: ignore[assignment,method-assign]
        classify.load_model = lambda lang: self._current if lang == "ar" else load_model(lang)  # type: ignore[assignment]


def run(*arguments: str) -> None:
    sys.argv = ["marsad", *arguments]
    try:
        marsad()
    except SystemExit as end:
        if end.code:
            raise


def score(data: Path, script: str, *arguments: str) -> None:
    print(f"\n== {script}", flush=True)
    subprocess.run([sys.executable, f"./{script}", *arguments], cwd=data, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/eval"))
    data = parser.parse_args().data.resolve()
    Unseen(data).read_with_them()
    with tempfile.TemporaryDirectory() as folder:
        for name, more in (("quiet", []), ("stream", ["--gazetteer", str(data / GAZETTEER)])):
            alerts, articles = f"{folder}/{name}.jsonl", str(data / name / "dev.articles.jsonl")
            run(
                "replay",
                "--watches",
                str(data / name / "watches.yml"),
                "--articles",
                articles,
                "--alerts",
                alerts,
                *more,
            )
            gold = ["stream/dev.gold.json"] if name == "stream" else []
            score(data, f"score_{name}.py", *gold, articles, alerts)
        woken = Path(folder) / "woken.jsonl"
        with woken.open("w", encoding="utf-8") as out, redirect_stdout(out):
            run("analyze", "--watches", str(data / "waking/watches.yml"), str(data / "waking/dev.articles.jsonl"))
        score(data, "score_waking.py", "waking/dev.gold.jsonl", str(woken))


if __name__ == "__main__":
    main()
