"""Fixtures of real parts, shared by all tests."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.brokers import BROKERS, KafkaBroker, TansuBroker
from tests.support.postgres import PostgresCluster

settings.register_profile("steady", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("steady")

ON_BOTH_BROKERS = ["tansu", pytest.param("kafka", marks=pytest.mark.kafka)]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresCluster]:
    """A running PostgreSQL server; `new_database()` gives each test its own. Mark its tests `postgres`."""
    folder = Path(tempfile.mkdtemp(prefix="marsad-postgres-"))
    cluster = PostgresCluster(folder)
    cluster.start()
    yield cluster
    cluster.kill()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLAlchemy's URL of an empty database: SQLite, and where selected PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'marsad.db'}"
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    return cluster.new_database()


@pytest.fixture(scope="session", params=ON_BOTH_BROKERS)
def broker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TansuBroker | KafkaBroker]:
    """A running broker for tests which leave it running: the embedded one, and where selected Apache Kafka."""
    running = BROKERS[request.param](tmp_path_factory.mktemp(request.param))
    running.start()
    yield running
    running.kill()


@pytest.fixture(params=ON_BOTH_BROKERS)
def own_broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TansuBroker | KafkaBroker]:
    """A broker for one test alone, which may stop, kill and start it."""
    running = BROKERS[request.param](tmp_path)
    running.start()
    yield running
    running.kill()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own MARSAD_ variables must not reach the tests."""
    for name in [name for name in os.environ if name.startswith("MARSAD_") and name != "MARSAD_SHARED"]:
        monkeypatch.delenv(name)


@pytest.fixture
def make_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], PostgresCluster]]:
    """Makes PostgreSQL servers for tests that stop and kill them."""
    made: list[PostgresCluster] = []

    def make() -> PostgresCluster:
        made.append(PostgresCluster(Path(tempfile.mkdtemp(prefix="marsad-postgres-"))))
        made[-1].start()
        return made[-1]

    yield make
    for cluster in made:
        cluster.kill()
        shutil.rmtree(cluster.data.parent, ignore_errors=True)
