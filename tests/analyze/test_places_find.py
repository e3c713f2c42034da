"""Places in an article: found as words, told apart, unknown ones heard of, each with its role and precision."""

import json
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.article import Article
from schemas.base import BothNames, Direction, SignalType, Status
from schemas.signal import Evidence, Place, Signal
from schemas.watch import Watch, WatchFile
from services.analyze.places.find import PlaceFinder
from services.analyze.text.reader import read_document
from services.analyze.watches import WatchIndex
from tests.analyze.reading import finder, gazetteer, places, read, with_villages
from tests.support.shared import SHARED


def only(text: str, surface: str, title: str = "") -> list:
    return [m for m in places(text, title) if m.surface == surface]


def roles_of(text: str, *surfaces: str) -> list[list[str]]:
    """The roles of each place, one a mention."""
    return [[mention.role for mention in only(text, surface)] for surface in surfaces]


def test_surfaces_are_as_written_without_attached_prefixes() -> None:
    text = "قصف بدوما وحلب وللرقة نصيب."
    found = {m.surface: text[m.start : m.end] for m in places(text)}
    assert {"دوما", "حلب", "الرقة"} <= set(found)
    assert found["حلب"] == "حلب"


@pytest.mark.parametrize("written", ["#عين_عيسى", "عـ.ـين عيـسى", "عَينِ عِيسى", "عين  عيسى", "عين‌ عيسى"])
def test_broken_marked_and_tagged_names_are_found_at_their_offsets(written: str) -> None:
    text = f"قصف على {written} مساء"
    (mention,) = [m for m in places(text) if m.place_id == "geonames:172134"]
    assert 0 <= mention.start < mention.end <= len(text)
    assert text[mention.start : mention.end].strip("#") in written


def test_names_never_match_as_parts_of_words() -> None:
    assert places("وصلت تعزيزات إلى المعسكر") == []
    assert not only("استخرج العمال معدن النحاس", "عدن")


def test_context_tells_namesakes_apart() -> None:
    libya = only("تجددت الاشتباكات في طرابلس وبنغازي بين قوات ليبية.", "طرابلس")[0]
    lebanon = only("أغلق محتجون طرقا في طرابلس وصيدا وبيروت.", "طرابلس")[0]
    assert (libya.country, lebanon.country) == ("LY", "LB")


@pytest.mark.parametrize(
    "text",
    [
        "فتحت السلطات المصرية معبر رفح الحدودي مع قطاع غزة طوال شهر رمضان",
        "أطباء ينقذون حياة مولودة في رفح",
    ],
)
def test_everyday_words_that_villages_bear_say_nothing_of_the_other_names(text: str, tmp_path: Path) -> None:
    finder = with_villages(
        tmp_path / "villages.csv",
        *(
            f"Ar-Raqqa,الرقة,SY11,Tell Abiad,تل أبيض,SY1102,Suluk,سلوك,SY110201,V{n},{name},C{n},C,39.14,36.67"
            for n, name in enumerate(("رفح", "حياة", "طوال", "المصرية"))
        ),
    )
    assert {m.country for m in finder.find(read_document("x", "", text)) if "رفح" in m.surface} <= {"PS", "EG"}


def test_a_town_goes_before_a_village_elsewhere_that_bears_its_name_beside_another(tmp_path: Path) -> None:
    finder = with_villages(
        tmp_path / "villages.csv",
        "Lattakia,اللاذقية,SY06,Lattakia,اللاذقية,SY0601,Rabee'a,ربيعة,SY060105,Ein Issa,عين عيسى,C1,C,36.1093,35.8101",
        "Ar-Raqqa,الرقة,SY11,Tell Abiad,تل أبيض,SY1102,Ein Issa,عين عيسى,SY110203,Ein Issa,عين عيسى,C2,C,38.862,36.385",
        "Aleppo,حلب,SY02,A'zaz,اعزاز,SY0203,Tall Refaat,تل رفعت,SY020305,Maraanaz,مرعناز,C3,C,37.03,36.54",
        "Aleppo,حلب,SY02,A'zaz,اعزاز,SY0203,Tall Refaat,تل رفعت,SY020305,Deir Jmal,دير جمال,C4,C,37.05,36.43",
    )
    text = "قصف على دير جمال ومرعناز. وأصيب ثلاثة أشخاص في مدينة عين عيسى."
    (mention,) = [m for m in finder.find(read_document("x", "", text)) if m.surface == "عين عيسى"]
    assert mention.place_id == "geonames:172134"


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("قصف على القنيطرة جنوبي سوريا.", "القنيطرة", "SY"),
        ("قصف على القنيطرة قرب بلدة جاسم.", "القنيطرة", "SY"),
        ("حريق في القنيطرة شمالي الرباط بالمغرب.", "القنيطرة", "MA"),
        ("اشتباكات في مدينة زنجبار جنوبي اليمن.", "زنجبار", "YE"),
        ("زار وفد من القاهرة مدينة الرياض.", "الرياض", "SA"),
    ],
)
def test_a_town_is_the_one_of_the_country_that_the_article_speaks_of(text: str, name: str, country: str) -> None:
    """Not its larger namesake elsewhere, unless that is a metropolis."""
    assert [m.country for m in places(text) if m.surface == name] == [country]


def test_where_somebody_named_in_quotation_marks_is_from_is_part_of_his_name() -> None:
    said = 'قتل شخصان وهما "أحمد السالم سراقب" و"محمد السالم منبج" في انفجار سيارة.'
    assert not {"سراقب", "منبج"} & {m.surface for m in places(said)}
    assert "سراقب" in {m.surface for m in places('قصفت قرى في "ريف مدينة سراقب".')}


def test_the_countryside_of_a_district_is_no_town() -> None:
    (jarablus,) = [m for m in places("قصف بريف منطقة جرابلس.") if m.surface == "جرابلس"]
    assert jarablus.precision == "countryside"
    (idlib,) = [m for m in places("قصف على ريف مدينة إدلب.") if m.surface == "إدلب"]
    assert (idlib.precision, idlib.ambiguous) == ("countryside", False)


def test_the_word_for_a_town_is_no_part_of_its_name() -> None:
    (homs,) = places("قصف على مدينة حمص.")
    assert (homs.surface, homs.ambiguous) == ("حمص", False)


def test_the_district_that_is_named_tells_more_than_the_governorate(tmp_path: Path) -> None:
    """And more than whether the name has its article."""
    hasakah = "Al-Hasakeh,الحسكة,SY08"
    finder = with_villages(
        tmp_path / "villages.csv",
        f"{hasakah},Al-Hasakeh,مركز الحسكة,SY0800,Tal Tamer,تل تمر,SY080001,Derdara,الدردارة,C1,C,40.40,36.70",
        f"{hasakah},Ras Al Ain,رأس العين,SY0804,Ras Al Ain,مركز رأس العين,SY080400,Derdara,دردارة,C2,C,40.17,36.83",
    )
    found = finder.find(read_document("x", "", "قصف على قرى دردارة وتل شنان في ريف تل تمر بريف الحسكة."))
    assert next(m for m in found if m.surface == "دردارة").place_id == "pcode:C1"


def test_what_is_named_after_a_bridge_is_no_village_called_so(tmp_path: Path) -> None:
    jisr = "Al-Hasakeh,الحسكة,SY08,Al-Malikeyyeh,المالكية,SY0803,M,مركز المالكية,SY080300,Jisr,الجسر,C1,C,42.19,37.24"
    finder = with_villages(tmp_path / "villages.csv", jisr)
    found = {where: finder.find(read_document("x", "", f"قصف على {where}.")) for where in ("مشفى الجسر", "قرية الجسر")}
    assert [[m.place_id for m in named] for named in found.values()] == [[], ["pcode:C1"]]


@pytest.mark.parametrize("where", ["غربي محافظة درعا", "في ريف درعا", "بريف درعا الغربي"])
def test_the_governorate_tells_namesakes_apart_as_the_text_calls_it(where: str, tmp_path: Path) -> None:
    """Whatever the gazetteer calls its seat."""
    finder = with_villages(
        tmp_path / "villages.csv",
        "Idleb,إدلب,SY07,Ariha,أريحا,SY0705,Mhambal,محمبل,SY070502,Edwan,عدوان,C1,C,36.503,35.869",
        "Dar'a,درعا,SY12,Izra',ازرع,SY1203,Nawa,نوى,SY120303,Edwan,عدوان,C2,C,35.997,32.820",
    )
    found = finder.find(read_document("x", "", f"قصف على قرية عدوان {where}"))
    assert [m.place_id for m in found if m.surface == "عدوان"] == ["pcode:C2"]


def test_a_town_that_its_district_is_named_after_goes_before_its_namesakes(tmp_path: Path) -> None:
    finder = with_villages(
        tmp_path / "villages.csv",
        "Idleb,إدلب,SY07,Ariha,أريحا,SY0705,Ariha,مركز أريحا,SY070500,Ariha,أريحا,C1,C,36.609,35.814",
    )
    text = "ارتفاع حصيلة الإصابات في مدينة أريحا جراء قصف مدفعي لميليشيات إيران والنظام"
    found = finder.find(read_document("x", "", text))
    assert [m.country for m in found if m.surface == "أريحا"] == ["SY"]


def test_what_stays_ambiguous_keeps_its_candidates() -> None:
    mention = only("وقع انفجار في بلدة الكرامة.", "الكرامة")
    for m in mention:
        assert m.ambiguous == bool(m.candidates)
        assert not m.candidates or m.place_id == m.candidates[0]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("قصف على عين ديوار البعيدة", "عين ديوار"),
        ("غارة على مخيمات وادي سنجاب", "وادي سنجاب"),
        ("قصف مخيم «كويت الرحمة» ليلا", "كويت الرحمة"),
        ("قصف على قرية الشركة شمالي عين عيسى", "الشركة"),
        ("قصف على قرية كفر كارس بريف حلب", "كفر كارس"),
        ("قصف على قرية قره موغ شرقي كوباني", "قره موغ"),
    ],
)
def test_unknown_places_are_named_whole(text: str, surface: str) -> None:
    assert surface in {m.surface for m in places(text)}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("التقدم إلى الحديدة ومينائها الاستراتيجي", "مينائها"),
        ("قصف على منطقة «درع الفرات»", "درع"),
        ("قصف على حلب #توثيق", "توثيق"),
        ("قال مسؤول كبير أحدثكم عنه", "أحدثكم"),
        ("وأدى العدوان إلى مقتل ثلاثة", "العدوان"),
        ("قصف الضفة الشرقية لنهر الفرات قرب رام الله", "الضفة"),
        ("انفجار قرب القصر الرئاسي في عمان", "القصر"),
        ("وهو ما يفتح الباب أمام قصف المخيم في سوريا", "الباب"),
        ("قتل جاسم محمد الخلف في سوريا", "جاسم"),
        ("داهمت القوات منزله بحجة أنه قاومها في صنعاء", "حجة"),
        ("دعا الحراك الشعبي في درعا إلى إضراب", "الحراك"),
        ("قطع القطاع الصحي في غزة شوطا", "القطاع"),
        ("قصف على قرية كفر كارس بريف حلب", "كارس"),
        ("قصف صاروخي من قبل الفصائل على قرى الفصائل", "الفصائل"),
        ("قصف على منطقة السوق الشعبي في سراقب", "السوق"),
        ("تمكنت قوات تحرير عفرين من أسر مسلح في مارع", "عفرين"),
    ],
)
def test_what_only_looks_like_a_name_is_not_read(text: str, wrong: str) -> None:
    assert wrong not in {m.surface for m in places(text)}


def test_the_strip_is_meant_where_gaza_is_spoken_of() -> None:
    (strip,) = only("حرب على غزة: اشتباكات جنوب القطاع", "القطاع")
    assert strip.place_id == "marsad:gaza-strip"
    assert only("اشتباكات جنوب القطاع في حلب", "القطاع") == []


@pytest.mark.parametrize(
    ("text", "surface", "precision"),
    [
        ("انفجر لغم في قرية الجهبل.", "الجهبل", "village"),
        ("دخلت القوات مدينة منبج.", "منبج", "town"),
        ("قصف على ريف منبج الشرقي.", "منبج", "countryside"),
        ("غارات على محافظة الرقة.", "محافظة الرقة", "region"),
        ("غارات على قطاع غزة.", "قطاع غزة", "region"),
        ("عقوبات على سوريا.", "سوريا", "country"),
        ("اقتحم الجيش مخيم جنين.", "مخيم جنين", "landmark"),
        ("Shells fell on the village of Jahbal.", "Jahbal", "village"),
    ],
)
def test_the_precision_is_that_of_the_words(text: str, surface: str, precision: str) -> None:
    assert [m.precision for m in places(text) if m.surface == surface] == [precision]


def test_a_governorate_is_never_its_seat_whether_or_not_it_is_in_our_own_list() -> None:
    for text, surface in (("غارات على محافظة ذمار.", "ذمار"), ("معارك في ولاية قندهار.", "قندهار")):
        for mention in only(text, surface):
            assert mention.precision == "region"
            assert mention.place_id is None or mention.place_id.startswith("region:")


def test_a_place_that_no_gazetteer_knows_has_no_id_and_no_coordinates() -> None:
    (mention,) = only("انفجر لغم في قرية الجهبل.", "الجهبل")
    assert (mention.place_id, mention.name, mention.lat, mention.lon, mention.country) == (None,) * 5


def test_a_list_behind_one_cue_names_several_villages() -> None:
    found = {m.surface for m in places("قصف على قرى الجهبل ومعلق والمشيرفة شمال عين عيسى.")}
    assert {"الجهبل", "معلق", "المشيرفة", "عين عيسى"} <= found


@pytest.mark.parametrize(
    "text",
    [
        "قرب بلدة تقع على النهر", "في منطقة سكنية", "إلى قرية مجاورة", "في مدينة كبيرة", "منطقة خفض القتال",
        "غارة على محطة لضخ المياه", "مزرعة لتربية الدواجن", "سوق الخضار", "سوق المدينة", "مناطق مأهولة بالسكان",
        "قصف بلدة سرمين وأطرافها ومحيطها واقتصرت الأضرار على الماديات", "قرى الريفين الغربي والشمالي",
        "قصف على طريق الـ M4", "قرب جبل أبو علي",
    ],
)  # fmt: skip
def test_what_follows_a_cue_is_not_always_a_name(text: str) -> None:
    assert [m for m in places(text) if m.place_id is None] == []


@pytest.mark.parametrize(
    ("text", "surface", "role"),
    [
        ("دمشق – سانا: انفجرت عبوة في حماة.", "دمشق", "dateline"),
        ("رفضت حكومة أنقرة الهدنة في منبج.", "أنقرة", "actor_home"),
        ("عقد الطرفان اجتماعا في جنيف.", "جنيف", "venue"),
        ("قالت صحيفة القدس إن الهدنة باقية في حلب.", "القدس", "background"),
    ],
)
def test_roles(text: str, surface: str, role: str) -> None:
    assert [m.role for m in only(text, surface)] == [role]


def test_the_name_of_the_page_behind_a_post_is_no_place() -> None:
    text = "قصف تركي على المدنيين عند السد وشهيدان في حصيلة أولية | كوباني قلب الحدث"
    assert [m.role for m in only(text, "كوباني")] == ["background"]
    assert [m.role for m in only("عاجل | قصف تركي على كوباني", "كوباني")] == ["event"]


def test_the_account_above_a_post_is_no_place_and_its_marks_are_not_shown() -> None:
    text = "Facebook\u200eلؤلؤة سراقب\u200e's Post\nانفجرت سيارة مساء اليوم"
    assert [m.role for m in only(text, "سراقب")] == ["background"]


@pytest.mark.parametrize(
    "text",
    [
        "من بين القتلى محمد عبد الرزاق الشيخ عيسى من أبناء مدينة الميادين",
        "استشهاد الطفلة رنا محمود شيخ علي (12 عاما) في القصف",
        "قتل عبد الله صالح وأصيب آخرون",
        "قال الناشط أبو عمر إن القصف استمر",
        "نصر الله يهدد بالرد",
        "ما من شيء حسن على الجبهة",
        "السلام عليكم ورحمة الله، انفجرت قنبلة",
        "عشرة شهداء وجريحة هي الناجية الوحيدة جراء قصف مدفعي",
        "She was killed beside Jassem Mohammed near the river",
        "قصف البلدة مساء السبت 6 تشرين الثاني",
        "قصف مخيمات بقرية كللي شمالي إدلب",
    ],
)
def test_people_are_not_taken_for_the_villages_that_bear_their_names(text: str, tmp_path: Path) -> None:
    assert {m.place_id for m in _with_namesakes(tmp_path).find(read_document("x", "", text))}.isdisjoint(NAMESAKES)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("قصف على الشيخ علي", "C2"),
        ("قصف مدفعي طال تل رفعت والشيخ عيسى", "C1"),
        ("اشتباكات على محور مارع – الشيخ عيسى بريف حلب الشمالي", "C1"),
        ('قصف على محيط قرية "الشيخ علي" مساء', "C2"),
        ("قصف على قرية عبد الله شمالي الحسكة", "C3"),
        ("قصف مدفعي على الناجية وبداما", "C8"),
        ("قصف على قرية 6 تشرين شرقي الرقة", "C10"),
    ],
)
def test_villages_with_names_of_people_are_known_by_the_words_around(text: str, place: str, tmp_path: Path) -> None:
    assert f"pcode:{place}" in {m.place_id for m in _with_namesakes(tmp_path).find(read_document("x", "", text))}


NAMESAKES = {f"pcode:C{number}" for number in range(1, 12)}


def _with_namesakes(folder: Path) -> PlaceFinder:
    named = (
        ("الشيخ عيسى", 37.27, 36.45), ("الشيخ علي", 36.87, 36.15), ("عبد الله", 40.7, 36.5), ("أبو عمر", 36.6, 35.9),
        ("نصر الله", 37.1, 36.2), ("حسن علي", 40.2, 36.3), ("السلام عليكم", 36.7, 34.7), ("الناجية", 36.2, 35.8),
        ("جاسم", 36.0, 33.0), ("6 تشرين", 39.6, 35.7), ("بقرية", 36.0, 35.3),
    )  # fmt: skip
    rows = (
        f"Idleb,إدلب,SY07,Ariha,أريحا,SY0705,Mhambal,محمبل,SY070502,V{number},{name},C{number},C,{lon},{lat}"
        for number, (name, lon, lat) in enumerate(named, 1)
    )
    return with_villages(folder / "villages.csv", *rows)


@pytest.mark.parametrize(
    ("text", "hospital", "site"),
    [
        ("أصيب ثلاثة بقصف على بلدة عين عيسى وتم نقلهم إلى مشافي مدينة الرقة", "الرقة", "عين عيسى"),
        ("نقل أربعة إلى مشفى الرقة بعد قصف عين عيسى", "مشفى الرقة", "عين عيسى"),
        ("أسعفت الفرق المصابين من القرية إلى المشفى في مدينة الرقة بعد قصف عين عيسى", "الرقة", "عين عيسى"),
        ("استهداف سيارة إسعاف تابعة لمشفى الرقة في عين عيسى", "مشفى الرقة", "عين عيسى"),
        ("توفي رجل أصيب في قصف عين عيسى قبل وصوله إلى مشافي مدينة الرقة", "الرقة", "عين عيسى"),
        ("قصف معبر عون الدادات بين مدينتي منبج وجرابلس", "منبج", "معبر عون الدادات"),
        ("قصف على عين عيسى، وبعض الحالات تم تحويلها إلى مشافي مدينة الرقة", "الرقة", "عين عيسى"),
        ("Three were hurt by shelling in Ain Issa and taken to a hospital in Raqqa.", "Raqqa", "Ain Issa"),
    ],
)
def test_the_wounded_are_treated_elsewhere_than_they_were_hit(text: str, hospital: str, site: str) -> None:
    assert roles_of(text, hospital, site) == [["background"], ["event"]]


def test_who_arrives_at_a_hospital_may_have_been_hurt_in_its_town_where_no_other_is_named() -> None:
    assert {m.role for m in places("وصول مصابين إلى مشفى بمدينة منبج عقب قصف مدفعي")} == {"event"}


@pytest.mark.parametrize(
    ("text", "seat", "site"),
    [
        ("وقال مراسلنا في الرقة إن القصف استهدف عين عيسى", "الرقة", "عين عيسى"),
        ("وأفاد مصدر لمراسلة الإذاعة في منبج أن القصف استهدف عين عيسى", "منبج", "عين عيسى"),
        ("Our correspondent in Raqqa said that shells hit Ain Issa.", "Raqqa", "Ain Issa"),
    ],
)
def test_where_the_reporter_is_nothing_happens(text: str, seat: str, site: str) -> None:
    assert roles_of(text, seat, site) == [["background"], ["event"]]


def test_the_heading_of_a_round_up_is_no_site() -> None:
    assert roles_of("الرقة::قصف مدفعي على بلدة عين عيسى", "الرقة", "عين عيسى") == [["dateline"], ["event"]]


def test_a_hospital_that_is_hit_is_where_it_happened() -> None:
    assert [m.role for m in only("قصف على مستشفى في مدينة الرقة", "الرقة")] == ["event"]
    assert [m.role for m in only("قصف على سيارة إسعاف تابعة لمشفى كوباني", "مشفى كوباني")] == ["event"]


@pytest.mark.parametrize(
    ("text", "home", "site"),
    [
        ("شيّعت مدينة إدلب اليوم الصحفي الذي قتل بغارة جوية على مدينة مورك بريف حماة.", "إدلب", "مورك"),
        ("شيع أهالي مدينة منبج جثامين أربعة قتلوا بقصف على قرية الصيادة", "منبج", "الصيادة"),
        ("تشييع شهيد في كوباني قتل بغارة على بلدة تل تمر", "كوباني", "تل تمر"),
    ],
)
def test_the_dead_are_mourned_at_home_and_died_elsewhere(text: str, home: str, site: str) -> None:
    assert roles_of(text, home, site) == [["background"], ["event"]]


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("قصف على بلدة سرمين أثناء تشييع ضحايا", "سرمين"),
        ("استهدفت غارة موكب تشييع في بلدة سرمين بعد قصف على بنش", "سرمين"),
    ],
)
def test_a_funeral_that_is_struck_is_where_it_happens(text: str, site: str) -> None:
    assert [m.role for m in only(text, site)] == ["event"]


def test_watches_are_named_outright_or_lie_around() -> None:
    watch = Watch(
        id="post",
        name=BothNames(ar="نقطة السرو"),
        center=(36.3837, 38.8629),
        landmarks=("صوامع الشركراك",),
        radius_km=15,
    )
    told = finder().with_watches([watch])
    for text in ("اشتباك عند نقطة السرو", "اجتماع في صوامع الشركراك", "قصف على عين عيسى"):
        assert any("post" in m.watch_ids for m in told.find(read_document("1", "", text))), text
    assert not any(m.watch_ids for m in told.find(read_document("1", "", "قصف على منبج")))


def test_context_is_read_for_understanding_but_mentions_of_it_stay_apart() -> None:
    _, mentions = read("قتل ثلاثة في القصف.", context="قصفت الطائرات بلدة سراقب.")
    assert list(mentions) == []
    assert [m.surface for m in mentions.context] == ["سراقب"]


@given(st.text(alphabet="دمشقحلبعينيسىوالبفي من#_ـ.،-\n\u064b٣Aleppo ", max_size=160))
@settings(max_examples=150, deadline=None)
def test_offsets_are_valid_in_any_text(text: str) -> None:
    document, mentions = read(text, title=text[:40])
    for m in mentions:
        field = document.title if m.field == "title" else document.text
        assert 0 <= m.start < m.end <= len(field)
        assert document.sentences[m.sentence].start <= m.start


@given(st.text(alphabet=st.characters(), max_size=200))
@settings(max_examples=100, deadline=None)
def test_no_text_raises(text: str) -> None:
    read(text, title=text, context=text)


@pytest.mark.parametrize("unit", ["حلب ", "حلب ودمشق وحمص و", "قرية عليه بريف ", "عينعيسى", "- دمشق ", "قرى X و"])
def test_finding_is_linear_in_thousands_of_names(unit: str) -> None:
    def seconds(size: int) -> float:
        document = read_document("1", "", (unit * (size // len(unit) + 1))[:size])
        best = 99.0
        for _ in range(3):
            start = time.process_time()
            finder().find(document)
            best = min(best, time.process_time() - start)
        return best

    assert seconds(160_000) < 14 * max(seconds(40_000), 0.01)


def _article(row: dict) -> Article:
    return Article(
        id=row["id"], source=row["source"], title=row["title"], text=row["text"], lang=row.get("lang"),
        published_at=row["published_at"], first_seen_at=row["published_at"],
    )  # fmt: skip


@pytest.mark.shared
def test_the_article_of_ain_issa_wakes_its_watch_and_no_other() -> None:
    from services.analyze.core import Analyzer

    expected = json.loads((SHARED / "articles" / "ain-issa.expected.json").read_text("utf-8"))
    article = json.loads((SHARED / "articles" / "ain-issa.jsonl").read_text("utf-8").splitlines()[0])
    centers = {
        "moscow": ("موسكو", 55.75, 37.62), "ankara": ("أنقرة", 39.93, 32.86), "manbij": ("منبج", 36.528, 37.955),
        "kobani": ("كوباني", 36.891, 38.353), "hasakah": ("الحسكة", 36.5, 40.75), "aleppo": ("حلب", 36.202, 37.134),
        "deir-ez-zor": ("دير الزور", 35.336, 40.14), "al-mayadin": ("الميادين", 35.02, 40.45),
        "ain-issa": ("عين عيسى", 36.3837, 38.8629),
    }  # fmt: skip
    assert set(expected["watches_that_must_stay_silent"]) <= set(centers)
    watches = [Watch(id=i, name=BothNames(ar=n), center=(a, b)) for i, (n, a, b) in centers.items()]
    analyzer = Analyzer((), watches)
    analysis = analyzer.analyze(_article(article))
    assert [watch for watch, _ in analyzer.observe(analysis)] == [expected["watch"]]


@pytest.mark.shared
def test_whole_articles_wake_the_watches_they_should() -> None:
    from services.analyze.core import Analyzer

    folder = SHARED / "eval" / "waking"
    watches = WatchFile.model_validate(yaml.safe_load((folder / "watches.yml").read_text("utf-8"))).watches
    gold = {g["id"]: g for g in map(json.loads, (folder / "dev.gold.jsonl").read_text("utf-8").splitlines())}
    analyzer = Analyzer((), watches)
    right = wrong = missed = 0
    for line in (folder / "dev.articles.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        analysis = analyzer.analyze(_article(row))
        woken = {w for w, own in analyzer.observe(analysis) if any(analysis.signals[i].status == "actual" for i in own)}
        wake, may = set(gold[row["id"]]["wake"]), set(gold[row["id"]]["may"])
        right += len(woken & wake)
        wrong += len(woken - wake - may)
        missed += len(wake - woken)
    assert right / (right + wrong) >= 0.80
    assert right / (right + missed) >= 0.80


def test_a_finder_for_other_watches_shares_the_gazetteer() -> None:
    assert finder().with_watches([]).gazetteer is gazetteer()
    assert isinstance(finder().with_watches([]), PlaceFinder)


def test_a_name_that_town_and_governorate_share_settles_nothing_alone() -> None:
    (shared,) = places("قصفت الطائرات إدلب فجر اليوم.")
    assert shared.ambiguous
    assert (shared.place_id, shared.candidates) == ("geonames:169389", ("geonames:169389", "region:SY.12"))
    (town,) = places("قصفت الطائرات مدينة إدلب فجر اليوم.")
    assert (town.place_id, town.ambiguous) == ("geonames:169389", False)
    (governorate,) = places("قصفت الطائرات محافظة إدلب فجر اليوم.")
    assert (governorate.place_id, governorate.ambiguous) == ("region:SY.12", False)
    (other,) = places("قصفت الطائرات سراقب فجر اليوم.")
    assert not other.ambiguous
    (latin,) = places("Warplanes struck Idlib at dawn.")
    assert latin.ambiguous


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("غارات على قرى جنوبي إدلب.", "countryside"),
        ("غارات شمال غربي إدلب.", "countryside"),
        ("غارات على منطقة خفض التصعيد في إدلب.", "countryside"),
        ("#إدلب غارات على قرية بعيدة.", "countryside"),
        ("غارات على #إدلب.", "town"),
        ("غارات على أحياء شرقي إدلب.", "town"),
        ("غارات على محيط إدلب.", "town"),
        ("Shells hit eastern Idlib.", "town"),
    ],
)
def test_what_lies_beside_a_governorates_seat_is_its_countryside(text: str, precision: str) -> None:
    assert [m.precision for m in places(text) if m.place_id == "geonames:169389"] == [precision]


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("عملية أمنية جنوبي الحسكة.", "countryside"),
        ("عملية أمنية في الريف الجنوبي للحسكة.", "countryside"),
        ("قصف على قرى ريفي محافظتي الحسكة ودير الزور.", "region"),
        ("عملية أمنية في مدينة الحسكة.", "town"),
        ("سقوط صواريخ في بادية الحسكة الجنوبية.", "countryside"),
        ("شهدت مناطق الحسكة اشتباكات.", "countryside"),
        ("تعزيزات للحسكة.", "town"),
    ],
)
def test_so_it_is_where_the_seats_name_has_the_article(text: str, precision: str) -> None:
    assert next(m for m in places(text) if m.surface.endswith("الحسكة")).precision == precision


@pytest.mark.parametrize(
    ("text", "sidon"),
    [
        ("قصفت المدفعية مدينة صيدا.", True),
        ("قصفت المدفعية قرية صيدا شمال الرقة.", False),
        ("قصفت المدفعية قريتي صيدا ومعلق شمال الرقة.", False),
        ("قصفت المدفعية قرى سموقة وتل مضيق وصيدا شمال حلب.", False),
    ],
)
def test_a_village_is_not_the_city_of_its_name(text: str, sidon: bool) -> None:
    assert ("Sidon" in {m.name for m in places(text)}) is sidon


def test_the_villages_of_a_city_are_near_that_city() -> None:
    assert {m.name for m in places("غارات على قرى إدلب وحلب.")} == {"Idlib", "Aleppo"}


@pytest.mark.parametrize(
    ("text", "name", "precision"),
    [
        ("اشتباكات في مقاطعة منبج.", "Manbij", "countryside"),
        ("اشتباكات في محافظة حلب.", "Aleppo Governorate", "region"),
        ("قصف على مقاطعة عفرين والشهباء.", "Shahba Canton", "region"),
    ],
)
def test_a_district_is_the_country_around_its_town_and_no_governorate(text: str, name: str, precision: str) -> None:
    assert [(m.name, m.precision) for m in places(text)] == [(name, precision)]


def test_a_crossing_with_a_longer_name_is_not_at_the_village_of_its_first_word() -> None:
    """«معبر عون الدادات» is no crossing at العون."""
    assert [m.name for m in places("قصف على معبر عون الدادات.")] == ["Awn al-Dadat crossing"]


def test_a_camp_in_a_town_has_another_name_than_the_town() -> None:
    (found,) = places("أصيب ثلاثة أطفال في قصف على مخيم بإدلب.")
    assert (found.surface, found.name, found.ambiguous) == ("إدلب", "Idlib", True)
    (named,) = places("أصيب ثلاثة أطفال في قصف على مخيم جنين.")
    assert named.surface == "مخيم جنين"


@pytest.mark.parametrize("text", ["قصف على بلدة غريبة الشرقية", "قصف على بلدة غريبة شرقية", "قصف على قرية رد شقرا"])
def test_halves_of_a_village_and_final_alef_are_spelt_either_way(text: str, tmp_path: Path) -> None:
    finder = with_villages(
        tmp_path / "villages.csv",
        "Deir-ez-Zor,دير الزور,SY09,Deir-ez-Zor,دير الزور,SY0900,Sur,صور,SY090004,E,غريبة شرقية,C1,C,40.745,35.62",
        "Deir-ez-Zor,دير الزور,SY09,Mayadin,الميادين,SY0903,Ashara,عشارة,SY090303,G,غريبة,C2,C,40.558,34.885",
        "Al-Hasakeh,الحسكة,SY08,Hasakeh,الحسكة,SY0800,Hasakeh,مركز الحسكة,SY080000,R,رد شقرة,C1,C,40.839,36.474",
    )
    assert [m.place_id for m in finder.find(read_document("x", "", text))] == ["pcode:C1"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("إصابة المواطن آزاد حسين كول سراقب بجروح", "سراقب"),
        ("مقتل الشابين صابر سنجار الفهد وسامي العون", "سنجار"),
        ("تودع القرية الشهيد البطل لؤي رضا منبج", "منبج"),
    ],
)
def test_the_last_of_a_persons_names_is_no_place(text: str, name: str) -> None:
    assert only(text, name) == []


def test_but_where_somebody_was_hit_is_one() -> None:
    assert [m.role for m in only("استهدف قناص المواطن محمد حسين في محيط منبج", "منبج")] == ["event"]
    assert [m.role for m in only("أصيب المواطن محمد حسين قرب سراقب", "سراقب")] == ["event"]


def test_a_wood_is_no_village_of_its_name() -> None:
    [wood] = only("سقط صاروخان في غابات سراقب الواقعة في أطراف مدينة إدلب", "سراقب")
    assert (wood.precision, wood.place_id) == ("landmark", None)


def test_a_hospital_of_which_a_source_says_that_it_was_hit_is_a_site() -> None:
    assert [m.role for m in only("أكد مصدر طبي قصف مشفى في مدينة الرقة", "الرقة")] == ["event"]


def test_who_tells_of_the_wounded_from_a_hospital_was_not_hit_there() -> None:
    for text in (
        "وقال مصدر طبي في مشفى الرقة إن السيدة أصيبت بشظايا",
        "وقال طبيب في المشفى في مدينة الرقة إن السيدة أصيبت بشظايا",
        "وتم إسعاف الأطفال من القرية ثم إلى مشافي مدينة الرقة لتلقي العلاج بعد قصف عين عيسى",
    ):
        assert {m.role for m in places(text) if "الرقة" in m.surface} == {"background"}, text


def test_a_district_over_what_is_told_of_its_village_was_not_hit() -> None:
    assert roles_of("منبج : سقوط صاروخ في مدينة سراقب", "منبج", "سراقب") == [["background"], ["event"]]
    for text in ("منبج : سقوط صاروخ مساء اليوم", "منبج: قصف تركي على حي الحزاونة صباح اليوم"):
        assert roles_of(text, "منبج") == [["event"]], text


def test_who_is_treated_in_a_city_was_not_hit_there() -> None:
    for text in (
        "وتخضع الطفلة لعلاج في مشفى التخصصي في مدينة منبج بعد القصف على سراقب",
        "ويتلقى الشقيقان العلاج في مشفى بمدينة منبج بعد قصف سراقب",
    ):
        assert roles_of(text, "منبج") == [["background"]], text
    assert roles_of("تحت العناية في مشفى الفرات بمدينة منبج بعد إصابته بهجوم", "منبج") == [["event"]]


def watching(name: str, lat: float, lon: float) -> PlaceFinder:
    return finder().with_watches([Watch(id="w", name=BothNames(ar=name), center=(lat, lon))])


def named(watching_finder: PlaceFinder, text: str, title: str = "") -> list[str]:
    return [m.surface for m in watching_finder.find(read_document("a", title, text, ""))]


TYRE, NAWA, OBEID = ("صور", 33.2733, 35.1939), ("نوى", 32.8906, 36.0422), ("الأبيض", 13.1842, 30.2167)
HARBIYA, SHUHADA = ("الحربية", 36.6, 41.2), ("الشهداء", 36.5, 37.9)
ZAWIYA, KHIAM, IBB = ("الزاوية", 32.7571, 12.7276), ("الخيام", 33.3292, 35.6111), ("إب", 13.967, 44.183)


@pytest.mark.parametrize(
    ("watch", "text"),
    [
        (TYRE, "شن الطيران الإسرائيلي غارة على صور."),
        (TYRE, "قصفت إسرائيل صور ليلاً."),
        (TYRE, "انفجار في بيروت وصور صباح اليوم."),
        (NAWA, "إطلاق نار في نوى."),
        (ZAWIYA, "اندلعت اشتباكات في الزاوية بين مجموعتين."),
        (OBEID, "قصفت مسيرات محيط الأبيض وقتل شخصان."),
        (IBB, "اغتيال شيخ قبلي في إب."),
    ],
)
def test_a_watched_town_is_read_though_its_name_is_an_everyday_word(watch: tuple[str, float, float], text: str) -> None:
    assert watch[0] in named(watching(*watch), text)


@pytest.mark.parametrize(
    ("watch", "text"),
    [
        (TYRE, "ظهر الجنود في صور نشرها ناشطون بعد القصف على حلب."),
        (TYRE, "حصلت الوكالة على صور جوية للمواقع."),
        (ZAWIYA, "انفجرت عبوة في الزاوية الشمالية من السوق."),
        (KHIAM, "أصيب أطفال بحريق في الخيام بعد غارة على إدلب."),
        (OBEID, "قصف بالفوسفور الأبيض على ريف إدلب."),
        (IBB, "وقعت الغارة في آب."),
        (HARBIYA, "قصفت الطائرات الحربية الروسية مواقع قرب إدلب."),
        (SHUHADA, "أوقع القصف على سراقب عددا من الشهداء."),
    ],
)
def test_the_same_word_of_everyday_is_no_watched_town(watch: tuple[str, float, float], text: str) -> None:
    assert watch[0] not in named(watching(*watch), text)


@pytest.mark.parametrize(
    ("text", "town"),
    [
        ("مقتل شاب في نوى غربي درعا.", "نوى"),
        ("قصف على السفيرة جنوب حلب.", "السفيرة"),
        ("انفجار مفخخة في الراعي شمال حلب.", "الراعي"),
    ],
)
def test_a_town_that_lies_as_is_said_is_read_without_a_watch(text: str, town: str) -> None:
    assert only(text, town)


def test_a_word_of_everyday_that_lies_anywhere_is_no_town() -> None:
    assert not only("قصف على العمال جنوبي إدلب.", "العمال")


@pytest.mark.parametrize(
    "text",
    [
        "قصف مدفعي على الباب وجرابلس.",
        "مظاهرات في اعزاز والباب ومارع.",
        "قصف على الباب يخلف جرحى.",
        "الباب السورية تحت القصف في الباب اليوم.",
    ],
)
def test_a_head_with_the_article_is_a_whole_name(text: str) -> None:
    assert only(text, "الباب")


@pytest.mark.parametrize(
    "text",
    ["انفجار عند الباب الرئيسي للمشفى في حمص.", "طرق الجنود الباب وقتلوا ثلاثة في حمص.", "قصف قرية الشيخ إدريس."],
)
def test_a_door_is_no_town(text: str) -> None:
    assert not {"الباب", "الشيخ"} & {m.surface for m in places(text)}


def woken_by(text: str, *watches: Watch) -> set[str]:
    """The watches whose place the text names."""
    watching_all = finder().with_watches(list(watches))
    index = WatchIndex(watches, gazetteer())
    found = watching_all.find(read_document("a", "", text, ""))
    named_at = [Place(**{k: getattr(m, k) for k in Place.model_fields if hasattr(m, k)}) for m in found]
    claims = [
        Signal(
            type=SignalType.CLASH,
            status=Status.ACTUAL,
            direction=Direction.ESCALATING,
            confidence=0.9,
            places=tuple(named_at),
            evidence=Evidence(start=0, end=1),
        )
    ]
    return {watch for watch, _ in index.observe(claims)}


TRIPOLIS = (
    Watch(id="lb", name=BothNames(ar="طرابلس"), center=(34.4367, 35.8497)),
    Watch(id="ly", name=BothNames(ar="طرابلس"), center=(32.8872, 13.1913)),
)
SINJAR = Watch(id="sinjar", name=BothNames(ar="سنجار"), center=(36.3209, 41.8753))
ZINJIBAR = Watch(id="zinjibar", name=BothNames(ar="زنجبار"), center=(13.1283, 45.3803))


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("اشتباكات في طرابلس بين مجموعات مسلحة ليبية.", {"ly"}),
        ("أوقف الجيش اللبناني أربعة مطلوبين في اشتباكات في طرابلس.", {"lb"}),
        ("اشتباكات في طرابلس فجر اليوم.", {"lb", "ly"}),
    ],
)
def test_the_country_spoken_of_tells_two_watches_of_one_name_apart(text: str, countries: set[str]) -> None:
    assert woken_by(text, *TRIPOLIS) == countries


@pytest.mark.parametrize(
    ("text", "watch", "wakes"),
    [
        ("اشتباكات في سنجار بين الجيش العراقي ومسلحين.", SINJAR, True),
        ("اشتباكات في سنجار بين مسلحين.", SINJAR, True),
        ("اشتباكات في قرية سنجار بريف إدلب في سوريا.", SINJAR, False),
        ("هجوم في مدينة زنجبار مركز محافظة أبين اليمنية.", ZINJIBAR, True),
        ("هجوم في زنجبار في تنزانيا.", ZINJIBAR, False),
    ],
)
def test_a_watch_means_its_own_place_unless_another_country_is_spoken_of(text: str, watch: Watch, wakes: bool) -> None:
    assert bool(woken_by(text, watch)) == wakes


def test_a_watched_place_that_the_gazetteer_lacks_is_no_namesake_abroad(tmp_path: Path) -> None:
    nabatieh = Watch(id="w", name=BothNames(ar="النبطية"), center=(33.3772, 35.4836))
    row = "Homs,حمص,SY04,Homs,حمص,SY0400,Homs,مركز حمص,SY040000,Nabtiyeh,النبطية,C7793,C,36.6,34.7"
    found = with_villages(tmp_path / "t.csv", row).with_watches([nabatieh])
    for text, place_id in (("غارة على النبطية في لبنان.", None), ("قصف النبطية في حمص بسوريا.", "pcode:C7793")):
        (mention,) = [m for m in found.find(read_document("a", "", text, "")) if m.surface == "النبطية"]
        assert mention.place_id == place_id


def test_the_right_hand_speaks_of_no_country() -> None:
    assert woken_by("جرح في يده اليمنى في اشتباكات في طرابلس.", *TRIPOLIS) == {"lb", "ly"}


@pytest.mark.parametrize(
    ("text", "only_told", "site"),
    [
        ("كمين على الطريق الواصل بين منبج والباب.", {"منبج", "الباب"}, None),
        ("كمين على طريق حلب - الرقة يقتل جنديين.", {"حلب", "الرقة"}, None),
        ("قصف على أم كدادة الواقعة على بعد 180 كيلومترا شرق الفاشر.", {"الفاشر"}, "أم كدادة"),
        ("An ambush on the Mosul-Kirkuk highway killed two.", {"Mosul", "Kirkuk"}, None),
        ("ذكر مصدر أمني في القامشلي أن مسيّرة استهدفت سيارة في مدينة عين العرب.", {"القامشلي"}, "عين العرب"),
    ],
)
def test_what_only_tells_where_or_who_tells_is_no_site(text: str, only_told: set[str], site: str | None) -> None:
    role = {m.surface: m.role for m in places(text)}
    assert "event" not in {role[name] for name in only_told}
    assert site is None or role[site] == "event"


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("سقط صاروخ في قرية تبعد 5 كيلومترات عن سراقب.", "سراقب"),
        ("كمين على الطريق الواصل بين سراقب وأريحا.", "سراقب"),
        ("اشتباكات بين الجيش والفصائل في سراقب على طريق حلب.", "سراقب"),
        ("أفاد مصدر أمني في الموصل بأن مسلحين هاجموا حي الواسطي.", "الموصل"),
    ],
)
def test_what_is_near_or_told_of_itself_stays_a_site(text: str, site: str) -> None:
    assert only(text, site)[0].role == "event"
