"""Whatever a text holds, the core reads it without an error and its offsets are valid in the original."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.article import Article
from schemas.base import BothNames, without_lone_surrogates
from schemas.signal import Analysis
from schemas.watch import Watch
from services.analyze.cli import InputArticle, analyze_lines
from services.analyze.core import Analyzer
from services.analyze.observe import observations

WATCH = Watch(id="ain-issa", name=BothNames(ar="عين عيسى", en="Ain Issa"), center=(36.3837, 38.8629))
SEEN = datetime(2026, 1, 7, 12, tzinfo=UTC)

WORDS = (
    "قصف|قتل|مقتل|استشهاد|إصابة|جرحى|قتيلان|مدنيين|طفل|ثلاثة|عشر|وعشرون|مئة|ألف|12|١٥|لـ7|بينهم|منهم|عشرات|منذ|أمس"
    "|الاثنين|يناير|2026|قالت|مصادر|بحسب|المرصد|وأضافت|إن|عن|في|على|عين|عيسى|عين عيسى|قسد|الجيش|التركي|هدنة|لا|لم"
    "|killed|wounded|at least|said|Ain Issa|SDF|the|23|people|including|قـ ـصـ.ـف|#عين_عيسى|<b>|&nbsp;|http://x.y/z"
    '|12:30|1,500|و|،|.|؟|\n|:|"|«'
).split("|")
MARKS = "\u200f\u200e\u202a\u202b\u202c\u202e\u2066\u2069\u200b\u200c\u200d\ufeff\u0640\u064b\u0651\u0670\u00ad\x00"

any_char = st.characters(exclude_categories=())
"""Every code point, lone surrogates among them."""
arabic = st.text(st.sampled_from("ابتثجحخدذرزسشصضطظعغفقكلمنهويىءةآأإؤئ ٠١٢٣,.؟" + MARKS), max_size=60)
sentences = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)
glued = st.lists(st.sampled_from(WORDS), max_size=20).map("".join)
texts = st.one_of(
    st.text(any_char, max_size=80),
    arabic,
    sentences,
    glued,
    st.lists(st.one_of(sentences, st.text(any_char, max_size=8), st.sampled_from(MARKS)), max_size=6).map(" ".join),
)
unhurried = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer()


@pytest.fixture(scope="module")
def watching(analyzer: Analyzer) -> Analyzer:
    return analyzer.with_watches([WATCH])


def told(title: str, text: str, context: str = "") -> InputArticle:
    return InputArticle("a", title, text, context, None, "example.org", SEEN)


def assert_valid(analysis: Analysis, title: str, text: str) -> None:
    fields = {"title": title, "text": text}
    for signal in analysis.signals:
        assert 0 <= signal.evidence.start < signal.evidence.end <= len(fields[signal.evidence.field])
        assert signal.killed is None or signal.killed_max is None or signal.killed <= signal.killed_max
        assert signal.injured is None or signal.injured_max is None or signal.injured <= signal.injured_max
    for mention in analysis.places:
        assert 0 <= mention.start < mention.end <= len(fields[mention.field])


@unhurried
@given(title=texts, text=texts, context=texts)
def test_any_text_is_read_and_its_offsets_are_valid(analyzer: Analyzer, title: str, text: str, context: str) -> None:
    assert_valid(analyzer.analyze(told(title, text, context)), title, text)


@unhurried
@given(title=texts, text=texts)
def test_reading_twice_gives_the_same(analyzer: Analyzer, title: str, text: str) -> None:
    assert analyzer.analyze(told(title, text)) == analyzer.analyze(told(title, text))


@unhurried
@given(title=texts, text=texts.filter(bool))
def test_what_wakes_a_watch_is_quoted_word_for_word(watching: Analyzer, title: str, text: str) -> None:
    article = Article(id="a", source="example.org", title=title, text=text, first_seen_at=SEEN)
    analysis = watching.analyze(article)
    woken = watching.observe(analysis)
    for observation in observations(article, analysis, woken, 1, SEEN):
        for observed in observation.signals:
            evidence = observed.signal.evidence
            field = article.title if evidence.field == "title" else article.text
            assert observed.quote == field[evidence.start : evidence.end]
            assert observed.quote
        assert observation.model_validate_json(observation.model_dump_json()) == observation


@unhurried
@given(text=texts.filter(str.strip))
def test_the_command_line_says_the_same_offsets_for_escaped_text(analyzer: Analyzer, text: str) -> None:
    (result,) = analyze_lines([json.dumps({"id": "a", "text": text}).encode()], analyzer)
    decoded = without_lone_surrogates(json.loads(json.dumps(text)))
    if "error" in result:
        assert not decoded.strip()
        return
    for span in [signal["evidence"] for signal in result["signals"]] + result["places"]:
        assert 0 <= span["start"] < span["end"] <= len(decoded)
    json.dumps(result).encode("ascii")


@unhurried
@given(lines=st.lists(st.binary(max_size=60), max_size=5))
def test_any_bytes_give_a_line_each_and_no_error_leaves(analyzer: Analyzer, lines: list[bytes]) -> None:
    asked = [line for line in lines if line.strip(b"\xef\xbb\xbf \t\r\n")]
    assert len(list(analyze_lines(lines, analyzer))) == len(asked)


@pytest.mark.parametrize(
    "text",
    [
        "قصف على عين عيسى " * 3000,
        "عينعيسى" * 8000,
        "مقتل " * 5000,
        "12 " * 20000,
        "ألف " * 10000,
        "بحسب " * 5000,
        "قالت مصادر " * 4000,
        "," * 50_000,
        "\u202e" * 50_000,
        "ـ" * 50_000,
        "ق.ص.ف " * 8000,
        "a" * 50_000,
    ],
    ids=lambda text: text[:12].strip(),
)
def test_repetition_is_read_like_any_text(analyzer: Analyzer, text: str) -> None:
    assert_valid(analyzer.analyze(told("", text)), "", text)
