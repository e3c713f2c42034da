"""Tracking into a real store: observations a second on one core, as incidents and history grow.

    python benchmarks/track.py [--store URL] [--watches N] [--open N] [--batch N] [--doublings N]

Fills a store with watches and open incidents, then handles observations of random watches, batch by batch, and prints
beside each rate what a bare transaction with as many single-row inserts costs on the same store in the same run.
Then the history is doubled, and doubled again: the rate must stay. Without --store, SQLite and (where its server is
installed) PostgreSQL, in temporary folders.
"""

import argparse
import json
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import Connection, Table, func, insert, select, text

from schemas.article import ArticleRef
from schemas.base import BothNames, SignalType, Status
from schemas.observation import Observation, ObservedSignal
from schemas.signal import Evidence, Place, Signal
from schemas.watch import Watch, WatchFile
from services.runtime.store import watchset
from services.runtime.store.database import Database
from services.runtime.store.migrate import migrate
from services.runtime.store.tables import FOREVER, incidents, metadata, observations, watch_states
from services.track.memory import collect_seldom
from services.track.rules import Rules
from services.track.tracker import Tracker
from tests.support.postgres import PostgresCluster, PostgresMissing

START = datetime(2026, 3, 2, tzinfo=UTC)
KINDS = [
    SignalType(name)
    for name in "clash shelling territory deployment threat unrest displacement ceasefire talks relief".split()
]
"""One of each family, so that each opens an incident of its own."""
QUOTE = "قصفت المدفعية أطراف القرية فجر اليوم، ما أدى إلى مقتل ثلاثة أشخاص وإصابة آخرين، وفق مصادر محلية."


@dataclass(frozen=True)
class Size:
    watches: int
    open_incidents: int
    batch: int
    measured: int
    doublings: int


def watch(number: int) -> Watch:
    latitude, longitude = -60 + number % 120, -170 + number // 120 * 0.5
    return Watch(
        id=f"w-{number}", name=BothNames(ar=f"قرية {number}"), center=(latitude, longitude % 180), radius_km=10
    )


def report(number: int, at: datetime, watched: Watch, kind: SignalType, dice: random.Random) -> Observation:
    """One article about one watch: a signal with its place, its dead and its quote."""
    part = f"{watched.name.ar} {kind.value}"
    latitude, longitude = watched.center
    place = Place(surface=part, place_id=f"p:{watched.id}:{kind.value}", lat=latitude + 0.05, lon=longitude)
    signal = Signal(
        type=kind,
        status=Status.ACTUAL,
        direction=kind.direction,
        confidence=0.9,
        places=(place,),
        killed=dice.choice([None, 1, 3, 12]),
        evidence=Evidence(start=0, end=len(QUOTE)),
    )
    article = ArticleRef(
        id=f"a-{number}", source=f"s-{number % 40}.example", title=QUOTE[:40], published_at=at, first_seen_at=at
    )
    return Observation(
        id=f"o-{number}",
        watch_id=watched.id,
        watch_version=1,
        article=article,
        signals=(ObservedSignal(index=0, signal=signal, quote=QUOTE),),
        fingerprint=tuple(dice.getrandbits(32) for _ in range(64)),
        analyzed_at=at,
    )


def fill(database: Database, size: Size) -> None:
    """Watches, each with as many open incidents as make the total: real ones, of one watch, copied to the others."""
    watches = tuple(watch(number) for number in range(size.watches))
    database.call(lambda connection: watchset.apply(connection, WatchFile(watches=watches)))
    tracker = ready(database)
    dice = random.Random(1)
    for k in range(size.open_incidents // size.watches):
        at = START + timedelta(minutes=k)
        tracker.observe([report(-1 - k, at, watches[0], KINDS[k % len(KINDS)], dice)], at)
    database.call(lambda connection: _copy(connection, size.watches))
    opened = select(func.count()).select_from(incidents)
    assert database.call(lambda connection: connection.execute(opened).scalar_one()) == size.open_incidents


def _copy(connection: Connection, count: int) -> None:
    state = connection.execute(select(watch_states)).one()._asdict()
    opened = [row._asdict() for row in connection.execute(select(incidents))]
    for first in range(1, count, 500):
        numbers = range(first, min(first + 500, count))
        connection.execute(insert(watch_states), [_moved(state, number) for number in numbers])
        rows = [_moved(row, number) for number in numbers for row in opened]
        connection.execute(insert(incidents), rows)


def _moved(row: dict[str, object], number: int) -> dict[str, object]:
    """The row of watch 0 as another watch's."""
    text_ = json.dumps(row)
    for known in [str(row.get("incident_id", "-"))] if "incident_id" in row else []:
        text_ = text_.replace(known, f"{known[:16]}{number:08d}")
    moved = json.loads(text_.replace("w-0", f"w-{number}"))
    if "body" in moved and "memory" in str(moved["body"]):
        body = json.loads(moved["body"])
        for standing in body["memory"]["standings"]:
            standing["incident_id"] = f"{standing['incident_id'][:16]}{number:08d}"
        moved["body"] = json.dumps(body, ensure_ascii=False)
    return moved


def grow(database: Database, wanted: int) -> None:
    """Closed incidents and handled observations, until there are so many of each: history."""
    database.call(lambda connection: _grow(connection, wanted))


def _grow(connection: Connection, wanted: int) -> None:
    body = connection.execute(select(incidents.c.body).limit(1)).scalar_one()
    verdict = connection.execute(select(observations.c.verdict).limit(1)).scalar_one()
    names = list(connection.execute(select(watch_states.c.watch_id)).scalars())
    have = connection.execute(select(func.count()).select_from(incidents).where(incidents.c.closed_at < FOREVER))
    for first in range(have.scalar_one(), wanted, 2_000):
        numbers = range(first, min(first + 2_000, wanted))
        old = [(f"old-{n}", names[n % len(names)], n) for n in numbers]
        connection.execute(
            insert(incidents),
            [
                {
                    "incident_id": i,
                    "watch_id": w,
                    "status": "resolved",
                    "last_report_at": n,
                    "closed_at": n,
                    "body": body,
                }
                for i, w, n in old
            ],
        )
        connection.execute(
            insert(observations),
            [
                {"observation_id": i, "watch_id": w, "article_id": i, "handled_at": n, "verdict": verdict}
                for i, w, n in old
            ],
        )


def ready(database: Database) -> Tracker:
    tracker = Tracker.over(database, Rules.load())
    tracker.follow(database.call(watchset.current))
    return tracker


def rate(database: Database, size: Size, round_: int) -> tuple[float, float]:
    """(observations a second, of them by the processor alone): random watches, no two batches alike."""
    tracker, dice = ready(database), random.Random(round_)
    watches = list(tracker.watches.values())
    at = START + timedelta(minutes=30 + round_)
    made = [
        report(round_ * 1_000_000 + k, at, dice.choice(watches), dice.choice(KINDS), dice) for k in range(size.measured)
    ]
    tracker.observe(made[: size.batch], at)
    rest = made[size.batch :]
    began, worked = time.perf_counter(), time.process_time()
    for first in range(0, len(rest), size.batch):
        tracker.observe(rest[first : first + size.batch], at)
    return len(rest) / (time.perf_counter() - began), len(rest) / (time.process_time() - worked)


def bare(database: Database, size: Size) -> tuple[float, float]:
    """The baseline's two rates: for each observation four single-row inserts, as many to a transaction."""
    table = Table("bare", metadata, *[column._copy() for column in observations.columns], extend_existing=True)
    database.call(lambda connection: table.drop(connection, checkfirst=True))
    database.call(lambda connection: table.create(connection))
    count = 0

    def write(connection: Connection) -> None:
        nonlocal count
        for _ in range(size.batch * 4):
            count += 1
            row = {"observation_id": f"b-{count}", "watch_id": "w", "article_id": "a", "handled_at": 0}
            connection.execute(insert(table), {**row, "verdict": QUOTE * 8})

    began, worked = time.perf_counter(), time.process_time()
    for _ in range(max(1, size.measured // size.batch // 2)):
        database.call(write)
    rates = count / 4 / (time.perf_counter() - began), count / 4 / (time.process_time() - worked)
    database.call(lambda connection: table.drop(connection))
    metadata.remove(table)
    return rates


@contextmanager
def stores(url: str | None) -> Iterator[list[tuple[str, str]]]:
    """(name, URL) of the stores to measure."""
    if url is not None:
        yield [(url.partition(":")[0], url)]
        return
    folder = Path(tempfile.mkdtemp(prefix="marsad-bench-"))
    found = [("sqlite", f"sqlite:///{folder / 'marsad.db'}")]
    cluster = None
    try:
        cluster = PostgresCluster(folder / "postgres")
        cluster.start()
        found.append(("postgresql", cluster.new_database()))
    except PostgresMissing as missing:
        print(f"without PostgreSQL: {missing}")
    try:
        yield found
    finally:
        if cluster is not None:
            cluster.kill()
        shutil.rmtree(folder, ignore_errors=True)


def measure(name: str, url: str, size: Size) -> None:
    migrate(url)
    database = Database(url)
    fill(database, size)
    history, first = size.open_incidents, 0.0
    rate(database, size, 1)  # warm
    for round_ in range(size.doublings + 1):
        grow(database, history if round_ else 0)
        if not database.is_sqlite:
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))
        speed, alone = rate(database, size, round_ + 2)
        base, base_alone = bare(database, size)
        first = first or alone
        closed = history if round_ else 0
        print(
            f"{name:<11} {size.watches} watches, {size.open_incidents} open, {closed:>7} closed: "
            f"{speed:6.0f} observations/s ({alone:6.0f} by the processor alone), "
            f"{speed / base:4.2f} ({alone / base_alone:4.2f}) of bare inserts, {alone / first:4.2f} of the first round"
        )
        history *= 2 if round_ else 1
    print(f"{name:<11} resident memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")
    database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store")
    parser.add_argument("--watches", type=int, default=10_000)
    parser.add_argument("--open", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--measured", type=int, default=2_000)
    parser.add_argument("--doublings", type=int, default=2)
    given = parser.parse_args()
    size = Size(given.watches, given.open, given.batch, given.measured, given.doublings)
    collect_seldom()
    with stores(given.store) as found:
        for name, url in found:
            measure(name, url, size)


if __name__ == "__main__":
    main()
