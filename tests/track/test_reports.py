"""How an observation is read: places of the watch, days, voices, tolls."""

import pytest

from schemas.base import BothNames, SignalType
from schemas.incident import Range
from schemas.signal import Place, Precision
from schemas.watch import Watch
from services.track.cues import denies, ends_a_raid, ends_a_series, is_habit, is_in_passing, names_guns, remembers
from services.track.incident import casualty_band
from services.track.nesting import parents
from services.track.reports import happened, place_keys, read
from services.track.rules import Rules
from services.track.texts import alike, each_once, publisher_of, sketch_of
from tests.track.story import AIN_ISSA, MONDAY, RULES, hours, marks_of, report, signal


def observed(claim: object) -> object:
    return report("a", MONDAY, claim).signals[0]


def test_the_watched_town_itself_names_no_part_of_the_watch() -> None:
    assert place_keys(AIN_ISSA, [observed(signal("shelling", "عين عيسى"))]) == ()
    assert place_keys(AIN_ISSA, [observed(signal("shelling", "الجهبل"))]) == ("p:jahbal",)


def test_a_place_no_gazetteer_knows_is_keyed_by_its_folded_name() -> None:
    unknown = Place(surface="صوامع الشركراك", precision=Precision.LANDMARK)
    claim = signal("talks").model_copy(update={"places": (unknown,)})
    assert place_keys(AIN_ISSA, [observed(claim)]) == ("صوامع شركراك",)


def test_places_outside_the_watch_are_not_its_parts() -> None:
    far = Place(surface="تل تمر", place_id="p:tamr", lat=36.65, lon=40.37)
    claim = signal("shelling", "الجهبل")
    claim = claim.model_copy(update={"places": (*claim.places, far)})
    assert place_keys(AIN_ISSA, [observed(claim)]) == ("p:jahbal",)


def test_places_outside_a_polygon_are_not_its_parts() -> None:
    square = ((36.3, 38.7), (36.3, 39.0), (36.5, 39.0), (36.5, 38.7))
    watch = AIN_ISSA.model_copy(update={"polygon": square})
    far = Place(surface="تل تمر", place_id="p:tamr", lat=36.65, lon=40.37)
    claim = signal("shelling", "الجهبل")
    claim = claim.model_copy(update={"places": (*claim.places, far)})
    assert place_keys(watch, [observed(claim)]) == ("p:jahbal",)


@pytest.mark.parametrize(
    ("quote", "read_here"),
    [
        ("قصف استهدف بلدة الحرية شمالي #عين عيسى", False),
        ("قصف على الحرية بريف عين عيسى", False),
        ("shelling of Huriya, north of Ain Issa", False),
        ("قصف استهدف عين عيسى وبلدة الحرية", True),
        ("قصف استهدف بلدة الحرية ومدينة عين عيسى", True),
    ],
)
def test_a_watch_named_only_to_say_where_a_village_outside_lies_is_left_alone(quote: str, read_here: bool) -> None:
    village = Place(surface="الحرية", place_id="p:hurriya", lat=36.75, lon=38.86, precision=Precision.VILLAGE)
    claim = signal("shelling", "عين عيسى")
    whole = report("a", MONDAY, claim.model_copy(update={"places": (*claim.places, village)}))
    seen = whole.signals[0].model_copy(update={"quote": quote})
    reading = read(AIN_ISSA, whole.model_copy(update={"signals": (seen,)}), RULES)
    assert bool(reading.members) is read_here
    assert [h.rule for h in reading.held] == ([] if read_here else ["elsewhere"])


@pytest.mark.parametrize(
    ("quote", "read_here"), [("قصف بريف صيدا الغربي", False), ("قصف على صيدا", True), ("قصف", True)]
)
def test_the_countryside_of_another_town_in_the_watch_is_not_the_watch(quote: str, read_here: bool) -> None:
    claim = signal("shelling", "صيدا")
    town = claim.places[0].model_copy(update={"precision": Precision.TOWN})
    whole = report("a", MONDAY, claim.model_copy(update={"places": (town,)}))
    seen = whole.signals[0].model_copy(update={"quote": quote})
    assert bool(read(AIN_ISSA, whole.model_copy(update={"signals": (seen,)}), RULES).members) is read_here


def test_an_event_of_today_has_the_articles_time_and_one_of_yesterday_its_noon() -> None:
    today = observed(signal("shelling", on=MONDAY.replace(hour=0)))
    yesterday = observed(signal("shelling", on=MONDAY.replace(hour=0) - hours(24)))
    assert happened(today, MONDAY) == MONDAY
    assert happened(yesterday, MONDAY) == MONDAY.replace(hour=12) - hours(24)


def test_a_toll_and_its_parts_make_one_toll() -> None:
    reading = read(AIN_ISSA, report("a", MONDAY, signal("shelling", killed=12), signal("shelling", killed=5)), RULES)
    (member,) = reading.members
    assert (member.killed.low, member.killed.high) == (12, 12)


def test_two_days_in_one_report_are_two_events() -> None:
    old = MONDAY.replace(hour=0) - hours(48)
    reading = read(
        AIN_ISSA, report("a", MONDAY, signal("shelling", on=MONDAY.replace(hour=0)), signal("shelling", on=old)), RULES
    )
    assert len(reading.members) == 2


def test_wires_are_found_under_prefixes_and_in_both_scripts() -> None:
    assert publisher_of("x.example", None, "وكالة الأنباء الفرنسية", RULES) == "afp"
    assert publisher_of("x.example", None, "ونقلت لرويترز", RULES) == "reuters"
    assert publisher_of("x.example", None, "Syrian Observatory for Human Rights", RULES) == "sohr"
    assert publisher_of("x.example", None, "مصادر محلية", RULES) == "x.example"
    assert publisher_of("x.example", None, "المرصدون", RULES) == "x.example"


@pytest.mark.parametrize(
    ("source", "url", "publisher"),
    [
        ("facebook.com", "https://www.facebook.com/SyriaCivilDefense/posts/1", "civil-defence"),
        ("x.com", "https://x.com/SyriaCivilDefe/status/1", "civil-defence"),
        ("x.com", "https://x.com/AkhbarAlnahr/status/1", "@akhbaralnahr"),
        ("facebook.com", "https://www.facebook.com/akhbaralnahr/videos/1/", "@akhbaralnahr"),
        ("facebook.com", "https://www.facebook.com/permalink.php?story_fbid=1&id=77", "@77"),
        ("facebook.com", "https://www.facebook.com/groups/88/posts/1", "@88"),
        ("facebook.com", "https://www.facebook.com/watch/?v=1", "facebook.com"),
        ("facebook.com", None, "facebook.com"),
        ("facebook.com", "https://[facebook/a", "facebook.com"),
        ("facebook.com", "https://www.facebook.com/groups", "facebook.com"),
        ("nahr.example", "https://nahr.example/a/1", "nahr.example"),
    ],
)
def test_a_post_is_its_accounts_whatever_the_platform(source: str, url: str | None, publisher: str) -> None:
    assert publisher_of(source, url, None, RULES) == publisher


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["ادلب", "إدلب", "#إدلب"], ["ادلب"]),
        (["كفرتعال", "كفر تعال", "کفر تعال", "كفرعمة"], ["كفرتعال", "كفرعمة"]),
        (["جسر_الشّغور", "جسر الشغور"], ["جسر_الشّغور"]),
        (["الهيشة", "هيشة", "Hisha"], ["الهيشة", "Hisha"]),
    ],
)
def test_a_place_is_shown_in_one_spelling(names: list[str], shown: list[str]) -> None:
    assert list(each_once(names)) == shown


def test_a_sketch_keeps_the_likeness_of_texts() -> None:
    same, other = sketch_of(marks_of("أ")), sketch_of(marks_of("ب"))
    assert alike(same, same) == 1.0
    assert alike(same, other) == 0.0
    assert alike(same, "") == 0.0


def test_an_inner_watch_names_the_outer_one() -> None:
    def around(id_: str, lat: float, km: float) -> Watch:
        return Watch(id=id_, name=BothNames(ar="موضع"), center=(lat, 38.86), radius_km=km)

    watches = [
        around("town", 36.38, 0),
        around("area", 36.40, 20),
        around("region", 36.40, 80),
        around("far", 33.0, 10),
    ]
    assert parents(watches) == {"town": "area", "area": "region"}


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("نفى الجيش التركي قصف عين عيسى", True),
        ("ونفت وزارة الدفاع صحة الأنباء عن القصف", True),
        ("The army denied shelling the town", True),
        ("لا صحة لما يشاع عن قصف البلدة", True),
        ("فنّد المجلس المحلي أنباء الهجوم على البلدة", True),
        ("قال مصدر إن الأنباء عن تفجير في البلدة غير صحيحة", True),
        ("Claims of a strike on the town are baseless, officials said", True),
        ("قصفت المدفعية البلدة، ولا صحة للأنباء عن قتلى", False),
        ("قصف على البلدة، والأنباء عن قتلى غير صحيحة", False),
        ("نفت تركيا مسؤوليتها عن القصف", False),
        ("لم ينف الجيش قصف البلدة", False),
        ("قصفت المدفعية التركية عين عيسى صباح اليوم وقال سكان إن القصف استمر ساعات فيما نفى الجيش ذلك", False),
    ],
)
def test_a_quote_that_begins_by_denying_is_a_denial(quote: str, expected: bool) -> None:
    assert denies(quote) is expected


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("قصف مدفعي على القرية", True),
        ("سقطت قذائف الهاون على القرية", True),
        ("قصف صاروخي أرض أرض", True),
        ("غارات جوية بالصواريخ الفراغية", False),
        ("قصف القرية ليلا", False),
        ("Artillery shells fell on the village", True),
        ("The village was bombed", False),
    ],
)
def test_guns_are_named_or_not(quote: str, expected: bool) -> None:
    assert names_guns(quote) is expected


def test_an_anniversary_is_history() -> None:
    assert remembers("تحل اليوم الذكرى السنوية للمجزرة")
    assert remembers("Residents marked the anniversary of the strike")
    assert not remembers("ذكر ناشطون أن القصف استهدف البلدة")


def test_what_was_told_before_is_history() -> None:
    assert remembers("ويشار إلى أن القوات قصفت في وقت سابق قرية الصفا ما أدى إلى مقتل أربعة مدنيين")
    assert remembers("المدرسة التي تعرضت لقصف جوي سابقا")
    assert remembers("ومن ضمن الحصيلة طفلان قضيا بانهيار مبنى في الحي")
    assert not remembers("قصفت القوات في وقت سابق اليوم قرية الصفا")
    assert not remembers("وكانت القوات قصفت في وقت سابق من اليوم قرية الصفا")


def test_the_last_of_a_series_is_history_unless_it_is_of_today() -> None:
    assert ends_a_series("وكان آخرها استهداف مخيم قرب البلدة بقذائف موجهة")
    assert not ends_a_series("كان آخرها فجر اليوم قصف البلدة")
    assert not ends_a_series("قصفت المدفعية البلدة وكان القصف عنيفا")


def test_raiders_who_leave_give_nothing_up() -> None:
    assert ends_a_raid("داهمت القوة منزلا في الحي، ثم انسحبت باتجاه القاعدة")
    assert ends_a_raid("وانسحبت القوة إلى القاعدة", "عقب عملية إنزال جوي في البلدة، ")
    assert not ends_a_raid("انسحبت القوات من البلدة بعد اشتباكات")
    said = ["داهمت القوة منزلا في عين عيسى ثم انسحبت إلى القاعدة"]
    reading = read(AIN_ISSA, report("a", MONDAY, signal("withdrawal"), quotes=said), RULES)
    assert [h.rule for h in reading.held] == ["in_passing"]


def test_a_withdrawal_that_only_tells_when_is_no_sign_of_calm() -> None:
    said = ["إثر قصف مدفعي مكثف على عين عيسى بعد انسحاب القوة"]
    reading = read(AIN_ISSA, report("a", MONDAY, signal("withdrawal"), quotes=said), RULES)
    assert [h.rule for h in reading.held] == ["in_passing"]
    left = read(AIN_ISSA, report("a", MONDAY, signal("withdrawal"), quotes=["انسحبت القوة من عين عيسى"]), RULES)
    assert len(left.members) == 1


def test_several_dead_told_at_two_parts_of_the_watch_are_one_toll() -> None:
    def events(*killed: int) -> int:
        told = [signal("shelling", place, killed=k) for place, k in zip(("المشيرفة", "الجهبل"), killed, strict=True)]
        return len(read(AIN_ISSA, report("a", MONDAY, *told), RULES).members)

    assert (events(3, 3), events(3, 5), events(1, 1)) == (1, 2, 2)


def test_an_arrest_in_the_fight_that_a_report_tells_of_is_no_event_of_its_own() -> None:
    reading = read(AIN_ISSA, report("a", MONDAY, signal("clash"), signal("detention")), RULES)
    assert [m.types for m in reading.members] == [(SignalType.CLASH, SignalType.DETENTION)]


def test_what_is_done_all_the_time_is_of_no_day() -> None:
    assert is_habit("تنفذ القوات بشكل متواصل حملات اعتقال في قرى الريف")
    assert is_habit("كثفت الطائرات غاراتها خلال الأيام الماضية على قرى الريف")
    assert not is_habit("نفذت القوات حملة اعتقال بشكل مفاجئ في القرية")


def test_a_village_that_nobody_knows_is_not_shown_where_some_of_the_others_lie_elsewhere() -> None:
    here = Place(surface="الجهبل", place_id="p:j", lat=36.4, lon=38.9, precision=Precision.VILLAGE)
    far = Place(surface="تل تمر", place_id="p:tamr", lat=36.65, lon=40.37, precision=Precision.TOWN)
    unknown = Place(surface="الخابوطة", precision=Precision.VILLAGE)
    told = signal("shelling", "عين عيسى")
    split = told.model_copy(update={"places": (here, unknown, far)})
    alone = told.model_copy(update={"places": (here, unknown)})
    shown = [read(AIN_ISSA, report("a", MONDAY, s), RULES).members[0].places for s in (split, alone)]
    assert shown == [("الجهبل",), ("الجهبل", "الخابوطة")]


def test_who_counts_the_dead_or_lives_there_is_no_party() -> None:
    shelled = signal("shelling", "عين عيسى", by=("TURKEY", "SOHR", "CIVILIANS"))
    camps = {"SOHR": "monitor", "CIVILIANS": "civilians"}
    actors = tuple(a.model_copy(update={"camp": camps.get(a.actor_id, a.camp)}) for a in shelled.actors)
    observation = report("a", MONDAY, shelled.model_copy(update={"actors": actors}))
    member = read(AIN_ISSA, observation, RULES).members[0]
    assert member.actors == ("TURKEY",)
    assert set(member.sources_of_fire) == {"TURKEY"}


@pytest.mark.parametrize(
    ("quote", "before", "expected"),
    [
        ("سقطت القذائف على البلدة على الرغم من اتفاق وقف إطلاق النار", "", True),
        ("وقف إطلاق النار الذي ترعاه موسكو", "قصفت المدفعية البلدة رغم اتفاق التهدئة و", True),
        ("قصفت الطائرات المدينة بالتزامن مع محادثات أستانا", "", True),
        ("جاء القصف بعد أيام من القمة الثلاثية", "", True),
        ("Shells fell on the town despite the truce", "", True),
        ("اتفق الطرفان على وقف إطلاق النار رغم الخلافات بينهما", "", False),
        ("اتفق الطرفان على الانسحاب من البلدة", "رغم خرق الهدنة أمس، ", False),
        ("بدأت محادثات بين الطرفين شرقي عين عيسى", "", False),
        ("The two sides agreed on a truce despite the shelling", "", False),
        ("غارات على بلدة كنصفرة المشمولة بوقف إطلاق النار المبرم بين الدولتين", "", True),
        ("قصفت المدفعية البلدة في خرق جديد لاتفاق وقف إطلاق النار", "", True),
        ("Warplanes hit the town in breach of the ceasefire", "", True),
        ("صعد من قصفه عقب جولة متعثرة من المفاوضات ولم يتم التوصل خلالها إلى أي اتفاق", "", True),
        ("كثفت القوات القصف عقب تعثر المفاوضات", "", True),
        ("اتفق الطرفان على هدنة بعد فشل جولات سابقة من المفاوضات", "", False),
        ("اتفق الطرفان على تثبيت التهدئة بعد خروقات وقف إطلاق النار", "", False),
        ("بحث الطرفان في اجتماعهما تثبيت الهدنة بعد خروقات وقف إطلاق النار", "", False),
    ],
)
def test_a_truce_or_talks_named_in_passing_are_no_sign_of_calm(quote: str, before: str, expected: bool) -> None:
    assert is_in_passing(quote, before) is expected


def test_shells_that_fall_despite_the_truce_open_no_easing() -> None:
    passing = observed(signal("ceasefire", "عين عيسى")).model_copy(
        update={"quote": "رغم اتفاق وقف إطلاق النار", "before": "قصفت المدفعية البلدة "}
    )
    shelled = report("a", MONDAY, signal("shelling", "عين عيسى"))
    reading = read(AIN_ISSA, shelled.model_copy(update={"signals": (*shelled.signals, passing)}), RULES)
    assert [m.types for m in reading.members] == [("shelling",)]
    assert [h.rule for h in reading.held] == ["in_passing"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("identity: {joint: 1}", "rules.identity.joint"),
        ("levls: {}", "'levls' is not a section"),
        ("levels: {critical: high}", "rules.levels.critical: 'high' is not a number"),
        ("casualty_bands: many", "rules.casualty_bands: give a list"),
        ("casualty_bands: [1, true, 50]", "rules.casualty_bands.1: 'True' is not a number"),
        ("casualty_bands: [1, .nan, 50]", "rules.casualty_bands.1: nan is not between"),
        ("casualty_bands: [1, 50, 10]", "rules.casualty_bands: give rising numbers"),
        ("casualty_bands: [1, 5, 10, 50, 100, 200]", "rules.casualty_factors: 4 are given"),
        ("casualty_bands: []", "rules.casualty_factors: 4 are given"),
        ("casualty_factors: [1]", "rules.casualty_factors: 1 are given"),
        ("levels: {critical: .nan}", "rules.levels.critical: nan is not between"),
        ("levels: {critical: .inf}", "rules.levels.critical: inf is not between"),
        ("time: {lateness_hours: -5}", "rules.time.lateness_hours: -5 is not between"),
        ("time: {alert_ttl_hours: 1.0e+12}", "rules.time.alert_ttl_hours: 1000000000000.0 is not between"),
        ("surge: {days: 1000000}", "rules.surge.days: 1000000 is not between"),
        ("warning: {half_life_hours: 0}", "rules.warning.half_life_hours: give more than 0"),
        ("identity: {revise_hours: -1}", "rules.identity.revise_hours: -1 is not between"),
        ("- 1", "give sections"),
    ],
)
def test_rules_name_the_figure_that_they_do_not_know_or_that_cannot_be_meant(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        Rules.load(text)


def test_more_bands_of_casualties_come_with_a_factor_each() -> None:
    rules = Rules.load("{casualty_bands: [1, 5, 10, 50, 100], casualty_factors: [1, 1.2, 1.5, 3, 6, 8]}")
    assert rules.casualty_factors[casualty_band(Range(low=300, high=300), rules)] == 8


def test_points_against_one_event_may_be_negative() -> None:
    assert Rules.load("identity: {other_day: -5}").identity["other_day"] == -5


def test_rules_can_be_laid_over_one_figure_at_a_time() -> None:
    assert Rules.load("identity: {join: 2}").identity["join"] == 2
    assert Rules.load("identity: {join: 2}").identity["reprint"] == RULES.identity["reprint"]
