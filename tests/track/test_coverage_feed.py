"""Heartbeats become what the core knows of each source: its rhythm, its silence, its failures."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from schemas.source import SourceHeartbeat
from services.runtime.intake.sources import Sources
from services.runtime.store.database import Database
from services.track import coverage_feed
from services.track.coverage import SourceHealth, death
from services.track.coverage_feed import SourceRecord, learned
from services.track.rules import Rules

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
SOURCE = "الفرات.example"


def beat(after: timedelta, seen: int, failures: int = 0, error: str = "", reached: bool = True) -> SourceHeartbeat:
    at = NOW + after
    return SourceHeartbeat(
        source=SOURCE,
        at=at,
        last_success_at=at if reached else NOW,
        articles_seen=seen,
        failures=failures,
        error=error,
    )


def after(*beats: SourceHeartbeat) -> SourceRecord:
    record = None
    for each in beats:
        record = learned(record, each)
    assert record is not None
    return record


def kept(database: Database, *beats: SourceHeartbeat) -> SourceHealth:
    for each in beats:
        database.call(partial(coverage_feed.beat, heartbeat=each))
    return database.call(coverage_feed.read).sources[SOURCE]


def test_a_source_that_brings_ten_articles_a_day_is_known_to() -> None:
    hours = [beat(timedelta(hours=hour), seen=hour % 24 < 10) for hour in range(24 * 8)]
    assert 9 < after(*hours).per_day < 11


def test_a_new_rhythm_takes_over_within_days() -> None:
    slow = [beat(timedelta(hours=hour), seen=1) for hour in range(24 * 10)]
    busy = [beat(timedelta(hours=240 + hour), seen=10) for hour in range(24 * 9)]
    assert 23 < after(*slow).per_day < 25
    assert 200 < after(*slow, *busy).per_day < 245


def test_a_source_that_two_processes_hear_has_the_pace_of_both_together() -> None:
    board, ingest = Sources(timedelta(minutes=1)), Sources(timedelta(minutes=1))
    beats = []
    for half_hour in range(2 * 24 * 3):
        at = NOW + half_hour * timedelta(minutes=30)
        by = (board, ingest)[half_hour % 2]
        by.gave(SOURCE, 1, at)
        beats.append(by.success(SOURCE, at))
    assert after(*filter(None, beats)).per_day == pytest.approx(48, rel=0.02)


def test_what_did_not_arrive_is_counted_with_the_next_word() -> None:
    sources = Sources(timedelta(minutes=1))
    sources.gave(SOURCE, 2, NOW)
    lost = sources.success(SOURCE, NOW)
    assert lost is not None
    sources.not_told(lost)
    sources.gave(SOURCE, 1, NOW)
    again = sources.success(SOURCE, NOW + timedelta(seconds=1))
    assert again is not None
    assert (lost.articles_seen, again.articles_seen) == (2, 3)


def test_the_newest_article_is_dated_by_the_heartbeat_that_counted_it(database: Database) -> None:
    health = kept(database, beat(timedelta(0), 3), beat(timedelta(hours=1), 1), beat(timedelta(hours=2), 0))
    assert health.last_article_at == NOW + timedelta(hours=1)
    assert health.last_success_at == NOW + timedelta(hours=2)


def test_an_older_heartbeat_that_comes_again_changes_nothing(database: Database) -> None:
    first, second = beat(timedelta(0), 3), beat(timedelta(hours=1), 4)
    assert kept(database, first, second) == kept(database, first, second, first)


def test_failures_and_their_reason_arrive(database: Database) -> None:
    health = kept(database, beat(timedelta(hours=7), 3, failures=40, error="انتهت المهلة", reached=False))
    assert (health.failures, health.error, health.last_success_at) == (40, "انتهت المهلة", NOW)


def test_while_the_pipe_stands_no_source_is_known_to_have_been_reached_after_it(database: Database) -> None:
    flowed = NOW + timedelta(hours=1)
    database.call(lambda connection: coverage_feed.canary_seen(connection, flowed))
    standing = kept(database, beat(timedelta(hours=9), 30))
    assert standing.last_success_at == flowed
    assert "not reached since" in death(standing, NOW + timedelta(hours=9), Rules.load())
    database.call(lambda connection: coverage_feed.canary_seen(connection, NOW + timedelta(hours=10)))
    assert kept(database).last_success_at == NOW + timedelta(hours=9)
    assert death(kept(database), NOW + timedelta(hours=10), Rules.load()) == ""
