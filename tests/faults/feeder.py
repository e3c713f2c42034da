"""The client: posts numbered articles at a steady rate, and again until they are accepted."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.faults.articles import Numbered, article


@dataclass(frozen=True)
class Accepted:
    """An article for which ingest answered 202."""

    article: Numbered
    article_id: str
    at: float
    """Epoch seconds of the answer."""


class Feeder(threading.Thread):
    """Posts until `finish` is called and at least `count` articles are accepted."""

    def __init__(self, url: Callable[[], str], seed: int, count: int, rate: float) -> None:
        super().__init__(daemon=True)
        self.accepted: list[Accepted] = []
        self.repeats = 0
        """Posts that had to be made again: refused, unanswered or cut off."""
        self._url = url
        self._seed = seed
        self._count = count
        self._rate = rate
        self._lock = threading.Lock()
        self._finish = threading.Event()
        self._client = httpx.Client(timeout=5)

    def run(self) -> None:
        begun = time.monotonic()
        number = 0
        while number < self._count or not self._finish.is_set():
            time.sleep(max(0.0, begun + number / self._rate - time.monotonic()))
            self.post(article(self._seed, number, datetime.now(UTC)))
            number += 1

    def finish(self) -> None:
        """Stop at the asked count, or now where it is reached; returns when the last article is accepted."""
        self._finish.set()
        self.join()

    def post(self, numbered: Numbered) -> None:
        """Returns when it is accepted, however long that takes."""
        with self._lock:
            while (answer := self._try(numbered.body)) is None:
                self.repeats += 1
                time.sleep(0.2)
        self.accepted.append(Accepted(numbered, answer, time.time()))

    def _try(self, body: dict[str, Any]) -> str | None:
        try:
            answer = self._client.post(f"{self._url()}/articles", json=body)
        except httpx.HTTPError:
            return None
        if answer.status_code in (400, 413, 422):
            raise AssertionError(f"a good article was refused: {answer.text}")
        return article_id_of(answer) if answer.status_code == 202 else None


def article_id_of(answer: httpx.Response) -> str:
    """The id under which ingest keeps the one article that was posted."""
    accepted: str = answer.json()["accepted"][0]["id"]
    return accepted
