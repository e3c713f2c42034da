"""The tracker over a real store: time, watches that change, watches that go, and what is forgotten."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from schemas.article import Article
from schemas.incident import IncidentStatus, WatchState
from schemas.observation import Observation
from schemas.watch import Watch, WatchFile
from services.runtime.store import archive, watchset
from services.runtime.store.database import Database
from services.runtime.store.tables import watch_states
from services.track import retention
from services.track.replay import Replay
from services.track.timers import due
from services.track.tracker import Tracker, orphans
from tests.track.making import NOW, another, bodies, counted, kinds, known, observe, told, tracker
from tests.track.story import AIN_ISSA, MONDAY, RULES, hours, report, signal

AROUND = Watch.model_validate(
    {"id": "raqqa-north", "name": {"ar": "ريف الرقة الشمالي"}, "center": [36.38, 38.86], "radius_km": 80}
)
STORY = (
    report("خبر-١", MONDAY, signal("shelling", killed=3)),
    report("خبر-٢", MONDAY + hours(2), signal("shelling", killed=12), source="نهر.example"),
    report("خبر-٣", MONDAY + hours(30), signal("ceasefire")),
    report("خبر-٤", MONDAY + hours(900), signal("clash")),
)


def change(made: Tracker, database: Database, *watches: Watch) -> None:
    """The watches file is edited while the tracker runs."""
    database.call(lambda connection: watchset.apply(connection, WatchFile(watches=watches)))
    made.follow(database.call(watchset.current))
    made.close_removed(NOW)


def assert_as_replayed(database: Database, story: tuple[Observation, ...]) -> None:
    """Live tracking of the story, then a long silence, tells what replay tells."""
    replay = Replay([AIN_ISSA], RULES)
    alerts = [
        alert for each in story for alert in replay.article(each.article.source, each.article.first_seen_at, [each])
    ]
    end = story[-1].article.first_seen_at + timedelta(days=60)
    alerts += replay.until(end)
    made = tracker(database)
    observe(made, *story)
    while made.tick(end, NOW):
        pass
    assert [alert.alert_id for alert in told(database)] == [alert.alert_id for alert in alerts]
    assert {incident.id: incident for incident in known(database)} == replay.incidents


def test_a_story_and_the_silence_after_it_tell_the_same_live_and_in_replay(database: Database) -> None:
    assert_as_replayed(database, STORY)
    assert {"opened:new_event", "escalated:casualty_band"} <= set(kinds(database))
    assert all(incident.status is not IncidentStatus.OPEN for incident in known(database))


steps = st.tuples(
    st.floats(0, 120), st.sampled_from(["shelling", "clash", "talks", "ceasefire"]), st.sampled_from([None, 3, 12, 60])
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=1, max_size=8))
def test_any_story_in_order_tells_the_same_live_and_in_replay(
    new_sqlite: Callable[[], str], drawn: list[tuple[float, str, int | None]]
) -> None:
    at = MONDAY
    story = []
    for number, (gap, kind, killed) in enumerate(drawn):
        at += hours(gap)
        story.append(report(f"خبر-{number}", at, signal(kind, killed=killed), source=f"مصدر{number % 3}.example"))
    database = Database(new_sqlite())
    assert_as_replayed(database, tuple(story))
    database.close()


def test_time_is_let_pass_only_where_it_is_due(database: Database) -> None:
    made = tracker(database)
    observe(made, STORY[0])
    before = bodies(database)
    assert database.call(lambda connection: due(connection, MONDAY + hours(1))) == []
    assert made.tick(MONDAY + hours(1), NOW) == []
    assert bodies(database) == before
    assert made.tick(MONDAY + timedelta(days=60), NOW) != []
    assert database.call(lambda connection: due(connection, MONDAY + timedelta(days=60))) == []


def test_an_observation_later_than_a_timer_lets_the_time_between_pass_first(database: Database) -> None:
    observe(tracker(database), STORY[0], STORY[3])
    assert kinds(database)[-1] == "opened:new_event"
    assert any(kind.startswith(("resolved", "expired")) for kind in kinds(database))


def standing(database: Database) -> WatchState:
    body = database.call(lambda connection: connection.execute(select(watch_states.c.body)).scalar_one())
    return WatchState.model_validate_json(body)


def test_an_observation_from_before_the_last_tick_does_not_turn_time_back(database: Database) -> None:
    made = tracker(database)
    observe(made, STORY[0])
    made.tick(MONDAY + hours(90), NOW)
    before = standing(database).updated_at
    observe(made, report("خبر-متأخر", MONDAY + hours(1), signal("shelling", killed=3), words=1))
    assert before is not None
    assert before > MONDAY + hours(1)
    assert standing(database).updated_at == before


def test_the_incident_of_a_removed_watch_is_closed_and_the_desk_is_told_once(database: Database) -> None:
    made = tracker(database, AIN_ISSA, AROUND)
    observe(made, STORY[0])
    change(made, database, AROUND)
    [incident] = known(database)
    assert (incident.status, incident.reason) == (IncidentStatus.EXPIRED, "watch_removed")
    assert kinds(database) == ["opened:new_event", "expired:watch_removed"]
    assert told(database)[-1].watch_name == AIN_ISSA.name
    assert made.close_removed(NOW) == []
    assert database.call(orphans) == []


def test_another_process_that_starts_after_the_removal_closes_it_too(database: Database) -> None:
    observe(tracker(database, AIN_ISSA), STORY[0])
    database.call(lambda connection: watchset.apply(connection, WatchFile(watches=(AROUND,))))
    another(database).close_removed(NOW)
    assert kinds(database) == ["opened:new_event", "expired:watch_removed"]


def test_a_late_observation_of_a_removed_watch_is_handled_and_says_why_nothing_came_of_it(database: Database) -> None:
    made = tracker(database, AIN_ISSA)
    change(made, database, AROUND)
    outcome = made.observe([STORY[0], STORY[0]], NOW)
    assert (outcome.steps, outcome.repeated) == ((), 1)
    assert (counted(database)["observations"], counted(database)["incidents"]) == (1, 0)


def test_a_watch_that_comes_back_begins_calmly(database: Database) -> None:
    made = tracker(database, AIN_ISSA)
    observe(made, STORY[0])
    change(made, database)
    change(made, database, AIN_ISSA)
    observe(made, STORY[3])
    assert kinds(database)[:2] == ["opened:new_event", "expired:watch_removed"]
    assert kinds(database)[-1] == "opened:new_event"
    assert len(known(database)) == 2


def test_a_watch_whose_circle_changes_is_judged_by_the_new_one_at_once(database: Database) -> None:
    made = tracker(database, AIN_ISSA)
    observe(made, STORY[0])
    wider = AIN_ISSA.model_copy(update={"radius_km": 60.0})
    change(made, database, wider)
    observe(made, STORY[1])
    assert made.repository.call(lambda t: t.books([wider], NOW)["ain-issa"].watch) == wider
    assert len(known(database)) == 1


def test_an_inner_watch_names_the_one_around_it(database: Database) -> None:
    observe(tracker(database, AIN_ISSA, AROUND), STORY[0])
    assert told(database)[0].parent_watch_id == "raqqa-north"


async def test_what_is_older_than_thirty_days_is_forgotten_but_incidents_and_alerts_stay(database: Database) -> None:
    article = Article(id="خبر-١", source="عنب.example", text="قصف", first_seen_at=MONDAY)
    database.call(lambda connection: archive.put(connection, article))
    observe(tracker(database), STORY[0], report("خبر-٥", MONDAY, signal("clash", confidence=0.1)), now=MONDAY)
    assert await retention.prune(database, MONDAY + timedelta(days=30)) == 0
    before = counted(database)
    assert before["near_misses"] == 1
    assert await retention.prune(database, MONDAY + timedelta(days=30, seconds=1)) == 4
    after = counted(database)
    assert {name for name in after if after[name] != before[name]} == {"articles", "observations", "near_misses"}


def test_level_and_blindness_are_columns_that_can_be_counted(database: Database) -> None:
    observe(tracker(database), STORY[0], STORY[1])
    columns = select(watch_states.c.level, watch_states.c.blind)
    [row] = database.call(lambda connection: connection.execute(columns).all())
    assert tuple(row) == (standing(database).level.value, int(standing(database).blind)) == ("critical", 0)
