"""The running system under test and all that the faults take hold of."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from services.runtime.store import Database
from tests.faults.articles import VILLAGES
from tests.faults.feeder import Feeder
from tests.support.brokers import BROKERS, KafkaBroker, TansuBroker, produce
from tests.support.marsad import Marsad, migrate, subscriptions_file, watches_file
from tests.support.postgres import PostgresCluster
from tests.support.receiver import Receiver
from tests.support.villages import watch

HOOKS = Path(__file__).parent / "hooks"


def with_hooks() -> str:
    """PYTHONPATH on which the sabotage comes first."""
    return os.pathsep.join(filter(None, (str(HOOKS), os.environ.get("PYTHONPATH"))))


class World:
    """Broker, store, `marsad up`, webhook receiver and feeder."""

    def __init__(self, folder: Path, broker: str, store: str, seed: int, articles: int, rate: float) -> None:
        self.folder = folder
        self.chance = Random(seed)
        self.broker: TansuBroker | KafkaBroker = BROKERS[broker](folder)
        self.postgres = PostgresCluster(folder / "postgres") if store == "postgres" else None
        self.receiver = Receiver()
        self.hooks = folder / "hooks"
        self.hooks.mkdir()
        self.watches = watches_file(folder / "watches.yml", *map(watch, range(VILLAGES)))
        self.feeder = Feeder(lambda: self.marsad.url, seed, articles, rate)
        self.malformed: list[tuple[str, bytes]] = []
        """(topic, bytes) that were put on topics and are no messages."""
        self.marsad: Marsad

    def start(self) -> None:
        self.broker.start()
        if self.postgres:
            self.postgres.start()
        self.store_url = self.postgres.new_database() if self.postgres else f"sqlite:///{self.folder}/marsad.db"
        migrate(self.store_url)
        self.marsad = Marsad(
            self.folder,
            self.watches,
            subscriptions_file(self.folder / "subscriptions.yml", self.receiver),
            self.broker,
            self.store_url,
            env={"PYTHONPATH": with_hooks(), "FAULT_HOOKS": str(self.hooks)},
        )
        self.marsad.start()

    def close(self) -> None:
        self.marsad.kill()
        self.receiver.close()
        self.broker.kill()
        if self.postgres:
            self.postgres.kill()

    def database(self) -> Database:
        return Database(self.store_url)

    def produce(self, topic: str, raw: bytes) -> None:
        """Put bytes on a topic as a careless program would."""
        produce(self.broker.bootstrap, topic, raw)
        self.malformed.append((topic, raw))


@contextlib.contextmanager
def running(broker: str, store: str, seed: int, articles: int, rate: float) -> Iterator[World]:
    """A world that is gone, processes and files, when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="marsad-faults-"))
    world = World(folder, broker, store, seed, articles, rate)
    try:
        world.start()
        yield world
    finally:
        world.close()
        shutil.rmtree(folder, ignore_errors=True)
