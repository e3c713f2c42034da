"""The canary comes through real analysis, is nobody's watch, and its age tells how far the pipe has flowed."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from schemas.watch import WatchSet
from services.analyze.core import Analyzer
from services.runtime import canary
from services.runtime.store.database import Database
from services.track import coverage_feed
from services.track.timers import FLOWING, STANDING, horizon
from tests.track.story import AIN_ISSA

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_analysis_finds_the_canary_at_its_own_watch_and_at_no_other() -> None:
    watched = canary.with_canary(WatchSet(version=1, watches=(AIN_ISSA,)))
    analyzer = Analyzer((), watched.watches)
    woken = analyzer.observe(analyzer.analyze(canary.article(NOW)))
    assert [watch_id for watch_id, _ in woken] == [canary.ID]


def test_each_canary_is_a_newer_version_of_one_article() -> None:
    first, second = canary.article(NOW), canary.article(NOW + timedelta(seconds=20))
    assert (first.id, first.version < second.version) == (second.id, True)


def test_its_newest_time_is_kept(database: Database) -> None:
    assert database.call(coverage_feed.canary_at) is None
    for sent in (NOW, NOW + timedelta(seconds=40), NOW + timedelta(seconds=20)):
        database.call(partial(coverage_feed.canary_seen, sent_at=sent))
    assert database.call(coverage_feed.canary_at) == NOW + timedelta(seconds=40)


@pytest.mark.parametrize(
    ("age", "trusted"),
    [
        (timedelta(0), timedelta(0)),
        (FLOWING, timedelta(0)),
        (FLOWING * 5, FLOWING * 4),
        (STANDING, STANDING - FLOWING),
        (STANDING + timedelta(seconds=1), timedelta(0)),
    ],
)
def test_time_passes_no_further_than_the_pipe_flowed_until_it_has_stood_for_hours(
    age: timedelta, trusted: timedelta
) -> None:
    assert horizon(NOW, NOW - age) == NOW - trusted


def test_without_a_canary_time_is_the_clock() -> None:
    assert horizon(NOW, None) == NOW
