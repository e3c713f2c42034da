"""What must hold for any stream of reports."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.base import BothNames, Level, Status
from schemas.watch import Watch
from services.track.book import Book
from tests.track.story import MONDAY, PLACES, RULES, Desk, hours, report, signal

TYPES = [
    "shelling",
    "airstrike",
    "clash",
    "attack",
    "detention",
    "unrest",
    "ceasefire",
    "talks",
    "displacement",
    "threat",
]

SAYINGS = [
    "",
    "أدانت الوزارة القصف على البلدة",
    "ارتفاع حصيلة القصف",
    "",
    "شيع الأهالي جثمان شاب",
    "تتواصل المعارك",
    "الحصيلة النهائية للقصف",
    "قصف فجر اليوم",
    "لا صحة لأنباء القصف",
]
"""What a report may say beside its claims."""

claims = st.builds(
    lambda type_, where, killed, status, sure: signal(type_, where, killed=killed, status=status, confidence=sure),
    st.sampled_from(TYPES),
    st.sampled_from(sorted(PLACES)),
    st.one_of(st.none(), st.integers(0, 60)),
    st.sampled_from([Status.ACTUAL, Status.ACTUAL, Status.ACTUAL, Status.NEGATED, Status.POSSIBLE]),
    st.sampled_from([0.4, 0.7, 0.95]),
)
reports = st.lists(
    st.tuples(st.integers(0, 100), st.lists(claims, min_size=1, max_size=3), st.integers(0, 3), st.integers(0, 4)),
    min_size=1,
    max_size=14,
)


def observations(drawn: list) -> list:
    """In order of time; sources, texts and sayings repeat now and then."""
    built = [
        report(
            f"a{k:02}",
            MONDAY + hours(at),
            *signals,
            source=f"s{source}.example",
            words=text or None,
            quotes=[f"{SAYINGS[at % len(SAYINGS)]} {s.type} {n} في a{k:02}" for n, s in enumerate(signals)],
        )
        for k, (at, signals, source, text) in enumerate(drawn)
    ]
    return sorted(built, key=lambda o: (o.article.published_at, o.article.id))


def outcome(desk: Desk) -> tuple:
    """Watch, member observations and state of every incident, and where the watch stands."""
    incidents = sorted(
        (tuple(sorted(i.observation_ids)), i.status.value, i.level.value, i.episode, str(i.killed), i.confidence)
        for i in desk.incidents()
    )
    state = desk.book.state
    return incidents, state.level, state.contested, state.escalation, state.easing


@settings(max_examples=150, deadline=None)
@given(reports, st.randoms(use_true_random=False))
def test_order_within_the_lateness_changes_neither_incidents_nor_state(drawn: list, chance: object) -> None:
    ordered = observations(drawn)
    lateness = RULES.time["lateness_hours"] - 0.01
    late = sorted(ordered, key=lambda o: o.article.published_at + timedelta(hours=lateness * chance.random()))  # type: ignore[attr-defined]
    now = max(o.article.published_at for o in ordered)
    results = []
    for stream in (ordered, late):
        desk = Desk()
        for observation in stream:
            desk.take(observation)
        desk.wait(now)
        results.append(outcome(desk))
    assert results[0] == results[1]


@settings(max_examples=60, deadline=None)
@given(reports)
def test_the_same_input_gives_the_same_bytes_and_no_alert_twice(drawn: list) -> None:
    runs = []
    for _ in range(2):
        desk = Desk()
        for observation in [*observations(drawn), *observations(drawn)]:
            desk.take(observation)
        runs.append([a.model_dump_json() for a in desk.alerts])
        assert len({a.alert_id for a in desk.alerts}) == len(desk.alerts)
    assert runs[0] == runs[1]


@settings(max_examples=100, deadline=None)
@given(reports, st.integers(0, 400))
def test_the_reasons_add_up_to_the_scores(drawn: list, wait: int) -> None:
    desk = Desk()
    for observation in observations(drawn):
        desk.take(observation)
    desk.wait(desk.now + hours(wait))
    state = desk.book.state
    easing = sum(c.value for c in state.reasons if c.rule.startswith("easing:"))
    escalation = sum(c.value for c in state.reasons if not c.rule.startswith("easing:"))
    assert abs(escalation - state.escalation) < 0.2
    assert abs(easing - state.easing) < 0.2


watches = st.builds(
    lambda lat, lon, radius: Watch(id="any", name=BothNames(ar="موضع"), center=(lat, lon), radius_km=radius),
    st.floats(-80, 80),
    st.floats(-179, 179),
    st.sampled_from([0, 1, 15, 200, 500]),
)


@settings(max_examples=60, deadline=None)
@given(watches)
def test_every_level_is_reached_and_left_again_by_every_watch(watch: Watch) -> None:
    there = (
        signal("threat", status=Status.POSSIBLE)
        .places[0]
        .model_copy(update={"lat": watch.center[0], "lon": watch.center[1], "surface": "موضع", "name": "موضع"})
    )
    at_watch = [
        s.model_copy(update={"places": (there,)})
        for s in (signal("offensive", status=Status.POSSIBLE), signal("shelling"), signal("airstrike", killed=60))
    ]
    desk = Desk(Book.new(watch))
    levels = [desk.book.state.level]
    for k, claim in enumerate(at_watch):
        desk.take(report(f"r{k}", MONDAY + hours(30 * k), claim, watch=watch))
        levels.append(desk.book.state.level)
    assert levels == list(Level)
    desk.wait(MONDAY + hours(24 * 30))
    assert desk.book.state.level is Level.CALM


@settings(max_examples=60, deadline=None)
@given(reports)
def test_memory_is_bounded_by_time(drawn: list) -> None:
    desk = Desk()
    for observation in observations(drawn):
        desk.take(observation)
    desk.wait(desk.now + hours(24 * 60))
    memory = desk.book.state.memory
    assert not desk.book.incidents
    for kept in (memory.standings, memory.held, memory.articles, memory.warned, memory.days, memory.reporters):
        assert kept == ()
