"""Where a watch stands: scores that halve, levels with hysteresis, flags, surge, and sums that anyone can re-add."""

import pytest

from schemas.base import Level, Status
from services.track.rules import Rules
from tests.track.story import MONDAY, RULES, Desk, hours, report, signal


@pytest.fixture
def desk() -> Desk:
    return Desk()


def state_after(desk: Desk, wait: float) -> object:
    desk.wait(MONDAY + hours(wait))
    return desk.book.state


def test_a_strike_counts_half_after_its_half_life(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", confidence=0.9)))
    fresh = desk.book.state.escalation
    assert fresh == pytest.approx(10 * (0.5 + 0.5 * 0.9))
    assert state_after(desk, 24).escalation == pytest.approx(fresh / 2, abs=0.01)
    assert state_after(desk, 48).escalation == pytest.approx(fresh / 4, abs=0.01)


def test_easing_is_a_score_of_its_own_and_lowers_nothing(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("clash")))
    before = desk.book.state.escalation
    desk.take(report("b", MONDAY + hours(0), signal("ceasefire")))
    state = desk.book.state
    assert state.escalation == before
    assert state.easing > 0
    assert state.contested


def test_the_reasons_say_the_arithmetic(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", killed=12, confidence=0.9)))
    (reason,) = desk.book.state.reasons
    assert reason.detail == "10 x 3.5 x (0.5 + 0.5 x 0.9) = 33.25, x 2^(-0.0 h / 24 h)"
    assert reason.value == desk.book.state.escalation == 33.25
    assert reason.incident_id == desk.incidents()[0].id


def test_a_level_is_left_only_well_below_its_threshold(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", killed=12, confidence=0.9)))
    critical = RULES.levels["critical"]
    assert desk.book.state.level is Level.CRITICAL
    held = state_after(desk, 8)
    assert critical * RULES.levels["hysteresis"] < held.escalation < critical
    assert held.level is Level.CRITICAL
    left = state_after(desk, 20)
    assert left.escalation < critical * RULES.levels["hysteresis"]
    assert left.level is Level.ELEVATED


def test_a_level_that_was_never_reached_is_not_held() -> None:
    desk = Desk(rules=Rules.load("levels: {critical: 36.0}"))
    desk.take(report("a", MONDAY, signal("airstrike", killed=12)))
    state, critical = desk.book.state, desk.rules.levels["critical"]
    assert critical * desk.rules.levels["hysteresis"] < state.escalation < critical
    assert state.level is Level.ELEVATED


def test_the_trend_compares_with_a_day_ago(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling")))
    assert desk.book.state.trend == desk.book.state.escalation
    assert state_after(desk, 30).trend < 0


def test_falls_are_said_where_they_end_something(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", killed=12)))
    desk.wait(MONDAY + hours(24 * 10))
    falls = [a.level for a in desk.alerts if a.reason == "score_fell"]
    assert falls == [Level.ELEVATED, Level.CALM]
    assert all(a.incident_id is None and a.article_id is None for a in desk.alerts if a.reason == "score_fell")


def test_more_incidents_than_the_watch_is_used_to_are_a_surge(desk: Desk) -> None:
    desk.take(report("calm", MONDAY - hours(24 * 20), signal("shelling")))
    desk.wait(MONDAY)
    for k, kind in enumerate(["shelling", "unrest", "detention"]):
        desk.take(report(f"r{k}", MONDAY + hours(k), signal(kind)))
    (surge,) = [r for r in desk.book.state.reasons if r.rule == "surge"]
    assert surge.value == RULES.surge["points"]
    assert surge.detail.startswith("3 incidents in 24 h")


def test_what_is_usual_is_no_surge(desk: Desk) -> None:
    for day in range(20):
        for k, kind in enumerate(["shelling", "unrest", "detention"]):
            at = MONDAY + hours(24 * day + k)
            desk.wait(at)
            desk.take(report(f"d{day}r{k}", at, signal(kind)))
    assert not [r for r in desk.book.state.reasons if r.rule == "surge"]


def test_many_warnings_of_one_day_are_one_expectation(desk: Desk) -> None:
    for k, kind in enumerate(["offensive", "airstrike", "shelling", "clash", "attack"]):
        desk.take(report(f"r{k}", MONDAY + hours(k), signal(kind, status=Status.POSSIBLE)))
    assert desk.book.state.level is Level.HEADS_UP


def test_retracting_takes_the_points_back(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", killed=60)))
    assert desk.book.state.level is Level.CRITICAL
    desk.take(report("a", MONDAY, version=2))
    assert desk.book.state.escalation == 0
    assert desk.book.state.reasons == ()
