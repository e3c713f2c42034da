"""What an incident becomes as reports come: kinds of alert, ledger, confidence, corrections, its end and return."""

import pytest

from schemas.alert import AlertKind
from schemas.base import Level, Status
from schemas.incident import IncidentStatus, Range
from schemas.signal import Place, Precision, Share
from services.track import core
from tests.track.story import MONDAY, Desk, hours, report, signal


@pytest.fixture
def desk() -> Desk:
    return Desk()


# Escalation and revision


@pytest.mark.parametrize(("first", "then"), [(None, 2), (3, 12), (20, 70)])
def test_the_next_casualty_band_escalates(desk: Desk, first: int | None, then: int) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", killed=first)))
    desk.take(report("b", MONDAY + hours(1), signal("airstrike", killed=then)))
    assert desk.kinds[-1] == "escalated:casualty_band"


def test_more_dead_within_the_band_update(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", killed=3)))
    desk.take(report("b", MONDAY + hours(1), signal("airstrike", killed=5, injured=7)))
    assert desk.kinds[-1] == "updated:casualties_revised"
    assert desk.alerts[-1].detail == "killed 3-5, injured 7"


def test_a_new_weapon_escalates_once(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling")))
    desk.take(report("b", MONDAY + hours(1), signal("airstrike"), signal("shelling")))
    desk.take(report("c", MONDAY + hours(2), signal("airstrike"), signal("shelling")))
    assert desk.kinds == ["opened:new_event", "escalated:new_means"]


@pytest.mark.parametrize(
    ("first", "then", "escalates"),
    [
        ("قصف صاروخي على البلدة", "طائرات حربية تقصف البلدة", True),
        ("غارات جوية على البلدة", "قصف بقذائف الهاون على البلدة", True),
        ("غارات جوية على البلدة", "القصف الجوي بالصواريخ استهدف البلدة", False),
        ("غارات جوية على البلدة", "قتلى في قصف على البلدة", False),
        ("قصف على البلدة", "طائرات حربية تقصف البلدة", False),
        ("Warplanes hit the town", "Mortar shells hit the town", True),
        ("Warplanes hit the town", "The town was bombarded", False),
    ],
)
def test_bombardment_is_of_guns_only_where_they_are_named(desk: Desk, first: str, then: str, escalates: bool) -> None:
    """Else one strike, told in two ways, would be two weapons."""
    types = [
        "airstrike" if any(w in quote for w in ("غارات", "طائرات", "arplanes")) else "shelling"
        for quote in (first, then)
    ]
    for number, (type_, quote) in enumerate(zip(types, (first, then), strict=True)):
        desk.take(report(f"r{number}", MONDAY + hours(number), signal(type_), quotes=[quote]))
    assert ("escalated:new_means" in desk.kinds) is escalates


def test_the_weapon_of_an_attack_that_was_told_without_one_is_no_new_weapon(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("attack")))
    desk.take(report("b", MONDAY + hours(1), signal("airstrike")))
    assert desk.kinds == ["opened:new_event"]


def test_another_camp_that_fires_escalates(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", by=["Turkey"])))
    desk.take(report("b", MONDAY + hours(1), signal("shelling", by=["Syrian Army"])))
    assert desk.kinds[-1] == "escalated:new_actor"
    assert desk.alerts[-1].detail == "Syrian Army"


@pytest.mark.parametrize(
    ("first", "then"),
    [(["Turkey"], ["SNA"]), (["Syrian Army"], ["Russia"]), (["Turkey"], ["Turkey", "Syrian Army"]), ([], ["Turkey"])],
)
def test_another_name_of_one_camp_a_bystander_and_the_first_to_be_named_do_not(
    desk: Desk, first: list[str], then: list[str]
) -> None:
    desk.take(report("a", MONDAY, signal("shelling", by=first)))
    desk.take(report("b", MONDAY + hours(1), signal("shelling", by=then)))
    assert len(desk.incidents()) == 1
    assert "escalated:new_actor" not in desk.kinds


@pytest.mark.parametrize(
    ("first", "places", "told"),
    [
        (("clash",), ["عين عيسى"], ["captured"]),
        (("clash",), ["الجهبل"], ["captured"]),
        (("clash",), ["الجهبل", "الجهبل"], ["captured"]),
        (("clash",), ["الجهبل", "عين عيسى", "عين عيسى"], ["captured", "captured"]),
        (("clash", "territory"), ["عين عيسى"], []),
    ],
)
def test_what_is_taken_in_a_fight_escalates_and_the_town_after_the_village(
    desk: Desk, first: tuple[str, ...], places: list[str], told: list[str]
) -> None:
    desk.take(report("a", MONDAY, *map(signal, first)))
    for hour, taken in enumerate(places, 1):
        desk.take(report(f"b{hour}", MONDAY + hours(hour), signal("territory", taken)))
    assert desk.kinds == ["opened:new_event", *(f"escalated:{rule}" for rule in told)]


def test_the_town_that_others_take_back_escalates_again(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("clash")))
    for hour, actor in enumerate(("SNA", "Turkey", "Syrian Army"), 1):
        desk.take(report(f"b{hour}", MONDAY + hours(hour), signal("territory", by=[actor])))
    assert desk.kinds == ["opened:new_event", "escalated:captured", "escalated:captured"]


def test_what_an_article_tells_of_days_before_is_no_news_beside_its_news(desk: Desk) -> None:
    old = signal("shelling", "صيدا", killed=3, on=MONDAY - hours(57))
    desk.take(report("a", MONDAY, signal("shelling", "الجهبل", on=MONDAY), old))
    assert [i.places for i in desk.incidents()] == [("الجهبل",)]
    desk.take(report("b", MONDAY + hours(1), old))
    assert [i.places for i in desk.incidents()] == [("الجهبل",), ("صيدا",)]


def test_a_lower_toll_is_kept_and_not_told(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", killed=5, injured=15)))
    desk.take(report("b", MONDAY + hours(1), signal("shelling", killed=3, injured=4)))
    (incident,) = desk.incidents()
    assert (incident.killed.low, incident.killed.high) == (3, 5)
    assert desk.kinds == ["opened:new_event"]


def test_a_truce_is_an_incident_of_its_own_and_eases_the_fighting(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("clash")))
    desk.take(report("b", MONDAY + hours(3), signal("ceasefire")))
    fighting, truce = desk.incidents()
    assert truce.announced
    assert [(a.kind.value, a.incident_id) for a in desk.alerts[1:]] == [("opened", truce.id), ("eased", fighting.id)]
    assert desk.alerts[-1].signals[0] == "ceasefire"
    assert desk.alerts[-1].contested


def test_talks_truce_and_withdrawal_are_each_told(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("clash")))
    for number, step in enumerate(("talks", "ceasefire", "withdrawal")):
        desk.take(report(f"b{number}", MONDAY + hours(3 + 2 * number), signal(step)))
    assert desk.kinds[1:] == ["opened:new_event"] + ["eased:easing_reported"] * 3
    assert [a.detail for a in desk.alerts[2:]] == ["talks", "ceasefire", "withdrawal"]


@pytest.mark.parametrize(("type_", "confidence", "told"), [("talks", 0.66, True), ("talks", 0.5, False)])
def test_unsure_talks_are_told_where_there_is_fighting(desk: Desk, type_: str, confidence: float, told: bool) -> None:
    desk.take(report("before", MONDAY, signal(type_, confidence=confidence)))
    assert desk.kinds == []
    desk.take(report("a", MONDAY + hours(1), signal("clash")))
    desk.take(report("b", MONDAY + hours(60), signal("clash")))
    desk.take(report("c", MONDAY + hours(62), signal(type_, confidence=confidence)))
    assert ("eased:easing_reported" in desk.kinds) is told


def test_with_nothing_to_ease_a_truce_opens_and_the_withdrawal_after_it_updates(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("ceasefire")))
    desk.take(report("b", MONDAY + hours(4), signal("withdrawal")))
    assert desk.kinds == ["opened:new_event", "updated:easing_advanced"]


def test_a_truce_at_another_village_eases_nothing_here(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("clash", "الجهبل")))
    desk.take(report("b", MONDAY + hours(3), signal("ceasefire", "صيدا")))
    assert desk.kinds == ["opened:new_event", "opened:new_event"]


# Who says so


def test_the_ledger_keeps_who_said_what(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", killed=3, says="ناشطون"), source="a.example"))
    desk.take(report("b", MONDAY + hours(1), signal("airstrike", killed=9, says="وزارة الصحة"), source="b.example"))
    (incident,) = desk.incidents()
    assert [(c.source, c.attribution, c.killed.high) for c in incident.claims] == [
        ("a.example", "ناشطون", 3),
        ("b.example", "وزارة الصحة", 9),
    ]


def test_wire_copy_in_two_papers_is_one_voice(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", says="وكالة رويترز"), source="a.example"))
    desk.take(report("b", MONDAY + hours(1), signal("airstrike", says="لرويترز"), source="b.example"))
    (incident,) = desk.incidents()
    assert incident.sources == 1
    assert {c.publisher_family for c in incident.claims} == {"reuters"}


def test_houses_of_one_owner_are_one_voice(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike"), source="www.alarabiya.net"))
    desk.take(report("b", MONDAY + hours(1), signal("airstrike"), source="alhadath.net"))
    assert desk.incidents()[0].sources == 1


def test_independent_voices_raise_confidence_and_a_copy_does_not(desk: Desk) -> None:
    seen = []
    for k, (source, words) in enumerate([("a.example", 1), ("b.example", 1), ("c.example", 2)]):
        desk.take(report(f"r{k}", MONDAY + hours(k), signal("airstrike", confidence=0.7), source=source, words=words))
        seen.append(desk.incidents()[0].confidence)
    assert seen[0] == seen[1] == pytest.approx(0.7)
    assert seen[2] == pytest.approx(1 - 0.3 * 0.3)


# Corrections


def test_a_withdrawn_article_retracts_what_it_alone_reported(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike")))
    desk.take(report("a", MONDAY, version=2))
    assert desk.kinds[-1] == "retracted:withdrawn_by_source"
    assert not desk.incidents()
    assert desk.book.state.level is Level.CALM


def test_a_withdrawn_article_leaves_what_others_reported(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", killed=9)))
    desk.take(report("b", MONDAY + hours(1), signal("airstrike", killed=3), source="b.example"))
    desk.take(report("a", MONDAY, version=2))
    (incident,) = desk.incidents()
    assert incident.killed.high == 3
    assert incident.status is IncidentStatus.OPEN


def test_a_new_version_replaces_its_figures_and_opens_nothing(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", killed=3)))
    desk.take(report("a", MONDAY + hours(5), signal("airstrike", killed=4), version=2, seen=MONDAY))
    (incident,) = desk.incidents()
    assert (incident.killed.low, incident.killed.high) == (4, 4)
    assert desk.kinds == ["opened:new_event", "updated:casualties_revised"]


def test_an_edited_date_does_not_fire_again(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", killed=3)))
    desk.take(report("a", MONDAY + hours(100), signal("airstrike", killed=3), version=2, seen=MONDAY))
    assert desk.kinds == ["opened:new_event"]


def test_the_source_that_denies_its_own_report_retracts_it(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", says="الدفاع المدني السوري"), source="a.example"))
    denial = signal("airstrike", status=Status.NEGATED, says="الدفاع المدني السوري")
    desk.take(report("b", MONDAY + hours(2), denial, source="b.example"))
    assert desk.kinds == ["opened:new_event", "retracted:denied_by_source"]
    desk.take(report("c", MONDAY + hours(3), signal("airstrike", says="ناشطون"), source="c.example"))
    assert desk.kinds[-1] == "reopened:reported_again"


def test_a_retraction_by_the_operator_stays(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike")))
    (incident,) = desk.incidents()
    step = core.retract(desk.book, incident.id, "خبر كاذب", MONDAY + hours(1), desk.rules)
    assert [(a.kind, a.detail) for a in step.alerts] == [(AlertKind.RETRACTED, "خبر كاذب")]
    assert step.book.state.level is Level.CALM
    desk.book = step.book
    later = desk.take(report("b", MONDAY + hours(2), signal("airstrike"), source="b.example"))
    assert not later.alerts
    assert [m.rule for m in later.near_misses] == ["retracted"]


def test_the_operator_merges_and_what_is_merged_stays_so(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", "الجهبل", killed=3), signal("unrest", "صيدا")))
    strike, protest = sorted(desk.incidents(), key=lambda i: i.family.value)
    step = core.merge(desk.book, protest.id, strike.id, "حدث واحد", MONDAY + hours(1), desk.rules)
    assert [(a.kind, a.incident_id) for a in step.alerts] == [(AlertKind.MERGED, protest.id)]
    desk.book = step.book
    desk.closed = {}
    desk.take(report("b", MONDAY - hours(1), signal("shelling", "الجهبل"), source="b.example"))
    (kept,) = desk.incidents()
    assert {t.value for t in kept.types} == {"shelling", "unrest"}


def test_an_acknowledgement_says_nothing_and_stays(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike")))
    step = core.acknowledge(desk.book, desk.incidents()[0].id, "نتابعه", MONDAY, desk.rules)
    assert not step.alerts
    desk.book = step.book
    desk.take(report("b", MONDAY + hours(1), signal("airstrike", killed=12)))
    assert desk.incidents()[0].acknowledged == "نتابعه"


def test_the_operators_word_on_an_unknown_incident_is_refused(desk: Desk) -> None:
    with pytest.raises(KeyError):
        core.retract(desk.book, "none", "…", MONDAY, desk.rules)


# Time


def test_silence_makes_fighting_quiet_and_ends_it(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("clash")))
    desk.wait(MONDAY + hours(60))
    said = [(a.kind.value, a.at - MONDAY) for a in desk.alerts if a.incident_id]
    assert said == [("opened", hours(0)), ("quiet", hours(24)), ("expired", hours(48))]


def test_fighting_reported_again_within_72_hours_is_a_second_episode(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("clash", "الجهبل")))
    desk.wait(MONDAY + hours(70))
    desk.take(report("b", MONDAY + hours(71), signal("clash", "الجهبل")))
    (incident,) = desk.incidents()
    assert (incident.episode, incident.status) == (2, IncidentStatus.OPEN)
    assert desk.kinds[-1] == "reopened:activity_resumed"
    assert desk.alerts[-1].incident_id == desk.alerts[0].incident_id


def test_fighting_reported_again_after_that_is_new(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("clash", "الجهبل")))
    desk.wait(MONDAY + hours(130))
    desk.take(report("b", MONDAY + hours(131), signal("clash", "الجهبل")))
    assert len(desk.incidents()) == 2


def test_a_backlog_builds_state_silently_and_the_first_fresh_report_opens(desk: Desk) -> None:
    step = desk.take(report("a", MONDAY, signal("clash"), seen=MONDAY + hours(20)))
    assert not step.alerts
    assert desk.book.state.escalation > 0
    assert [m.rule for m in step.near_misses] == ["backlog"]
    desk.take(report("b", MONDAY + hours(20), signal("clash"), source="b.example"))
    assert desk.kinds == ["opened:first_fresh_report"]


def test_a_report_later_than_the_lateness_revises_and_never_fires(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("airstrike", "الجهبل", killed=3)))
    desk.take(report("z", MONDAY + hours(20), signal("unrest")))
    desk.take(report("b", MONDAY + hours(1), signal("airstrike", "الجهبل", killed=30)))
    desk.take(report("c", MONDAY + hours(2), signal("detention")))
    assert desk.kinds[2:] == ["updated:casualty_band"]


def test_a_publication_time_in_the_future_is_not_believed(desk: Desk) -> None:
    desk.take(report("a", MONDAY + hours(400), signal("shelling"), seen=MONDAY))
    assert desk.incidents()[0].opened_at == MONDAY


def test_an_article_without_a_time_is_taken_at_first_sight_and_flagged(desk: Desk) -> None:
    dated = report("a", MONDAY, signal("shelling"))
    article = dated.article.model_copy(update={"published_at": None})
    desk.take(dated.model_copy(update={"article": article}))
    (member,) = desk.incidents()[0].members
    assert (member.at, member.undated_article) == (MONDAY, True)


# Warnings


def test_a_possible_offensive_gives_one_heads_up(desk: Desk) -> None:
    threat = signal("offensive", status=Status.POSSIBLE)
    desk.take(report("a", MONDAY, threat))
    step = desk.take(report("b", MONDAY + hours(5), threat))
    assert desk.kinds == ["heads_up:possible_event"]
    assert desk.book.state.level is Level.HEADS_UP
    assert [m.rule for m in step.near_misses] == ["warned_already"]


def test_what_an_article_threatens_is_told_with_the_threat(desk: Desk) -> None:
    step = desk.take(report("a", MONDAY, signal("threat"), signal("offensive", status=Status.POSSIBLE)))
    assert desk.kinds == ["opened:new_event"]
    assert [m.rule for m in step.near_misses] == ["told_with_threat"]


def test_a_possible_event_of_an_open_incident_is_no_news(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("offensive")))
    desk.take(report("b", MONDAY + hours(1), signal("offensive", status=Status.POSSIBLE)))
    assert desk.kinds == ["opened:new_event"]


def test_a_low_confidence_claim_joins_and_does_not_open(desk: Desk) -> None:
    weak = signal("shelling", confidence=0.4)
    step = desk.take(report("a", MONDAY, weak))
    assert [m.rule for m in step.near_misses] == ["low_confidence"]
    desk.take(report("b", MONDAY + hours(1), signal("shelling"), source="b.example"))
    desk.take(report("c", MONDAY + hours(2), weak, source="c.example"))
    assert [i.sources for i in desk.incidents()] == [2]


def test_an_alert_is_complete_enough_to_be_rendered_alone(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", "الجهبل", killed=2, says="ناشطون", by=["Turkey"])))
    (alert,) = desk.alerts
    assert alert.watch_name.ar == "عين عيسى"
    assert alert.places == ("الجهبل",)
    assert alert.quotes[0].attribution == "ناشطون"
    assert (alert.killed.low, alert.sources, alert.actors) == (2, 1, ("Turkey",))
    assert alert.expires_at > alert.at


def test_a_sentence_that_tells_of_two_types_is_quoted_once_and_one_that_names_the_place_first(desk: Desk) -> None:
    told = ["قال شهود إن الأهالي نزحوا", "قصف واشتباكات في الجهبل", "قصف واشتباكات في الجهبل."]
    signals = [signal("displacement", "الجهبل"), signal("clash", "الجهبل"), signal("shelling", "الجهبل")]
    desk.take(report("a", MONDAY, *signals, quotes=told))
    assert [q.quote for q in desk.alerts[0].quotes] == [told[2], told[0]]


def test_the_words_that_show_why_an_alert_is_sent_are_quoted_first(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", "الجهبل"), quotes=["قصف مدفعي على الجهبل"]))
    told = ["قصف مدفعي على الجهبل اليوم", "غارات جوية على الجهبل"]
    desk.take(report("b", MONDAY + hours(1), signal("shelling", "الجهبل"), signal("airstrike", "الجهبل"), quotes=told))
    assert desk.alerts[-1].reason == "new_means"
    assert desk.alerts[-1].quotes[0].quote == told[1]


def test_of_an_earlier_report_the_line_that_weighs_most_is_quoted(desk: Desk) -> None:
    told = ["مقتل ثلاثة بقصف على الجهبل", "ونزح الأهالي إلى الحقول"]
    signals = [signal("shelling", "الجهبل", killed=3), signal("displacement", "الجهبل")]
    desk.take(report("a", MONDAY, *signals, quotes=told))
    desk.take(report("b", MONDAY + hours(1), signal("shelling", "الجهبل", killed=3), source="other.example"))
    assert [q.quote for q in desk.alerts[-1].quotes if q.article_id == "a"] == [told[0]]


def test_the_sentence_of_the_new_village_is_quoted_though_the_ledger_has_no_line_for_it(desk: Desk) -> None:
    desk.take(report("a", MONDAY, signal("shelling", "الجهبل", killed=3), quotes=["قصف على الجهبل"]))
    told = ["مقتل ثلاثة بقصف على الجهبل", "وطال القصف المشيرفة"]
    further = [signal("shelling", "الجهبل", killed=3), signal("shelling", "المشيرفة")]
    desk.take(report("b", MONDAY + hours(1), *further, quotes=told))
    assert desk.alerts[-1].reason == "spread"
    assert desk.alerts[-1].quotes[0].quote == told[1]


@pytest.mark.parametrize("quote", ["باتت القوات تتبع سياسة استهداف الجهبل", "القصف على الجهبل لا يتوقف"])
def test_what_is_done_again_and_again_is_no_event(desk: Desk, quote: str) -> None:
    step = desk.take(report("a", MONDAY, signal("shelling", "الجهبل"), quotes=[quote]))
    assert desk.alerts == []
    assert [m.rule for m in step.near_misses] == ["background"]


def test_a_habit_that_killed_today_is_an_event(desk: Desk) -> None:
    desk.take(
        report("a", MONDAY, signal("shelling", "الجهبل", killed=2), quotes=["القصف على الجهبل لا يتوقف وقتل اثنان"])
    )
    assert desk.kinds == ["opened:new_event"]


def test_bombardment_that_nobody_says_came_from_guns_is_the_raid_beside_it(desk: Desk) -> None:
    raid, shelling = signal("airstrike", "الجهبل"), signal("shelling", "الجهبل")
    desk.take(report("a", MONDAY, raid, shelling, quotes=["غارة جوية على الجهبل", "جراء قصف الجهبل"]))
    desk.take(report("b", MONDAY + hours(1), shelling, quotes=["قذائف مدفعية على الجهبل"]))
    assert [a.signals for a in desk.alerts][:1] == [("airstrike",)]
    assert set(desk.alerts[-1].signals) == {"airstrike", "shelling"}


def test_the_toll_told_of_the_watch_alone_is_taken_before_one_of_several_places(desk: Desk) -> None:
    far = Place(surface="تل تمر", place_id="p:tamr", lat=36.65, lon=40.37, precision=Precision.TOWN)
    both = signal("shelling", "الجهبل", killed=9)
    both = both.model_copy(update={"places": (*both.places, far)})
    desk.take(report("a", MONDAY, both, signal("shelling", "الجهبل", killed=2)))
    assert desk.alerts[0].killed.high == 2


def test_of_a_toll_counted_place_by_place_the_watch_is_told_its_share(desk: Desk) -> None:
    far = Place(surface="تل تمر", place_id="p:tamr", lat=36.65, lon=40.37, precision=Precision.TOWN)
    shares = (Share(places=("الجهبل",), killed=2), Share(places=("تل تمر",), killed=7))
    both = signal("shelling", "الجهبل", killed=9).model_copy(update={"shares": shares})
    desk.take(report("a", MONDAY, both.model_copy(update={"places": (*both.places, far)})))
    assert desk.alerts[0].killed == Range(low=2, high=2)
    assert desk.incidents()[0].claims[0].killed == Range(low=2, high=2)


def test_a_toll_of_several_places_is_better_than_none(desk: Desk) -> None:
    far = Place(surface="تل تمر", place_id="p:tamr", lat=36.65, lon=40.37, precision=Precision.TOWN)
    both = signal("shelling", "الجهبل", killed=9)
    desk.take(report("a", MONDAY, both.model_copy(update={"places": (*both.places, far)})))
    assert desk.alerts[0].killed.high == 9
