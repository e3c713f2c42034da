"""When two reports are of one event. The eight pairs of the desk's own doubts, and what else identity must not do."""

import pytest

from schemas.base import Status
from tests.track.story import AIN_ISSA, MONDAY, Desk, hours, report, signal


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_clash_and_a_truce_at_one_place_are_two(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("clash"), words=1))
    desk.take(report("b", MONDAY + hours(2), signal("ceasefire"), words=1))
    assert [i.types[0].value for i in desk.incidents()] == ["clash", "ceasefire"]


def test_three_killed_and_nine_killed_within_the_hour_are_one_strike_revised(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", killed=3)))
    desk.take(report("b", MONDAY + hours(0.8), signal("airstrike", killed=9), source="other.example"))
    (strike,) = desk.incidents()
    assert (strike.killed.low, strike.killed.high) == (3, 9)
    assert desk.kinds == ["opened:new_event", "updated:casualties_revised"]


def test_the_dead_of_a_clash_revise_no_toll_of_the_shelling_before_it(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", killed=11)))
    desk.take(report("b", MONDAY + hours(3), signal("clash", killed=2), source="other.example"))
    assert [(i.types[0].value, i.killed.high) for i in desk.incidents()] == [("shelling", 11), ("clash", 2)]


def test_three_killed_on_monday_and_nine_on_thursday_are_two_strikes(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", killed=3), words=1))
    desk.take(report("b", MONDAY + hours(74), signal("airstrike", killed=9), words=1))
    assert [i.killed.high for i in desk.incidents()] == [3, 9]


def test_arabic_and_english_reports_of_one_event_meet(desk: Desk) -> None:
    desk.take(report("ar", MONDAY, signal("shelling", "الجهبل", killed=2)))
    desk.take(report("en", MONDAY + hours(1), signal("shelling", "الجهبل", killed=2), lang="en", source="en.example"))
    (incident,) = desk.incidents()
    assert incident.sources == 2
    assert desk.kinds == ["opened:new_event", "updated:confirmed"]


def test_a_reprint_under_a_new_headline_joins_silently_and_counts_once(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", killed=2), words=5))
    step = desk.take(report("b", MONDAY + hours(3), signal("shelling", killed=2), words=5, source="copy.example"))
    (incident,) = desk.incidents()
    assert incident.sources == 1
    assert desk.kinds == ["opened:new_event"]
    assert [m.rule for m in step.near_misses] == ["reprint"]


def test_an_anniversary_opens_nothing(desk: Desk) -> None:
    step = desk.take(report("a", MONDAY, signal("airstrike", status=Status.BACKGROUND, killed=40)))
    assert not desk.incidents()
    assert [m.rule for m in step.near_misses] == ["background"]


def test_an_event_dated_a_year_back_opens_nothing_whatever_its_status(desk: Desk) -> None:
    step = desk.take(report("a", MONDAY, signal("airstrike", on=MONDAY.replace(year=2025), killed=40)))
    assert not desk.incidents()
    assert [m.rule for m in step.near_misses] == ["old_event"]


def test_a_denial_by_the_army_is_of_the_same_event_and_disputes_it(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", killed=3, says="ناشطون")))
    desk.take(
        report("b", MONDAY + hours(4), signal("airstrike", status=Status.NEGATED, says="الجيش"), source="n.example")
    )
    (incident,) = desk.incidents()
    assert incident.disputed
    assert desk.kinds == ["opened:new_event", "updated:disputed"]


@pytest.mark.parametrize("says", ["ولم تُسجَّل أي غارات مساء اليوم", "No strikes were reported this evening"])
def test_a_lull_disputes_nothing(desk: Desk, says: str) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", killed=3)))
    lull = signal("airstrike", status=Status.NEGATED)
    step = desk.take(report("b", MONDAY + hours(4), lull, source="n.example", quotes=[says]))
    assert not desk.incidents()[0].disputed
    assert desk.kinds == ["opened:new_event"]
    assert [m.rule for m in step.near_misses] == ["nothing_seen"]


def test_a_second_strike_next_day_opens(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", "الجهبل")))
    desk.take(report("b", MONDAY + hours(25), signal("shelling", "الجهبل")))
    assert len(desk.incidents()) == 2


def test_yesterdays_strike_told_today_is_yesterdays(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", "الجهبل", killed=1)))
    desk.take(report("b", MONDAY + hours(23), signal("shelling", "الجهبل", killed=1, on=MONDAY.replace(hour=0))))
    assert len(desk.incidents()) == 1


def test_one_report_about_two_events_makes_two(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", "الجهبل", killed=3), signal("unrest", "صيدا")))
    assert {i.family.value for i in desk.incidents()} == {"strike", "unrest"}


def test_two_tolls_at_two_villages_are_two_events(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", "الجهبل", killed=3), signal("shelling", "صيدا", killed=5)))
    assert sorted(i.killed.high for i in desk.incidents()) == [3, 5]


def test_the_displaced_and_the_threatened_of_a_strike_are_told_with_it(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", killed=3), signal("displacement"), signal("threat")))
    (incident,) = desk.incidents()
    assert [t.value for t in incident.types] == ["shelling", "displacement", "threat"]
    assert desk.kinds == ["opened:new_event"]


def test_a_lone_source_at_a_small_place_opens(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", "المشيرفة", confidence=0.75), source="t.me/small"))
    assert desk.kinds == ["opened:new_event"]


def test_shelling_elsewhere_in_the_watch_within_hours_is_the_same_and_has_spread(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", "الجهبل")))
    desk.take(report("b", MONDAY + hours(1), signal("shelling", "صيدا")))
    assert len(desk.incidents()) == 1
    assert desk.kinds == ["opened:new_event", "escalated:spread"]


def test_shelling_of_the_next_village_has_not_spread(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", "الجهبل")))
    desk.take(report("b", MONDAY + hours(1), signal("shelling", "خربة الجهبل")))
    assert desk.kinds == ["opened:new_event"]


def test_the_verdict_names_every_summand(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", "الجهبل", killed=3)))
    step = desk.take(report("b", MONDAY + hours(1), signal("shelling", "الجهبل", killed=3)))
    (event,) = step.verdict["events"]
    assert event["decision"] == "joined"
    assert event["best_score"] == pytest.approx(sum(event["summands"].values()))
    assert event["summands"].keys() == {"time", "same_type", "same_place", "same_figures"}


def test_a_repeated_observation_changes_nothing(desk: Desk) -> None:
    first = report("a", MONDAY, signal("shelling"))
    desk.take(first)
    step = desk.take(first)
    assert step.verdict["rule"] == "duplicate"
    assert not step.changed
    assert not step.alerts
    assert desk.book.watch == AIN_ISSA


# What only looks back

SHELLED = "قتل أربعة مدنيين بقصف مدفعي على البلدة"


@pytest.mark.parametrize(
    ("after", "says", "type_"),
    [
        (12, "استنكرت الخارجية القصف الذي طال البلدة", "shelling"),
        (20, "أعرب الاتحاد عن قلقه إزاء الهجوم على البلدة", "attack"),
        (27, "The ministry condemned the shelling of the town", "shelling"),
        (50, "شيع العشرات جثمان الشاب الذي قضى في البلدة", "attack"),
        (75, "أوقف الأمن مشتبها به في تفجير البلدة", "explosion"),
        (80, "بدأ رفع الأنقاض في الحي المقصوف", "shelling"),
    ],
)
def test_what_looks_back_at_a_strike_is_told_with_it_and_says_nothing(
    desk: Desk, after: float, says: str, type_: str
) -> None:
    desk.take(report("a", MONDAY, signal("shelling", killed=4), quotes=[SHELLED]))
    step = desk.take(report("b", MONDAY + hours(after), signal(type_), source="far.example", quotes=[says]))
    (incident,) = desk.incidents()
    assert (incident.sources, incident.last_report_at) == (1, MONDAY)
    assert [a.kind for a in desk.alerts if a.incident_id] == ["opened"]
    assert [m.rule for m in step.near_misses] == ["aftermath"]


def test_a_condemnation_of_what_nobody_told_opens_and_so_does_a_strike_after_it(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling"), quotes=["أدانت الوزارة القصف على البلدة"]))
    desk.take(report("b", MONDAY + hours(30), signal("shelling"), quotes=[SHELLED]))
    assert desk.kinds == ["opened:new_event", "opened:new_event"]


@pytest.mark.parametrize(
    ("type_", "says", "killed"),
    [
        ("shelling", "قصف استهدف موكب تشييع في البلدة", None),
        ("shelling", "إصابة طالب في القصف على البلدة", None),
        ("shelling", "قتل ثلاثة في قصف على البلدة، ونددت به الوزارة", 3),
        ("shelling", "أدانت الأمم المتحدة المجزرة في البلدة", 60),
        ("unrest", "خرجت تظاهرة تنديدا بالقصف على البلدة", None),
    ],
)
def test_news_that_names_a_funeral_or_many_dead_is_no_aftermath(
    desk: Desk, type_: str, says: str, killed: int | None
) -> None:
    desk.take(report("a", MONDAY, signal("shelling", killed=4), quotes=[SHELLED]))
    step = desk.take(report("b", MONDAY + hours(60), signal(type_, killed=killed), quotes=[says]))
    assert [a.reason for a in step.alerts if a.article_id == "b"] != []


def test_what_looks_back_at_another_village_is_not_told_with_this_one(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", "الجهبل"), quotes=[SHELLED]))
    desk.take(report("b", MONDAY + hours(30), signal("shelling", "صيدا"), quotes=["أدانت الوزارة القصف على صيدا"]))
    assert len(desk.incidents()) == 2


@pytest.mark.parametrize(
    ("says", "killed", "told"),
    [
        ("تصحيح: ضحايا القصف ستة قتلى", 6, []),
        ("الحصيلة النهائية للقصف ستة قتلى", 6, []),
        ("ارتفاع حصيلة القصف إلى 11 قتيلا", 11, ["escalated:casualty_band"]),
        ("ارتفاع حصيلة القصف إلى ثلاثة قتلى", 3, ["opened:new_event"]),
        ("قتل ستة مدنيين بقصف على البلدة", 6, ["opened:new_event"]),
    ],
)
def test_a_toll_told_anew_is_of_the_strike_that_is_known(desk: Desk, says: str, killed: int, told: list[str]) -> None:
    desk.take(report("a", MONDAY, signal("shelling", killed=8), quotes=["قتل ثمانية بقصف على البلدة"]))
    desk.take(report("b", MONDAY + hours(14), signal("shelling", killed=killed), quotes=[says]))
    assert desk.kinds == ["opened:new_event", *told]


def test_a_denial_of_the_next_day_disputes_what_was_told_last(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", "الجهبل", killed=3)))
    denial = signal("offensive", status=Status.NEGATED)
    desk.take(report("b", MONDAY + hours(20), denial, source="n.example", quotes=["نفى مصدر استهداف حي سكني"]))
    assert desk.kinds == ["opened:new_event", "updated:disputed"]


def test_who_denies_to_have_done_it_denies_nothing(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("explosion", killed=3)))
    part = signal("explosion", status=Status.NEGATED)
    says = "نفت قوات المجلس العسكري في المدينة صلتها بالانفجار"
    desk.take(report("b", MONDAY + hours(4), part, source="n.example", quotes=[says]))
    assert desk.kinds == ["opened:new_event"]


@pytest.mark.parametrize(
    ("later", "says", "count"),
    [
        (8, "قتل ثلاثة بغارة على البلدة فجر اليوم", 1),
        (8, "قتل ثلاثة بغارة على البلدة ظهر اليوم", 2),
        (32, "قتل ثلاثة بغارة على البلدة فجر اليوم", 2),
    ],
)
def test_the_evening_and_the_dawn_of_one_night_are_one(desk: Desk, later: float, says: str, count: int) -> None:
    midnight = MONDAY.replace(hour=0)
    evening = signal("airstrike", killed=3, on=midnight - hours(24))
    desk.take(report("a", midnight + hours(5), evening, quotes=["قتل ثلاثة بغارة على البلدة ليلة أمس"]))
    at = midnight + hours(later)
    dawn = signal("airstrike", killed=3, on=at.replace(hour=0))
    desk.take(report("b", at, dawn, quotes=[says]))
    assert len(desk.incidents()) == count


@pytest.mark.parametrize(("says", "count"), [("تتواصل المعارك في البلدة", 1), ("اندلعت معارك في البلدة", 2)])
def test_fighting_that_goes_on_is_told_on(desk: Desk, says: str, count: int) -> None:
    desk.take(report("a", MONDAY, signal("clash", on=MONDAY), quotes=["اندلعت معارك في البلدة"]))
    desk.take(report("b", MONDAY + hours(24), signal("clash", on=MONDAY + hours(24)), quotes=[says]))
    assert len(desk.incidents()) == count


@pytest.mark.parametrize(("killed", "count"), [(None, 1), (5, 2)])
def test_an_attack_that_counts_nobody_is_another_word_for_the_strike(
    desk: Desk, killed: int | None, count: int
) -> None:
    desk.take(report("a", MONDAY, signal("shelling", killed=2)))
    desk.take(report("b", MONDAY + hours(5), signal("attack", killed=killed)))
    assert len(desk.incidents()) == count
