"""From what a source gave to an article: key, plain text, believable dates; or a fault that names its field."""

from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.article import MAX_TEXT, Article
from services.runtime.errors import PoisonError
from services.runtime.intake import build
from services.runtime.intake.address import canonical
from services.runtime.intake.clean import plain

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TEXT = "قصفت المدفعية بلدة عين عيسى."


def article(**raw: Any) -> Article:
    return build({"text": TEXT} | raw, NOW).article


SAME_PAGE = [
    "https://www.example.org/أخبار/قصف?id=3&page=2",
    "http://example.org/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/%D9%82%D8%B5%D9%81?page=2&id=3",
    "HTTPS://EXAMPLE.ORG:443/أخبار/قصف/?id=3&page=2#تعليقات",
    "https://example.org/أخبار/قصف?utm_source=x&id=3&fbclid=123&page=2",
    "  https://example.org/./أخبار/قصف?id=3&page=2  ",
]


@pytest.mark.parametrize("url", SAME_PAGE)
def test_spellings_of_one_address_are_one_article(url: str) -> None:
    assert article(url=url).id == article(url=SAME_PAGE[0]).id


@pytest.mark.parametrize("url", ["https://example.org/a?id=4", "https://example.org/A?id=3", "https://m.org/a?id=3"])
def test_other_addresses_are_other_articles(url: str) -> None:
    assert article(url=url).id != article(url="https://example.org/a?id=3").id


@given(st.text(max_size=80))
def test_no_address_breaks_the_key(rest: str) -> None:
    try:
        once = canonical("https://example.org/" + rest)
    except ValueError:
        return
    assert canonical("https://" + once) == once


def test_the_key_is_the_address_else_source_and_id_else_title_and_text() -> None:
    by_url = {article(url="https://a.org/1", id="7", source="أ").id, article(url="https://a.org/1", id="8").id}
    assert len(by_url) == 1
    by_id = {article(id="7", source="أ").id, article(id="7", source="أ", text="نص آخر").id}
    assert len(by_id) == 1
    assert article(id="7", source="أ").id != article(id="7", source="ب").id
    assert article().id == article().id != article(text="نص آخر").id


def test_the_source_is_the_host_where_it_is_not_given() -> None:
    assert article(url="https://www.almayadeen.net/news/1").source == "almayadeen.net"
    assert article().source == "unknown"


def test_an_address_that_is_none_is_ignored_and_said() -> None:
    candidate = build({"text": TEXT, "url": "javascript:alert(1)"}, NOW)
    assert candidate.article.url is None
    assert candidate.warnings == ("url: not an http(s) address; ignored",)


HTML = [
    ("<p>قصف <b>مدفعي</b> على</p><p>عين&nbsp;عيسى</p>", "قصف مدفعي على\nعين عيسى"),
    ("خبر<br/>عاجل", "خبر\nعاجل"),
    ("نص<script>alert('x')</script><style>p{}</style> آخر", "نص آخر"),
    ("«الأمن» &amp; &quot;السلم&quot; &#1602;صف", '«الأمن» & "السلم" قصف'),
    ("الحصيلة 3 < 9 و 5 > 2", "الحصيلة 3 < 9 و 5 > 2"),
]


@pytest.mark.parametrize(("given_text", "plain_text"), HTML)
def test_markup_becomes_plain_text(given_text: str, plain_text: str) -> None:
    assert article(text=given_text).text == plain_text


LONG = [
    "قصف" + " " * 200_000 + ".",
    "<p " * 100_000,
    "<div>" * 60_000,
    "<ul><li>خبر" * 30_000,
    "قصف\n" + " \t" * 100_000,
]


@pytest.mark.parametrize("given_text", LONG, ids=["spaces", "unclosed tags", "depth", "lists", "blank line"])
def test_no_text_takes_longer_than_its_length(given_text: str) -> None:
    began = process_time()
    plain(given_text)
    assert process_time() - began < 3


def test_markup_longer_than_any_article_reads_as_if_it_were_read_in_one() -> None:
    words = plain(" <i>قصف</i> <b>على</b> البلدة.<br>" * 6000).split()
    assert words == ["قصف", "على", "البلدة."] * 6000


def test_direction_marks_and_controls_go_and_joiners_stay() -> None:
    assert article(text="\u202bقصف\u202c \u2067على\u2069\u200f عين\x00 عيسى\ufeff").text == "قصف على عين عيسى"
    assert article(text="می\u200cخواهم").text == "می\u200cخواهم"


def test_lone_surrogates_are_replaced_and_keep_their_place() -> None:
    assert article(text="قصف \ud83d هنا").text == "قصف \ufffd هنا"


def test_a_title_alone_is_also_the_text() -> None:
    only = build({"title": "اشتباكات في عين عيسى"}, NOW).article
    assert (only.title, only.text) == ("اشتباكات في عين عيسى", "اشتباكات في عين عيسى")


def test_a_title_longer_than_any_is_cut_and_said() -> None:
    alone = build({"title": "خبر " * 5000}, NOW)
    assert (len(alone.article.title), len(alone.article.text)) == (10_000, 19_999)
    assert alone.warnings == ("title: longer than 10,000 characters; cut",)


DATES = [
    ("2026-11-25T09:00:00+03:00", datetime(2026, 11, 25, 6, tzinfo=UTC)),
    ("2026-11-24", datetime(2026, 11, 24, tzinfo=UTC)),
    ("2026-11-25T11:59:00", datetime(2026, 11, 25, 11, 59, tzinfo=UTC)),
    ("2026-11-25T12:30:00Z", datetime(2026, 11, 25, 12, 30, tzinfo=UTC)),
    (None, None),
    ("", None),
]


@pytest.mark.parametrize(("value", "meant"), DATES)
def test_dates_are_read_in_utc(value: str | None, meant: datetime | None) -> None:
    assert article(published_at=value).published_at == meant


@pytest.mark.parametrize("value", ["2026-11-25T14:00:00Z", "9999-12-31", "1875-01-01", "0001-01-01"])
def test_dates_that_nobody_believes_are_dropped_and_said(value: str) -> None:
    candidate = build({"text": TEXT, "published_at": value}, NOW)
    assert candidate.article.published_at is None
    assert candidate.article.event_time() == NOW
    assert candidate.warnings[0].startswith("published_at: ")


FAULTS: list[tuple[Any, str]] = [
    ([], "article"),
    ("نص", "article"),
    (None, "article"),
    ({}, "text"),
    ({"text": "  \n\u200f "}, "text"),
    ({"text": "<p></p>"}, "text"),
    ({"text": 7}, "text"),
    ({"text": ["نص"]}, "text"),
    ({"text": "ن" * (MAX_TEXT + 1)}, "text"),
    ({"text": "نص", "title": "ن" * 5 * MAX_TEXT}, "title"),
    ({"text": "نص", "title": {"ar": "ن"}}, "title"),
    ({"text": "نص", "id": True}, "id"),
    ({"text": "نص", "id": "1" * 600}, "id"),
    ({"text": "نص", "source": "س" * 300}, "source"),
    ({"text": "نص", "url": "https://example.org/" + "a" * 5000}, "url"),
    ({"text": "نص", "published_at": "أمس"}, "published_at"),
    ({"text": "نص", "published_at": 1764072000}, "published_at"),
    ({"text": "نص", "published_at": "0001-01-01T00:00:00+14:00"}, "published_at"),
]


@pytest.mark.parametrize(("raw", "field"), FAULTS, ids=[str(number) for number in range(len(FAULTS))])
def test_what_cannot_be_an_article_names_the_field_at_fault(raw: Any, field: str) -> None:
    with pytest.raises(PoisonError) as refused:
        build(raw, NOW)
    assert refused.value.field == field


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
names = st.sampled_from(["id", "source", "url", "lang", "title", "text", "context", "published_at", "sample"])


@given(st.dictionaries(names, anything | st.datetimes().map(str) | st.text(st.characters()), max_size=9))
def test_any_object_is_an_article_or_a_fault_with_a_field(raw: dict[str, Any]) -> None:
    built, field = built_or_fault(raw)
    if built is None:
        assert field in {"id", "source", "url", "lang", "title", "text", "context", "published_at"}
    else:
        assert built.text
        assert built == Article.model_validate_json(built.model_dump_json())
        assert built.published_at is None or built.published_at <= NOW + timedelta(hours=1)


def built_or_fault(raw: Any) -> tuple[Article | None, str | None]:
    try:
        return build(raw, NOW).article, None
    except PoisonError as refused:
        return None, refused.field


def test_languages_are_those_that_marsad_reads() -> None:
    assert [article(lang=tag).lang for tag in ("ar-SY", "EN_us", "fr", None)] == ["ar", "en", "other", None]
