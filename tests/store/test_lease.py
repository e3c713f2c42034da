"""A lease has one owner at a time."""

from datetime import UTC, datetime, timedelta

from services.runtime.store import lease
from services.runtime.store.database import Database

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
LASTS = timedelta(seconds=10)


def acquire(database: Database, owner: str, after: float = 0) -> bool:
    now = NOW + timedelta(seconds=after)
    return database.call(lambda connection: lease.acquire(connection, "relay", owner, now, LASTS))


def test_the_first_takes_it_and_the_second_waits(database: Database) -> None:
    assert acquire(database, "first")
    assert not acquire(database, "second", after=9)


def test_the_owner_renews_it_before_it_ends(database: Database) -> None:
    assert acquire(database, "first")
    assert acquire(database, "first", after=9)
    assert not acquire(database, "second", after=18)


def test_an_owner_that_died_is_followed_when_its_lease_ends_and_stays_out_when_it_wakes(database: Database) -> None:
    assert acquire(database, "first")
    assert acquire(database, "second", after=10)
    assert not acquire(database, "first", after=11)


def test_a_lease_given_back_is_free_at_once(database: Database) -> None:
    assert acquire(database, "first")
    database.call(lambda connection: lease.release(connection, "relay", "second"))
    assert not acquire(database, "second")
    database.call(lambda connection: lease.release(connection, "relay", "first"))
    assert acquire(database, "second")
