"""Dead letters: the value that could not be handled, unchanged, and the reason in its headers (`schemas/dead.py`)."""

from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from schemas.dead import DeadLetter
from services.runtime.errors import PoisonError
from services.runtime.wire import Headers, Malformed

_LONGEST_REASON = 2000
VERSION = version("marsad")


def reason_headers(topic: str, partition: int, offset: int, error: Exception, at: datetime | None = None) -> Headers:
    """Headers of a dead letter."""
    cause = error if isinstance(error, PoisonError) else None
    headers = {
        "marsad-topic": topic,
        "marsad-partition": str(partition),
        "marsad-offset": str(offset),
        "marsad-error": type(error).__name__,
        "marsad-message": str(error)[:_LONGEST_REASON],
        "marsad-version": VERSION,
        "marsad-at": (at or datetime.now(UTC)).isoformat(),
    }
    if cause and cause.field:
        headers["marsad-field"] = cause.field
    return [(name, value.encode("utf-8", "replace")) for name, value in headers.items()]


def original_bytes(event: Any) -> bytes:
    """What arrived, byte for byte."""
    return event.value.raw if isinstance(event.value, Malformed) else event.message.value or b""


def read_dead(record: Any) -> DeadLetter:
    """A dead letter from an aiokafka record; a foreign record without our headers is shown as such."""
    found = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    return DeadLetter(
        topic=found.get("marsad-topic", record.topic.removesuffix(".dead")),
        partition=int(found.get("marsad-partition", "-1")),
        offset=int(found.get("marsad-offset", "-1")),
        error=found.get("marsad-error", "unknown"),
        field=found.get("marsad-field"),
        message=found.get("marsad-message", "this record has no reason in its headers"),
        version=found.get("marsad-version", ""),
        at=datetime.fromisoformat(found["marsad-at"])
        if "marsad-at" in found
        else datetime.fromtimestamp(record.timestamp / 1000, UTC),
        key=record.key.decode("utf-8", "replace") if record.key is not None else None,
        value=(record.value or b"").decode("utf-8", "replace"),
    )
