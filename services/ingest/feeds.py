"""RSS and Atom feeds: fetched politely, read tolerantly."""

import asyncio
import random
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import httpx
import stamina
import structlog
import yaml
from pydantic import Field, ValidationError, field_validator

from schemas.base import Message
from services.runtime import metrics
from services.runtime.dead import VERSION
from services.runtime.errors import ConfigurationError, PoisonError, first_fault
from services.runtime.intake import Candidate, Gate, build
from services.runtime.patience import insist

log = structlog.get_logger()

MAX_FEED_BYTES = 20 * 1024 * 1024
TIMEOUT_SECONDS = 20.0
_ATTEMPTS = 3

Refusal = tuple[int, bytes, PoisonError]
"""Number of an entry, what it holds, and why it is no article."""


class Feed(Message):
    url: str
    source: str = Field(default="", max_length=256)
    """Name of the publisher; its host by default."""

    @field_validator("url")
    @classmethod
    def _http(cls, value: str) -> str:
        if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname:
            raise ValueError("not an http(s) address")
        return value

    @property
    def publisher(self) -> str:
        return self.source or (urlsplit(self.url).hostname or "").removeprefix("www.")


class FeedFile(Message):
    """A feeds file: `feeds:` and a list of addresses, each with a `source` where the host does not say it."""

    feeds: tuple[Feed, ...]


def read_feeds(path: Path) -> tuple[Feed, ...]:
    """The feeds of a file. Raises ConfigurationError, which names the field."""
    try:
        return FeedFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).feeds
    except ValidationError as error:
        field, message = first_fault(error)
        raise ConfigurationError(f"{path}: {field or 'feeds'}: {message}") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}:{_where(error)}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}") from None


def _where(error: yaml.YAMLError) -> str:
    """Line and problem. What stands there may be an address with its password, and is not repeated."""
    mark = getattr(error, "problem_mark", None)
    where = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return f"{where} is not YAML: {getattr(error, 'problem', None) or type(error).__name__}"


@dataclass(frozen=True)
class Answer:
    """The bytes of a feed, and the headers that ask whether it is still the same."""

    body: bytes
    validators: dict[str, str]


class FeedReader:
    """Reads one feed again and again; asks only for what changed."""

    def __init__(self, feed: Feed, gate: Gate, client: httpx.AsyncClient) -> None:
        self.feed = feed
        self._gate = gate
        self._client = client
        self._validators: dict[str, str] = {}
        self._buried: set[bytes] = set()
        """Digests of the entries of the last reading that were no articles."""

    async def run(self, every_seconds: float) -> None:
        """For ever; a little out of step with the other feeds, so that they do not all come at once."""
        while True:
            await self.read()
            await asyncio.sleep(every_seconds * random.uniform(0.9, 1.1))

    async def read(self) -> int:
        """Read it once and tell how it went; the number of articles handed over."""
        source = self.feed.publisher
        try:
            answer = await self._fetch()
            built, refused = await asyncio.to_thread(self._build_all, answer.body) if answer else ([], [])
        except Exception as error:  # whatever a server makes our libraries stumble over is this feed's failure alone
            log.warning("feed failed", feed=source, reason=_reason(error))
            metrics.FEED_READS.labels("failed").inc()
            await insist(self._gate.failed, source, _reason(error))
            return 0
        if answer:  # only now: what is no feed must be asked for again, and not pass for unchanged
            self._validators = answer.validators
            await self._bury(refused)
        if built:
            await insist(self._gate.pass_on, built, "feed", source)
        metrics.FEED_READS.labels("read" if answer else "unchanged").inc()
        await insist(self._gate.answered, source)
        return len(built)

    def _build_all(self, body: bytes) -> tuple[list[Candidate], list[Refusal]]:
        """The articles of a feed, and the entries that are none."""
        built: list[Candidate] = []
        refused: list[Refusal] = []
        for number, entry in enumerate(parse(body), 1):
            try:
                built.append(build(entry | {"source": self.feed.publisher}, self._gate.now()))
            except PoisonError as error:
                refused.append((number, repr(entry).encode(), error))
        return built, refused

    async def _bury(self, refused: list[Refusal]) -> None:
        """Each once: as long as it stands in the feed, it comes again with every reading."""
        source = self.feed.publisher
        for number, raw, error in refused:
            if sha256(raw).digest() not in self._buried:
                log.warning("refused", where=source, entry=number, field=error.field, reason=str(error))
                await insist(self._gate.refuse, raw, error, source, number, "feed")
        self._buried = {sha256(raw).digest() for _, raw, _ in refused}

    async def _fetch(self) -> Answer | None:
        """What the server gave, or None where nothing changed. Raises what went wrong, tried again where that helps."""
        async for attempt in stamina.retry_context(on=_worth_retrying, attempts=_ATTEMPTS, timeout=60.0):
            with attempt:
                return await self._fetch_once()
        return None

    async def _fetch_once(self) -> Answer | None:
        async with self._client.stream("GET", self.feed.url, headers=self._validators) as answer:
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                return None
            if not answer.is_success:  # in httpx's own words the whole address stands, with its password or key
                status = f"status {answer.status_code}"
                raise httpx.HTTPStatusError(status, request=answer.request, response=answer)
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > MAX_FEED_BYTES:
                    raise PoisonError(f"the feed is longer than {MAX_FEED_BYTES:,} bytes")
        return Answer(bytes(body), dict(_validators(answer.headers)))


def client() -> httpx.AsyncClient:
    """For feeds: follows redirects, says who asks."""
    agent = f"marsad/{VERSION} (feed reader)"
    return httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=True, headers={"User-Agent": agent})


def parse(body: bytes) -> list[dict[str, Any]]:
    """The entries as raw articles, oldest first. Raises PoisonError for what is no feed."""
    found = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=True)
    if not found.entries and not found.get("version"):
        raise PoisonError("neither RSS nor Atom")
    language = found.feed.get("language")
    entries = [_raw(entry, language) for entry in found.entries]
    return sorted(entries, key=lambda entry: entry["published_at"] or datetime.max.replace(tzinfo=UTC))


def _raw(entry: Any, language: str | None) -> dict[str, Any]:
    contents = [content.get("value", "") for content in entry.get("content", [])]
    return {
        "id": entry.get("id") or None,
        "url": entry.get("link") or None,
        "title": entry.get("title") or "",
        "text": max([*contents, entry.get("summary") or ""], key=len),
        "lang": entry.get("language") or language or None,
        "published_at": _time(entry.get("published_parsed") or entry.get("updated_parsed")),
    }


def _time(parsed: Any) -> datetime | None:
    """What feedparser read as UTC; None where that is no time."""
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None


def _validators(headers: httpx.Headers) -> Iterator[tuple[str, str]]:
    for answer, question in (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since")):
        if answer in headers:
            yield question, headers[answer]


def _reason(error: Exception) -> str:
    """Why a feed failed, for logs and alerts: in our words, or the kind alone, since libraries cite the address."""
    if isinstance(error, PoisonError):
        return str(error)
    status = f" {error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else ""
    return type(error).__name__ + status


def _worth_retrying(error: Exception) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code >= 500 or error.response.status_code == httpx.codes.TOO_MANY_REQUESTS
    return isinstance(error, httpx.TransportError)
