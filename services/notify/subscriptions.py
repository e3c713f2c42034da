"""The subscriptions file: read, checked, and read again when it changes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas.subscription import Subscription, SubscriptionFile
from services.notify.channels import Channel, open_channel
from services.runtime.errors import ConfigurationError

log = logging.getLogger(__name__)

RELOAD_SECONDS = 2.0


class _Loader(yaml.SafeLoader):
    """Takes every scalar but null as text: YAML 1.1 would make minutes of `22:00` and a boolean of `no`."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern) for tag, pattern in resolvers if tag in {"tag:yaml.org,2002:null", "tag:yaml.org,2002:merge"}
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parse(text: str, name: str) -> tuple[Subscription, ...]:
    """The subscriptions of a file's text. Raises ConfigurationError that names every field at fault."""
    try:
        document = yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigurationError(f"{name}:{where} is not YAML: {getattr(error, 'problem', None) or error}") from None
    except RecursionError:
        raise ConfigurationError(f"{name}: is nested too deeply") from None
    if not isinstance(document, dict):
        raise ConfigurationError(f"{name}: a subscriptions file is `subscriptions:` and a list")
    try:
        return SubscriptionFile.model_validate(document).subscriptions
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise ConfigurationError("\n".join(f"{name}: {_fault(fault)}" for fault in faults)) from None


def _fault(fault: ErrorDetails) -> str:
    """`field: message`, without the value: it may hold a secret."""
    field = ".".join(str(part) for part in _without_tag(fault["loc"]))
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "union_tag_invalid":
        known = fault["ctx"]["expected_tags"].replace("'", "")
        return f"{field}.kind: unknown channel '{fault['ctx']['tag']}'; known are {known}"
    if fault["type"] == "union_tag_not_found":
        return f"{field}.kind: say which channel: kind is missing"
    return f"{field}: {message}" if field else message


def _without_tag(location: tuple[Any, ...]) -> tuple[Any, ...]:
    """pydantic puts the channel's kind into the path; the file has no such level."""
    if "channel" in location[:-1]:
        at = location.index("channel") + 1
        return location[:at] + location[at + 1 :]
    return location


def read(path: Path) -> tuple[Subscription, ...]:
    """Raises ConfigurationError where the file cannot be read or is wrong."""
    try:
        return parse(path.read_text(encoding="utf-8-sig"), path.name)
    except OSError as error:
        raise ConfigurationError(f"{path.name}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path.name}: is not UTF-8") from None


class Book:
    """The subscriptions in force, each with its open channel."""

    def __init__(self, subscriptions: tuple[Subscription, ...] = ()) -> None:
        self._entries: dict[str, tuple[Subscription, Channel]] = {}
        self.fault = ""
        """Why the newest file is not in force, where it is not."""
        self._take(subscriptions)

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        return tuple(subscription for subscription, _ in self._entries.values())

    def channel(self, subscription_id: str) -> Channel:
        return self._entries[subscription_id][1]

    def get(self, subscription_id: str) -> Subscription | None:
        entry = self._entries.get(subscription_id)
        return entry[0] if entry else None

    async def replace(self, subscriptions: tuple[Subscription, ...]) -> None:
        """Puts these in force; an unchanged one keeps its channel. Raises ConfigurationError and changes nothing."""
        for channel in self._take(subscriptions):
            await channel.close()

    def _take(self, subscriptions: tuple[Subscription, ...]) -> list[Channel]:
        entries: dict[str, tuple[Subscription, Channel]] = {}
        for position, subscription in enumerate(subscriptions):
            held = self._entries.get(subscription.id)
            if held is not None and held[0] == subscription:
                entries[subscription.id] = held
                continue
            try:
                entries[subscription.id] = (subscription, open_channel(subscription))
            except ValueError as error:
                raise ConfigurationError(f"subscriptions.{position}.{error}") from None
        kept = {id(channel) for _, channel in entries.values()}
        dropped = [channel for _, channel in self._entries.values() if id(channel) not in kept]
        self._entries = entries
        return dropped

    async def close(self) -> None:
        await self.replace(())


async def follow(
    path: Path, book: Book, changed: Callable[[], Awaitable[None]], seconds: float = RELOAD_SECONDS
) -> None:
    """Keeps the book as the file says, for ever. A wrong file is said once and changes nothing."""
    last: bytes | None = None
    while True:
        content = await asyncio.to_thread(_content, path)
        if content != last:
            last = content
            await _reload(path, book, changed)
        await asyncio.sleep(seconds)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


async def _reload(path: Path, book: Book, changed: Callable[[], Awaitable[None]]) -> None:
    try:
        await book.replace(await asyncio.to_thread(read, path))
    except ConfigurationError as error:
        book.fault = str(error)
        log.error("subscriptions not changed: %s", error)
        return
    book.fault = ""
    log.info("subscriptions in force: %s", ", ".join(s.id for s in book.subscriptions) or "none")
    await changed()
