"""Attribution: who says so, in the article's words."""

import pytest

from services.analyze.signals.attribution import Speakers
from services.analyze.text.reader import read_document


def speakers(text: str, title: str = "", context: str = "") -> list[str | None]:
    document = read_document("a", title, text, context)
    found = Speakers(document)
    return [found.of(sentence.index) for sentence in document.sentences]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("قالت مصادر محلية إن القصف استهدف البلدة", "مصادر محلية"),
        ("القصف استهدف أطراف القرية، بحسب شبكة أخبار الشمال.", "شبكة أخبار الشمال"),
        ("قتل مدنيان وفقا للدفاع المدني", "الدفاع المدني"),
        ("نقلت الوكالة عن شاهد عيان قوله إنه سمع انفجارين", "شاهد عيان"),
        ('قالت مصادر محلية لـ"أخبار الشمال" إن القصف استهدف البلدة', "مصادر محلية"),
        ("وفق ما أفاد به مراسلنا في البلدة", None),
        ("استهدفت سيارة إسعاف لنقل جرحى من البلدة", None),
        ("قصف البلدة و كان القائد قد أعلن أنه لن يرد", None),
        ("والتنظيم سبق وأعلن حل نفسه قبل شهر", None),
        ("ورقة يعلن فيها التزامه بوقف إطلاق النار", None),
        ("أعلن قائد الفصيل، اليوم الأحد، أن قواته دخلت القرية", "قائد الفصيل"),
        ("وأفادت وكالة «صدى الشمال» بأن الطريق أغلق", "وكالة «صدى الشمال»"),
        ("الطريق مغلق وعناصر الحاجز انسحبوا منه", None),
        ("قصفت طائرة موقعا تابع لقوات محلية قرب النهر", None),
        ("ذكرت أخبار البلدة 24 أن القصف استهدف الحي", "أخبار البلدة 24"),
        ("ووفق المعلومات التي وردت أصيب مواطنان", None),
        ("سنرد على مصادر النيران وفق تعبيرها", None),
        ("رصد نشطاء المركز نزوح السكان من البلدة", "نشطاء المركز"),
        ('وقالت شبكة "صدى بوست" إن القصف استهدف البلدة', 'شبكة "صدى بوست"'),
        ('وأفادت شبكة أخبار "الشمال 24" بأن القصف استهدف البلدة', 'شبكة أخبار "الشمال 24"'),
        ("تظهر المشاهد التي وثقت الحادثة سيارة محترقة", None),
        ("شهود عيان أكدت للشمال 24 أن القصف استهدف البلدة", None),
        ("قال لراديو الشمال إن القصف استهدف البلدة", None),
        ("وبحسب مصادر محلية فإن عملية الاعتقال جاءت بعد مداهمة", "مصادر محلية"),
        ("رصد مراسلنا لمكان استهداف منازل البلدة", None),
        ("أفاد مراسل الشمال بوست في البلدة بأن القصف استهدف الحي", "مراسل الشمال بوست"),
        ("واصل جيش النظام، أمس الأحد، استهداف القرى", None),
        ("أعلن الجيش الوطني وقفا لإطلاق النار في البلدة", "الجيش الوطني"),
        ("أكدت مصادر محلية اندلاع اشتباكات عنيفة في البلدة", "مصادر محلية"),
        ("وزارة الداخلية تعلن القبض على خلية في البلدة", "وزارة الداخلية"),
        ("أفادت منظمة حظر الأسلحة بأن وفدها وصل", "منظمة حظر الأسلحة"),
        ("يسود هدوء حذر مدينة الشمال بعد اشتباكات", None),
        ("وحذر المجلس المحلي من عواصف رملية", "المجلس المحلي"),
        ("قال مصدر أمني للجزيرة نت إن الطريق أغلق", "مصدر أمني"),
        ("قال مسؤول ليبي إن الطريق أغلق", "مسؤول ليبي"),
        ("أفاد مصدر في الشرطة بسقوط جريحين في البلدة", "مصدر في الشرطة"),
        ("أفاد مصدر في البلدة بأن الطريق أغلق", "مصدر"),
        ("قتل عنصران في الهجوم، كما أعلن المتحدث باسم الشرطة", "المتحدث باسم الشرطة"),
        ("قتل عنصران في الهجوم، بحسب ما قاله ناشطون", "ناشطون"),
        ("ما أسفر عن مقتل عنصرين، وفقا لما أعلنته الشرطة", "الشرطة"),
        ("ردا على استهداف المدنيين.. قيادة الفصيل تعلن استهداف القاعدة", "قيادة الفصيل"),
    ],
)
def test_arabic_speakers(text: str, speaker: str | None) -> None:
    assert speakers(text) == [speaker]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("According to the Northern Media Office the road was cut on Monday.", "the Northern Media Office"),
        ("Two shells fell near the mill, local sources said.", "local sources"),
        ("The ceasefire holds, said Colonel Nader Hamid.", "Colonel Nader Hamid"),
        ("The road was closed after the blast.", None),
        ("No shelling was reported in the town this evening.", None),
        ("Two people were killed, it was announced at noon.", None),
    ],
)
def test_english_speakers(text: str, speaker: str | None) -> None:
    assert speakers(text) == [speaker]


def test_a_sentence_that_goes_on_keeps_the_speaker_before() -> None:
    told = speakers("قالت مصادر طبية إن مدنيين قتلا. وأضافت المصادر أن القصف مستمر. وأشارت إلى حركة نزوح.")
    assert told[:2] == ["مصادر طبية", "مصادر طبية"]


def test_the_speaker_may_stand_in_the_context_before() -> None:
    assert speakers("وأضافت أن القصف مستمر.", context="قالت مصادر طبية إن مدنيين قتلا.") == ["مصادر طبية"]


def test_a_headline_names_its_speaker_before_the_colon() -> None:
    assert speakers("نص قصير.", title="مصادر محلية: قصف على أطراف البلدة")[0] == "مصادر محلية"


def test_invisible_marks_do_not_shift_the_name() -> None:
    assert speakers("\u200fوقالت مصادر أمنية، إن الحاجز تعرض لهجوم") == ["مصادر أمنية"]


def test_the_same_source_is_the_one_named_before() -> None:
    assert speakers("قال شهود عيان إن القصف طال الحي. وأضاف ذات المصدر أن الحريق امتد.") == ["شهود عيان"] * 2
