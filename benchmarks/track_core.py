"""How fast the pure heart of tracking is, and whether a watch's history slows it down. Prints ratios.

    python benchmarks/track_core.py

One watch receives reports for twice as long each time; the last column should stay near 1.0. The mixture is a busy one:
a report every half hour, of six types at five villages, one in three repeating what is known.
"""

import itertools
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from schemas.article import ArticleRef
from schemas.base import BothNames, SignalType, Status
from schemas.observation import Observation, ObservedSignal
from schemas.signal import Evidence, Place, Precision, Signal
from schemas.watch import Watch
from services.track.book import Book, Step
from services.track.core import observe, tick
from services.track.rules import Rules

WATCH = Watch(id="w", name=BothNames(ar="عين عيسى", en="Ain Issa"), center=(36.38, 38.86), radius_km=20)
START = datetime(2026, 1, 1, tzinfo=UTC)
TIMED = 300
TYPES = ("shelling", "clash", "airstrike", "deployment", "ceasefire", "detention")


def place(number: int) -> Place:
    return Place(
        surface=f"قرية {number}", place_id=f"p{number}", lat=36.42 + number / 200, lon=38.9, precision=Precision.VILLAGE
    )


def observation(number: int) -> Observation:
    at = START + timedelta(minutes=30 * number)
    event = number // 3
    kind = SignalType(TYPES[event % 6])
    signal = Signal(
        type=kind,
        status=Status.ACTUAL,
        direction=kind.direction,
        confidence=0.8,
        places=(place(event % 5),),
        killed=event % 7 or None,
        evidence=Evidence(start=0, end=20),
    )
    article = ArticleRef(
        id=f"a{number}", source=f"s{number % 9}.example", lang="ar", title="خبر", published_at=at, first_seen_at=at
    )
    marks = tuple(int.from_bytes(sha256(f"{event}/{k}".encode()).digest()[:4], "big") for k in range(64))
    seen = ObservedSignal(index=0, signal=signal, quote="قصف مدفعي استهدف القرية فجر اليوم")
    return Observation(
        id=f"o{number}",
        watch_id="w",
        watch_version=1,
        article=article,
        signals=(seen,),
        fingerprint=marks,
        analyzed_at=at,
    )


class Watcher:
    """The watch, with its timers run on the articles' clock."""

    def __init__(self, rules: Rules) -> None:
        self.rules, self.book, self.timer = rules, Book.new(WATCH), None

    def take(self, each: Observation) -> None:
        while self.timer is not None and self.timer <= each.analyzed_at:
            self.keep(tick(self.book, self.timer, self.rules))
        self.keep(observe(self.book, each, each.analyzed_at, self.rules))

    def keep(self, step: Step) -> None:
        self.book, self.timer = step.book, step.next_timer_at


def run(count: int, rules: Rules) -> tuple[float, Book]:
    """Processor seconds for the last `TIMED` of `count` reports, and the book they leave."""
    stream: Iterator[Observation] = map(observation, itertools.count())
    watcher = Watcher(rules)
    for each in itertools.islice(stream, count - TIMED):
        watcher.take(each)
    last = list(itertools.islice(stream, TIMED))
    begun = time.process_time()
    for each in last:
        watcher.take(each)
    return time.process_time() - begun, watcher.book


def main() -> None:
    rules = Rules.load()
    base = None
    print(f"{'history':>8} {'obs/s':>8} {'incidents':>10} {'book KB':>8} {'ratio':>6}")
    for count in (500, 1000, 2000, 4000):
        seconds, book = run(count, rules)
        base = base or seconds
        size = len(book.state.model_dump_json()) + sum(len(i.model_dump_json()) for i in book.incidents)
        print(f"{count:8} {TIMED / seconds:8.0f} {len(book.incidents):10} {size / 1000:8.0f} {seconds / base:6.2f}")


if __name__ == "__main__":
    sys.exit(main())
