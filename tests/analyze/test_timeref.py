"""Time references: which day a sentence names, seen from the day of publication."""

from datetime import UTC, date, datetime

import pytest

from services.analyze.signals.timeref import event_date, time_references
from services.analyze.text.reader import read_document

WEDNESDAY = datetime(2026, 1, 7, 15, 30, tzinfo=UTC)


def days(text: str, published: datetime | None = WEDNESDAY) -> list[date]:
    found = (ref for s in read_document("a", "", text).sentences for ref in time_references(s, published))
    return [ref.day for ref in found if not ref.since]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("قصف على البلدة اليوم", date(2026, 1, 7)),
        ("قصف على البلدة أمس", date(2026, 1, 6)),
        ("قصف على البلدة أول أمس", date(2026, 1, 5)),
        ("قصف على البلدة قبل أسبوع", date(2025, 12, 31)),
        ("قصف على البلدة قبل ثلاثة أيام", date(2026, 1, 4)),
        ("قصف على البلدة قبل يومين", date(2026, 1, 5)),
        ("قصف على البلدة يوم الأحد", date(2026, 1, 4)),
        ("قصف على البلدة يوم السبت 27 كانون الأول، وصباح اليوم نفسه على القرية", date(2025, 12, 27)),
        ("قصف على البلدة الأربعاء", date(2026, 1, 7)),
        ("قصف على البلدة الأربعاء الماضي", date(2025, 12, 31)),
        ("قصف على البلدة في 3 يناير 2026", date(2026, 1, 3)),
        ("قصف على البلدة في ٣ كانون الثاني/يناير ٢٠٢٦", date(2026, 1, 3)),
        ("قصف على البلدة في 28 كانون الأول", date(2025, 12, 28)),
        ("قصف على البلدة قبل أيام", date(2026, 1, 2)),
        ("قصف على البلدة قبل أشهر", date(2025, 10, 9)),
        ("قصف على البلدة مطلع الشهر الجاري", date(2026, 1, 1)),
        ("قصف على البلدة أواخر الشهر الماضي", date(2025, 12, 25)),
        ("قصف على البلدة في أواخر آب الماضي", date(2025, 8, 25)),
        ("قصف على البلدة في شباط/فبراير المنصرم", date(2025, 2, 15)),
        ("قصف على البلدة في تشرين الثاني 2020", date(2020, 11, 15)),
        ("قصف على البلدة في السابع عشر من تشرين الثاني", date(2025, 11, 17)),
        ("قصف على البلدة في الثاني عشر من شهر تشرين الثاني", date(2025, 11, 12)),
        ("قصف على البلدة في الرابع والعشرين من أيلول", date(2025, 9, 24)),
        ("قصف على البلدة في 3 من الشهر الجاري", date(2026, 1, 3)),
        ("قصف على البلدة في 17 من الشهر الماضي", date(2025, 12, 17)),
        ("قصف على البلدة هذا الصباح", date(2026, 1, 7)),
        ("قصف على البلدة قبل قليل", date(2026, 1, 7)),
        ("قصف على البلدة مساء أمس الأول", date(2026, 1, 5)),
        ("قصف على البلدة قبل نحو ثلاثة أيام", date(2026, 1, 4)),
        ("قصف على البلدة قبل أكثر من عام", date(2025, 1, 7)),
        ("قصف على البلدة في نيسان من عام 2019", date(2019, 4, 15)),
        ("قصف على البلدة في نيسان من العام الماضي", date(2025, 4, 15)),
        ("وفي عام 2016 قصفت الطائرات البلدة", date(2016, 7, 1)),
        ("In 2016, shells fell on the village", date(2016, 7, 1)),
        ("In August, shells fell on the village", date(2025, 8, 15)),
        ("Shells fell on the village a year ago", date(2025, 1, 7)),
        ("Shells fell on the village in early December", date(2025, 12, 1)),
        ("Shells fell on the village in March 2020", date(2020, 3, 15)),
        ("Shells fell on the village yesterday", date(2026, 1, 6)),
        ("Shells fell on the village on Sunday", date(2026, 1, 4)),
        ("Shells fell on the village three days ago", date(2026, 1, 4)),
        ("Shells fell on the village on December 28", date(2025, 12, 28)),
        ("Shells fell on the village on 2026-01-03", date(2026, 1, 3)),
    ],
)
def test_the_day_that_is_named(text: str, day: date) -> None:
    assert days(text) == [day]


def test_today_and_its_weekday_are_one_reference() -> None:
    assert days("قصف على البلدة اليوم الأربعاء") == [date(2026, 1, 7)]


@pytest.mark.parametrize(
    "text",
    [
        "قصف على البلدة مساء أمس الثلاثاء 6 كانون الثاني",
        "قصف على البلدة أمس 6 يناير",
        "قصف على البلدة اليوم 6 يناير",
        "قصف على البلدة يوم الجمعة، 6/ كانون الثاني/ 2026",
    ],
)
def test_a_calendar_day_is_surer_than_one_counted_from_the_page(text: str) -> None:
    """Of a page that was stamped a day late or early."""
    assert days(text) == [date(2026, 1, 6)]


@pytest.mark.parametrize(
    "text",
    [
        "القصف مستمر منذ الأحد",
        "الهدنة قائمة حتى الجمعة",
        "قتل أحد عناصر الحاجز",
        "في 31 شباط",
        "قصف البلدة",
        "منذ مطلع الشهر الجاري",
        "اجتماع نهاية الشهر الجاري",
        "اعتقالات قبل شهر من الانتخابات",
        "قصف على قرية في المنطقة الثانية من الحدود",
        "القصف في مناطق اتفاق عام 2017",
    ],
)
def test_spans_bounds_and_impossible_days_are_no_day(text: str) -> None:
    assert days(text) == []


def test_without_a_day_of_publication_nothing_is_resolved() -> None:
    assert days("قصف على البلدة أمس", None) == []


def test_a_claim_takes_the_day_nearest_to_it() -> None:
    text = "قصف على البلدة أمس بعد اجتماع عقد في 3 يناير 2026"
    (sentence,) = read_document("a", "", text).sentences
    references = time_references(sentence, WEDNESDAY)
    assert event_date(references, text.index("قصف")) == datetime(2026, 1, 6, tzinfo=UTC)
    assert event_date(references, text.index("اجتماع")) == datetime(2026, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "claim", "day"),
    [
        ("بعد المجزرة التي ارتكبتها أمس.. القوات تعاود قصف البلدة", "قصف", None),
        ("قصفت القوات البلدة بعد هجوم شنته الفصائل أمس على مواقعها", "قصفت", None),
        ("استهدفت مسيرة سيارة في البلدة التي شهدت قبل أيام هجوما مماثلا", "استهدفت", None),
        ("استهدفت مسيرة سيارة في البلدة التي شهدت قبل أيام هجوما مماثلا", "هجوما", date(2026, 1, 2)),
        ("انسحبت القوات التركية التي دخلت قبل أسبوع", "انسحبت", None),
        ("قصف الطيران الحربي الذي استهدف البلدة أمس أوقع قتلى", "قصف", date(2026, 1, 6)),
        ("القصف المدفعي الذي استهدف البلدة قبل ثلاثة أيام", "القصف", date(2026, 1, 4)),
        ("القوات التي تحاصر البلدة قصفت أحياءها السكنية بالمدفعية الثقيلة أمس", "قصفت", date(2026, 1, 6)),
        ("أعنف هجوم منذ سيطرة القوات على البلدة في آب 2020", "هجوم", None),
        ("استشهد خمسة مدنيين بعد قصف استهدف أمس البلدة", "قصف", date(2026, 1, 6)),
        ("بعد هدوء دام أياما، قصف على البلدة أمس", "قصف", date(2026, 1, 6)),
        ("Shells hit the town after rebels had attacked a post yesterday", "Shells", None),
    ],
)
def test_what_came_before_the_news_does_not_date_it(text: str, claim: str, day: date | None) -> None:
    (sentence,) = read_document("a", "", text).sentences
    found = event_date(time_references(sentence, WEDNESDAY), text.index(claim))
    assert (found.date() if found else None) == day


@pytest.mark.parametrize(
    ("text", "lasting", "day"),
    [
        ("يسري وقف إطلاق النار منذ آذار/مارس 2020 في إدلب", True, date(2020, 3, 15)),
        ("القصف على إدلب مستمر منذ آذار/مارس 2020", False, None),
    ],
)
def test_what_lasts_is_of_the_day_since_which_it_does(text: str, lasting: bool, day: date | None) -> None:
    (sentence,) = read_document("a", "", text).sentences
    found = event_date(time_references(sentence, WEDNESDAY), 0, lasting)
    assert (found and found.date()) == day


@pytest.mark.parametrize("text", ["قصف مستمر منذ ساعات الصباح الأولى", "القصف مستمر منذ فجر اليوم", "قصف منذ الصباح"])
def test_what_began_this_morning_is_of_today(text: str) -> None:
    assert days(text) == [WEDNESDAY.date()]


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar_do_no_harm(year: int) -> None:
    edge = datetime(year, 1 if year == 1 else 12, 1 if year == 1 else 31, tzinfo=UTC)
    assert isinstance(days("قصف قبل 900 سنة، وأمس، والأسبوع الماضي، ويوم الأحد", edge), list)


@pytest.mark.parametrize(
    "text",
    [
        "يدخل وقف إطلاق النار حيز التنفيذ صباح الأحد",
        "وتبدأ الهدنة في البلدة يوم الأحد المقبل",
        "حذر الجيش من أنه سيقصف البلدة يوم السبت",
        "الهدنة سارية اعتبارا من مساء الثلاثاء",
        "قمة من المقرر أن تعقد الثلاثاء",
        "هدنة تعلن غدا الخميس",
        "إضراب عام يوم 12 كانون الثاني",
        "انتخابات مقررة في 3 أيار",
        "هدنة تبدأ في 20 كانون الثاني/يناير المقبل",
        "The truce will take effect on Sunday evening",
        "Talks are expected to resume next Tuesday",
    ],
)
def test_a_day_that_is_yet_to_come_dates_nothing_that_happened(text: str) -> None:
    (sentence,) = read_document("a", "", text).sentences
    (reference,) = time_references(sentence, WEDNESDAY)
    assert reference.coming
    assert reference.day > WEDNESDAY.date()
    assert event_date([reference], 0) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("انفجرت سيارة مفخخة في البلدة يوم الأحد", date(2026, 1, 4)),
        ("انسحبت القوات قبل أن تبدأ القصف يوم الأحد", date(2026, 1, 4)),
        ("قصف على البلدة في 12 كانون الثاني الماضي", date(2025, 1, 12)),
        ("قصف على البلدة في 12 شباط", date(2025, 2, 12)),
        ("قصف على البلدة في 8 كانون الثاني", date(2026, 1, 8)),
        ("قصف على البلدة اليوم الخميس 8 كانون الثاني", date(2026, 1, 8)),
        ("ستعقد جلسة، وقصفت الطائرات البلدة يوم الأحد", date(2026, 1, 4)),
    ],
)
def test_but_a_day_that_has_been_is_not_ahead(text: str, day: date) -> None:
    (sentence,) = read_document("a", "", text).sentences
    (reference,) = time_references(sentence, WEDNESDAY)
    assert (reference.day, reference.coming) == (day, False)


def test_what_happened_keeps_its_day_beside_one_that_is_yet_to_come() -> None:
    text = "قصفت الطائرات البلدة يوم الأحد، وستعقد محادثات يوم الثلاثاء"
    (sentence,) = read_document("a", "", text).sentences
    references = time_references(sentence, WEDNESDAY)
    assert event_date(references, text.index("قصفت")) == datetime(2026, 1, 4, tzinfo=UTC)
    assert event_date(references, text.index("محادثات")) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("قصف على البلدة فجر الخميس", date(2026, 1, 8)),
        ("قصف على البلدة اليوم", date(2026, 1, 8)),
        ("قصف على البلدة أمس", date(2026, 1, 7)),
        ("Shells hit the town on Wednesday", date(2026, 1, 7)),
    ],
)
def test_days_are_those_of_the_outlets_clock(text: str, day: date) -> None:
    night = datetime(2026, 1, 7, 22, 30, tzinfo=UTC)
    assert days(text, night) == [day]
