"""Whole systems, on the embedded broker with SQLite and on Apache Kafka with PostgreSQL."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.brokers import BROKERS, KafkaBroker, TansuBroker
from tests.support.marsad import AIN_ISSA, Marsad, migrate, subscriptions_file, watches_file
from tests.support.postgres import PostgresCluster
from tests.support.receiver import Receiver

ON_BOTH_PLATFORMS = ["tansu", pytest.param("kafka", marks=[pytest.mark.kafka, pytest.mark.postgres])]


@dataclass
class System:
    """`marsad up`, the broker under it and the receiver behind it."""

    broker: TansuBroker | KafkaBroker | None
    """None where it is Marsad's own."""
    marsad: Marsad
    receiver: Receiver
    watches: Path


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    yield running
    running.close()


@pytest.fixture(params=ON_BOTH_PLATFORMS)
def make_system(request: pytest.FixtureRequest, tmp_path: Path, receiver: Receiver) -> Iterator[Callable[..., System]]:
    """Starts a system; keyword arguments are Marsad's. Everything is gone after the test."""
    broker = BROKERS[request.param](tmp_path)
    broker.start()
    made: list[Marsad] = []
    store_url = None
    if request.param == "kafka":
        cluster: PostgresCluster = request.getfixturevalue("postgres")
        store_url = cluster.new_database()
        migrate(store_url)

    def make(**options: Any) -> System:
        watches = watches_file(tmp_path / "watches.yml", AIN_ISSA)
        subscriptions = subscriptions_file(tmp_path / "subscriptions.yml", receiver)
        marsad = Marsad(tmp_path, watches, subscriptions, broker, store_url, **options)
        made.append(marsad)
        marsad.start()
        return System(broker, marsad, receiver, watches)

    yield make
    for marsad in made:
        marsad.kill()
    broker.kill()


@pytest.fixture
def make_embedded(tmp_path: Path, receiver: Receiver) -> Iterator[Callable[[], System]]:
    """A system which starts its own broker."""
    made: list[Marsad] = []

    def make() -> System:
        watches = watches_file(tmp_path / "watches.yml", AIN_ISSA)
        marsad = Marsad(tmp_path, watches, subscriptions_file(tmp_path / "subscriptions.yml", receiver))
        made.append(marsad)
        marsad.start()
        return System(None, marsad, receiver, watches)

    yield make
    for marsad in made:
        marsad.kill()


@pytest.fixture
def system(make_system: Callable[..., System]) -> System:
    return make_system()


def report(number: int, text: str, title: str = "", outlet: str = "desk") -> dict[str, Any]:
    """An article of ours, published now."""
    return {
        "url": f"https://{outlet}.example.org/news/{number}",
        "source": f"{outlet}.example.org",
        "title": title,
        "text": text,
        "published_at": datetime.now(UTC).isoformat(),
    }
