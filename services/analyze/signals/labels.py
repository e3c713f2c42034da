"""Labels of our own for sentences of the unlabelled evaluation articles, under the rules of the labelled ones.

`labels/<language>.jsonl` names each sentence by its source and place alone and holds no text:

    {"source": "stream", "article": "…", "start": 120, "end": 188, "sha": "…", "signals": [["shelling", "actual"]]}

`source` is a file under the data folder (`SOURCES`), the offsets are code points of the article's text, and `sha` is
the start of the SHA-256 of the words there, so that a changed file is noticed. They only ever train: never are figures
taken on them.

`labels/written_<language>.jsonl` holds sentences that we wrote, with title and signals: accidents, sport, markets and
stages, and wars that the labelled ones are not about.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SOURCES = {
    "stream": "stream/dev.articles.jsonl",
    "waking": "waking/dev.articles.jsonl",
    "quiet": "quiet/dev.articles.jsonl",
    "gsr": "gsr_dev.jsonl",
}
CONTEXT_CHARS = 250
TITLE_CHARS = 160


def own_labels(lang: str, data: Path) -> Iterator[dict[str, Any]]:
    """Labelled sentences in the form of `sentences/dev_<lang>.jsonl`; none where the language has no labels.

    Raises ValueError where a text is not the one that was labelled.
    """
    path = Path(__file__).parent / "labels" / f"{lang}.jsonl"
    if not path.is_file():
        return
    labels = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    articles = {source: _articles(data / file) for source, file in SOURCES.items()}
    for label in labels:
        yield _sentence(label, articles[label["source"]][label["article"]], lang)


def written(lang: str) -> Iterator[dict[str, Any]]:
    """Sentences that we wrote, in the same form; none where there are none of the language."""
    path = Path(__file__).parent / "labels" / f"written_{lang}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    for number, item in enumerate(map(json.loads, lines)):
        signals = [{"type": t, "status": s} for t, s in item["signals"]]
        yield {"id": f"written-{number}", "lang": lang, **item, "signals": signals}


def _articles(path: Path) -> dict[str, dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return {item["id"]: item for item in map(json.loads, lines)}


def _sentence(label: dict[str, Any], article: dict[str, Any], lang: str) -> dict[str, Any]:
    whole, start = article["text"], label["start"]
    text = whole[start : label["end"]]
    if digest(text) != label["sha"]:
        raise ValueError(f"{label['source']} {label['article']} {start}: not the text that was labelled")
    before = whole[:start].rstrip()
    headline = whole.split("\n", 1)[0][:TITLE_CHARS] if start else ""
    return {
        "id": f"{_group(label)}#{start}",
        "lang": lang,
        "title": article.get("title") or headline,
        "context": article.get("context") or before[-CONTEXT_CHARS:],
        "text": text,
        "published_at": article.get("published_at"),
        "signals": [{"type": t, "status": s} for t, s in label["signals"]],
    }


def _group(label: dict[str, Any]) -> str:
    """The article as the labelled sentences call it, so that no fold parts what belongs together."""
    if label["source"] == "stream":
        return f"aw-{label['article']}"
    return record_article(label["article"]) if label["source"] == "gsr" else str(label["article"])


def record_article(id: str) -> str:
    """The article of a human-coded record."""
    return id.rsplit("-", 1)[0].split("_", 1)[-1]


def digest(text: str) -> str:
    """What a label remembers of the words that it was given for."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
