"""From what a source gave to an `Article`: its key, its plain text, its believable dates."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from schemas.article import MAX_TEXT, Article
from schemas.base import Lang
from services.runtime.errors import PoisonError, first_fault
from services.runtime.intake.address import canonical, publisher
from services.runtime.intake.clean import plain

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before that no article was published on the web."""
CLOCK_SKEW = timedelta(hours=1)
"""How far in the future a publication time may lie: clocks differ, and some sources round up."""

MAX_RAW = 4 * MAX_TEXT
"""Longest field that is looked at before its markup is taken off."""

MAX_TITLE = 10_000
"""With the longest text and context, four bytes a character, it still fits into a message of the broker."""
MAX_URL = 4096

_STRINGS = ("id", "source", "url", "lang", "title", "text", "context")


@dataclass(frozen=True)
class Candidate:
    """An article that can be accepted, with what was put right on the way, in words."""

    article: Article
    warnings: tuple[str, ...] = field(default=())


def build(raw: object, seen_at: datetime) -> Candidate:
    """The article in `raw`: an object with `text` or `title`, and where known `id`, `source`, `url`, `lang`,
    `published_at`, `context` and `sample`; other fields are ignored. `seen_at` is now, or the recording's time.

    Raises PoisonError, which names the field, for what cannot be an article.
    """
    if not isinstance(raw, Mapping):
        raise PoisonError("an article is a JSON object", "article")
    given = {name: _string(raw, name) for name in _STRINGS}
    for name in ("title", "text", "context"):
        if len(given[name] or "") > MAX_RAW:
            raise PoisonError(f"longer than {MAX_RAW:,} characters", name)
    title = plain(given["title"] or "")
    text = plain(given["text"] or "") or title
    if not text:
        raise PoisonError("empty, and so is the title", "text")
    if len(text) > MAX_TEXT:
        raise PoisonError(f"longer than {MAX_TEXT:,} characters", "text")
    warnings: list[str] = []
    if len(title) > MAX_TITLE:
        title = title[:MAX_TITLE]
        warnings.append(f"title: longer than {MAX_TITLE:,} characters; cut")
    published = _published(raw.get("published_at"), seen_at, warnings)
    url = _address(given["url"], warnings)
    source = plain(given["source"] or "") or (publisher(url) if url else "unknown")
    return Candidate(
        _checked(
            id=article_id(url, source, given["id"], title, text),
            source=source,
            source_id=given["id"],
            url=url,
            lang=_language(given["lang"]),
            title=title,
            text=text,
            context=plain(given["context"] or "")[:MAX_TEXT],
            published_at=published,
            first_seen_at=seen_at,
            sample=raw.get("sample") is True,
        ),
        tuple(warnings),
    )


def article_id(url: str | None, source: str, source_id: str | None, title: str, text: str) -> str:
    """Hash of the canonical URL, else of source and the source's id, else of title and text: 32 hex digits."""
    if url:
        key = f"url\x1f{canonical(url)}"
    elif source_id:
        key = f"id\x1f{source}\x1f{source_id}"
    else:
        key = f"text\x1f{title}\x1f{text}"
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:32]


def _string(raw: Mapping[str, Any], name: str) -> str | None:
    value = raw.get(name)
    if name == "id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is not None and not isinstance(value, str):
        raise PoisonError(f"a string is needed, not {type(value).__name__}", name)
    return value or None


def _address(url: str | None, warnings: list[str]) -> str | None:
    if url is None:
        return None
    if len(url) > MAX_URL:
        raise PoisonError(f"longer than {MAX_URL:,} characters", "url")
    try:
        canonical(url)
    except ValueError as error:
        warnings.append(f"url: {error}; ignored")
        return None
    return url.strip()


def _published(value: object, seen_at: datetime, warnings: list[str]) -> datetime | None:
    """The time of publication, UTC where it names no zone; None with a warning where nobody can believe it."""
    if value in (None, ""):
        return None
    published = _parsed(value)
    if published > seen_at + CLOCK_SKEW:
        warnings.append("published_at: in the future; ignored")
        return None
    if published < EARLIEST:
        warnings.append(f"published_at: before {EARLIEST:%Y}; ignored")
        return None
    return published


def _parsed(value: object) -> datetime:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)
    elif isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            raise PoisonError("not a date or time such as 2020-12-21 or 2020-12-21T18:00:00Z", "published_at") from None
    else:
        raise PoisonError(f"a date or time is needed, not {type(value).__name__}", "published_at")
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise PoisonError("beyond what a calendar holds", "published_at") from None


def _language(tag: str | None) -> Lang | None:
    """`ar-SY` is Arabic; a language that Marsad does not read is `other`."""
    if tag is None:
        return None
    primary = tag.replace("_", "-").partition("-")[0].strip().lower()
    return Lang(primary) if primary in list(Lang) else Lang.OTHER


def _checked(**fields: Any) -> Article:
    try:
        return Article(**fields)
    except ValidationError as error:
        name, message = first_fault(error)
        raise PoisonError(message, "id" if name == "source_id" else name) from None
