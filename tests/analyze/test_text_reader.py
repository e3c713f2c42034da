"""Reading an article: sentences, words, language and furniture, with offsets in the original."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analyze.document import Document
from services.analyze.text.reader import MAX_SENTENCE, read_document, sentence_spans, tokenize


def sentences(text: str) -> list[str]:
    return [text[a:b] for a, b in sentence_spans(text)]


def test_sentences_end_at_stops_questions_and_lines() -> None:
    text = "قصفت الطائرات البلدة. هل من ضحايا؟ لا معلومات!\nوصلت التعزيزات مساء"
    assert sentences(text) == ["قصفت الطائرات البلدة.", "هل من ضحايا؟", "لا معلومات!", "وصلت التعزيزات مساء"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("انتهى القصف مساء.", "وقال ناشطون إن الهدوء عاد"),
        ("انتهى القصف مساء.", "وفي درعا عاد الهدوء"),
        ("كانت ليلة طويلة.", "إذ قصفت الطائرات البلدة"),
        ('قال الطبيب إن "القصف طال المشفى".', "وحلقت أمس طائرة"),
    ],
)
def test_a_missing_space_after_a_stop_ends_a_sentence_too(first: str, second: str) -> None:
    assert sentences(first + second) == [first, second]


@pytest.mark.parametrize(
    "text",
    [
        "قال د. سالم إن الهدنة باقية",
        "Gen. Smith met Mr. Ali in the U.S. capital",
        "بلغت 3.5 كيلومتر",
        "عاجل.. قصف على البلدة",
        "استهدف العد.وان مواقع الد.ولة",
    ],
)
def test_abbreviations_decimals_and_pauses_end_nothing(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ريف عين عيسىإصابة ثلاثة", ["ريف", "عين", "عيسى", "إصابة", "ثلاثة"]),
        ("قرية حليصةاستشهد مواطن", ["قرية", "حليصة", "استشهد", "مواطن"]),
        ("ريف عين عيسىفقدت طفلة", ["ريف", "عين", "عيسى", "فقدت", "طفلة"]),
        ("خبر #عاجلإصابة طفلين", ["خبر", "عاجل", "إصابة", "طفلين"]),
        ("منبجJanuary 17", ["منبج", "January", "17"]),
        ("شرقي #إدلب12:36 PM", ["شرقي", "إدلب", "12", "36", "PM"]),
        ("مدينة السويداء٢٠٢٦", ["مدينة", "السويداء", "٢٠٢٦"]),
        ("استه3دف", ["استه3دف"]),
        ("Publicقصف على كوباني", ["Public", "قصف", "على", "كوباني"]),
        ("الـCNN والمدينة", ["الـCNN", "والمدينة"]),
    ],
)
def test_words_of_a_copied_page_that_has_lost_its_spaces_are_told_apart(text: str, words: list[str]) -> None:
    tokens = tokenize(text)
    assert [token.surface for token in tokens] == words
    assert all(text[token.start : token.end] == token.surface for token in tokens)


def test_items_of_a_list_that_begins_with_a_dash_are_sentences() -> None:
    listed = read_document("x", "", "- غارة على بلدة الصفا - إصابتان في قرية النهر - عودة الهدوء").sentences
    assert [s.text for s in listed] == ["- غارة على بلدة الصفا", "- إصابتان في قرية النهر", "- عودة الهدوء"]
    dateline = "دمشق - سانا: قصف على بلدة الصفا - ريف الشمال"
    assert [s.text for s in read_document("x", "", dateline).sentences] == [dateline]


def test_a_dash_glued_to_a_stop_begins_a_sentence() -> None:
    found = read_document("x", "", "قصف على ريف البلدة الجنوبي.- أعلنت الفرق إخماد الحريق.").sentences
    assert [s.text for s in found] == ["قصف على ريف البلدة الجنوبي.", "- أعلنت الفرق إخماد الحريق."]


def test_words_carry_their_offsets_folded_forms_and_stems() -> None:
    document = read_document("1", "عنوان", "توجّه رتلٌ إلى قـ ـرية #تل_تمر وللرقة.")
    words = {t.folded: t for s in document.sentences if s.field == "text" for t in s.tokens}
    assert all(document.text[t.start : t.end] == t.surface for t in words.values())
    assert words["قريه"].surface == "قـ ـرية"
    assert "الرقه" in words["وللرقه"].stems
    assert {"تل", "تمر"} <= set(words)


def test_titles_come_first_and_context_is_kept_apart() -> None:
    document = read_document("1", "قصف على حلب", "قتل ثلاثة.", context="كانت الليلة هادئة.")
    assert [s.field for s in document.sentences] == ["title", "text"]
    assert [s.index for s in document.sentences] == [0, 1]
    assert [s.text for s in document.context_sentences] == ["كانت الليلة هادئة."]


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("قصفت الطائرات البلدة فجر اليوم.", "ar"),
        ("The army said that the town was shelled.", "en"),
        ("Ordu birlikleri bu sabah kasabaya girdi ve çatışmalar sürdü.", "other"),
        ("نیروهای ارتش وارد شهر شدند و درگیری در این منطقه ادامه دارد.", "other"),
        ("L'armée a bombardé la ville dans la nuit et les habitants ont fui.", "other"),
        ("12:30", "other"),
    ],
)
def test_the_language_shows(text: str, lang: str) -> None:
    assert read_document("1", "", text).lang == lang


def test_sentences_of_one_article_have_their_own_languages() -> None:
    document = read_document("1", "", "قصفت الطائرات البلدة.\nThe army shelled the town.\nوقتل مدني في الهجوم.")
    assert [s.lang for s in document.sentences] == ["ar", "en", "ar"]
    assert document.lang == "ar"


def test_the_publishers_word_decides_only_where_the_text_does_not() -> None:
    assert read_document("1", "", "قصفت الطائرات البلدة.", lang="en").lang == "ar"
    assert read_document("1", "", "12:30", lang="ar").lang == "ar"


def test_a_word_that_a_dot_breaks_ends_no_sentence() -> None:
    document = read_document("1", "", "اشت.باكات عنيفة في البلدة.وقال شهود إن است.شهاد رجل مؤكد")
    assert [s.text for s in document.sentences] == ["اشت.باكات عنيفة في البلدة.", "وقال شهود إن است.شهاد رجل مؤكد"]


FURNITURE = """اندلعت اشتباكات في البلدة صباحا.
اقرأ أيضا: مقتل عشرة في قصف على مدينة بعيدة
تابعونا على تيليغرام
وتجددت الاشتباكات مساء.
جميع الحقوق محفوظة"""


def test_page_furniture_and_related_headlines_are_known() -> None:
    document = read_document("1", "", FURNITURE)
    assert [s.furniture for s in document.sentences] == [False, True, True, False, True]


def test_a_headline_under_a_lone_line_of_related_news_is_furniture() -> None:
    document = read_document(
        "1", "", "وقع انفجار.\nRead also:\nTen killed in a strike elsewhere\nThe toll rose to five."
    )
    assert [s.furniture for s in document.sentences] == [False, True, True, False]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "شبكة المدينةOctober 23, 2024 · Shared with Public#عاجل قصف على منبجAll reactions:54LikeCommentيا رب سلم",
            ["#عاجل قصف على منبج"],
        ),
        ("غارة على سراقب5:36 PM · Jul 6, 2022·Twitter for Android", ["غارة على سراقب"]),
        (
            "أول · Shared with Publicقصف على منبجAll reactions:4\nثان · Shared with Publicغارة على سراقب",
            ["قصف على منبج", "غارة على سراقب"],
        ),
        (
            "شبكة المدينة@city_newsقصف على منبج00:007:03 AM · Jun 10, 20253.2KViews21\nفلان@someoneSep 28, 2025يا رب",
            ["قصف على منبج"],
        ),
    ],
)
def test_what_stands_around_a_copied_post_is_furniture(text: str, told: list[str]) -> None:
    assert [s.text for s in read_document("1", "", text).sentences if not s.furniture] == told


@pytest.mark.parametrize(
    ("first", "below", "told"),
    [
        ("شبكة المدينة - سقوط صاروخ في قرية...", "سقوط صاروخ في قرية السلام.", ["سقوط صاروخ في قرية السلام."]),
        ("سقوط صاروخ في… - شبكة المدينة", "سقوط صاروخ في منبج.", ["سقوط صاروخ في منبج."]),
        (
            "أصيب مدنيان بقصف على منبج بريف",
            "أصيب مدنيان بقصف على منبج بريف حلب.",
            ["أصيب مدنيان بقصف على منبج بريف حلب."],
        ),
        ("قصف على منبج", "أصيب مدنيان في القصف.", ["قصف على منبج", "أصيب مدنيان في القصف."]),
        ("قصف على منبج...", "أصيب مدنيان.", ["قصف على منبج...", "أصيب مدنيان."]),
    ],
)
def test_a_title_that_breaks_off_is_furniture_where_the_text_goes_on_with_it(
    first: str, below: str, told: list[str]
) -> None:
    document = read_document("1", "", f"{first}\n{below}")
    assert [s.text for s in document.sentences if not s.furniture] == told


ARTICLE = """قصفت المدفعية أطراف البلدة صباح اليوم ما أدى إلى إصابة رجل بجروح بحسب مصدر محلي.
ونقل المصاب إلى مشفى قريب ثم عاد الهدوء إلى المنطقة كلها مع حلول ساعات المساء."""


def test_under_a_heading_for_other_articles_all_is_furniture_until_prose_follows() -> None:
    line = "شنت الطائرات الحربية ثلاث غارات استهدفت أطراف البلدة صباح اليوم وأسفرت عن إصابات"
    document = read_document("1", "", f"{line}\nآخر الأخبار\nقصف على مدينة أخرى\nلقاء في العاصمة\n{ARTICLE}")
    assert [s.text for s in document.sentences if not s.furniture] == [line, *ARTICLE.splitlines()]
    above = read_document("1", "", "أهم الأخبار\nقصف على منبج")
    assert [s.text for s in above.sentences if not s.furniture] == ["أهم الأخبار", "قصف على منبج"]


OTHERS = "غارة على بلدة أخرى\nاشتباكات في محيط مدينة بعيدة\nمقتل طفلين بانفجار لغم"


@pytest.mark.parametrize(
    "heading",
    [
        "اقرأ أيضاً",
        "الأخبار المتعلقة:",
        "مقالات ذات صلة:",
        "مقالات مشابهة",
        "قد يهمك أيضا",
        "أخبار أخرى:",
        "كلمات مفتاحية",
        "Tags:",
    ],
)
@pytest.mark.parametrize("first", [ARTICLE, ARTICLE.splitlines()[0], ARTICLE.replace(".", "")])
def test_all_under_a_heading_for_others_is_furniture_whatever_stands_above(heading: str, first: str) -> None:
    document = read_document("1", "", f"{first}\n{heading}\n{OTHERS}")
    assert [s.text for s in document.sentences if not s.furniture] == first.splitlines()


@pytest.mark.parametrize(
    "line",
    [
        "شريط الأخبار: غارة على بلدة أخرى | لقاء في العاصمة",
        "الوسوم: قصف, غارة, منبج",
        "المقال السابقغارة على بلدة أخرى",
    ],
)
def test_so_is_what_stands_behind_such_a_heading_in_its_line(line: str) -> None:
    document = read_document("1", "", f"{line}\n{ARTICLE}")
    assert [s.text for s in document.sentences if not s.furniture] == ARTICLE.splitlines()


def test_a_heading_of_the_articles_own_opens_no_list_of_others() -> None:
    text = f"{ARTICLE.splitlines()[0]}\nحصيلة قصف اليوم:\n{OTHERS}"
    assert not any(s.furniture for s in read_document("1", "", text).sentences)


def test_below_other_headlines_the_article_goes_on() -> None:
    text = f"{ARTICLE.splitlines()[0]}\nاقرأ أيضاً\n{OTHERS}\nوعاد الهدوء ليلا.\nوسمعت انفجارات فجرا"
    left = [s.text for s in read_document("1", "", text).sentences if not s.furniture]
    assert left == [ARTICLE.splitlines()[0], "وعاد الهدوء ليلا.", "وسمعت انفجارات فجرا"]


def test_links_behind_an_article_are_furniture() -> None:
    document = read_document("1", "", ARTICLE + "\nغارات على مدينة أخرى\nلقاء في العاصمة.. ما الذي جرى؟")
    assert [s.furniture for s in document.sentences] == [False, False, True, True]


def test_a_headline_between_two_lines_of_prose_is_furniture() -> None:
    last = "\nوقال شهود إن سيارات الإسعاف وصلت إلى المكان بعد وقت قصير من سقوط القذائف على الأطراف."
    document = read_document("1", "", ARTICLE + "\nغارات على مدينة أخرى بعيدة" + last)
    assert [s.furniture for s in document.sentences] == [False, False, True, False]


def test_headlines_in_front_of_an_article_are_furniture_but_for_its_own() -> None:
    others = "\n".join(f"خبر آخر عن مدينة أخرى رقم {n}" for n in range(4))
    document = read_document("1", "", f"{others}\nما فوق العنوان من كلام\nعنوان هذا الخبر نفسه\n{ARTICLE}")
    assert [s.furniture for s in document.sentences] == [True] * 4 + [False] * 4


@pytest.mark.parametrize(
    "line",
    [
        "2021/08/24 11:29 قصف على مدينة أخرى بعيدة",
        "قصف على مدينة أخرى بعيدة - أرشيفية/ وكالة الأنباء",
        "دمار خلفه القصف على مدينة - متداول",
    ],
)
def test_tickers_and_captions_of_old_pictures_are_furniture(line: str) -> None:
    assert [s.furniture for s in read_document("1", "", f"{line}\n{ARTICLE}").sentences] == [True, False, False]


def test_links_behind_a_list_are_furniture() -> None:
    listed = "\nوسقط ضحايا في:\n- قرية أولى\n- قرية ثانية"
    document = read_document("1", "", ARTICLE + listed + "\nغارات على مدينة أخرى\nلقاء في العاصمة.. ما الذي جرى؟")
    assert [s.furniture for s in document.sentences] == [False] * 5 + [True, True]


def test_last_lines_that_all_break_off_are_headlines_of_other_articles() -> None:
    text = "قصف مدفعي على أطراف البلدة صباح اليوم وسقوط جرحى بحسب مصدر محلي"
    cut = "\nقصف متبادل بين الطرفين على محور بريف…\nمجهولون يهاجمون مخفرا بقنبلة ي…"
    assert [s.furniture for s in read_document("1", "", text + cut).sentences] == [False, True, True]
    assert not any(s.furniture for s in read_document("1", "", f"{text}\nوللحديث بقية…").sentences)
    assert not any(s.furniture for s in read_document("1", "", "قصف على البلدة…\nنزوح إلى القرى…").sentences)


@pytest.mark.parametrize(
    "ending",
    [
        "\nوسقط ضحايا في:\nقرية أولى\nقرية ثانية",
        "\n- قصف على قرية أولى\n- قصف على قرية ثانية",
        "\nتجدد القصف ليلا.\nوعاد الهدوء فجرا.",
        "\nغارات على أطراف البلدة",
    ],
)
def test_lists_last_sentences_and_a_single_line_are_no_links(ending: str) -> None:
    assert not any(s.furniture for s in read_document("1", "", ARTICLE + ending).sentences)


def test_a_post_without_stops_has_no_links() -> None:
    text = "قصف مدفعي على أطراف البلدة صباح اليوم وسقوط جرحى بحسب مصدر محلي\nغارات على مدينة أخرى\nاشتباكات ليلا"
    assert not any(s.furniture for s in read_document("1", "", text).sentences)


def valid(document: Document) -> bool:
    fields = {"title": document.title, "text": document.text}
    for s in document.sentences:
        field = fields[s.field]
        if field[s.start : s.end] != s.text or len(s.text) > MAX_SENTENCE:
            return False
        if any(not s.start <= t.start < t.end <= s.end or field[t.start : t.end] != t.surface for t in s.tokens):
            return False
    return all(
        a.end <= b.start or a.field != b.field for a, b in zip(document.sentences, document.sentences[1:], strict=False)
    )


@given(st.text(alphabet=st.characters(), max_size=400), st.text(alphabet=st.characters(), max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_with_valid_offsets(text: str, title: str) -> None:
    assert valid(read_document("1", title, text))


@given(st.text(alphabet="قصف على عينـ.ـعيسى٣#_ا\u064b\u200f\n\"؟!.. Tt'", max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_arabic_debris_is_read_with_valid_offsets(text: str) -> None:
    assert valid(read_document("1", "", text))


def test_long_lines_and_texts_without_spaces_are_cut() -> None:
    assert valid(read_document("1", "", "قصف" * 20_000))
    assert valid(read_document("1", "", "قصفت الطائرات بلدة " * 3_000))
    assert valid(read_document("1", "", "\ud800" * 5_000))


def test_reading_time_is_linear() -> None:
    def seconds(size: int) -> float:
        text = ("قصفت الطائرات قرية عين عيسى " * (size // 28 + 1))[:size]
        best = 99.0
        for _ in range(3):
            start = time.process_time()
            read_document("1", "", text)
            best = min(best, time.process_time() - start)
        return best

    assert seconds(200_000) < 12 * seconds(50_000)


def test_a_list_that_begins_where_a_post_does_is_cut_at_its_dashes() -> None:
    text = "فلانMay 2, 2025 · Shared with Public- إصابات في قرية أولى - غارة على بلدة ثانية"
    assert [s.text for s in read_document("1", "", text).sentences][-2:] == [
        "- إصابات في قرية أولى",
        "- غارة على بلدة ثانية",
    ]
