"""Messages survive the wire; what is no message becomes a value that says why."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from schemas.article import Article
from schemas.base import Lang
from services.runtime import topics
from services.runtime.wire import Malformed, decode, encode, record

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)
articles = st.builds(
    Article,
    id=texts,
    version=st.integers(1, 99),
    source=texts,
    url=st.none() | texts,
    lang=st.none() | st.sampled_from(Lang),
    title=texts,
    text=texts,
    published_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    first_seen_at=st.datetimes(timezones=st.just(UTC)),
    sample=st.booleans(),
    source_id=st.none() | texts,
    context=texts,
)


@given(articles)
def test_what_is_sent_is_what_arrives(article: Article) -> None:
    body, _ = encode(topics.ARTICLES, article)
    assert decode(topics.ARTICLES, body) == article


@given(st.binary(max_size=500) | st.none())
def test_any_bytes_are_read_without_an_error(raw: bytes | None) -> None:
    found = decode(topics.ALERTS, raw)
    assert isinstance(found, Malformed)
    assert found.raw == (raw or b"")
    assert found.message


def test_the_fault_names_the_field_and_never_repeats_the_content() -> None:
    found = decode(topics.ARTICLES, '{"id": "١", "source": "قناة", "text": 7, "first_seen_at": "سرّ"}'.encode())
    assert isinstance(found, Malformed)
    assert found.field == "text"
    assert "سرّ" not in found.message


def test_an_unknown_field_is_a_fault() -> None:
    raw = '{"id": "١", "source": "قناة", "text": "نص", "txet": "", "first_seen_at": "2026-11-25T00:00:00Z"}'
    found = decode(topics.ARTICLES, raw.encode())
    assert isinstance(found, Malformed)
    assert found.field == "txet"


def test_headers_are_cloudevents_and_the_key_is_the_articles() -> None:
    at = datetime(2026, 11, 25, tzinfo=UTC)
    sent = record(topics.ARTICLES, Article(id="خبر", version=2, source="قناة", text="نص", first_seen_at=at), "ingest")
    assert (sent["topic"], sent["key"]) == ("articles", "خبر".encode())
    assert dict(sent["headers"]) == {
        "ce_specversion": b"1.0",
        "ce_id": "خبر:2".encode(),
        "ce_type": b"marsad.article.v1",
        "ce_source": b"/marsad/ingest",
        "ce_time": b"2026-11-25T00:00:00+00:00",
        "content-type": b"application/json",
    }
