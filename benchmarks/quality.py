"""Quality on whole articles with signal models that have seen none of them: waking, quiet pages, the stream.

usage: python benchmarks/quality.py [--data ../shared/eval]

The shipped Arabic models are trained on every labelled sentence, some of which stand in these articles. Here they are
trained anew without the sentences of any of them, and the scorers that come with the data judge. The place ranker and
tracking's thresholds are the shipped ones; both were chosen with these articles in sight.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from services.analyze.signals import classify
from services.analyze.signals.labels import own_labels
from services.analyze.signals.model import Model, load_model
from services.analyze.signals.train import Row, read_rows, row_of, train
from services.runtime.cli import main as marsad

GAZETTEER = "../gazetteer/syria-communities.csv"


def unseen_model(data: Path) -> Model:
    """Arabic, trained without the sentences of the articles that are scored."""
    scored = {
        json.loads(line)["id"]
        for name in ("waking", "quiet", "stream")
        for line in (data / name / "dev.articles.jsonl").read_text(encoding="utf-8").splitlines()
    }

    def is_apart(row: Row) -> bool:
        return row.article not in scored and row.article.removeprefix("aw-") not in scored

    rows = [row for row in read_rows(data / "sentences" / "dev_ar.jsonl") if is_apart(row)]
    more = [row for item in own_labels("ar", data) if is_apart(row := row_of(item))]
    print(f"trained on {len(rows):,} labelled sentences and {len(more):,} of our own")
    return Model(train(rows, (), more))


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
    model = unseen_model(data)
    classify.load_model = lambda lang: model if lang == "ar" else load_model(lang)  # type: ignore[assignment]
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
