"""A service with one agent, whose handling of an article is told by the article's own text. Run as a program:

    python -m tests.runtime.worker BOOTSTRAP METRICS_PORT FOLDER

`نص` is handled; `سم` raises; `بطيء` never ends; `متجر` raises StoreUnavailable until FOLDER/store exists; `جواب` sends
a heartbeat that names it. What was handled is written to FOLDER/handled, one id a line. With `many` it is handled in
batches, whose sizes are written to FOLDER/batches.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from schemas.article import Article
from schemas.source import SourceHeartbeat
from services.runtime import service as runtime
from services.runtime import topics
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.store import StoreUnavailable

MANY = "many"
SMALL_DEAD_LETTERS = "small-dead-letters"


def main() -> None:
    bootstrap, port, folder, *how = sys.argv[1:]
    if SMALL_DEAD_LETTERS in how:  # so small that none can be delivered
        runtime.DEAD_BYTES = 200
    settings = Settings.load(bootstrap=bootstrap, metrics_port=int(port), kafka_session_timeout=6, data_dir=folder)
    service = Service("worker", settings)
    place = Path(folder)

    def note(name: str, line: str) -> None:
        with (place / name).open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    async def do(article: Article) -> None:
        note("begun", article.id)
        if article.text.startswith("سم"):
            raise ValueError("هذا النص لا يُقرأ")
        if article.text == "بطيء":
            await asyncio.Event().wait()
        if article.text == "متجر" and not (place / "store").exists():
            raise StoreUnavailable("the store is locked")
        if article.text == "جواب":
            await service.send(topics.SOURCES, SourceHeartbeat(source=article.id, at=article.first_seen_at))

    async def handle(article: Article) -> None:
        await do(article)
        note("handled", article.id)

    async def handle_many(articles: Sequence[Article]) -> None:
        await asyncio.sleep(0.01)  # as a store takes its time, in which more messages come
        for article in articles:
            await do(article)
        note("batches", str(len(articles)))
        note("handled", "\n".join(article.id for article in articles))

    if MANY in how:
        service.on_many(topics.ARTICLES, handle_many)
    else:
        service.on(topics.ARTICLES, handle)
    service.run()


if __name__ == "__main__":
    main()
