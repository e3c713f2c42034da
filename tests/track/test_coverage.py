"""Silence is calm only while the sources that cover a watch are alive."""

from datetime import timedelta

import pytest

from schemas.incident import IncidentStatus, Reporter
from services.track.coverage import Coverage, Rhythm, SourceHealth, sight
from tests.track.story import MONDAY, RULES, Desk, hours, report, signal

DAY = timedelta(days=1)


def reporters(**counts: int) -> list[Reporter]:
    return [Reporter(source=s, count=n, first_at=MONDAY - 30 * DAY, last_at=MONDAY) for s, n in counts.items()]


def alive(per_day: float = 24.0) -> SourceHealth:
    return SourceHealth(last_article_at=MONDAY, per_day=per_day)


def test_a_watch_whose_main_source_falls_silent_is_blind_and_says_which() -> None:
    coverage = Coverage({"a": SourceHealth(last_article_at=MONDAY - DAY, per_day=24), "b": alive()})
    seen = sight(reporters(a=60, b=20), coverage, MONDAY, RULES)
    assert seen.blind
    assert seen.reason == "a: no article since 2026-03-01 09:00 UTC, 24 expected"


def test_a_watch_that_keeps_half_its_sources_sees() -> None:
    coverage = Coverage({"a": SourceHealth(last_article_at=MONDAY - DAY, per_day=24), "b": alive()})
    assert not sight(reporters(a=50, b=50), coverage, MONDAY, RULES).blind


def test_a_rare_source_may_be_silent_for_days() -> None:
    coverage = Coverage({"a": SourceHealth(last_article_at=MONDAY - 5 * DAY, per_day=0.5)})
    assert not sight(reporters(a=50), coverage, MONDAY, RULES).blind


def test_a_source_that_cannot_be_reached_is_dead_however_rarely_it_speaks() -> None:
    health = SourceHealth(
        last_article_at=MONDAY - hours(8), last_success_at=MONDAY - hours(7), per_day=0.5, failures=40, error="503"
    )
    seen = sight(reporters(a=50), Coverage({"a": health}), MONDAY, RULES)
    assert seen.blind
    assert seen.reason == "a: not reached since 2026-03-02 02:00 UTC (503)"


def test_a_source_that_reported_here_twice_proves_nothing() -> None:
    seen = sight(reporters(a=2), Coverage({}), MONDAY, RULES)
    assert (seen.known, seen.blind) == (False, False)


def test_rhythm_learns_the_rate_of_the_last_month() -> None:
    rhythm = Rhythm()
    for hour in range(0, 24 * 40, 6):
        rhythm.note("a", MONDAY + hours(hour))
    assert rhythm["a"].per_day == pytest.approx(4, rel=0.05)
    assert rhythm["a"].last_article_at == MONDAY + hours(24 * 40 - 6)


def test_a_rate_is_not_believed_on_its_first_day() -> None:
    rhythm = Rhythm()
    for minute in range(100):
        rhythm.note("a", MONDAY + timedelta(minutes=minute))
    assert rhythm["a"].per_day == 0


@pytest.fixture
def covered() -> tuple[Desk, Rhythm]:
    """A source that writes hourly and reports on the watch once a day, for ten days; the last report is at MONDAY."""
    rhythm = Rhythm()
    desk = Desk(coverage=Coverage(rhythm))
    for hour in range(-24 * 10, 1):
        at = MONDAY + hours(hour)
        rhythm.note("عنب.example", at)
        if hour % 24 == 0:
            desk.wait(at)
            desk.take(report(f"r{hour}", at, signal("clash", "الجهبل" if hour else "صيدا")))
    desk.alerts.clear()
    return desk, rhythm


def test_silence_of_living_sources_resolves(covered: tuple[Desk, Rhythm]) -> None:
    desk, rhythm = covered
    for hour in range(1, 60):
        rhythm.note("عنب.example", MONDAY + hours(hour))
        desk.wait(MONDAY + hours(hour))
    assert "resolved:no_news_resolved" in desk.kinds
    assert not any(a.blind for a in desk.alerts)


def test_while_blind_nothing_is_resolved_and_the_state_says_why(covered: tuple[Desk, Rhythm]) -> None:
    desk, _ = covered
    desk.wait(MONDAY + hours(100))
    assert desk.book.state.blind
    assert "عنب.example: no article since 2026-03-02 09:00 UTC" in desk.book.state.blind_reason
    assert "state_changed:sources_silent" in desk.kinds
    assert not [a for a in desk.alerts if a.kind.value in ("resolved", "expired")]


def test_silence_counts_from_when_the_sources_are_back(covered: tuple[Desk, Rhythm]) -> None:
    desk, rhythm = covered
    desk.wait(MONDAY + hours(100))
    desk.alerts.clear()
    for hour in range(101, 180):
        rhythm.note("عنب.example", MONDAY + hours(hour))
        desk.wait(MONDAY + hours(hour))
    assert desk.kinds[0] == "state_changed:sources_back"
    resolved = [a for a in desk.alerts if a.kind.value == "resolved"]
    assert resolved
    assert all(a.at >= MONDAY + hours(100 + 48) for a in resolved)


def test_an_incident_of_a_blind_watch_is_given_up_after_a_week(covered: tuple[Desk, Rhythm]) -> None:
    desk, _ = covered
    desk.wait(MONDAY + hours(24 * 8))
    assert "expired:no_coverage" in desk.kinds
    assert not desk.incidents() or all(
        i.status in (IncidentStatus.EXPIRED, IncidentStatus.RESOLVED) for i in desk.incidents()
    )
