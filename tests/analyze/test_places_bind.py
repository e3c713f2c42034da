"""Which places a claim gets: those of its own sentence, else those that were named before."""

import pytest

from services.analyze.document import Claim
from services.analyze.places.bind import bind
from tests.analyze.reading import read, sites


def surfaces(text: str, type_: str = "shelling", **where: str) -> list[str]:
    return [m.surface for m in sites(text, type_, **where)]


def test_a_claim_takes_the_place_of_its_own_sentence() -> None:
    text = "قصفت المدفعية بلدة سراقب. وفي سياق آخر انفجرت عبوة في مدينة منبج."
    assert surfaces(text, "shelling", at="قصفت") == ["سراقب"]
    assert surfaces(text, "explosion", at="انفجرت") == ["منبج"]


def bound(text: str, *told: tuple[str, str]) -> list[list[str]]:
    """The places of claims of one sentence, each given as its type and the word that says so."""
    document, mentions = read(text)
    spans = [(text.index(word), text.index(word) + len(word)) for _, word in told]
    claims = [Claim(0, type_, "actual", 0.9, 0, len(text), span) for (type_, _), span in zip(told, spans, strict=True)]
    bind(document, claims, mentions)
    return [[m.surface for m in claim.places] for claim in claims]


def test_two_claims_of_one_sentence_are_bound_one_by_one() -> None:
    text = "اندلعت اشتباكات في مدينة منبج وقصفت الطائرات بلدة سراقب."
    clash, airstrike = bound(text, ("clash", "اشتباكات"), ("airstrike", "قصفت"))
    assert all((clash, airstrike))
    assert "منبج" in clash
    assert "سراقب" in airstrike


@pytest.mark.parametrize(
    ("text", "calm", "fire", "there"),
    [
        ("ساد هدوء حذر مدينة درعا بعد الاتفاق، وسقط جرحى في قصف على مدينة إدلب.", "هدوء", "قصف", "درعا"),
        ("هدنة في مدينة منبج وقصف على مدينة سراقب.", "هدنة", "قصف", "منبج"),
        ("قصفت الطائرات بلدة سراقب، واستؤنفت المفاوضات في مدينة منبج.", "المفاوضات", "قصفت", "منبج"),
    ],
)
def test_calm_is_not_where_the_same_sentence_tells_of_fire(text: str, calm: str, fire: str, there: str) -> None:
    assert bound(text, ("ceasefire", calm), ("shelling", fire))[0] == [there]


@pytest.mark.parametrize(
    ("text", "guns", "others"),
    [
        ("تعرضت سراقب لقصف مدفعي، فيما شنت الطائرات غارات على مدينة منبج.", ["سراقب"], ["منبج"]),
        ("شهدت سراقب القصف، وشنت الطائرات غارات على مدينة منبج.", ["سراقب"], ["منبج"]),
        ("قصفت المدفعية سراقب، فيما دارت غارات على مدينة منبج، كما طالت مدينة الباب.", ["سراقب"], ["منبج", "الباب"]),
        ("قصف مدفعي على سراقب بالتزامن مع غارات جوية.", ["سراقب"], ["سراقب"]),
        ("ويأتي القصف على سراقب بعد إعلان شن غارات في سوريا والعراق.", ["سراقب"], ["سوريا", "العراق"]),
        ("قصف مدفعي وغارات جوية على سراقب، كما أصيبت منازل.", ["سراقب"], ["سراقب"]),
        ("وبالتزامن مع غارات على مدينة منبج تعرضت سراقب لقصف مدفعي.", ["سراقب"], ["منبج"]),
        ("توفي جريح قصف على سراقب، أما مدينة منبج فقد شهدت غارات.", ["سراقب"], ["منبج"]),
        ("غارات على مدينة منبج وسط قصف على محيط سراقب.", ["سراقب"], ["منبج"]),
    ],
)
def test_a_place_goes_with_what_its_own_clause_tells(text: str, guns: list[str], others: list[str]) -> None:
    assert bound(text, ("shelling", "قصف"), ("airstrike", "غارات")) == [guns, others]


def test_a_place_behind_what_gave_the_reason_goes_with_that() -> None:
    text = "شنت القوات حملة اعتقالات في مدينة منبج، وذلك على خلفية استهداف رتل في مدينة سراقب."
    assert bound(text, ("detention", "اعتقالات"), ("attack", "استهداف")) == [["منبج"], ["سراقب"]]


def test_no_sentence_takes_its_place_from_the_page_above_it() -> None:
    text = "مركز منبج الإعلاميOctober 23, 2024 · Shared with Publicقتل ثلاثة مدنيين في القصف"
    assert surfaces(text, "shelling", at="القصف") == []


@pytest.mark.parametrize(
    "where",
    [
        {"title": "قصف على بلدة سراقب"},
        {"context": "تعرضت بلدة سراقب لقصف مدفعي."},
    ],
)
def test_a_sentence_without_places_inherits_from_title_or_context(where: dict[str, str]) -> None:
    assert surfaces("وأسفر القصف عن مقتل ثلاثة مدنيين.", "shelling", at="القصف", **where) == ["سراقب"]


def test_who_writes_from_where_is_no_site() -> None:
    text = "صوت المدينة - سالم السالم - دير الزور شهدت مدينة منبج انفجار سيارة."
    assert surfaces(text, "explosion", at="انفجار") == ["منبج"]


def test_it_inherits_from_the_sentence_before() -> None:
    text = "تعرضت بلدة سراقب لقصف مدفعي عنيف. وأسفر القصف عن مقتل ثلاثة مدنيين."
    assert surfaces(text, "shelling", at="وأسفر") == ["سراقب"]


def test_a_dateline_is_never_the_place_even_where_no_other_is_named() -> None:
    assert surfaces("دمشق – سانا: قتل ثلاثة في قصف.", at="قصف") == []


def test_troops_arrive_where_they_go_not_where_they_come_from() -> None:
    found = sites("وصلت تعزيزات عسكرية من صنعاء إلى الحديدة.", "deployment", at="تعزيزات")
    assert {m.surface: m.role for m in found if m.role == "event"} == {"الحديدة": "event"}


def test_a_road_named_by_its_towns_is_none_of_them() -> None:
    named = {m.surface: m.role for m in sites("غارة على قرية صفيا على طريق عام الحسكة- القامشلي.", "airstrike")}
    assert named.get("القامشلي") != "event"
    found = surfaces('انفجر لغم على طريق "حلب-الرقة-الحسكة" قرب عين عيسى.', "explosion", at="انفجر")
    assert found == ["عين عيسى"]


def test_the_towns_that_a_place_connects_are_not_where_it_happens() -> None:
    text = "سيطرت القوات على عين عيسى وهي عقدة تربط منبج بالحسكة."
    assert surfaces(text, "territory", at="سيطرت") == ["عين عيسى"]


def test_each_place_stands_once() -> None:
    found = surfaces("قصف على حلب ثم قصف على حلب.", at="قصف")
    assert found == ["حلب"]


def test_without_claims_and_without_places_nothing_happens() -> None:
    document, mentions = read("لا شيء هنا.")
    bind(document, [], mentions)
    claim = Claim(0, "clash", "actual", 0.9, 0, 5)
    bind(document, [claim], mentions)
    assert claim.places == []


@pytest.mark.parametrize(
    "text",
    [
        "غارة على خيام بالقرب من مدينة جسر الشغور، والشهداء من قرية رجم عميرات.",
        "غارة على بعد كيلومترين من مدينة جسر الشغور وعلى سراقب.",
        "غارة على مقربة من جسر الشغور وعلى سراقب.",
    ],
)
def test_what_is_near_a_town_did_not_come_from_it(text: str) -> None:
    assert {m.surface: m.role for m in sites(text, "airstrike", at="غارة")}["جسر الشغور"] == "event"


@pytest.mark.parametrize(
    "text",
    [
        "قصفت قوات النظام مدينة منبج من مواقع النظام في مدينة سراقب.",
        "قصفت قوات النظام مدينة منبج من أماكن تمركزهم في منطقة سراقب.",
        "قصفت قوات النظام مدينة منبج من مواقعها بمدينة سراقب.",
        "قصفت قوات النظام مدينة منبج من نقاطها في سراقب.",
        "قصفت قوات النظام المتمركزة في سراقب مدينة منبج.",
        "قصفت قوات النظام الموجودة في منطقة سراقب مدينة منبج.",
        "قصفت قوات النظام المتمركزة في سراقب وبنش مدينة منبج.",
        "قصفت المدفعية المتمركزة في معسكر شرق سراقب مدينة منبج.",
        "قصفت المدفعية مدينة منبج، ومصدرها مدينة سراقب.",
        "قصفت طائرة مدينة منبج وسيارة في طريقها إلى مدينة سراقب.",
        "قصفت طائرة مدينة منبج وموكبا قادما من سراقب.",
        "قصفت الطائرات مدينة منبج وقتل شاب من أهالي ناحية سراقب.",
        "قصفت الطائرات مدينة منبج وقتل شاب من قرية سراقب.",
        "قصفت الطائرات مدينة منبج وقتلت عائلة مهجرة قبل عامين من بلدة سراقب.",
        "قصفت الطائرات مدينة منبج وقتل شاب من أبناء حي الساقية بمدينة سراقب.",
        "قصفت الطائرات مدينة منبج وقتل شاب من خيرة شباب سراقب.",
        "قصفت الطائرات مدينة منبج وقتل مهجرون من عدة مناطق في سراقب.",
        "قصفت المدفعية مدينة منبج وسيارة متجهة إلى داخل مدينة سراقب.",
        "قصفت الطائرات مدينة منبج ثم نقل جثمانه باتجاه مدينة سراقب.",
        "قصفت المدفعية مدينة منبج واعترفوا أنهم فروا إلى مناطق سراقب وبنش.",
        "قصفت المدفعية مدينة منبج بصاروخ مصدره قوات النظام القريبة من سراقب.",
        "قصفت الطائرات مدينة منبج وقتل شاب كان يسكن مع أهله في مدينة سراقب.",
        "قصفت الطائرات مخيم أهل سراقب قرب مدينة منبج.",
        "قصفت الطائرات مدينة منبج وقتل رجل من مواليد 1969 بلدة سراقب.",
        "قصفت الصواريخ مدينة منبج من اتجاه النهر غرب سراقب.",
        "قصفت الصواريخ مدينة منبج وقال البيان إنها انطلقت من غرب مدينة سراقب.",
        "قصفت الطائرات مدينة منبج ورتلا أثناء قدومه من قاعدة سراقب.",
        "قصفت الطائرات مدينة منبج وقتل شاب بعد زيارته الأخيرة لمنزل عمته في بلدة سراقب.",
        "قصفت طائرة مدينة منبج واستشهدت صحفية خلال متابعتها لهجمات على سراقب وبنش.",
    ],
)
def test_where_guns_stand_where_a_road_leads_and_where_the_dead_had_lived_nothing_falls(text: str) -> None:
    found = {m.surface: m.role for m in sites(text, "shelling", at="قصفت")}
    assert found["منبج"] == "event"
    assert not {"سراقب", "بنش"} & {name for name, role in found.items() if role == "event"}


def test_where_who_fires_stands_is_no_site_though_no_other_place_is_named() -> None:
    assert sites("وقتل ثلاثة في الهجوم الذي شنوه من أماكن تمركزهم في مدينة سراقب.", "attack", at="الهجوم") == []


@pytest.mark.parametrize(
    "text",
    [
        "قصفت المدفعية مدينة منبج، رداً على تفجير استهدف مقرا في مدينة سراقب.",
        "قصفت المدفعية مدينة منبج وتوفي جريح في أحد مشافي سراقب.",
        "أطلقت القوة من قاعدتها بسراقب صواريخ قصفت مدينة منبج.",
    ],
)
def test_what_is_only_answered_where_the_hurt_ended_and_a_base_that_fires_are_no_sites(text: str) -> None:
    found = {m.surface: m.role for m in sites(text, "shelling", at="قصفت")}
    assert [name for name, role in found.items() if role == "event"] == ["منبج"]


def test_of_the_blast_that_is_answered_its_own_town_is_the_site() -> None:
    text = "قصفت المدفعية مدينة منبج، رداً على تفجير استهدف مقرا في مدينة سراقب."
    assert {m.surface for m in sites(text, "explosion", at="تفجير") if m.role == "event"} == {"سراقب"}


def test_nobody_is_seized_where_he_comes_from() -> None:
    text = "اعتقلت القوة شبانا في مدينة منبج ينحدر معظمهم من مدينتي سراقب وبنش."
    found = {m.surface: m.role for m in sites(text, "detention", at="اعتقلت")}
    assert [name for name, role in found.items() if role == "event"] == ["منبج"]


def test_where_the_dead_had_lived_tells_more_than_nothing() -> None:
    assert surfaces("قتل شاب من أهالي مدينة سراقب بقصف مدفعي.", "shelling", at="بقصف") == ["سراقب"]


@pytest.mark.parametrize(
    "text",
    [
        "قصفت الفصائل بالقذائف قوات النظام المتمركزة في مدينة سراقب.",
        "قصفت الفصائل مواقع لقوات النظام المتمركزة في مدينة سراقب.",
        "قصفت المدفعية من مواقع الجيش على بلدة سراقب.",
        "قصفت الطائرات، ومصدرها قوات النظام، الأحياء السكنية في مدينة سراقب.",
    ],
)
def test_those_who_are_fired_at_stand_at_the_site(text: str) -> None:
    assert {m.surface: m.role for m in sites(text, "shelling", at="قصفت")}["سراقب"] == "event"


def test_positions_that_are_struck_are_the_site() -> None:
    found = {m.surface: m.role for m in sites("استهدف القصف مواقع النظام في مدينة سراقب.", "shelling", at="القصف")}
    assert found["سراقب"] == "event"


def test_what_comes_from_a_town_arrives_elsewhere() -> None:
    found = {m.surface: m.role for m in sites("وصلت تعزيزات من مدينة سراقب إلى منبج.", "deployment", at="تعزيزات")}
    assert found["منبج"] == "event"
    assert found.get("سراقب") != "event"


def test_whom_somebody_had_visited_is_no_place_of_an_arrest() -> None:
    text = "جاءت عملية الاعتقال على خلفية تعليق إضافة إلى زيارته الأخيرة لمنزل عمته في بلدة سراقب."
    assert sites(text, "detention", at="الاعتقال") == []


def test_the_source_of_a_sound_is_where_it_happened() -> None:
    text = "سمعت أصوات انفجارات في المنطقة مصدرها تصدي الدفاعات لأهداف معادية في محيط مدينة منبج."
    assert [m.role for m in sites(text, "airstrike", at="انفجارات") if m.surface == "منبج"] == ["event"]


def struck(text: str, type_: str = "shelling") -> set[str]:
    """The places of a claim that are its site."""
    return {m.surface for m in sites(text, type_) if m.role == "event"}


@pytest.mark.parametrize(
    ("text", "town"),
    [
        ("قصف مدفعي استهدف الحي الشمالي من مدينة سراقب شرقي إدلب.", "سراقب"),
        ("قصف مدفعي على مخيم أبو شوك والأحياء الشمالية من مدينة الفاشر.", "الفاشر"),
        ("أصابت القذائف مدنيين في الأحياء الشرقية من مدينة تعز.", "تعز"),
        ("سقطت قذائف على أجزاء واسعة من مدينة سراقب.", "سراقب"),
    ],
)
def test_a_part_of_a_town_is_no_home(text: str, town: str) -> None:
    assert town in struck(text)


@pytest.mark.parametrize(
    "text",
    ["مقتل شاب من مدينة سراقب بقصف على جسر الشغور.", "قتل عامل من مدينة سراقب بقصف على جسر الشغور."],
)
def test_who_is_from_a_town_was_not_hit_in_it(text: str) -> None:
    assert struck(text) == {"جسر الشغور"}


def test_a_large_column_still_sets_out_from_a_town() -> None:
    assert struck("وصلت تعزيزات كبيرة من مدينة مأرب إلى الحديدة.", "deployment") == {"الحديدة"}


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("دفع الجيش بتعزيزات من منبج وأعزاز إلى سراقب.", {"سراقب"}),
        ("وصلت تعزيزات من منبج وأعزاز إلى المجهولة.", set()),
        ("دفع الجيش بتعزيزات من منبج إلى أعزاز وسراقب.", {"أعزاز", "سراقب"}),
    ],
)
def test_troops_set_out_from_both_towns_that_are_joined(text: str, there: set[str]) -> None:
    assert struck(text, "deployment") == there
