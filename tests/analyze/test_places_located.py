"""A town that only says where another place lies is not the site; a table's villages are not everyday words."""

from pathlib import Path

import pytest

from services.analyze.places.find import PlaceFinder
from services.analyze.places.gazetteer import Gazetteer
from services.analyze.text.reader import read_document
from tests.analyze.reading import places, sites, with_villages


def roles(text: str, type_: str = "shelling") -> dict[str, str]:
    return {m.surface: m.role for m in sites(text, type_)}


@pytest.mark.parametrize(
    ("text", "site", "reference"),
    [
        ("قصفت المدفعية مدينة جسر الشغور غربي إدلب.", "جسر الشغور", "إدلب"),
        ("قصفت المدفعية بلدة سراقب في ريف إدلب الشرقي.", "سراقب", "إدلب"),
        ("قصفت المدفعية مدينة تل رفعت بريف حلب الشمالي.", "تل رفعت", "حلب"),
        ("Shells hit the town of Saraqib, east of Idlib, on Monday.", "Saraqib", "Idlib"),
        ("غارة على منطقة زراعية في ريف جسر الشغور غرب إدلب.", "جسر الشغور", "إدلب"),
        ("قصفت المدفعية مدينة سراقب التابعة لمدينة إدلب.", "سراقب", "إدلب"),
        ("قصفت المدفعية مدينة سراقب، الواقعة شرق إدلب.", "سراقب", "إدلب"),
        ("قصفت المدفعية مدينة سراقب قبالة مدينة بنش.", "سراقب", "بنش"),
        ("قصفت المدفعية مدينة أريحا في جبل الأربعين.", "أريحا", "جبل الأربعين"),
    ],
)
def test_a_town_that_helps_to_find_another_is_not_the_site(text: str, site: str, reference: str) -> None:
    found = roles(text)
    assert found[site] == "event"
    assert found.get(reference) != "event"


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("قصفت المدفعية سراقب وريف جسر الشغور.", ("سراقب", "جسر الشغور")),
        ("قصفت المدفعية سراقب، وشمال جسر الشغور.", ("سراقب", "جسر الشغور")),
    ],
)
def test_places_that_are_listed_are_both_sites(text: str, both: tuple[str, str]) -> None:
    assert [roles(text).get(name) for name in both] == ["event", "event"]


def test_a_town_that_another_is_said_to_be_near_was_not_struck() -> None:
    for near in ("بالقرب من", "قرب مدينة", "القريبة من مدينة"):
        found = roles(f"قصفت المدفعية مدينة سراقب {near} بنش.")
        assert (found["سراقب"], found.get("بنش") == "event") == ("event", False)


def test_nor_was_the_town_that_the_road_of_a_village_leads_to() -> None:
    found = roles("قصفت المدفعية قرية الزهرانية على طريق مدينة سراقب.")
    assert found["الزهرانية"] == "event"
    assert found.get("سراقب") != "event"
    assert roles("قصفت المدفعية سيارة على طريق مدينة سراقب.")["سراقب"] == "event"


def test_where_nothing_finer_is_known_the_town_stays_the_site() -> None:
    assert roles("انفجرت سيارة مفخخة في سوق شمالي منبج.", "explosion")["منبج"] == "event"


def test_a_place_too_far_from_the_town_that_locates_it_is_another_of_that_name() -> None:
    far = next(m for m in places("قصفت المدفعية مدينة سراقب شرقي الحسكة.") if m.surface == "سراقب")
    near = next(m for m in places("قصفت المدفعية مدينة سراقب شرقي إدلب.") if m.surface == "سراقب")
    assert far.ambiguous
    assert not near.ambiguous


@pytest.mark.parametrize(
    "said",
    [
        "بلدة “سراقب” غرب مدينة الحسكة",
        "قرية سراقب ضمن مناطق بناحية رأس العين",
        "سراقب في ريف منبج",
        "محور سراقب بالقرب من مدينة منبج",
    ],
)
def test_said_once_to_lie_elsewhere_it_is_another_of_that_name_in_the_whole_article(said: str) -> None:
    found = places(f"قصفت الطائرات سراقب فجر اليوم. وقال شهود إن الغارات طالت {said}.")
    assert [m.ambiguous for m in found if m.surface == "سراقب"] == [True, True]


@pytest.mark.parametrize(("text", "wide"), [("قصف على ريف إدلب.", True), ("قصف على ريف منبج.", False)])
def test_the_countryside_of_a_seat_may_be_its_governorate(text: str, wide: bool) -> None:
    assert [m.ambiguous for m in places(text)] == [wide]


@pytest.fixture(scope="module")
def finder(tmp_path_factory: pytest.TempPathFactory) -> PlaceFinder:
    """With a table of villages, most of them called like everyday words."""
    table = tmp_path_factory.mktemp("villages") / "villages.csv"
    names = ["Asad,الأسد", "Kas,كأس", "Fawz,الفوز", "Saydeh,السيدة", "Sharqiyeh,الشرقية", "Jahbal,الجهبل"]
    lines = [f"حلب,منبج,{name},C{n},38.0,36.5,SY" for n, name in enumerate(names)]
    table.write_text("\n".join(["gov_ar,dist_ar,comm_en,comm_ar,comm_pcode,lon,lat,country", *lines]), "utf-8")
    return PlaceFinder(Gazetteer.load([table]))


@pytest.mark.parametrize(
    "text",
    [
        "قصفت قوات نظام الأسد بالمدفعية أطراف مدينة سراقب.",
        "توج الفريق بكأس الملك بعد مباراة مثيرة.",
        "حقق المنتخب الفوز الثالث على التوالي.",
        "قتلت السيدة وطفلها جراء القصف على سراقب.",
        "استهدفت الغارات الأطراف الشرقية لمدينة سراقب.",
        "قصف منزل في محيط سراقب الغربي تقطنه عائلة نازحة.",
        "قصفت المدفعية منطقة غرب سراقب.",
    ],
)
def test_a_village_named_like_an_everyday_word_needs_a_cue(finder: PlaceFinder, text: str) -> None:
    assert {m.surface for m in finder.find(read_document("x", "", text))} <= {"سراقب"}


@pytest.mark.parametrize(("text", "name"), [("قصف قرية الأسد.", "الأسد"), ("قصف الجهبل بالمدفعية.", "الجهبل")])
def test_with_a_cue_or_an_uncommon_name_it_is_found(finder: PlaceFinder, text: str, name: str) -> None:
    assert name in {m.surface for m in finder.find(read_document("x", "", text)) if m.place_id}


def test_two_villages_told_in_one_breath_are_neighbours(tmp_path: Path) -> None:
    """The one that lies far from the other and from all that the sentence names is another of that name."""
    finder = with_villages(
        tmp_path / "villages.csv",
        "Aleppo,حلب,SY02,Menbij,منبج,SY0205,Menbij,منبج,SY020500,Qitma,قطمة,C1,C,37.8557,36.4553",
        "Aleppo,حلب,SY02,Afrin,عفرين,SY0203,Sharan,شران,SY020302,Baflun,بافليون,C2,C,36.9815,36.6111",
    )
    doubted = {
        text: [m.surface for m in finder.find(read_document("x", "", text)) if m.ambiguous]
        for text in (
            "غارات بين قريتي قطمة وبافليون ضمن ناحية شران",
            "غارات على قريتي قطمة وبافليون",
            "غارات على قرية قطمة وقرية بافليون ضمن ناحية شران",
        )
    }
    assert list(doubted.values()) == [["قطمة"], [], []]


def test_a_village_far_from_all_that_it_is_listed_with_is_another_of_that_name(tmp_path: Path) -> None:
    """Though the table has one village of that name only."""
    north = "Aleppo,حلب,SY02,A'zaz,اعزاز,SY0204,Tall Refaat,تل رفعت,SY020402"
    finder = with_villages(
        tmp_path / "villages.csv",
        f"{north},Sammuqa,سموقة,C1,C,37.20,36.47",
        f"{north},Madiq,تل مضيق,C2,C,37.29,36.42",
        "Dar'a,درعا,SY12,Dar'a,درعا,SY1200,Dar'a,مركز درعا,SY120000,Saysan,صيصان,C3,C,36.22,32.63",
    )
    listed = finder.find(read_document("x", "", "قصف على قرى سموقة وتل مضيق وصيصان بالمدافع."))
    alone = finder.find(read_document("x", "", "قصف على قرية صيصان بالمدافع."))
    assert {m.surface: m.place_id for m in listed} == {"سموقة": "pcode:C1", "تل مضيق": "pcode:C2", "صيصان": None}
    assert [m.place_id for m in alone] == ["pcode:C3"]


def test_a_camp_of_the_displaced_is_not_where_they_are_from() -> None:
    text = 'قصف استهدف محيط مخيم "التح" بالقرب من مدينة معرة مصرين.'
    camp = next(m for m in places(text) if m.surface == "التح")
    assert (camp.place_id, camp.ambiguous) == (None, True)


def test_under_the_heading_of_a_governorate_stand_none_of_anothers_villages() -> None:
    village = next(m for m in places("ديرالزور::انفجرت عبوة في قرية تل الضمان.") if m.surface == "تل الضمان")
    assert (village.place_id, village.ambiguous) == (None, True)
    known = next(m for m in places("حلب::انفجرت عبوة في قرية تل الضمان.") if m.surface == "تل الضمان")
    assert known.place_id is not None


SARMIN = "Idleb,إدلب,SY07,Idleb,إدلب,SY0700,Sarmin,سرمين,SY070004,Sarmin,سرمين,C3,C,36.7258,35.9035"
ISKAN = "Aleppo,حلب,SY02,Afrin,عفرين,SY0203,Afrin,مركز عفرين,SY020300,Iskan,الإسكان,C4,C,36.808,36.354"
ASADIYA = (
    "Al-Hasakeh,الحسكة,SY08,Ras Al Ain,رأس العين,SY0804,Ras Al Ain,مركز رأس العين,SY080400,A,الأسدية,C5,C,40.132,36.777"
)


@pytest.mark.parametrize(
    ("text", "is_another"),
    [
        ("قصف على منطقة الإسكان على أطراف مدينة سرمين.", True),
        ("قصف على قرية الإسكان قرب مدينة عفرين.", False),
        ("قذائف على قرية الأسدية شمال بلدة أبو راسين.", True),
        ("قذائف على قرية الأسدية غرب بلدة أبو راسين.", False),
        ("قصف على قرية الإسكان بريف سرمين.", True),
        ("قصف على قرية الأسدية غربي حلب.", True),
        ("قصف على قرية الإسكان بمحافظة الحسكة.", True),
        ("قصف على قرية الإسكان بمحافظة حلب.", False),
        ("قصف على منطقة الإسكان في مدينة سرمين.", True),
        ("قصف على قرية الأسدية بريف عين العرب الغربي.", True),
    ],
)
def test_at_the_edge_of_a_town_and_in_a_direction_are_taken_at_their_word(
    tmp_path: Path, text: str, is_another: bool
) -> None:
    found = with_villages(tmp_path / "villages.csv", SARMIN, ISKAN, ASADIYA).find(read_document("x", "", text))
    village = next(m for m in found if m.surface in ("الإسكان", "الأسدية"))
    assert village.ambiguous is is_another


@pytest.mark.parametrize("where", ["على أطراف مدينة سرمين", "قرب مدينة سرمين", "بمحافظة الحسكة"])
def test_what_lies_at_another_town_or_governorate_bears_nothing_of_its_namesake(tmp_path: Path, where: str) -> None:
    text = f"قصف على منطقة الإسكان {where}."
    found = with_villages(tmp_path / "villages.csv", SARMIN, ISKAN, ASADIYA).find(read_document("x", "", text))
    village = next(m for m in found if m.surface == "الإسكان")
    assert (village.place_id, village.lat, village.ambiguous) == (None, None, True)


def test_a_chain_of_references_ends_with_its_sentence() -> None:
    """«شرقي مدينة جرابلس» says nothing of the town that the sentence before is about."""
    found = places("انفجرت عبوة في مدينة أعزاز. وسقطت قذائف على أطراف نهر الساجور شرقي مدينة جرابلس.")
    assert not next(m for m in found if m.surface == "أعزاز").ambiguous


def test_of_two_villages_of_a_name_the_text_means_the_one_among_its_neighbours(tmp_path: Path) -> None:
    """Though the other is a town that its district is named after."""
    maarra = "Idleb,إدلب,SY07,Al Ma'ra,معرة النعمان,SY0702,Ma'arrat,مركز معرة النعمان,SY070200"
    finder = with_villages(
        tmp_path / "villages.csv",
        f"{maarra},Dana,الدانا,C6,C,36.688,35.700",
        f"{maarra},Babila,بابيلا,C7,C,36.730,35.700",
        f"{maarra},Hantutin,حنتوتين,C8,C,36.640,35.720",
        "Idleb,إدلب,SY07,Harim,حارم,SY0703,Dana,دانا,SY070302,Dana,الدانا,C9,C,36.770,36.213",
    )
    listed = finder.find(read_document("x", "", "قصف على محاور بابيلا والدانا وحنتوتين."))
    alone = finder.find(read_document("x", "", "قصف على مدينة الدانا."))
    assert next(m for m in listed if m.surface == "الدانا").place_id == "pcode:C6"
    assert next(m for m in alone if m.surface == "الدانا").place_id != "pcode:C6"


def test_a_town_behind_an_unknown_place_still_locates_the_known_one_before_both() -> None:
    found = places("غارة على مدينة سراقب على محور الخابوطة جنوب إدلب.")
    assert next(m for m in found if m.surface == "إدلب").locates is not None


def test_a_list_in_brackets_is_located_by_the_district_behind_it() -> None:
    found = roles("قصفت المدفعية بلدات (النيرب، وسرمين، وبنش) في منطقة إدلب.")
    assert [found.get(name) for name in ("النيرب", "سرمين", "بنش")] == ["event"] * 3
    assert found.get("إدلب") != "event"


def test_a_reference_tells_of_all_the_villages_listed_before_it(tmp_path: Path) -> None:
    """The table's only «الدشيشة» lies far from there; the village beside it is where the text says."""
    tamr = "Al-Hasakeh,الحسكة,SY08,Al-Hasakeh,مركز الحسكة,SY0801,Tal Tamer,تل تمر,SY080003"
    dashisha = "Al-Hasakeh,الحسكة,SY08,Al-Hasakeh,مركز الحسكة,SY0801,Shadadah,الشدادي,SY080004"
    finder = with_villages(
        tmp_path / "villages.csv",
        f"{tamr},Um Elkher,أم الخير,C1,C,40.256,36.632",
        f"{dashisha},Dashisheh,الدشيشة,C2,C,41.2,35.9",
    )
    text = "قصف على قريتي أم الخير والدشيشة بالريف الغربي لبلدة تل تمر"
    found = {m.surface: m for m in finder.find(read_document("x", "", text))}
    assert found["تل تمر"].locates == found["أم الخير"].place_id == "pcode:C1"


SULUK = "Ar-Raqqa,الرقة,SY11,Tell Abiad,تل أبيض,SY1102,Suluk,سلوك,SY110202"


def test_a_town_in_a_city_is_none_of_the_villages_of_its_name_elsewhere(tmp_path: Path) -> None:
    finder = with_villages(tmp_path / "villages.csv", f"{SULUK},Sukkarieh,السكرية,C1,C,39.213,36.571")
    inside = finder.find(read_document("x", "", "غارات على بلدة السكرية بمدينة البوكمال"))
    alone = finder.find(read_document("x", "", "غارات على بلدة السكرية"))
    assert [m.place_id for m in inside if m.surface == "السكرية"] == [None]
    assert [m.place_id for m in alone] == ["pcode:C1"]


def test_a_longer_name_spelt_a_little_differently_is_the_one_that_is_meant(tmp_path: Path) -> None:
    raqqa = "Ar-Raqqa,الرقة,SY11,Ar-Raqqa,مركز الرقة,SY1100"
    finder = with_villages(
        tmp_path / "villages.csv",
        f"{raqqa},Jurneyyeh,الجرنية,SY110300,Hamra,الحمرة,C1,C,38.40,36.10",
        f"{raqqa},Karama,الكرامة,SY110002,Hamret Jammasi,حمرة جماسي,C2,C,39.30,35.85",
        f"{raqqa},Karama,الكرامة,SY110002,Raqqa Samra,رقة سمرة,C3,C,39.10,35.95",
    )
    for text, name, place_id in (
        ("قصف على قرية حمرة جماسة شرق الرقة", "حمرة جماسة", "pcode:C2"),
        ("اشتباكات في بلدة الرقة السمرة", "الرقة السمرة", "pcode:C3"),
        ("قصف على قرية الحمرة غرب الرقة", "الحمرة", "pcode:C1"),
    ):
        found = {m.surface: m.place_id for m in finder.find(read_document("x", "", text))}
        assert found[name] == place_id, text


def test_a_governorate_behind_a_list_tells_of_all_that_it_lists(tmp_path: Path) -> None:
    """«قريتي صيصان واسكندرون بمحافظة الحسكة»: the only Saysan of the table lies in Daraa."""
    finder = with_villages(
        tmp_path / "villages.csv",
        "Dar'a,درعا,SY12,Dar'a,درعا,SY1200,Dar'a,مركز درعا,SY120000,Saysan,صيصان,C3,C,36.22,32.63",
        "Hasakeh,الحسكة,SY08,Quamishli,القامشلي,SY0802,Tal Hmis,تل حميس,SY080201,Iskandarun,اسكندرون,C4,C,41.35,36.55",
    )
    found = finder.find(read_document("x", "", "قصف على قريتي صيصان واسكندرون بمحافظة الحسكة"))
    assert [m.place_id for m in found][:2] == [None, "pcode:C4"]


def test_a_village_joined_to_a_town_far_away_is_another_of_its_name(tmp_path: Path) -> None:
    finder = with_villages(tmp_path / "villages.csv", f"{SULUK},Ruz,الرز,C1,C,39.2,36.6")
    joined = finder.find(read_document("x", "", "مداهمة بلدة الشحيل وقرية الرز الخاضعتين لسيطرة قسد"))
    near = finder.find(read_document("x", "", "مداهمة بلدة سلوك وقرية الرز"))
    assert [m.place_id for m in joined if m.surface == "الرز"] == [None]
    assert [m.place_id for m in near if m.surface == "الرز"] == ["pcode:C1"]


def test_the_name_of_a_road_draws_no_village_to_its_end(tmp_path: Path) -> None:
    finder = with_villages(
        tmp_path / "villages.csv",
        "Hasakeh,الحسكة,SY08,Quamishli,القامشلي,SY0802,Darbasiyah,الدرباسية,SY080206,Mushayrifa,مشيرفة,C1,C,40.65,37.07",
        "Hasakeh,الحسكة,SY08,Al-Hasakeh,مركز الحسكة,SY0801,Hasakeh,الحسكة,SY080100,Mushayrifa,مشيرفة,C2,C,40.70,36.55",
    )
    by_road = finder.find(read_document("x", "", "قصف منشأة في قرية مشيرفة، وتضرر طريق الدرباسية القديم"))
    by_district = finder.find(read_document("x", "", "قصف منشأة في قرية مشيرفة، وتضررت منازل في الدرباسية"))
    assert next(m for m in by_road if m.surface == "مشيرفة").ambiguous
    assert next(m for m in by_district if m.surface == "مشيرفة").place_id == "pcode:C1"
