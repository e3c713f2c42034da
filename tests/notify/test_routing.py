"""Who is told what, and when it makes a sound: every answer names its rule."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.alert import AlertKind
from schemas.base import Level, SignalType
from schemas.subscription import QuietHours
from services.notify.routing import CLOSING, SOUND_COOLDOWN, Previous, in_quiet_hours, route
from tests.notify.making import NOW, alert, terminal

NIGHT = QuietHours(start=time(22), end=time(6), timezone="Asia/Damascus")  # UTC+3: NOW is 23:00 there


def sent(level: Level = Level.ELEVATED, **changes: Any) -> Previous:
    given: dict[str, Any] = {
        "kind": AlertKind.OPENED,
        "level": level,
        "blind": False,
        "sounded": True,
        "at": NOW - timedelta(hours=2),
    }
    return Previous(**(given | changes))


def reason(alert_: Any, subscription: Any, *previous: Previous) -> tuple[bool, str]:
    decision = route(alert_, subscription, previous, NOW)
    return decision.notify, decision.reason


def test_a_new_incident_at_the_level_asked_for_is_told_and_heard() -> None:
    decision = route(alert(), terminal(min_level=Level.ELEVATED), (), NOW)
    assert (decision.notify, decision.reason) == (True, "level_reached")
    assert (decision.sound, decision.sound_reason) == (True, "new")


@pytest.mark.parametrize(
    ("alert_", "subscription", "name"),
    [
        (alert(expires_at=NOW), terminal(), "expired"),
        (alert(), terminal(watches=("tal-tamr",)), "other_watch"),
        (alert(), terminal(kinds=(AlertKind.ESCALATED,)), "other_kind"),
        (alert(), terminal(types=(SignalType.TALKS,)), "other_type"),
        (alert(), terminal(min_level=Level.CRITICAL), "below_level"),
        (alert(kind=AlertKind.EASED, level=Level.CALM), terminal(), "below_level"),
    ],
)
def test_what_is_not_wanted_is_left_out_by_the_rule_that_says_so(alert_: Any, subscription: Any, name: str) -> None:
    assert reason(alert_, subscription) == (False, name)


@pytest.mark.parametrize("kind", sorted(CLOSING))
def test_whoever_was_told_of_an_incident_is_told_how_it_ends_whatever_its_level_by_then(kind: AlertKind) -> None:
    ending = alert(kind=kind, level=Level.CALM, signals=(SignalType.CEASEFIRE,))
    wants = terminal(min_level=Level.CRITICAL, types=(SignalType.SHELLING,))
    assert reason(ending, wants, sent(Level.CRITICAL)) == (True, "follows_sent")


def test_an_update_below_the_level_follows_only_what_stood_at_the_level() -> None:
    update = alert(kind=AlertKind.UPDATED, level=Level.HEADS_UP)
    wants = terminal(min_level=Level.ELEVATED)
    assert reason(update, wants, sent(Level.ELEVATED)) == (True, "follows_sent")
    assert reason(update, wants, sent(Level.ELEVATED), sent(Level.HEADS_UP)) == (False, "below_level")


def test_a_watch_gone_blind_is_told_once_at_any_level_and_its_sight_again() -> None:
    wants = terminal(min_level=Level.CRITICAL)
    state: dict[str, Any] = {"kind": AlertKind.STATE_CHANGED, "incident_id": None, "level": Level.CALM, "signals": ()}
    told = sent(Level.CALM, kind=AlertKind.STATE_CHANGED, blind=True)
    assert reason(alert(**state, blind=True), wants) == (True, "went_blind")
    assert reason(alert(**state, blind=True), wants, told) == (False, "below_level")
    assert reason(alert(**state), wants, told) == (True, "follows_sent")


def test_types_do_not_hide_what_concerns_the_watch_itself() -> None:
    state = alert(kind=AlertKind.STATE_CHANGED, incident_id=None, signals=(), level=Level.CRITICAL)
    assert reason(state, terminal(types=(SignalType.TALKS,))) == (True, "level_reached")


def test_quiet_hours_take_the_sound_and_never_the_message() -> None:
    decision = route(alert(), terminal(quiet_hours=NIGHT), (), NOW)
    assert (decision.notify, decision.sound, decision.sound_reason) == (True, False, "quiet_hours")


def test_critical_is_heard_in_quiet_hours() -> None:
    assert route(alert(level=Level.CRITICAL), terminal(quiet_hours=NIGHT), (), NOW).sound


def test_the_cooldown_takes_the_sound_of_a_repeat_and_never_that_of_a_rise() -> None:
    recent = sent(Level.ELEVATED, at=NOW - SOUND_COOLDOWN / 2)
    again = route(alert(kind=AlertKind.ESCALATED), terminal(), (recent,), NOW)
    assert (again.notify, again.sound, again.sound_reason) == (True, False, "sounded_recently")
    assert route(alert(kind=AlertKind.ESCALATED, level=Level.CRITICAL), terminal(), (recent,), NOW).sound


@pytest.mark.parametrize("kind", [AlertKind.UPDATED, AlertKind.EASED, AlertKind.RESOLVED, AlertKind.RETRACTED])
def test_updates_and_endings_are_silent(kind: AlertKind) -> None:
    assert not route(alert(kind=kind), terminal(), (sent(),), NOW).sound


def test_the_state_of_a_watch_sounds_only_when_it_rises() -> None:
    state: dict[str, Any] = {"kind": AlertKind.STATE_CHANGED, "incident_id": None}
    was = sent(Level.CRITICAL, kind=AlertKind.STATE_CHANGED)
    assert route(alert(**state), terminal(), (), NOW).sound
    assert not route(alert(**state), terminal(), (was,), NOW).sound


@pytest.mark.parametrize(
    ("hour", "quiet"), [(18, False), (19, True), (23, True), (2, True), (3, False)]
)  # 19:00 UTC is 22:00 in Damascus, 03:00 UTC is 06:00
def test_quiet_hours_span_midnight_in_their_own_time_zone(hour: int, quiet: bool) -> None:
    assert in_quiet_hours(NIGHT, datetime(2026, 11, 25, hour, tzinfo=UTC)) is quiet


@given(
    kind=st.sampled_from(AlertKind),
    level=st.sampled_from(Level),
    minimum=st.sampled_from(Level),
    before=st.lists(st.sampled_from(Level), max_size=3),
    quiet=st.booleans(),
)
def test_every_answer_is_named_and_quiet_hours_never_change_what_is_told(
    kind: AlertKind, level: Level, minimum: Level, before: list[Level], quiet: bool
) -> None:
    previous = tuple(sent(each) for each in before)
    event = alert(kind=kind, level=level)
    loud = route(event, terminal(min_level=minimum), previous, NOW)
    hushed = route(event, terminal(min_level=minimum, quiet_hours=NIGHT), previous, NOW)
    assert loud.reason
    assert (loud.notify, loud.reason) == (hushed.notify, hushed.reason)
    assert loud.notify or not loud.sound


@pytest.mark.parametrize("level", [Level.HEADS_UP, Level.ELEVATED, Level.CRITICAL])
def test_every_level_can_be_asked_for_and_reached(level: Level) -> None:
    assert reason(alert(level=level), terminal(min_level=level)) == (True, "level_reached")
