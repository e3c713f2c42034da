"""Actors: who is named, under which id, and whether they act or are acted upon."""

import pytest

from services.analyze.document import ActorMention
from services.analyze.signals.actors import actor_entries, camp_of, camps, find_actors
from services.analyze.text.reader import read_document


def actors(text: str) -> list[ActorMention]:
    document = read_document("a", "", text)
    return [actor for sentence in document.sentences for actor in find_actors(sentence)]


def named(text: str) -> list[tuple[str, str]]:
    return [(actor.actor_id, actor.role) for actor in actors(text)]


@pytest.mark.parametrize(
    ("text", "actor_id"),
    [
        ("دخلت قسد القرية", "SDF"),
        ("قصف الطيران الأردني القرية", "JORDAN"),
        ("دخلت قوّات سوريا الديمقراطية القرية", "SDF"),
        ("انتشر «الأسايش» في السوق", "ASAYISH"),
        ("أعلنت الفصائل الموالية لأنقرة بدء هجوم", "TURKISH_BACKED_FACTIONS"),
        ("تقدم الجيش الوطني السوري شرقا", "SNA"),
        ("قصفت قوات النظام البلدة", "SYRIAN_ARMY"),
        ("أغارت طائرات التحالف الدولي على موقع", "COALITION"),
        ("عقد ضباط روس اجتماعا مع الأهالي", "RUSSIA"),
        ("التقى جنود أميركيون وجهاء البلدة", "USA"),
        ("وصل مسؤولون أتراك إلى المعبر", "TURKEY"),
        ("SDF fighters entered the village", "SDF"),
        ("Turkey-backed rebels advanced", "TURKISH_BACKED_FACTIONS"),
        ("الحوثيون أطلقوا صاروخا", "HOUTHIS"),
        ("تقدمت قوات الدعم السريع نحو الجسر", "RSF"),
    ],
)
def test_aliases_in_both_scripts_lead_to_one_id(text: str, actor_id: str) -> None:
    assert actor_id in [actor.actor_id for actor in actors(text)]


def test_prefixes_are_taken_off_and_offsets_show_the_name() -> None:
    text = "تصدت لقسد وبقسد مجموعات محلية"
    assert [text[actor.start : actor.end] for actor in actors(text)] == ["قسد", "قسد"]


def test_the_longest_name_wins() -> None:
    assert [a.actor_id for a in actors("أعلنت كتائب حزب الله العراقي مسؤوليتها")] == ["KATAIB_HEZBOLLAH"]
    assert [a.actor_id for a in actors("قصف الجيش التركي القرية")] == ["TURKEY"]


def test_a_state_where_something_happens_does_not_act() -> None:
    assert actors("انفجار في تركيا وآخر بإيران") == []
    assert actors("An explosion in Turkey") == []
    assert actors("قصف على محيط قريتي القاهرة والناعورة") == []
    assert actors("قصف على قريتي قليدين والقاهرة") == []
    assert [a.actor_id for a in actors("أعلنت تركيا وإيران اتفاقا")] == ["TURKEY", "IRAN"]


def test_a_word_inside_a_word_is_no_actor() -> None:
    assert actors("مقسدات وحماسة وانتركية") == []


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("استهدف الجيش التركي مواقع قسد قرب الطريق", [("TURKEY", "source"), ("SDF", "target")]),
        ("هجوم على حاجز لقوات النظام", [("SYRIAN_ARMY", "target")]),
        (
            "مقتل 12 من الفصائل الموالية لأنقرة في كمين نصبته قسد",
            [("TURKISH_BACKED_FACTIONS", "target"), ("SDF", "source")],
        ),
        ("Turkish shelling against the SDF", [("TURKEY", "source"), ("SDF", "target")]),
    ],
)
def test_prepositions_and_voice_say_who_is_acted_upon(text: str, roles: list[tuple[str, str]]) -> None:
    assert named(text) == roles


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("إصابة طالبان بقصف على المدرسة", []),
        ("أصيب ثلاثة مدنيين بينهم طالبان في الجامعة", []),
        ("سيطرت طالبان على الولاية", ["TALIBAN"]),
        ("مقتل عناصر من حركة طالبان", ["TALIBAN"]),
    ],
)
def test_two_students_are_no_movement(text: str, found: list[str]) -> None:
    assert [a.actor_id for a in actors(text) if a.actor_id == "TALIBAN"] == found


def test_who_fight_side_by_side_are_one_camp_and_every_camp_knows_its_sides() -> None:
    sides = {entry.side for entry in actor_entries().values()}
    assert camp_of("syria") == camp_of("russia") == camp_of("iran") != camp_of("turkey")
    assert camp_of("houthi") == "houthi"
    assert {side for named in camps().values() for side in named} <= sides
    assert not sides & camps().keys() - {"coalition"}


def test_every_entry_of_the_dictionary_can_be_found_by_each_of_its_names() -> None:
    for entry in actor_entries().values():
        assert entry.actor_id in [actor.actor_id for actor in actors(f"أعلن {entry.name_ar} ذلك")], entry
        assert entry.actor_id in [actor.actor_id for actor in actors(f"A statement by {entry.name_en} today")], entry


def test_an_abbreviation_in_small_letters_is_part_of_an_address() -> None:
    assert [a.actor_id for a in actors("نشر موقع alquds.co.uk الخبر")] == []
    assert [a.actor_id for a in actors("The UK denied it")] == ["UK"]


def test_whose_ally_or_neighbour_somebody_is_takes_no_part() -> None:
    found = [a.actor_id for a in actors("قصفت الفصائل الموالية لأنقرة قرية على الحدود مع تركيا")]
    assert "TURKEY" not in found
    assert "TURKEY" in [a.actor_id for a in actors("قصفت تركيا القرية")]


@pytest.mark.parametrize(
    "text",
    [
        "قتل رجل كان قياديا سابقا في فصيل ضمن الجيش الحر",
        "عثر على جثة رجل شغل منصبا شرعيا في مجموعة تابعة لتنظيم الدولة",
        "اعتقال رجل كان يعمل مع تنظيم الدولة في البلدة",
        "مقتل قيادي في حراس الدين سابقا",
        "اعتقال رجل بتهمة الانتماء لتنظيم الدولة",
        "مداهمة البلدة بحثا عن خلايا داعش",
        "استهداف الكلية ولم تتبن فصائل المعارضة ذلك",
        "انفجار لغم من مخلفات قصف سابق لقوات النظام",
        "A former member of the Free Syrian Army was shot at his door",
    ],
)
def test_what_somebody_once_was_takes_no_part(text: str) -> None:
    assert actors(text) == []


def test_the_former_regime_and_who_is_named_after_a_stop_still_do() -> None:
    assert named("قتل قيادي سابق، وقصفت قسد القرية") == [("SDF", "source")]


def test_a_militia_whose_country_stands_in_brackets_is_that_countrys() -> None:
    assert named("اعتقلت مليشيا «حزب الله» (العراقية) شابين") == [("KATAIB_HEZBOLLAH", "source")]


@pytest.mark.parametrize(
    "text",
    [
        "قتل مهاجر التركي في القرية",
        "قصف القرية بقذائف روسية",
        "قصف القرية بقذائف موجهة روسية الصنع",
        "سقوط صاروخ في القرية #إيران #قطر #البحرين",
        'استهدفت الغارة منزل عائلة "تركي الحلو" في القرية',
        "وحلقت طائرة روسية فوق القرية",
        "قالت وكالة الأنباء الفرنسية",
        'نقلت وكالة "تاس" الروسية عن شاهد',
    ],
)
def test_whose_somebody_is_called_and_who_prints_it_is_no_actor(text: str) -> None:
    assert actors(text) == []


def test_the_adjective_of_what_is_definite_still_tells_who() -> None:
    assert named("طال القصف التركي القرية") == [("TURKEY", "source")]
    assert named("أعلنت السعودية ذلك") == [("SAUDI", "source")]


@pytest.mark.parametrize(
    "text",
    [
        "قصف على بلدة خاضعة لسيطرة قسد",
        "سقطت القذائف ضمن مناطق انتشار قوات النظام",
        "البوابة التي تسيطر عليها قسد",
        "مداهمة المعابر بين مناطق قسد والنظام السوري",
        "غارة على قرية بالقرب من إحدى القواعد التركية",
        "غارة أخرى استهدفت محيط القاعدة العسكرية التركية",
    ],
)
def test_who_holds_the_ground_takes_no_part(text: str) -> None:
    assert actors(text) == []


def test_but_who_fires_from_it_or_takes_it_does() -> None:
    assert named("قصف مصدره مناطق سيطرة قسد") == [("SDF", "source")]
    assert named("أعلنت سيطرة قسد على البلدة") == [("SDF", "source")]


def test_the_country_of_a_dateline_does_not_act() -> None:
    assert named("دبي، الإمارات العربية المتحدة (CNN)—قصفت إسرائيل البلدة") == [("ISRAEL", "source")]
    assert named("بيروت، لبنان (رويترز) - قصف الجيش التركي البلدة") == [("TURKEY", "source")]


def test_the_short_name_behind_the_whole_one_is_the_same_actor() -> None:
    for short in ('"قسد"', "(قسد)", "“قسد”"):
        assert named(f"قصفت قوات سوريا الديمقراطية {short} مواقع داعش") == [("SDF", "source"), ("IS", "target")]
    assert len(named("قصفت قوات سوريا الديمقراطية وقسد البلدة")) == 2


@pytest.mark.parametrize("strike", ["القصف التركي", "قصف تركي", "الاستهداف التركي"])
def test_an_adjective_behind_a_strike_tells_whose_it_is(strike: str) -> None:
    assert named(f"قالت قسد إن {strike} طال القرية")[-1] == ("TURKEY", "source")
    assert named("قالت قسد إنها استهدفت القوات التركية")[-1] == ("TURKEY", "target")


def test_by_whom_a_thing_is_done_is_said_whatever_stands_before() -> None:
    assert named("استهداف مواقع للجيش التركي من قبل قسد")[-1] == ("SDF", "source")
    assert named("مقتل عنصر على يد قوات النظام")[-1] == ("SYRIAN_ARMY", "source")


@pytest.mark.parametrize("text", ["نددت قسد بقصف على القرية", "أفراد من عائلات قسد في المخيم"])
def test_who_only_condemns_and_whose_families_are_there_takes_no_part(text: str) -> None:
    assert named(text) == []


def test_whom_a_coalition_is_named_after_takes_no_part() -> None:
    text = "اعتقلت قوات التحالف الدولي بقيادة واشنطن ضد تنظيم داعش شخصين"
    assert ("IS", "target") not in named(text)
    assert ("COALITION", "source") in named(text)
    for strike in ("قصفت قوات التحالف الدولي مواقع داعش", "شن التحالف الدولي غارات ضد تنظيم داعش"):
        assert named(strike)[-1] == ("IS", "target")


def test_who_is_joined_to_another_does_what_that_one_does() -> None:
    text = "قصفت مدفعية الجيش التركي والوطني السوري مواقع قسد"
    assert named(text) == [("TURKEY", "source"), ("SNA", "source"), ("SDF", "target")]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("قتل ثلاثة مدنيين جراء قصف مدفعي لقوات النظام على البلدة", "source"),
        ("استهداف قوات النظام بالمدفعية لقرية كفر تعال", "source"),
        ("جراء استهداف قوات النظام قرية كفر تعال", "source"),
        ("قصف تجمع لقوات النظام في البلدة", "target"),
        ("استهداف قوات النظام بقذائف الهاون", "target"),
        ("استهداف مواقع لقوات النظام في القرية", "target"),
    ],
)
def test_whose_fire_it_is_and_who_strikes_what_stands_behind_acts(text: str, role: str) -> None:
    assert named(text)[-1] == ("SYRIAN_ARMY", role)


def test_a_country_whose_name_begins_as_the_preposition_does_is_who_is_hit() -> None:
    assert named("إدانة القصف الإسرائيلي على لبنان")[-1] == ("LEBANON", "target")
