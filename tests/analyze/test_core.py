"""A whole article through analysis: claims with places, quotes and watches."""

import json
from datetime import datetime

import pytest

from schemas.base import BothNames
from schemas.watch import Watch
from services.analyze.core import Analyzer
from tests.support.articles import written
from tests.support.shared import SHARED

AIN_ISSA = Watch(id="ain-issa", name=BothNames(ar="عين عيسى", en="Ain Issa"), center=(36.3837, 38.8629))
MANBIJ = Watch(id="manbij", name=BothNames(ar="منبج", en="Manbij"), center=(36.5281, 37.9550))


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(watches=[AIN_ISSA, MANBIJ])


SHELLED = written("قصفت المدفعية بعشرات القذائف أطراف مدينة عين عيسى فجر اليوم، ما أدى إلى مقتل ثلاثة مدنيين.")


def test_a_shelled_town_is_observed_with_its_quote(analyzer: Analyzer) -> None:
    analysis = analyzer.analyze(SHELLED)
    shelling = next(s for s in analysis.signals if s.type == "shelling")
    assert shelling.status == "actual"
    assert shelling.direction == "escalating"
    assert shelling.killed == 3
    assert "عين عيسى" in {place.surface for place in shelling.places}
    assert "القذائف" in SHELLED.text[shelling.evidence.start : shelling.evidence.end]
    assert [watch for watch, _ in analyzer.observe(analysis)] == ["ain-issa"]


def test_a_toll_counted_place_by_place_is_kept_so() -> None:
    text = "قتلت طفلة بقصف مدفعي على مدينة عين عيسى، كما أصيب ستة مدنيين بقصف على مدينة منبج."
    shelling = next(s for s in Analyzer().analyze(written(text)).signals if s.type == "shelling")
    assert (shelling.killed, shelling.injured) == (1, 6)
    shares = [(share.places, share.killed, share.injured) for share in shelling.shares]
    assert shares == [(("عين عيسى",), 1, None), (("منبج",), None, 6)]


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        (
            "أصيب 6 مدنيين بقصف على مدينة عين عيسى، ورجل وابنه في مدينة منبج، وطفل في مدينة سراقب.",
            [(("عين عيسى",), None, 6), (("منبج",), None, 2), (("سراقب",), None, 1)],
        ),
        (
            "استهدف القصف مدن عين عيسى ومنبج وسراقب، مما أسفر عن مقتل رجل وإصابة اثنين في سراقب.",
            [(("عين عيسى", "منبج", "سراقب"), None, None), (("سراقب",), 1, 2)],
        ),
        (
            "قتل طفل بقصف على مدينة منبج، وقتلت امرأة، وأصيب 14 مدنيا بالقصف على مدينة سراقب.",
            [(("منبج",), 1, None), (("سراقب",), 1, 14)],
        ),
        (
            "استشهاد مدنيين اثنين بقصف على مدينة منبج.. وارتفاع حصيلة الشهداء إلى 13 إثر القصف على مدينة سراقب",
            [(("منبج",), 2, None), (("سراقب",), 13, None)],
        ),
        (
            "شهيدان في مدينة عين عيسى ستة شهداء في منبج شهيدتان في سراقب جراء القصف.",
            [(("عين عيسى",), 2, None), (("منبج",), 6, None), (("سراقب",), 2, None)],
        ),
        (
            "قتل 6 مدنيين، (3 منهم في عين عيسى، ومدنيان في منبج، وامرأة في سراقب)، بقصف مدفعي.",
            [(("عين عيسى",), 3, None), (("منبج",), 2, None), (("سراقب",), 1, None)],
        ),
        (
            "ضربات مدفعية على عين عيسى ومنبج تسببت بمجزرة راح ضحيتها 10 قتلى في عين عيسى، بينما تضررت منازل في منبج.",
            [(("عين عيسى", "منبج"), None, None), (("عين عيسى",), 10, None), (("منبج",), None, None)],
        ),
        (
            "استشهد طفل في قصف مدفعي على مدينة عين عيسى، بالإضافة إلى سقوط شهيد في مدينة منبج.",
            [(("عين عيسى",), 1, None), (("منبج",), 1, None)],
        ),
    ],
)
def test_so_are_lists_outcomes_and_the_dead_who_are_told_before_the_place(text: str, shares: list[object]) -> None:
    shelling = next(s for s in Analyzer().analyze(written(text)).signals if s.type == "shelling")
    assert [(share.places, share.killed, share.injured) for share in shelling.shares] == shares


def test_a_part_of_a_wider_toll_is_what_fell_there() -> None:
    text = "قتل 31 مدنيا في غارات على محافظة إدلب، بينهم 6 في مدينة سراقب."
    raid = next(s for s in Analyzer().analyze(written(text)).signals if s.type == "airstrike")
    assert raid.killed == 31
    assert [(share.places, share.killed) for share in raid.shares] == [(("محافظة إدلب",), 25), (("سراقب",), 6)]
    text = "قتل 31 مدنيا في غارات على مدينة سراقب ومدينة منبج، بينهم 6 أطفال."
    assert not any(s.shares for s in Analyzer().analyze(written(text)).signals)


def test_what_two_clauses_count_is_shared_out_to_the_places_of_both() -> None:
    text = "استشهد عشرة مدنيين في قصف مدفعي استهدف عين عيسى، فيما قتل شخص وأصيب 4 آخرون بانفجار دراجة في مدينة منبج."
    told = {s.type.value: s for s in Analyzer().analyze(written(text)).signals}
    shares = [(("عين عيسى",), 10, None), (("منبج",), 1, 4)]
    for type_ in ("shelling", "explosion"):
        assert [(share.places, share.killed, share.injured) for share in told[type_].shares] == shares


@pytest.mark.parametrize(
    "text",
    [
        "قصف مدفعي على مدينتي عين عيسى ومنبج أدى إلى مقتل ثلاثة مدنيين.",
        "قصف مدفعي على مدينة عين عيسى، كما استهدف القصف مدينة منبج، فيما قتل ثلاثة مدنيين في المجمل.",
        "قتل رجل بقصف مدفعي على مدينة عين عيسى، وفي مدينة منبج امرأة.",
    ],
)
def test_a_toll_of_all_places_is_not_shared_out(text: str) -> None:
    assert not any(s.shares for s in Analyzer().analyze(written(text)).signals)


def told(text: str) -> list[tuple[list[str], int | None, int | None]]:
    """Sites and toll of the claims that count somebody."""
    counting = [
        s for s in Analyzer().analyze(written(text, "أخبار متفرقة")).signals if (s.killed, s.injured) != (None, None)
    ]
    return [([p.surface for p in s.places if p.role == "event"], s.killed, s.injured) for s in counting]


AFTERWARDS = "وهرعت فرق الإسعاف إلى المكان. وأغلقت المحال أبوابها. وعاد الهدوء إلى الحي بعد ساعة."


def test_a_toll_told_without_a_place_is_of_the_only_one_told_before() -> None:
    toll = "وأسفر القصف عن مقتل تسعة مدنيين وإصابة 21 آخرين."
    assert told(f"قصفت المدفعية أحياء مدينة منبج صباح اليوم. {AFTERWARDS} {toll}") == [(["منبج"], 9, 21)]
    assert told(f"قصفت المدفعية مدينة منبج ومدينة عين عيسى صباح اليوم. {AFTERWARDS} {toll}") == [([], 9, 21)]


def test_but_not_one_of_many_attacks() -> None:
    toll = "وأدت هجمات القوات إلى مقتل 135 شخصا."
    assert told(f"قصفت المدفعية أحياء مدينة منبج صباح اليوم. {AFTERWARDS} {toll}") == [([], 135, None)]


def test_a_claim_of_title_and_text_is_evidenced_in_the_text(analyzer: Analyzer) -> None:
    article = written(SHELLED.text, title="قصف مدفعي على مدينة عين عيسى")
    fields = [s.evidence.field for s in analyzer.analyze(article).signals if s.type == "shelling"]
    assert fields == ["text"]


def coded(text: str, title: str = "") -> list[tuple[str, list[str], int | None, int | None]]:
    """Types of the signals with the sites and the tolls."""
    signals = Analyzer(encoder=False).analyze(written(text, title=title)).signals
    sites = [[p.surface for p in s.places if p.role == "event"] for s in signals]
    return [(s.type, found, s.killed, s.injured) for s, found in zip(signals, sites, strict=True)]


SHELLED_SARMIN = "قصفت المدفعية الثقيلة مدينة سرمين شرقي إدلب."


@pytest.mark.parametrize(
    ("victims", "killed", "injured"),
    [
        ("وأصيب خمسة آخرون بجروح.", None, 5),
        ("وجرح أربعة أطفال.", None, 4),
        ("كما أصيب والدهما بجروح بليغة.", None, 1),
        ("وارتفعت الحصيلة إلى ستة قتلى.", 6, None),
        ("وقتل في الهجوم رجلان وأصيب ثالث.", 2, 1),
    ],
)
def test_victims_behind_a_strike_are_its_own(victims: str, killed: int | None, injured: int | None) -> None:
    first = ("shelling", ["سرمين"], None, None)
    assert coded(f"{SHELLED_SARMIN} {victims}") == [first, ("shelling", ["سرمين"], killed, injured)]


def test_so_are_those_of_the_next_lines_and_behind_a_title() -> None:
    blast = "انفجار سيارة مفخخة بمدينة الباب"
    assert coded(f"{blast}\n٤ شهداء\n١١ جريح")[1:] == [
        ("explosion", ["الباب"], 4, None),
        ("explosion", ["الباب"], None, 11),
    ]
    assert coded("وأصيب خمسة آخرون.", blast)[-1] == ("explosion", ["الباب"], None, 5)


@pytest.mark.parametrize(
    "apart",
    [
        "وتوفي مدنيان في حادث سير.",
        "وقتل سبعة أشخاص في حوادث متفرقة.",
        "وأصيب ثلاثة في مدينة دمشق.",
        "ولم يصب أحد بجروح.",
        "وكان قد أصيب خمسة آخرون العام الماضي.",
    ],
)
def test_but_not_what_is_told_of_something_else(apart: str) -> None:
    assert [told[2:] for told in coded(f"{SHELLED_SARMIN} {apart}")] == [(None, None)]


def test_nor_those_behind_two_kinds_of_violence() -> None:
    assert len(coded("اشتباكات عنيفة وقصف مدفعي في سرمين. وأصيب ثلاثة آخرون.")) == 2


@pytest.mark.parametrize(
    "text",
    ["صباح الخير من مدينة سرمين\n#سرمين #غارات #قصف_مدفعي", "يوم جميل في سرمين #سرمين #غارات", "#قصف #غارة #سرمين"],
)
def test_hashtags_tell_where_not_what(text: str) -> None:
    analysis = Analyzer(encoder=False).analyze(written(text))
    assert analysis.signals == ()
    assert "سرمين" in {place.surface for place in analysis.places}


def test_but_those_within_a_sentence_are_its_words() -> None:
    assert coded("#عاجل #قصف مدفعي على #سرمين")[0][:2] == ("shelling", ["سرمين"])
    assert coded("مدينة الباب تشهد الآن #انفجار")[0][:2] == ("explosion", ["الباب"])
    assert coded("#سرمين #إدلب\nقصف مدفعي استهدف المدينة قبل قليل")[0][:2] == ("shelling", ["سرمين"])


def test_an_article_that_touches_no_watch_is_not_coded(analyzer: Analyzer) -> None:
    elsewhere = written("قصفت المدفعية بعشرات القذائف أحياء مدينة تعز فجر اليوم.")
    assert analyzer.analyze(elsewhere).signals == ()
    assert analyzer.analyze(elsewhere).lang == "ar"
    assert Analyzer().analyze(elsewhere).signals != ()


def test_watching_changes_no_signal_of_an_article_that_touches_a_watch(analyzer: Analyzer) -> None:
    assert analyzer.analyze(SHELLED).signals == Analyzer().analyze(SHELLED).signals


def test_other_watches_are_taken_without_loading_anew(analyzer: Analyzer) -> None:
    other = analyzer.with_watches([MANBIJ])
    assert other.observe(other.analyze(SHELLED)) == []
    assert analyzer.observe(analyzer.analyze(SHELLED)) != []


@pytest.mark.parametrize("text", ["", " ", "\ud800", "a" * 5000, "قصف " * 3000, "\u202eقصف\u202c", "." * 4000])
def test_odd_text_gives_an_analysis_with_offsets_inside_it(analyzer: Analyzer, text: str) -> None:
    for article in (written(text), written("عين عيسى " + text), written("x", title=text)):
        for signal in analyzer.analyze(article).signals:
            field = getattr(article, signal.evidence.field)
            assert 0 <= signal.evidence.start < signal.evidence.end <= len(field)


@pytest.mark.shared
def test_the_article_of_ain_issa_gives_every_expected_signal() -> None:
    item = json.loads((SHARED / "articles" / "ain-issa.jsonl").read_text("utf-8"))
    expected = json.loads((SHARED / "articles" / "ain-issa.expected.json").read_text("utf-8"))
    article = written(item["text"], item["title"], published_at=datetime.fromisoformat(item["published_at"]))
    analyzer = Analyzer(watches=[AIN_ISSA, MANBIJ])
    analysis = analyzer.analyze(article)
    observed = dict(analyzer.observe(analysis))
    assert list(observed) == ["ain-issa"]
    here = [analysis.signals[i] for i in observed["ain-issa"]]
    wanted = {(s["type"], s["status"]) for s in expected["signals_at_watch"]}
    assert wanted - {(str(s.type), str(s.status)) for s in here} == set()
    assert any(s.type == "clash" and s.killed == 12 for s in here)


def test_the_quote_holds_the_words_that_count_the_dead(analyzer: Analyzer) -> None:
    text = "قُتل ثلاثة مدنيين وأصيب سبعة آخرون، ظهر اليوم، جراء قصف مدفعي استهدف السوق الرئيسية في بلدة عين عيسى."
    signals = [s for s in analyzer.analyze(written(text)).signals if s.type == "shelling"]
    assert [(s.killed, s.injured) for s in signals] == [(3, 7)]
    assert text[signals[0].evidence.start : signals[0].evidence.end].startswith("قُتل ثلاثة مدنيين")


def test_a_quote_names_where_it_happened_though_another_clause_says_it(analyzer: Analyzer) -> None:
    text = "استهدفت طائرات النظام صباح هذا اليوم الأحد، في تمام الساعة الثامنة، المباني السكنية في مدينة منبج."
    (strike,) = [s for s in analyzer.analyze(written(text)).signals if s.type == "airstrike"]
    assert "منبج" in text[strike.evidence.start : strike.evidence.end]


def test_a_quote_names_every_place_that_was_hit(analyzer: Analyzer) -> None:
    text = "تعرضت بلدة عين عيسى شمالي الرقة لقصف مدفعي عنيف صباح اليوم، وكذلك مدينة منبج شرقي حلب."
    (shelling,) = [s for s in analyzer.analyze(written(text)).signals if s.type == "shelling"]
    quote = text[shelling.evidence.start : shelling.evidence.end]
    assert all(town in quote for town in ("عين عيسى", "منبج"))


def test_of_a_long_sentence_the_quote_reaches_to_the_place_and_no_further(analyzer: Analyzer) -> None:
    told = "قصفت مدفعية النظام السوري منازل المدنيين مساء اليوم، بعد هدوء دام ساعات، في بلدة عين عيسى شمالي الرقة"
    rest = "، بينما تحدث السكان عن نقص في الخبز والوقود وعن مدارس أغلقت أبوابها منذ أسابيع" * 5
    (shelling,) = [s for s in analyzer.analyze(written(told + rest)).signals if s.type == "shelling"]
    quote = (told + rest)[shelling.evidence.start : shelling.evidence.end]
    assert "قصفت" in quote
    assert "عين عيسى" in quote
    assert len(quote) < 200
