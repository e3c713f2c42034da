"""What a sentence says: types and statuses, in Arabic and English, and which words say so."""

from datetime import UTC, datetime
from functools import lru_cache

import pytest

from services.analyze.document import Claim, Document
from services.analyze.signals.classify import Classifier
from services.analyze.signals.encoder.encoder import impression, load_encoder
from services.analyze.signals.model import carried
from services.analyze.signals.verdict import VIOLENCE
from services.analyze.text.reader import read_document


@lru_cache(maxsize=1)
def classifier() -> Classifier:
    assert load_encoder("ar")
    assert load_encoder("en")
    return Classifier(impression)


def read(text: str, title: str = "", context: str = "") -> tuple[Document, list[Claim]]:
    document = read_document("x", title, text, context, published_at=datetime(2026, 3, 2, tzinfo=UTC))
    return document, classifier().classify(document)


def said(text: str, title: str = "") -> set[tuple[str, str]]:
    return {(claim.type, claim.status) for claim in read(text, title)[1]}


def types(text: str, title: str = "") -> set[str]:
    return {type_ for type_, _ in said(text, title)}


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("اندلعت اشتباكات عنيفة بين الجيش والفصائل المسلحة في محيط البلدة صباح اليوم.", "clash"),
        ("قصفت المدفعية بعشرات القذائف أحياء البلدة مساء أمس.", "shelling"),
        ("شن الطيران الحربي ثلاث غارات جوية على أطراف المدينة اليوم الثلاثاء.", "airstrike"),
        ("قتل مدنيان جراء انفجار عبوة ناسفة بسيارتهما على الطريق العام.", "explosion"),
        ("اغتال مسلحون مجهولون عنصرا سابقا بإطلاق النار عليه أمام منزله.", "attack"),
        ("سيطرت القوات على ثلاث قرى جديدة في الريف الغربي بعد معارك عنيفة.", "territory"),
        ("دفع الجيش بتعزيزات عسكرية كبيرة إلى خطوط التماس شمال البلدة.", "deployment"),
        ("اعتقلت قوات الأمن خمسة شبان خلال حملة مداهمات في البلدة فجر اليوم.", "detention"),
        ("خرج مئات المتظاهرين في احتجاجات شعبية وسط المدينة.", "unrest"),
        ("نزحت عشرات العائلات من القرى الحدودية هربا من القصف.", "displacement"),
        ("دخلت الهدنة حيز التنفيذ صباح اليوم ويسود هدوء نسبي المدينة.", "ceasefire"),
        ("عقد الطرفان جولة محادثات جديدة برعاية أممية لبحث وقف القتال.", "talks"),
        ("دخلت قافلة مساعدات إنسانية إلى المخيم اليوم بعد انقطاع دام شهرا.", "relief"),
        ("انسحبت القوات من البلدة وسلمت مواقعها للجيش ظهر اليوم.", "withdrawal"),
        ("Warplanes carried out several airstrikes on the town overnight.", "airstrike"),
        ("Heavy clashes broke out between rebels and government forces near the village on Monday.", "clash"),
        ("A car bomb exploded near the market, killing five people.", "explosion"),
    ],
)
def test_each_kind_of_report_gives_its_type(text: str, type_: str) -> None:
    assert type_ in types(text)


@pytest.mark.parametrize(
    "text",
    [
        "سجل المهاجم هدفين في مباراة الفريق أمام ضيفه ضمن الدوري الممتاز.",
        "ارتفعت أسعار النفط في الأسواق العالمية إلى أعلى مستوى منذ عام.",
        "افتتح الوزير معرض الكتاب السنوي بحضور عدد من الكتاب والناشرين.",
        "هطلت أمطار غزيرة على معظم مناطق البلاد وسط أجواء باردة.",
        "The striker scored twice as the home team won the cup final.",
        "",
        "...",
        "12 34 56",
    ],
)
def test_peaceful_pages_say_nothing(text: str) -> None:
    assert said(text) == set()


def test_a_demanded_truce_is_possible_and_a_kept_one_is_actual() -> None:
    assert ("ceasefire", "possible") in said("دعت الأمم المتحدة جميع الأطراف إلى وقف فوري لإطلاق النار في المدينة.")
    assert ("ceasefire", "actual") in said("يسود هدوء نسبي البلدة منذ صباح اليوم بعد إعلان الهدنة.")


def test_what_is_only_wanted_or_near_is_possible() -> None:
    assert ("territory", "possible") in said("وتطمح أنقرة للسيطرة على مدينة عين عيسى الاستراتيجية.")
    assert ("agreement", "possible") in said("وتتواتر الأنباء عن قرب اتفاق بين الطرفين يقضي بتسليم المدينة.")


def test_a_whole_wars_history_is_background() -> None:
    found = said("ومنذ اندلاع النزاع في عام 2011، قتل أكثر من نصف مليون شخص ونزح الملايين من ديارهم.")
    assert found
    assert "actual" not in {status for _, status in found}


def test_letters_broken_to_slip_past_filters_are_read() -> None:
    assert "shelling" in types("قـ ـصـ.ـف مدفعي على أطراف البلدة بعشرات القذائف")


def test_the_evidence_is_the_clause_that_says_it() -> None:
    text = "قال مراسلنا إن الطرق سالكة، فيما قصفت المدفعية بعشرات القذائف أحياء البلدة، وأعلنت المدارس تعليق الدوام."
    _, claims = read(text)
    claim = next(c for c in claims if c.type == "shelling")
    assert "قصفت المدفعية" in text[claim.start : claim.end]
    assert "المدارس" not in text[claim.start : claim.end]
    assert claim.trigger is not None
    assert claim.start <= claim.trigger[0] < claim.trigger[1] <= claim.end


def test_a_day_between_commas_cuts_no_clause() -> None:
    text = "استهدفت الفصائل مساء الإثنين، مواقع الجيش في البلدة بعشرات القذائف، وأعلنت المدارس تعليق الدوام."
    _, claims = read(text)
    claim = next(c for c in claims if c.type == "shelling")
    assert text[claim.start : claim.end].startswith("استهدفت الفصائل")
    assert "المدارس" not in text[claim.start : claim.end]


def test_confidence_is_a_probability() -> None:
    _, claims = read("شن الطيران الحربي غارات جوية على المدينة، وقصفت المدفعية أطرافها.")
    assert claims
    assert all(0 < claim.confidence < 1 for claim in claims)


@pytest.mark.parametrize(
    ("chances", "reported"),
    [
        ([0.45, 0.1, 0.1], {0}),  # over its threshold
        ([0.3, 0.25, 0.05], {0}),  # which type is in doubt, that one of them is there is not
        ([0.2, 0.1, 0.05], set()),
        ([0.41, 0.0, 0.39], {0}),  # the third is of another direction, which is too unlikely
    ],
)
def test_a_doubt_between_types_is_none_about_the_direction(chances: list[float], reported: set[int]) -> None:
    assert set(carried(chances, [0.4] * 3, [[0, 1], [2]])) == reported


def test_a_language_without_a_model_gives_no_claims() -> None:
    assert said("جمهوری اسلامی ایران است و در این شهر درگیری شدید گزارش شده است") == set()


def test_a_sentence_that_stands_alone_keeps_what_is_sure() -> None:
    document = read_document("x", "", "شن الطيران الحربي ثلاث غارات جوية على أطراف المدينة اليوم الثلاثاء.")
    assert "airstrike" in {claim.type for claim in classifier().classify(document)}


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("قصف بالرقة.", "shelling"),
        ("قتل مدنيون بدوما.", "attack"),
        ("هاجم مسلحون حاجزا للجيش في درعا.", "attack"),
        ("اغتال مجهولون ضابطا في مدينة نوى.", "attack"),
        ("قصف الجيش التركي قرى شمال منبج بالمدفعية.", "shelling"),
    ],
)
@pytest.mark.parametrize("dated", [True, False])
def test_a_few_plain_words_are_enough(text: str, type_: str, dated: bool) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC) if dated else None
    claims = classifier().classify(read_document("x", "", text, published_at=at))
    assert [(claim.type, claim.status) for claim in claims] == [(type_, "actual")]


@pytest.mark.parametrize(
    "text",
    [
        "فاز نادي حلب على ضيفه في مباراة قوية.",
        "هجوم نادي الوحدة يهز شباك حطين في دمشق.",
        "مقتل شاب في حادث سير بدرعا.",
        "سيارة تصدم مشجعين وسط درعا وتصيب ثمانية.",
        "لا قصف اليوم على إدلب.",
        "لم يسجل أي قصف على إدلب منذ الصباح.",
        "تحذير من قصف الرقة.",
        "الأهالي يبيتون في العراء خوفا من تجدد القصف على منبج.",
        "قتل أربعة من عائلة واحدة غرقا في الفرات قرب الرقة.",
        "انفجار الأسعار يرهق أهالي حلب.",
        "معركة قضائية بين شركتين في دمشق.",
        "A family of four was killed in a car crash near Homs.",
        "There was no shelling of Idlib today.",
        "Families slept in the open for fear of shelling of Manbij.",
    ],
)
def test_few_words_that_mean_something_else_open_nothing(text: str) -> None:
    violence = {"attack", "shelling", "explosion", "clash"}
    assert not any(status == "actual" and type_ in violence for type_, status in said(text))


def test_what_is_feared_is_possible_and_what_does_not_happen_negated() -> None:
    assert ("shelling", "negated") in said("لا قصف اليوم على إدلب.")
    assert ("shelling", "possible") in said("تحذير من قصف الرقة.")
    assert ("shelling", "negated") in said("قال مصدر عسكري إنه لم يكن هناك أي قصف على إدلب ليلة أمس.")
    assert ("talks", "actual") not in said("عقب تعثر جولة جديدة من المفاوضات أمس بين اللجنة المركزية والجانب الروسي.")
    assert ("unrest", "negated") in said("النقابات تعلن تعليق الاحتجاجات في السويداء بعد لقاء المحافظ.")
    assert ("shelling", "actual") not in said("حلق الطيران فوق إدلب لكن لم يسجل أي قصف حتى الظهر، ولا قصف على ريفها.")


@pytest.mark.parametrize(
    "text",
    [
        "ووزع المتطوعون سلالا غذائية على العائلات المتضررة من القصف في منبج.",
        "Volunteers handed out food to families affected by the shelling in Manbij.",
    ],
)
def test_what_people_suffered_from_is_told_of_the_past(text: str) -> None:
    assert ("shelling", "actual") not in said(text)


def test_an_overflight_is_no_strike_and_raiders_who_leave_no_withdrawal() -> None:
    assert "airstrike" not in {type_ for type_, _ in said("قصف مدفعي على منبج بالتزامن مع تحليق طائرات حربية.")}
    assert ("airstrike", "actual") in said("شنت طائرات حربية غارات على منبج بعد تحليق الطيران الحربي.")
    assert "withdrawal" not in {t for t, _ in said("السيطرة المؤقتة على المواقع قبل الانسحاب منها عقب الإغارة.")}


@pytest.mark.parametrize(
    "text",
    [
        "وحذرت المنظمة من أن القصف على إدلب مستمر وقد قتل اليوم ثلاثة مدنيين.",
        "قصفت المدفعية أحياء إدلب صباح اليوم، ولا قصف على ريفها منذ الظهر.",
        "قصفت المدفعية طريقا في إدلب فقتل سائق وأصيب آخر في حادث سير.",
    ],
)
def test_a_hedge_takes_nothing_from_what_is_said_beside_it(text: str) -> None:
    assert ("shelling", "actual") in said(text)


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("ولم تقع أي اشتباكات في محيط الباب خلال النهار.", ("clash", "negated")),
        ("قال المتحدث إن القوات لم تقصف القرية خلال الهدنة.", ("shelling", "negated")),
        ("ولم تسجل المدينة منذ الصباح أي غارات جوية.", ("airstrike", "negated")),
        ("لا صحة لما تناقلته صفحات محلية حول قصف مدفعي على تل تمر.", ("shelling", "negated")),
        ("قالت المحافظة إن الأنباء عن انفجار سيارة مفخخة في جرابلس غير صحيحة.", ("explosion", "negated")),
        (
            "نفى المكتب الإعلامي نفيا قاطعا ما تداولته منصات محلية عن اعتقال ناشطين في الميادين.",
            ("detention", "negated"),
        ),
        ("ألغت اللجنة المنظمة مظاهرة كانت مقررة في ساحة البلدة.", ("unrest", "negated")),
        ("رفض الفصيل سحب مقاتليه والانسحاب من الحاجز.", ("withdrawal", "negated")),
        ("تستعد لجان الحي لتنظيم مظاهرة أمام مبنى المحافظة.", ("unrest", "possible")),
        ("دعت النقابة إلى إضراب عام في المدارس يوم الأحد.", ("unrest", "possible")),
        ("هدد قائد الميليشيا بقصف البلدة إن لم يخرج المسلحون.", ("shelling", "possible")),
        ("مرت ثلاث سنوات على قصف المدفعية مخيم النازحين.", ("shelling", "background")),
        ("Reports of an airstrike on the bridge were false, the governor said.", ("airstrike", "negated")),
        ("The talks in Geneva were called off at the last minute.", ("talks", "negated")),
    ],
)
def test_what_did_not_happen_or_has_not_yet_is_not_told_as_a_fact(text: str, claim: tuple[str, str]) -> None:
    assert claim in said(text)
    assert (claim[0], "actual") not in said(text)


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("لم يتوقف القصف المدفعي على أحياء المدينة طوال الليل.", "shelling"),
        ("لم تتبن أي جهة الهجوم المسلح الذي قتل فيه شرطيان.", "attack"),
        ("خرج المئات في مظاهرة احتجاجا على انقطاع الخبز.", "unrest"),
        ("انفجرت عبوة ناسفة بسيارة وسط السوق وقتل ثلاثة.", "explosion"),
        ("حذر ناشطون من البرد بينما قصفت المدفعية أطراف البلدة.", "shelling"),
    ],
)
def test_what_goes_on_beside_such_words_stays_a_fact(text: str, type_: str) -> None:
    assert (type_, "actual") in said(text)


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("أصيب عامل بانفجار أسطوانة غاز في مطعم وسط إدلب.", "explosion"),
        ("أبطل فريق الهندسة مفعول عبوة ناسفة قرب الجسر.", "explosion"),
        ("حذرت الأرصاد الجوية من منخفض جوي وسيول في الساحل.", "threat"),
        ("حذرت الأرصاد الجوية من منخفض جوي وسيول في الساحل.", "airstrike"),
        ("استقال عضو المجلس المحلي احتجاجا على الفساد.", "unrest"),
        ("أعلن المجلس العسكري وقفا شاملا لإطلاق النار في المحافظة.", "attack"),
        ("The bomb squad defused a roadside bomb near the school.", "explosion"),
    ],
)
def test_accidents_weather_and_bombs_made_safe_are_no_events_of_war(text: str, type_: str) -> None:
    assert type_ not in types(text)


def test_a_denial_takes_back_what_the_sentence_tells_and_not_a_word_before_it() -> None:
    text = "نفت وزارة الداخلية خروج تظاهرات في طرطوس."
    assert ("unrest", "negated") in said(text)
    assert "withdrawal" not in types(text)


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("نفى مصدر عسكري في قوات سوريا الديمقراطية وقوع اشتباكات قرب صوامع الشركراك شرقي عين عيسى.", "clash"),
        ("نفى الجيش التركي قصف عين عيسى، مؤكداً أن قواته لم تستهدف البلدة.", "shelling"),
        ("The Turkish army denied shelling Ain Issa and said its forces had not targeted the town.", "shelling"),
    ],
)
def test_what_is_denied_is_negated(text: str, type_: str) -> None:
    assert (type_, "negated") in said(text)
    assert (type_, "actual") not in said(text)


def test_who_denies_a_part_in_it_does_not_deny_that_it_happened() -> None:
    assert ("shelling", "actual") in said(
        "Israel denied responsibility for the shelling of Damascus which killed three."
    )


@pytest.mark.parametrize(
    "text",
    [
        "وله مكتب في الحي الذي وقع فيه التفجير.",
        "ثم تحدث عن المجزرة في كتابه الأخير.",
        "هل يعرف المحققون من دبر الاغتيال؟",
        "بعد أن وقع التفجير الآثم».",
    ],
)
def test_a_sentence_cut_from_the_middle_of_an_article_is_no_lead(text: str) -> None:
    """Of an undated sentence without title, one plain word of violence is believed only where it may open a report."""
    claims = classifier().classify(read_document("x", "", text))
    assert not any(claim.type in VIOLENCE for claim in claims)
