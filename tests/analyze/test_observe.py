"""Observations: what one article says about each woken watch, with its words around it."""

from datetime import UTC, datetime

import pytest

from schemas.article import Article
from schemas.base import SignalType, Status
from schemas.signal import Analysis, Evidence, Signal
from services.analyze.observe import MAX_SIGNALS, fingerprint, observation_id, observations, withdrawals

NOW = datetime(2026, 1, 7, 12, tzinfo=UTC)
TEXT = (
    "أفادت شبكة محلية صباح اليوم بأن الطريق الواصل بين القريتين مغلق منذ ساعات. "
    "قصفت مدفعية مجهولة أطراف قرية السنديانة بعدة قذائف. "
    "وقال سكان إن حركة السيارات توقفت تماما وإن المدارس أغلقت أبوابها حتى إشعار آخر في عموم المنطقة."
)
QUOTE = "قصفت مدفعية مجهولة أطراف قرية السنديانة بعدة قذائف."


def article(text: str = TEXT, title: str = "قصف قرب السنديانة", version: int = 1) -> Article:
    return Article(id="a1", version=version, source="example.org", title=title, text=text, first_seen_at=NOW)


def signal(start: int, end: int, field: str = "text") -> Signal:
    return Signal(
        type=SignalType.SHELLING,
        status=Status.ACTUAL,
        direction=SignalType.SHELLING.direction,
        confidence=0.9,
        evidence=Evidence.model_validate({"field": field, "start": start, "end": end}),
    )


def shelling(of: Article) -> Analysis:
    start = of.text.index(QUOTE)
    return Analysis(lang="ar", signals=(signal(0, len(of.title), "title"), signal(start, start + len(QUOTE))))


def test_each_woken_watch_gets_one_observation_with_its_own_signals() -> None:
    told = article()
    first, second = observations(told, shelling(told), [("north", [0, 1]), ("south", [1])], 7, NOW)
    assert (first.watch_id, [s.index for s in first.signals]) == ("north", [0, 1])
    assert (second.watch_id, [s.index for s in second.signals]) == ("south", [1])
    assert first.watch_version == 7
    assert first.article.title == told.title
    assert first.analyzed_at == NOW


def test_a_quote_stands_in_its_context_of_whole_words() -> None:
    told = article()
    (observation,) = observations(told, shelling(told), [("north", [1])], 1, NOW)
    (observed,) = observation.signals
    assert observed.quote == QUOTE
    assert observed.before.endswith("مغلق منذ ساعات.")
    assert f" {observed.before}" in f" {told.text}"
    assert observed.after.startswith("وقال سكان إن حركة السيارات")
    assert f"{observed.after} " in f"{told.text} "
    assert len(observed.before) <= 80
    assert len(observed.after) <= 80


def test_a_quote_of_the_title_has_no_context_from_the_text() -> None:
    told = article()
    (observation,) = observations(told, shelling(told), [("north", [0])], 1, NOW)
    (observed,) = observation.signals
    assert (observed.quote, observed.before, observed.after) == (told.title, "", "")


def test_of_very_many_signals_the_surest_are_kept_in_order() -> None:
    told = article()
    weak, sure = (signal(0, 5).model_copy(update={"confidence": c}) for c in (0.2, 0.8))
    analysis = Analysis(lang="ar", signals=(weak,) * 950 + (sure,) * 90 + (weak,) * 10)
    (observation,) = observations(told, analysis, [("north", list(range(1050)))], 1, NOW)
    kept = [observed.index for observed in observation.signals]
    assert len(kept) == MAX_SIGNALS
    assert kept == sorted(kept)
    assert set(range(950, 1040)) <= set(kept)


def test_the_same_reading_gives_the_same_observation() -> None:
    told = article()
    first = observations(told, shelling(told), [("north", [1])], 1, NOW)
    assert observations(told, shelling(told), [("north", [1])], 1, NOW) == first


def test_ids_differ_by_article_version_and_watch() -> None:
    ids = {observation_id(article(version=v), w) for v in (1, 2) for w in ("north", "south")}
    assert len(ids) == 4
    assert all(len(id) == 32 for id in ids)


def test_a_watch_that_a_new_version_no_longer_speaks_of_is_told() -> None:
    assert withdrawals([("north", [0])], {"north", "south", "gone"}, {"north", "south"}) == [("south", [])]
    told = article(version=2)
    (observation,) = observations(told, Analysis(lang="ar"), [("south", [])], 1, NOW)
    assert observation.signals == ()


def likeness(one: Article, other: Article) -> float:
    pairs = list(zip(fingerprint(one), fingerprint(other), strict=True))
    return sum(a == b for a, b in pairs) / len(pairs)


def test_fingerprints_know_a_reprint_under_a_new_headline() -> None:
    assert likeness(article(), article(title="عنوان آخر تماما")) == 1
    assert likeness(article(), article(TEXT.replace("قرية", "قريــة"))) == 1, "spelling variants are folded"
    assert likeness(article(), article(TEXT.replace("المدارس", "الأفران"))) > 0.6
    assert likeness(article(), article("عقد ممثلو الطرفين اجتماعا في المدينة لبحث فتح المعبر أمام الشاحنات")) < 0.1


@pytest.mark.parametrize("text", ["قصف", "!!!", "قصف عنيف"])
def test_short_texts_have_fingerprints_too(text: str) -> None:
    marks = fingerprint(article(text))
    assert all(0 <= mark < 2**32 for mark in marks)
