"""Places that careless readers see wrongly, and places that careful ones must not miss.

Each trap is a sentence of our own with one claim in it. `sees` are the names that must be among the claim's places;
`not_there` must not be: it is a dateline, a speaker, a venue of talks about elsewhere, a person, an ordinary word.
"""

from dataclasses import dataclass

import pytest

from services.analyze.text.fold import fold
from tests.analyze.reading import places, sites


@dataclass(frozen=True)
class Trap:
    text: str
    type: str = "shelling"
    sees: tuple[str, ...] = ()
    not_there: tuple[str, ...] = ()
    title: str = ""
    context: str = ""
    at: str = ""


DATELINES = [
    Trap("دمشق – سانا: قصفت المدفعية أطراف مدينة سراقب فجر اليوم.", sees=("سراقب",), not_there=("دمشق",), at="قصفت"),
    Trap(
        "بيروت (رويترز) - قتل ثلاثة مدنيين في غارة على معرة النعمان.",
        "airstrike",
        ("معرة النعمان",),
        ("بيروت",),
        at="غارة",
    ),
    Trap(
        "دبي، الإمارات العربية المتحدة (CNN)-- هاجم مسلحون حاجزا في مدينة تعز.",
        "attack",
        ("تعز",),
        ("دبي", "الإمارات"),
        at="هاجم",
    ),
    Trap("أنقرة/ الأناضول/ اندلعت اشتباكات في ريف منبج صباح الأحد.", "clash", ("منبج",), ("أنقرة",), at="اشتباكات"),
    Trap(
        "موسكو - سبوتنيك. استهدفت طائرات مسيرة محيط بلدة عين عيسى.",
        "airstrike",
        ("عين عيسى",),
        ("موسكو",),
        at="استهدفت",
    ),
    Trap(
        "BEIRUT (Reuters) - Shells hit the town of Saraqeb on Monday.",
        "shelling",
        ("Saraqeb",),
        ("BEIRUT",),
        at="Shells",
    ),
    Trap(
        "القاهرة – اندلعت مواجهات في مدينة العريش بين الجيش ومسلحين.", "clash", ("العريش",), ("القاهرة",), at="مواجهات"
    ),
]

SPEAKERS = [
    Trap("قالت أنقرة إن القصف على عين عيسى سيتواصل.", sees=("عين عيسى",), not_there=("أنقرة",), at="القصف"),
    Trap("موسكو ترفض وقف الهجوم على إدلب.", "offensive", ("إدلب",), ("موسكو",), at="الهجوم"),
    Trap("واصلت الفصائل الموالية لأنقرة قصف قرى تل تمر.", sees=("تل تمر",), not_there=("أنقرة",), at="قصف"),
    Trap(
        "اتهمت واشنطن طهران بتزويد الحوثيين بصواريخ أطلقت على الرياض.",
        sees=("الرياض",),
        not_there=("واشنطن", "طهران"),
        at="أطلقت",
    ),
    Trap("أكدت حكومة دمشق أن قواتها دخلت مدينة درعا.", "territory", ("درعا",), ("دمشق",), at="دخلت"),
    Trap("هددت طهران بالرد على الغارة التي ضربت مدينة البوكمال.", "airstrike", ("البوكمال",), ("طهران",), at="الغارة"),
    Trap("نفت بغداد سقوط قتلى في التفجير الذي هز مدينة كركوك.", "explosion", ("كركوك",), ("بغداد",), at="التفجير"),
    Trap(
        "Moscow said its jets had not bombed the town of Saraqeb.", "airstrike", ("Saraqeb",), ("Moscow",), at="bombed"
    ),
    Trap("Ankara rejected a truce in Manbij after days of clashes.", "clash", ("Manbij",), ("Ankara",), at="clashes"),
    Trap("أعلنت الرياض اعتراض صاروخ فوق مدينة نجران.", sees=("نجران",), not_there=("الرياض",), at="صاروخ"),
]

OUTLETS = [
    Trap("قالت مصادر الميادين إن اشتباكات اندلعت في عين عيسى.", "clash", ("عين عيسى",), ("الميادين",), at="اشتباكات"),
    Trap("كوبانيSeptember 28, 2025 قصف على عين عيسى.", sees=("عين عيسى",), not_there=("كوباني",), at="قصف"),
    Trap("قصفت المدفعية الطريق الموصل إلى سراقب.", sees=("سراقب",), not_there=("الموصل",), at="قصفت"),
    Trap("نقلت صفحة Kobani Now عن شهود أن القصف طال عين عيسى.", sees=("عين عيسى",), not_there=("Kobani",), at="القصف"),
    Trap("ذكرت قناة الميادين أن القصف طال أطراف عين عيسى.", sees=("عين عيسى",), not_there=("الميادين",), at="القصف"),
    Trap("نقلت صحيفة القدس العربي أن غارة استهدفت مدينة رفح.", "airstrike", ("رفح",), ("القدس",), at="غارة"),
    Trap("أصدرت سرايا القدس بيانا عن اشتباكات في مخيم جنين.", "clash", ("جنين",), ("القدس",), at="اشتباكات"),
    Trap("قال قائد فيلق القدس إن الهجوم على البوكمال لن يمر.", "attack", ("البوكمال",), ("القدس",), at="الهجوم"),
    Trap("أفاد فريق الخوذ البيضاء بمقتل طفل في قصف على بنش.", sees=("بنش",), not_there=("البيضاء",), at="قصف"),
    Trap("اعتقلت حركة أحرار الشام ثلاثة أشخاص في سرمدا.", "detention", ("سرمدا",), ("الشام",), at="اعتقلت"),
    Trap("قالت قوات سوريا الديمقراطية إنها صدت هجوما قرب الشدادي.", "clash", ("الشدادي",), ("سوريا",), at="هجوما"),
    Trap(
        "The Washington Post reported shelling near Kafranbel.",
        "shelling",
        ("Kafranbel",),
        ("Washington",),
        at="shelling",
    ),
]

PEOPLE = [
    Trap(
        "قتل القيادي خالد الحمصي في انفجار لغم في مدينة الباب.", "explosion", ("الباب",), ("حمص", "الحمصي"), at="انفجار"
    ),
    Trap("أصيب الطفل عيسى محمد بقصف على قرية الجهبل.", sees=("الجهبل",), not_there=("عيسى",), at="بقصف"),
    Trap("شيع الأهالي الشاب صالح النجم الذي قضى بقصف على سرمين.", sees=("سرمين",), not_there=("النجم",), at="بقصف"),
    Trap("اعتقلت الشرطة المدعو أحمد الخليل في مدينة القامشلي.", "detention", ("القامشلي",), ("الخليل",), at="اعتقلت"),
    Trap("أكد العميد سالم الرقة وقوع اشتباكات في الطبقة.", "clash", (), ("الرقة",), at="اشتباكات"),
    Trap("Jordan Henderson spoke as protests filled Baghdad.", "unrest", ("Baghdad",), (), at="protests"),
]

ORDINARY_WORDS = [
    Trap("وعليه فإن القصف على مدينة إدلب سيتوقف.", sees=("إدلب",), not_there=("عليه",), at="القصف"),
    Trap(
        "لعبت القبائل الدور الأكبر في الاشتباكات قرب دير الزور.", "clash", ("دير الزور",), ("الدور",), at="الاشتباكات"
    ),
    Trap("بدأت مرحلة جديدة من القصف على حماة.", sees=("حماة",), not_there=("جديدة",), at="القصف"),
    Trap("حدث انفجار قوي في مدينة حلب ليلا.", "explosion", ("حلب",), ("حدث",), at="انفجار"),
    Trap(
        "دخلت القوات المدينة بعد قصف استمر يوما.",
        "territory",
        (),
        ("المدينة",),
        title="الجيش يدخل مدينة الطبقة",
        at="دخلت",
    ),
    Trap("وصلت تعزيزات عسكرية كبيرة إلى مدينة الحديدة.", "deployment", ("الحديدة",), ("تعز",), at="تعزيزات"),
    Trap("كانت الجبهة دوما هادئة قبل القصف على حرستا.", sees=("حرستا",), not_there=("دوما",), at="القصف"),
    Trap("سطع النجم الأحمر في حفل أقيم بعد هدنة حمص.", "ceasefire", ("حمص",), ("النجم",), at="هدنة"),
    Trap("قتل مدنيون بالرصاص الحي في مدينة السويداء.", "attack", ("السويداء",), ("الحي",), at="قتل"),
    Trap("كسب المقاتلون المعركة في محيط بلدة كفرنبل.", "clash", ("كفرنبل",), ("كسب",), at="المعركة"),
    Trap("فتح المتظاهرون الباب أمام مفاوضات في مدينة الحسكة.", "talks", ("الحسكة",), (), at="مفاوضات"),
]

VENUES = [
    Trap("اجتمع الطرفان في جنيف لبحث مصير عين عيسى.", "talks", ("عين عيسى",), (), at="اجتمع"),
    Trap("تتواصل محادثات أستانا بينما قصفت المدفعية خان شيخون.", sees=("خان شيخون",), not_there=("أستانا",), at="قصفت"),
    Trap("بعد مؤتمر باريس بساعات استهدفت غارة بلدة أريحا.", "airstrike", ("أريحا",), ("باريس",), at="غارة"),
]

MUST_BE_SEEN = [
    Trap("قصفت الطائرات دوما ليلا.", "airstrike", ("دوما",), at="قصفت"),
    Trap("قصفت إسرائيل دمشق فجر اليوم.", "airstrike", ("دمشق",), at="قصفت"),
    Trap("معارك في الباغوز شرقي دير الزور.", "clash", ("الباغوز",), at="معارك"),
    Trap("قتل ثلاثة جنود في هجوم على قضاء الدور.", "attack", ("الدور",), at="هجوم"),
    Trap("سقطت قذائف وبالرقة أصيب ثلاثة مدنيين.", sees=("الرقة",), at="أصيب"),
    Trap("توجه رتل عسكري للرقة صباح اليوم.", "deployment", ("الرقة",), at="رتل"),
    Trap("اندلعت اشتباكات بدوما وحرستا فجرا.", "clash", ("دوما", "حرستا"), at="اشتباكات"),
    Trap("قـ ـصـ.ـف مدفعي على عـ.ـين عـيسى.", sees=("عين عيسى",), at="مدفعي"),
    Trap("عاجل: غارة جوية على #خان_شيخون", "airstrike", ("خان شيخون",), at="غارة"),
    Trap("استهدفت المدفعية مدينةَ دِيرِ الزُّورِ.", sees=("دير الزور",), at="استهدفت"),
    Trap("قصف على ديرالزور وريفها.", sees=("دير الزور",), at="قصف"),
    Trap("اشتباكات في كوباني بين الأهالي ومسلحين.", "clash", ("كوباني",), at="اشتباكات"),
    Trap("انفجرت عبوة في قرية الهيشة.", "explosion", ("الهيشة",), at="انفجرت"),
    Trap("هجوم على قرية عليه بريف الحسكة.", "attack", ("عليه",), at="هجوم"),
    Trap("قصفت الطائرات قريتي معلق وصيدا شمال عين عيسى.", "airstrike", ("معلق", "صيدا"), at="قصفت"),
    Trap("اعتقلت دورية شابين في بلدة الباغوز.", "detention", ("الباغوز",), at="اعتقلت"),
    Trap("تعرضت تعز لقصف عنيف.", sees=("تعز",), at="لقصف"),
    Trap("عاد الهدوء إلى دوما بعد هدنة ليومين.", "ceasefire", ("دوما",), at="هدنة"),
    Trap("انسحب المقاتلون من الباب باتجاه جرابلس.", "withdrawal", ("الباب",), at="انسحب"),
    Trap("Clashes broke out in Ayn Issa overnight.", "clash", ("Ayn Issa",), at="Clashes"),
    Trap("A car bomb exploded in the village of Jahbal.", "explosion", ("Jahbal",), at="exploded"),
    Trap("ضرب انفجار القامشلى مساء السبت.", "explosion", ("القامشلي",), at="انفجار"),
]

ALL = DATELINES + SPEAKERS + OUTLETS + PEOPLE + ORDINARY_WORDS + VENUES + MUST_BE_SEEN


def _names(found: list) -> set[str]:
    return {fold(m.surface).removeprefix("ال") for m in found}


def _means(name: str, names: set[str]) -> bool:
    wanted = fold(name).removeprefix("ال")
    return any(wanted == n or wanted in n.split() or n.replace(" ", "") == wanted.replace(" ", "") for n in names)


@pytest.mark.parametrize("trap", ALL, ids=[f"{i:02}" for i in range(len(ALL))])
def test_a_claim_happens_where_it_is_said_to_happen(trap: Trap) -> None:
    found = _names(sites(trap.text, trap.type, title=trap.title, context=trap.context, at=trap.at))
    assert not [
        name for name in trap.sees if not any(_means(name, {n}) or fold(name).removeprefix("ال") in n for n in found)
    ], found
    assert not [name for name in trap.not_there if _means(name, found)], found


def test_there_are_sixty_traps_in_both_directions() -> None:
    assert len(ALL) >= 60
    assert sum(bool(t.sees) for t in ALL) >= 50
    assert sum(bool(t.not_there) for t in ALL) >= 40


@pytest.mark.parametrize("text", [t.text for t in SPEAKERS])
def test_a_capital_that_speaks_is_the_home_of_an_actor(text: str) -> None:
    capitals = {"انقره", "موسكو", "واشنطن", "دمشق", "طهران", "بغداد", "رياض", "moscow", "ankara"}
    spoken = [m for m in places(text) if fold(m.surface).removeprefix("ال") in capitals]
    assert any(m.role in ("actor_home", "background") for m in spoken)
