"""Tracking writes everything that follows from an observation or nothing, once, whoever else writes."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from schemas.base import Status
from schemas.incident import IncidentStatus
from schemas.observation import Observation
from schemas.watch import Watch, WatchSet
from services.runtime.store.database import Database, StoreUnavailable
from services.runtime.store.migrate import migrate
from services.runtime.store.tables import observations, watch_states
from services.track.repository import Repository, Transaction
from services.track.tracker import Tracker
from tests.support.postgres import PostgresCluster
from tests.track.making import NOW, another, bodies, counted, kinds, known, observe, told, tracker
from tests.track.story import AIN_ISSA, MONDAY, hours, report, signal

JAHBAL = Watch.model_validate({"id": "jahbal", "name": {"ar": "الجهبل"}, "center": [36.41, 38.92], "radius_km": 2})


@pytest.fixture
def databases(ready_url: str) -> Iterator[tuple[Database, Database]]:
    """The same store, opened by two processes."""
    opened = (Database(ready_url), Database(ready_url))
    yield opened
    for database in opened:
        database.close()


def test_a_report_becomes_incident_state_alert_and_verdict_together(database: Database) -> None:
    observe(tracker(database), report("خبر-١", MONDAY, signal("shelling", killed=3, by=["قسد"])))
    assert kinds(database) == ["opened:new_event"]
    [incident] = known(database)
    assert (incident.status, incident.watch_id) == (IncidentStatus.OPEN, "ain-issa")
    assert told(database)[0].incident_id == incident.id
    rows = counted(database)
    assert (rows["observations"], rows["watch_states"], rows["alerts"]) == (1, 1, 1)


def test_the_same_observation_again_changes_nothing_whichever_process_gets_it(
    databases: tuple[Database, Database],
) -> None:
    first, second = databases
    one = tracker(first)
    again = report("خبر-١", MONDAY, signal("shelling", killed=3))
    observe(one, again, again)
    before = bodies(first)
    observe(another(second), again)
    observe(one, again, now=NOW + timedelta(days=1))
    assert bodies(first) == before


def test_the_same_observation_twice_in_one_batch_counts_once(database: Database) -> None:
    again = report("خبر-١", MONDAY, signal("shelling"))
    outcome = tracker(database).observe([again, again, again], NOW)
    assert (len(outcome.steps), outcome.repeated) == (1, 2)
    assert kinds(database) == ["opened:new_event"]


def test_an_owner_that_slept_while_another_wrote_reads_the_store_again(databases: tuple[Database, Database]) -> None:
    first, second = databases
    sleeper = tracker(first)
    observe(sleeper, report("خبر-١", MONDAY, signal("shelling")))
    observe(another(second), report("خبر-٢", MONDAY + hours(1), signal("shelling", killed=12)))
    observe(sleeper, report("خبر-٣", MONDAY + hours(2), signal("shelling", killed=12)))
    [incident] = known(first)
    assert [member.article_id for member in incident.members] == ["خبر-١", "خبر-٢", "خبر-٣"]
    assert kinds(second)[:2] == ["opened:new_event", "escalated:casualty_band"]


def test_two_owners_at_once_lose_nothing_and_say_nothing_twice(databases: tuple[Database, Database]) -> None:
    owners = [tracker(databases[0]), another(databases[1])]
    stories = [
        [report(f"{name}-{k}", MONDAY + hours(k / 10), signal("shelling", killed=3)) for k in range(12)]
        for name in ("وكالة", "صحيفة")
    ]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda pair: observe(pair[0], *pair[1]), zip(owners, stories, strict=True)))
    assert counted(databases[0])["observations"] == 24
    members = [member.article_id for incident in known(databases[0]) for member in incident.members]
    assert sorted(members) == sorted(each.article.id for story in stories for each in story)
    ids = [alert.alert_id for alert in told(databases[0])]
    assert len(ids) == len(set(ids))


def test_two_owners_at_the_first_report_of_a_watch_open_one_incident(databases: tuple[Database, Database]) -> None:
    owners = [tracker(databases[0]), another(databases[1])]
    reports = [report(name, MONDAY, signal("shelling", killed=3)) for name in ("خبر-١", "خبر-٢")]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda pair: observe(*pair), zip(owners, reports, strict=True)))
    [incident] = known(databases[0])
    assert len(incident.members) == 2


@pytest.mark.postgres
def test_whoever_reads_alerts_from_the_last_number_on_misses_none_that_was_committed_late(
    postgres: PostgresCluster,
) -> None:
    url = postgres.new_database()
    migrate(url)
    slow, quick = Database(url), Database(url)
    about_to_commit, go_on = Event(), Event()
    owners = tracker(slow, AIN_ISSA, JAHBAL), another(quick)

    def dawdle(_connection: object) -> None:
        about_to_commit.set()
        go_on.wait(10)

    event.listen(slow.engine, "commit", dawdle)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(observe, owners[0], report("خبر-١", MONDAY, signal("shelling")))
        about_to_commit.wait(10)
        second = threads.submit(observe, owners[1], report("خبر-٢", MONDAY, signal("clash"), watch=JAHBAL))
        with suppress(TimeoutError):
            second.result(timeout=0.5)
        early = told(quick)
        go_on.set()
        first.result(timeout=10)
        second.result(timeout=10)
    assert len(told(quick)) == 2
    assert told(quick)[: len(early)] == early
    slow.close()
    quick.close()


def test_a_process_that_dies_before_the_commit_leaves_nothing_and_the_next_does_all(database: Database) -> None:
    class Killed(BaseException):
        pass

    made = tracker(database)
    first = report("خبر-١", MONDAY, signal("shelling", killed=3))

    def die(_connection: object) -> None:
        raise Killed

    event.listen(database.engine, "commit", die)
    with pytest.raises(Killed):
        observe(made, first)
    event.remove(database.engine, "commit", die)
    assert counted(database)["alerts"] == counted(database)["observations"] == 0
    observe(made, first)
    assert kinds(database) == ["opened:new_event"]


def test_what_one_bad_observation_raises_takes_the_whole_batch_back(database: Database) -> None:
    made = tracker(database)
    good = report("خبر-١", MONDAY, signal("shelling"))
    bad = good.model_copy(update={"id": "ع" * 40, "article": None})
    with pytest.raises(AttributeError):
        made.observe([good, bad], NOW)
    assert counted(database)["observations"] == 0
    observe(made, good)
    assert kinds(database) == ["opened:new_event"]


def test_a_locked_store_is_unavailable_and_writes_nothing(databases: tuple[Database, Database]) -> None:
    holder, _ = databases
    impatient = Database(f"{holder.engine.url.render_as_string(hide_password=False)}", lock_seconds=0.1)
    made = tracker(impatient)
    observe(made, report("خبر-١", MONDAY, signal("shelling")))
    everything = select(watch_states).with_for_update()
    with holder.engine.begin() as connection:
        connection.execute(everything)
        with pytest.raises(StoreUnavailable):
            observe(made, report("خبر-٢", MONDAY, signal("shelling", killed=20)))
    assert kinds(holder) == ["opened:new_event"]
    observe(made, report("خبر-٢", MONDAY, signal("shelling", killed=20)))
    assert kinds(holder) == ["opened:new_event", "escalated:casualty_band"]
    impatient.close()


def test_a_book_that_left_the_cache_comes_back_the_same(database: Database) -> None:
    made = tracker(database, AIN_ISSA, JAHBAL)
    small = Tracker(Repository(database, timedelta(hours=84), cached_books=1), made.rules)
    small.follow(made_watches(made))
    for k in range(4):
        at = MONDAY + hours(k)
        observe(small, report(f"أ-{k}", at, signal("shelling")), report(f"ب-{k}", at, signal("clash"), watch=JAHBAL))
    assert [len(incident.members) for incident in known(database)] == [4, 4]


def made_watches(made: Tracker) -> WatchSet:
    return WatchSet(version=made.version, watches=tuple(made.watches.values()))


def test_an_incident_closed_long_ago_is_not_read_again(database: Database) -> None:
    made = tracker(database)
    observe(made, report("خبر-١", MONDAY, signal("shelling")))
    later = MONDAY + timedelta(days=40)
    while made.tick(later, later):
        pass
    [incident] = known(database)
    assert incident.status in (IncidentStatus.RESOLVED, IncidentStatus.EXPIRED)
    fresh = another(database)
    observe(fresh, report("خبر-٢", later, signal("shelling")))
    assert [len(incident.members) for incident in known(database)] == [1, 1]


def test_what_held_a_report_back_is_kept(database: Database) -> None:
    observe(tracker(database), report("خبر-١", MONDAY, signal("shelling", status=Status.BACKGROUND)))
    assert counted(database)["near_misses"] == 1
    assert counted(database)["alerts"] == 0


def test_the_verdict_keeps_the_signals_and_the_alerts_in_arabic(database: Database) -> None:
    observe(tracker(database), report("خبر-١", MONDAY, signal("shelling", killed=3)))
    verdict = database.call(lambda connection: connection.execute(select(observations.c.verdict)).scalar_one())
    assert "عين عيسى" in verdict
    kept = json.loads(verdict)
    assert [heard["type"] for heard in kept["signals"]] == ["shelling"]
    assert kept["alerts"] == [alert.alert_id for alert in told(database)]


reports = st.builds(
    lambda number, hour, kind, killed, watch: report(
        f"خبر-{number}", MONDAY + hours(hour), signal(kind, killed=killed), watch=watch
    ),
    st.integers(0, 30),
    st.integers(0, 10),
    st.sampled_from(["shelling", "clash", "talks", "airstrike"]),
    st.sampled_from([None, 3, 12]),
    st.sampled_from([AIN_ISSA, JAHBAL]),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(reports, min_size=1, max_size=12, unique_by=lambda each: each.id), sizes=st.data())
def test_however_a_story_is_cut_into_batches_and_repeated_the_store_ends_the_same(
    story: list[Observation], sizes: st.DataObject, new_sqlite: Callable[[], str]
) -> None:
    stores = [Database(new_sqlite()), Database(new_sqlite())]
    observe(tracker(stores[0], AIN_ISSA, JAHBAL), *story)
    made = tracker(stores[1], AIN_ISSA, JAHBAL)
    rest = list(story)
    while rest:
        size = sizes.draw(st.integers(1, len(rest)))
        made.observe(rest[:size], NOW)
        made.observe(rest[:size], NOW)
        rest = rest[size:]
    assert bodies(stores[0]) == bodies(stores[1])
    for store in stores:
        store.close()


def test_a_state_row_without_its_version_is_never_overwritten_blindly(databases: tuple[Database, Database]) -> None:
    """The first writer of a watch has no row to lock: the second finds the row at the end and starts again."""
    first, second = databases
    made = tracker(first)
    other = another(second)
    attempts = []

    def late(transaction: Transaction) -> None:
        step_of(made, transaction, "خبر-١")
        attempts.append(1)
        if len(attempts) == 1 and not first.is_sqlite:
            observe(other, report("خبر-٢", MONDAY, signal("shelling")))

    made.repository.call(late)
    expected = 1 if first.is_sqlite else 2
    assert (len(attempts), counted(first)["observations"]) == (expected, expected)


def step_of(made: Tracker, transaction: Transaction, name: str) -> None:
    made._observe(transaction, [report(name, MONDAY, signal("shelling"))], NOW)
