"""The archive knows each article's version and the watches it was ever observed at, for thirty days."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from time import sleep

from sqlalchemy import Connection

from schemas.article import Article
from services.runtime.store import archive
from services.runtime.store.database import Database

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def article(text: str = "قصف على أطراف عين عيسى فجر اليوم", seen: datetime = NOW, version: int = 1) -> Article:
    return Article(id="a-1", version=version, source="furat.example", title="قصف", text=text, first_seen_at=seen)


def register(database: Database, new: Article) -> Article:
    return database.call(lambda connection: archive.register(connection, new))


def put(database: Database, new: Article, *watches: str) -> None:
    database.call(lambda connection: archive.put(connection, new, watches))


def test_a_new_article_is_version_one(database: Database) -> None:
    assert register(database, article()).version == 1


def test_the_same_text_by_another_road_stays_one_version_with_its_first_sight(database: Database) -> None:
    register(database, article())
    again = register(database, article(seen=NOW + timedelta(hours=3)))
    assert (again.version, again.first_seen_at) == (1, NOW)


def test_a_changed_text_is_the_next_version_even_when_it_changes_back(database: Database) -> None:
    versions = [register(database, article(text)).version for text in ("قصف", "هدوء", "هدوء", "قصف")]
    assert versions == [1, 2, 2, 3]


def test_two_texts_that_arrive_at_once_are_two_versions(ready_url: str) -> None:
    databases = [Database(ready_url), Database(ready_url)]
    begun = Barrier(2)

    def work(database: Database, text: str) -> Article:
        def slowly(connection: Connection) -> Article:
            if not database.is_sqlite:  # there, a transaction begins only after the other has ended
                begun.wait(10)
            numbered = archive.register(connection, article(text))
            sleep(0.1)
            return numbered

        return database.call(slowly)

    with ThreadPoolExecutor(2) as threads:
        numbered = list(threads.map(work, databases, ["قصف", "هدوء"]))
    assert sorted(each.version for each in numbered) == [1, 2]
    kept = databases[0].call(lambda connection: archive.get(connection, "a-1"))
    assert kept == next(each for each in numbered if each.version == 2)
    for database in databases:
        database.close()


def test_an_older_version_read_again_does_not_replace_the_newer_one(database: Database) -> None:
    put(database, article("قصف", version=1), "ain-issa")
    put(database, article("هدوء", version=2))
    put(database, article("قصف", version=1), "ain-issa")
    kept = database.call(lambda connection: archive.get(connection, "a-1"))
    assert kept is not None
    assert (kept.version, kept.text) == (2, "هدوء")


def test_a_version_that_no_longer_names_a_watch_still_finds_it_after_a_crash(database: Database) -> None:
    put(database, article("قصف", version=1), "ain-issa")
    put(database, article("هدوء", version=2), "tal-tamr")
    found = database.call(lambda connection: archive.observed_at(connection, "a-1"))
    assert found == {"ain-issa", "tal-tamr"}


def test_an_unknown_article_is_none_and_was_observed_nowhere(database: Database) -> None:
    assert database.call(lambda connection: archive.get(connection, "مجهول")) is None
    assert database.call(lambda connection: archive.observed_at(connection, "مجهول")) == frozenset()


def test_pruned_at_thirty_days_an_older_article_is_forgotten(database: Database) -> None:
    put(database, article(seen=NOW - timedelta(days=31)))
    put(database, article(seen=NOW).model_copy(update={"id": "a-2"}))
    assert database.call(lambda connection: archive.prune(connection, NOW - timedelta(days=30))) == 1
    assert database.call(lambda connection: archive.get(connection, "a-1")) is None
    assert database.call(lambda connection: archive.get(connection, "a-2")) is not None
