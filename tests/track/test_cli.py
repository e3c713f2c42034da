"""What the operator types: watches, incidents, and why an alert went out or did not."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from schemas.article import Article
from schemas.base import Status
from schemas.incident import IncidentStatus
from services.runtime.cli import main
from services.runtime.store import archive
from services.runtime.store.database import Database
from services.track import operator
from tests.track.making import NOW, another, kinds, known, observe, told, tracker
from tests.track.story import MONDAY, RULES, hours, report, signal

Run = Callable[..., str]

FILE = """
watches:
  - {id: ain-issa, name: {ar: عين عيسى, en: Ain Issa}, center: [36.3837, 38.8629], radius_km: 20}
  - {id: tal-tamr, name: {ar: تل تمر}, center: [36.66, 40.37]}
"""


@pytest.fixture
def marsad(ready_url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command over the store; what it printed, or after `!` and its status what it complained of."""

    def run(*words: str) -> str:
        with pytest.raises(SystemExit) as left:
            main([*words, "--store", ready_url])
        printed = capsys.readouterr()
        return printed.out if not left.value.code else f"!{left.value.code} {printed.err}"

    return run


@pytest.fixture
def story(database: Database) -> Database:
    """A shelling, its revision, a threat that was held back, and a reprint."""
    observe(
        tracker(database),
        report("خبر-١", MONDAY, signal("shelling", killed=3, by=["قسد"], says="مصادر محلية")),
        report("خبر-٢", MONDAY + hours(1), signal("shelling", killed=12), source="نهر.example"),
        report("خبر-٣", MONDAY + hours(2), signal("clash", status=Status.BACKGROUND), signal("shelling")),
        report("خبر-٤", MONDAY + hours(2), signal("shelling", killed=12), words=2),
    )
    return database


def test_watches_are_applied_and_listed(marsad: Run, tmp_path: Path) -> None:
    path = tmp_path / "watches.yml"
    path.write_text(FILE, encoding="utf-8")
    assert marsad("watches", "apply", str(path)) == "2 watches at version 1\n"
    assert marsad("watches", "apply", str(path)) == "2 watches at version 1\n"
    listed = marsad("watches", "list")
    assert "عين عيسى" in listed
    assert "tal-tamr" in listed


def test_a_wrong_watches_file_is_refused_with_its_field(marsad: Run, tmp_path: Path) -> None:
    path = tmp_path / "watches.yml"
    path.write_text(FILE.replace("tal-tamr", "ain-issa"), encoding="utf-8")
    complaint = marsad("watches", "apply", str(path))
    assert complaint.startswith("!2 marsad: ")
    assert "watches.1.id: 'ain-issa' is given twice" in complaint
    assert marsad("watches", "list") == "0 watches at version 0\n"


def test_open_incidents_are_listed_and_shown_with_their_claims(marsad: Run, story: Database) -> None:
    [incident] = known(story)
    listed = marsad("incident", "list")
    assert incident.id[:12] in listed
    assert "killed 3-12" in listed
    shown = marsad("incident", "show", incident.id[:8])
    assert f"incident   {incident.id}" in shown
    assert "citing \u2068مصادر محلية\u2069" in shown
    assert "«\u2068shelling 0 في خبر-١ قسد\u2069»" in shown
    assert marsad("incident", "list", "--watch", "tal-tamr") == ""


def test_a_retraction_tells_the_desk_and_the_running_service_goes_on_from_it(marsad: Run, database: Database) -> None:
    running = tracker(database)
    observe(running, report("خبر-١", MONDAY, signal("shelling", killed=3)))
    [incident] = known(database)
    said = marsad("incident", "retract", incident.id, "--reason", "صورة قديمة من عام ٢٠١٩")
    assert f"{incident.id}: retracted" in said
    assert kinds(database) == ["opened:new_event", "retracted:operator"]
    assert "صورة قديمة" in told(database)[-1].detail
    observe(running, report("خبر-٢", MONDAY + hours(1), signal("shelling", killed=3), words=1))
    assert counted_members(database) == ["خبر-١", "خبر-٢"]


def counted_members(database: Database) -> list[str]:
    return sorted(member.article_id for incident in known(database) for member in incident.members)


def test_an_acknowledgement_is_kept_and_tells_nobody(marsad: Run, story: Database) -> None:
    [incident] = known(story)
    before = kinds(story)
    operator.acknowledge(story, incident.id[:6], "نتابع مع المراسل", MONDAY + hours(3), RULES)
    [seen] = known(story)
    assert (seen.acknowledged, seen.status) == ("نتابع مع المراسل", IncidentStatus.OPEN)
    assert kinds(story) == before
    assert "نتابع مع المراسل" in marsad("incident", "show", incident.id)


def test_the_command_acknowledges_too(marsad: Run, story: Database) -> None:
    [incident] = known(story)
    marsad("incident", "ack", incident.id, "--reason", "نتابع مع المراسل")
    assert known(story)[0].acknowledged == "نتابع مع المراسل"


def test_two_incidents_are_merged_by_the_operator(marsad: Run, database: Database) -> None:
    made = tracker(database)
    observe(made, report("خبر-١", MONDAY, signal("shelling", "الجهبل", killed=3)))
    observe(made, report("خبر-٢", MONDAY + hours(20), signal("clash", "المشيرفة", killed=9)))
    first, second = known(database)
    said = marsad("incident", "merge", second.id, "--into", first.id, "--reason", "اشتباك واحد")
    assert f"{second.id}: merged" in said
    assert [len(incident.members) for incident in known(database)] == [2, 0]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["incident", "show", "لا-وجود"], "there is none with the id 'لا-وجود'"),
        (["incident", "retract", "ffff", "--reason", "خطأ"], "there is none with the id 'ffff'"),
        (["incident", "show", "%"], "there is none with the id '%'"),
        (["explain", "ffff"], "'ffff' is no alert's id"),
        (["explain", "--watch", "ain-issa"], "give an ALERT_ID, or --watch and --article"),
        (["explain"], "give an ALERT_ID, or --watch and --article"),
    ],
)
def test_what_does_not_exist_is_said_so(marsad: Run, words: list[str], complaint: str) -> None:
    said = marsad(*words)
    assert said.startswith("!2 ")
    assert complaint in said


def test_a_decision_needs_a_reason_in_words(marsad: Run, story: Database) -> None:
    [incident] = known(story)
    assert "say why" in marsad("incident", "retract", incident.id, "--reason", "  ")
    assert known(story) == [incident]


def test_the_beginning_of_two_ids_is_not_enough(marsad: Run, database: Database) -> None:
    made = tracker(database)
    observe(made, report("خبر-١", MONDAY, signal("shelling", "الجهبل", killed=3)))
    observe(made, report("خبر-٢", MONDAY + hours(20), signal("clash", "المشيرفة", killed=9)))
    assert len(known(database)) == 2
    assert "begins more than one id" in marsad("incident", "show", "")


def test_an_incident_closed_long_ago_is_left_as_it_is(marsad: Run, database: Database) -> None:
    made = tracker(database)
    observe(made, report("خبر-١", MONDAY, signal("shelling")))
    made.tick(MONDAY + timedelta(days=30), NOW)
    [incident] = known(database)
    assert "too long ago to be changed" in marsad("incident", "retract", incident.id, "--reason", "خطأ")


def test_an_alert_is_explained_from_the_signal_to_the_rule_and_the_sum(marsad: Run, story: Database) -> None:
    opened, escalated, *_ = told(story)
    why = marsad("explain", opened.alert_id)
    assert "signal 0: shelling, actual, escalating, confidence 0.90, killed 3, at \u2068عين عيسى\u2069" in why
    assert "event  0 (shelling): opened" in why
    assert "rule   new_event: a report that no open incident accounts for" in why
    assert "now      " in why
    again = marsad("explain", escalated.alert_id[:10])
    assert "rule   casualty_band: the dead reached the next band" in again
    assert "likeness to the nearest incident" in again


def test_the_score_of_an_alert_can_be_added_up_again_from_what_is_printed(marsad: Run, story: Database) -> None:
    alert = told(story)[1]
    printed = marsad("explain", alert.alert_id).split("rule   casualty_band")[1].split("now ")[0]
    values = [float(line.split()[0]) for line in printed.splitlines() if line.strip().startswith(("+", "-"))]
    assert values
    assert sum(values) == pytest.approx(sum(reason.value for reason in alert.reasons), abs=0.01)


def test_what_held_an_article_back_is_explained(marsad: Run, story: Database) -> None:
    why = marsad("explain", "--watch", "ain-issa", "--article", "خبر-٣")
    assert "clash: background: history, context or what is done again and again, not this news cycle" in why
    assert "not in the archive" in why


def test_an_article_that_analysis_gave_to_no_watch_or_another_is_explained(marsad: Run, story: Database) -> None:
    article = Article(id="خبر-٩", source="نهر.example", title="طقس", text="أمطار في عين عيسى", first_seen_at=MONDAY)
    story.call(lambda connection: archive.put(connection, article, ["tal-tamr"]))
    why = marsad("explain", "--watch", "ain-issa", "--article", "خبر-٩")
    assert "\u2068طقس\u2069" in why
    assert "analysis found no signal in it that surely enough belongs to this watch; it was observed at tal-tamr" in why
    waiting = marsad("explain", "--watch", "tal-tamr", "--article", "خبر-٩")
    assert "tracking has not handled it yet" in waiting


def test_a_store_without_tables_is_refused_with_advice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["incident", "list", "--store", f"sqlite:///{tmp_path / 'empty.db'}"])
    assert "run `marsad migrate`" in capsys.readouterr().err


def test_another_process_reads_what_the_operator_decided(marsad: Run, story: Database) -> None:
    [incident] = known(story)
    marsad("incident", "retract", incident.id, "--reason", "خطأ")
    observe(another(story), report("خبر-٥", MONDAY + hours(3), signal("shelling", killed=12), words=2))
    assert known(story)[0].status is IncidentStatus.RETRACTED
