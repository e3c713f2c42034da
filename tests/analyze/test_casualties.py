"""Casualties: how many a sentence newly reports killed and injured."""

import pytest

from services.analyze.document import Sentence
from services.analyze.signals.casualties import read_casualties
from services.analyze.signals.numbers import read_numbers
from services.analyze.text.reader import read_document


def sentence(text: str) -> Sentence:
    (first, *_) = read_document("a", "", text).sentences
    return first


def toll(text: str) -> tuple[int | None, int | None]:
    found = read_casualties(sentence(text))
    return found.killed.low, found.injured.low


@pytest.mark.parametrize(
    ("text", "killed", "injured"),
    [
        ("قتل ثلاثة مدنيين في قصف على أطراف البلدة", 3, None),
        ("مقتل 12 عنصرا وإصابة خمسة آخرين بانفجار لغم", 12, 5),
        ("أسفر القصف عن استشهاد مدني وإصابة طفلين", 1, 2),
        ("سقط قتيلان وأربعة جرحى جراء القصف", 2, 4),
        ("شهيد وثلاثة جرحى بقصف مدفعي على القرية", 1, 3),
        ("قتل ما لا يقل عن ٢٥ شخصا وأصيب أكثر من مئة وعشرين بجروح", 25, 120),
        ("لقي نحو سبعة عشر مسلحا مصرعهم في الاشتباكات", 17, None),
        ("أودى الهجوم بحياة أربعة جنود", 4, None),
        ("إن جنديين قتلا في انفجار عبوة ناسفة", 2, None),
        ("ستة أشخاص من حلفاء الحكومة قتلوا في انفجار", 6, None),
        ("سقطت القذائف وقتل على إثرها رجل وأصيب آخر", 1, 1),
        ("أسفر القصف عن إصابة مدنيين هما سالم وسمير", None, 2),
        ("نقل سالم وسمير اللذان أصيبا في القصف إلى البلدة", None, 2),
        ("قتل «سالم بن سمير» من أهالي البلدة بطلق ناري", 1, None),
        ("4 إصابات وشهيد جراء القصف على البلدة", 1, 4),
        ("قال إن عدد القتلى المدنيين والبالغ 9 مرشح للزيادة", 9, None),
        ("وصلت الفرق إلى موقع القصف الذي قتل جراءه مدني", 1, None),
        ("ضربت طائرة مسيرة السيارة، ما أدى لاستشهادهما وإصابة سائقها", 2, 1),
        ("استهدف القصف ثلاثة أطفال قرب النبع، قتل منهم طفل وأصيب اثنان", 1, 2),
        ("وأصيب في الهجوم كل من سالم السالم (22 عاما)، وفارس الفارس (30 عاما)، وخالد الخالد", None, 3),
        ("استشهاد الطفلة سلمى في القصف استشهدت الطفلة سلمى (عامين) مساء", 1, None),
        ("قتل الشاب سالم في القصف، وقتل الشاب فارس برصاص قناص", 2, None),
        ("قُتل كل من (سالم السالم) و (فارس الفارس) برصاص مجهولين", 2, None),
        ('أصيب "حسين السالم" وعنصر من الحرس جراء انفجار عبوة', None, 2),
        ("مقتل اثنين من قادة المجموعة وثالث من جنسية أخرى", 3, None),
        ("استشهاد الشاب سالم السالم جراء إصابته بشظية", 1, None),
        ("قتل طفلان وأصيب طفلان آخران، أحدهما بترت يده والآخر أصيب بجراح خطرة", 2, 2),
        ("قتل طفل وأصيب 5 آخرون بقصف، وقال المسعفون إن القصف أسفر عن مقتل طفل وإصابة 5 مدنيين", 1, 5),
        ("في ذكرى النكبة، قتل أربعة شبان وأصيب عشرة", 4, 10),
        ("أصيب 4 مدنيين، ( طفلة وامرأتان ورجل) بقصف صاروخي", None, 4),
        ("قتل خمسة مدنيين (رجل وامرأة وثلاثة أطفال) بغارة", 5, None),
        ("قتل (حسب المصدر) ثلاثة مدنيين وأصيب اثنان (أحدهما طفل)", 3, 2),
        ("قتل شاب في العشرين من العمر وأصيب والده", 1, 1),
        ("قُتل سالم السالم بغارة على سيارته", 1, None),
        ("قتل الجيش بقصف مدفعي ثلاثة مدنيين", 3, None),
        ("الشاب فارق الحياة تحت التعذيب", 1, None),
        ("ما أدى إلى فقدان طفل لحياته مع وقوع عدة إصابات", 1, None),
        ("ارتفاع حصيلة ضحايا القصف على المخيم إلى مقتل طفل وإصابة 5 مدنيين", 1, 5),
        ("قتل شخصان وأصيب ثالث في اليوم الثالث من القصف", 2, 1),
        ("سقطت قذيفة أدت لارتقاء طفلة وعدة إصابات", 1, None),
        ("وأصيب آخرون بينهم 4 أطفال في المدينة", None, 4),
        ("سقوط 5 جرحى من المدنيين بينهم 3 أطفال وامرأة", None, 5),
    ],
)
def test_counts_in_digits_words_duals_and_single_people(text: str, killed: int | None, injured: int | None) -> None:
    assert toll(text) == (killed, injured)


@pytest.mark.parametrize(
    "text",
    [
        "مجزرة راح ضحيتها 13 مدنيا بين قتيل وجريح",
        "سقط 13 شخصا بين قتيل وجريح في انفجار",
        "نحو 20 مدنيا استشهدوا وأصيبوا جراء القصف",
        "تسبب القصف بنفوق وإصابة عدد من الأبقار لأحد المدنيين",
        "نفوق 15 رأسا من الأغنام وإصابة 3 أبقار بقصف على مزرعة",
        "The shelling killed 12 cows and injured 3 sheep",
        "انقطع الاتصال بمجموعة من 13 عنصرا يعتقد أن المهاجمين تمكنوا من قتلهم أو أسرهم",
    ],
)
def test_dead_and_wounded_under_one_figure_animals_and_the_missing_are_no_toll(text: str) -> None:
    assert toll(text) == (None, None)


@pytest.mark.parametrize(
    ("text", "killed", "injured"),
    [
        ("Five people were killed and nine others wounded in the shelling", 5, 9),
        ("The raid killed at least twenty-five fighters on Monday", 25, None),
        ("A child was killed and two women were injured by a mortar round", 1, 2),
        ("The strike claimed the lives of six workers", 6, None),
        ("A mine killed a man and his daughter near the village", 2, None),
    ],
)
def test_english_counts(text: str, killed: int | None, injured: int | None) -> None:
    assert toll(text) == (killed, injured)


def test_parts_of_a_total_are_not_added_to_it() -> None:
    assert toll("قتل 14 شخصا بينهم أربعة أطفال وثلاث نساء في القصف") == (14, None)
    assert toll("At least 30 people including 12 children were killed in the raid") == (30, None)
    assert toll("إصابة 7 أشخاص أعلن المشفى عن إصابة 3 عناصر، وإصابة 4 مواطنين جراء القصف") == (None, 7)


def test_people_listed_without_a_total_are_summed() -> None:
    assert toll("استشهدت امرأة وطفلتاها في غارة على منزلهن") == (3, None)
    assert toll("أسفرت المعارك عن تسعة قتلى في صفوف المهاجمين وستة في صفوف المدافعين") == (15, None)
    assert toll("Two soldiers and three civilians were killed") == (5, None)


def test_a_toll_that_rose_is_its_last_figure() -> None:
    assert toll("ارتفعت حصيلة القتلى في القصف إلى 14 شخصا") == (14, None)
    assert toll("The death toll from the blast has risen to 42") == (42, None)


@pytest.mark.parametrize(
    ("text", "killed", "injured"),
    [
        ("ارتفعت حصيلة القصف على السوق إلى 9 قتلى و21 جريحا، بعدما كانت 5 قتلى", 9, 21),
        ("ارتفعت حصيلة الانفجار من 3 إلى 7 قتلى", 7, None),
        ("ارتفع إلى سبعة عدد قتلى الانفجار في الحي", 7, None),
        ("وصلت حصيلة القصف إلى 7 قتلى، فيما كانت الحصيلة الأولية 4 قتلى", 7, None),
        ("ارتفع عدد ضحايا القصف على البلدة إلى قتيلين، بعد وفاة امرأة متأثرة بجراحها", 2, None),
        ("توفي شاب متأثرا بجراحه، لترتفع الحصيلة إلى ثلاثة", 3, None),
        ("ارتفعت الحصيلة إلى 11 قتيلا و15 جريحا بعد أن فارق 2 من الجرحى الحياة", 11, 15),
        ("وكانت حصيلة سابقة أفادت بمقتل شخصين وإصابة أربعة", None, None),
        ("سقط خمسة قتلى في القصف وفق حصيلة أولية", 5, None),
        ("أصيب سبعة بالقصف وارتفعت حصيلة المعتقلين إلى 40 شابا", None, 7),
        ("قتل مدني ليرتفع عدد القتلى منذ بداية العام إلى 40 شخصا", 1, None),
        ("The death toll from the market blast rose from three to seven", 7, None),
        ("The death toll from the market blast rose to seven after two of the wounded died", 7, None),
        ("The death toll has risen to 13 and 20 injured", 13, 20),
    ],
)
def test_behind_a_toll_that_rose_only_what_it_came_to_counts(
    text: str, killed: int | None, injured: int | None
) -> None:
    assert toll(text) == (killed, injured)


@pytest.mark.parametrize(
    ("text", "killed", "injured"),
    [
        ("اغتال مجهولون القيادي السابق سالم السالم في البلدة", 1, None),
        ("اغتال مسلحون مجهولون سالم السالم في البلدة", 1, None),
        ("قتل رئيس المجلس المحلي في البلدة برصاص مجهولين", 1, None),
        ("قُتل مختار القرية وطفلان جراء إطلاق نار", 3, None),
        ("توفي المهندس سالم السالم متأثرا بجراحه", 1, None),
        ("أردى مسلحون مجهولون الشاب سالم السالم قتيلا في البلدة", 1, None),
        ("قتل مدير السجن ثلاثة معتقلين", 3, None),
        ("وأكد رئيس المجلس المحلي أن القصف أصاب منازل في البلدة", None, None),
        ("Gunmen shot dead activist Salem al-Salem outside his home", 1, None),
        ("Gunmen killed the mayor of the town", 1, None),
        ("The mayor said the bomb wounded no one", None, None),
    ],
)
def test_one_named_by_office_or_behind_who_killed_him_is_one_dead(
    text: str, killed: int | None, injured: int | None
) -> None:
    assert toll(text) == (killed, injured)


@pytest.mark.parametrize(
    ("text", "killed", "injured"),
    [
        ("استشهاد الطفل سالم بعد استهداف سيارة والده بصاروخ", 1, None),
        ("استشهاد الطفل سالم ووالده بصاروخ", 2, None),
        ("أسفر القصف عن 3 شهداء و17 إصابة", 3, 17),
        ("15 إصابة بالاختناق خلال المواجهات", None, 15),
        ("مقتل 17 إصابة 5 في القصف", 17, 5),
        ("سقط 7 قتلى بينهم 3 أطفال و12 جريحا", 7, 12),
        ("أصيب 20 شخصا بينهم 3 أطفال و5 نساء", None, 20),
        ("أسر المقاتلون ستة جنود وقتلوا نحو عشرين خلال المعارك", 20, None),
        ("ستة جنود قتلوا في المعارك", 6, None),
        ("إصابة طفلين بانفجار لغم.. أصيب طفلان اليوم إثر انفجار لغم", None, 2),
        ("مقتل طفلين بانفجار لغم ثم قتل طفلان بالقصف", 4, None),
    ],
)
def test_kin_who_own_a_car_counted_nouns_and_a_headline_told_again(
    text: str, killed: int | None, injured: int | None
) -> None:
    assert toll(text) == (killed, injured)


@pytest.mark.parametrize(
    ("text", "killed"),
    [
        ("ويأتي القصف بعد يومين من قصف مماثل على البلدة أسفر عن مقتل سبعة مدنيين", None),
        ("قتل ثلاثة مدنيين بتفجير في السوق، بعد أسبوع من تفجير مماثل أودى بحياة 20 شخصا", 3),
        ("قتل رجلان بقصف على البلدة بعد ثلاثة أيام من مجزرة، راح ضحيتها 11 مدنيا", 2),
        ("وبعد يومين من قصف مماثل، قتل سبعة مدنيين بغارة على البلدة", 7),
        ("وبعد يومين من اختطافه قتل شاب على يد خاطفيه", 1),
        ("قتل خمسة مدنيين بعد ساعات من بدء القصف، كما تعرضت البلدة المجاورة لقصف مماثل أدى إلى مقتل طفل", 6),
        ("A bomb killed three people, a week after a similar blast killed 20", 3),
        ("Three people were killed hours after the truce began", 3),
    ],
)
def test_the_toll_of_an_earlier_event_is_not_this_ones(text: str, killed: int | None) -> None:
    assert toll(text) == (killed, None)


def test_dozens_are_no_number() -> None:
    assert toll("سقوط عشرات القتلى والجرحى في غارات على المدينة") == (None, None)
    assert toll("مقتل وإصابة 15 مسلحا في كمين") == (None, None), "killed and injured under one number is neither"
    assert toll("Dozens of people were killed in the raids") == (None, None)


def test_a_toll_over_weeks_is_not_this_news() -> None:
    assert toll("ومنذ بدء الحملة قتل أكثر من 300 مدني") == (None, None)
    assert toll("قتل منذ فجر اليوم ثمانية مدنيين") == (8, None), "since this morning is news"
    assert toll("وخلال الشهر الجاري قتل 14 شخصا في تفجيرات بالمدينة") == (None, None)
    assert toll("قتل خلال الليل 14 شخصا في تفجيرات بالمدينة") == (14, None)
    assert toll("Mines have killed 31 people over the past two years") == (None, None)
    assert toll("Mines killed 31 people over the weekend") == (31, None)


@pytest.mark.parametrize(
    "text",
    [
        "قتل القيادي سالم بن سمير في الغارة وعدد من مرافقيه",
        "مقتل قيادي ميداني بارز ومعه آخرون خلال المعارك",
    ],
)
def test_how_many_fell_with_one_who_is_named_is_not_known(text: str) -> None:
    assert toll(text) == (None, None)


def test_words_that_only_look_like_people_are_not_counted() -> None:
    assert toll("تحدث عن اغتيال الأمين العام قبل عام") == (None, None)  # no two mothers
    assert toll("تأتي الهجمات بعد شهر على مقتل 27 عنصرا") == (None, None)
    assert toll("شملت الحملة قصف أهداف مدنية وخطف وقتل من يرفض") == (None, None)


def test_who_nobody_killed_is_not_counted() -> None:
    assert toll("قصف مدفعي على البلدة من دون وقوع إصابات") == (None, None)
    assert toll("اعتقل شخص مصاب بشلل نصفي بعد المداهمة") == (None, None)
    assert toll("دخلت 12 آلية إلى البلدة بعد مقتل القائد بثلاثة أيام")[0] in (None, 1)


def test_numbers_of_other_things_stay_with_them() -> None:
    assert toll("إصابة باص نقل داخلي بقصف على البلدة") == (None, None)
    assert toll("قتل مدني في قصف استهدف ثلاثة منازل و14 خيمة") == (1, None)
    assert toll("استهدف القصف 5 قرى وأدى إلى مقتل طفل عمره 12 عاما") == (1, None)
    assert toll("متسببة بقتل سيدة واعتقال 35 شخصا") == (1, None)


@pytest.mark.parametrize(
    "text",
    [
        "December 19, 2024 · Shared with Public استشهدت مراسلة الوكالة إثر غارة على الجسر",
        "18/12/2024 استشهاد مراسلة الوكالة إثر غارة على الجسر",
        "في كانون الأول 2024 استشهدت مراسلة الوكالة إثر غارة على الجسر",
        "On December 19, 2024 the correspondent was killed by a drone",
    ],
)
def test_day_and_year_of_a_date_count_nobody(text: str) -> None:
    assert toll(text)[0] in (None, 1)


def test_a_range_keeps_both_bounds() -> None:
    found = read_casualties(sentence("سقط بين 10 و15 قتيلا في الغارة"))
    assert (found.killed.low, found.killed.high) == (10, 15)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("خمسة وعشرون", 25),
        ("أحد عشر", 11),
        ("اثنا عشر", 12),
        ("مئة وعشرين", 120),
        ("ثلاثمائة", 300),
        ("ألف و500", 1500),
        ("١٢٣", 123),
        ("لـ12", 12),
        ("1,500", 1500),
        ("15 ألف", 15_000),
        ("twenty five", 25),
        ("two hundred", 200),
    ],
)
def test_numbers(text: str, value: int) -> None:
    padded = f"كان هناك {text} هنا" if not text.isascii() or text[0].isdigit() else f"there were {text} of them there"
    assert [number.low for number in read_numbers(sentence(padded))] == [value]


def test_monday_is_not_the_number_two() -> None:
    assert read_numbers(sentence("قصف يوم الاثنين على البلدة")) == []
