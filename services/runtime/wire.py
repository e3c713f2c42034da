"""Messages as bytes: the JSON of their models, with CloudEvents 1.0 attributes as headers (binary mode).

Decoding never raises: what cannot be read becomes a `Malformed` value, because an error inside Faust's decoder would
lose the message. Works for Faust (`services.runtime.schema`) and for plain aiokafka alike.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from services.runtime.errors import first_fault
from services.runtime.topics import M, Topic

Headers = list[tuple[str, bytes]]


@dataclass(frozen=True)
class Malformed:
    """Bytes that are not a message of their topic, and why."""

    raw: bytes
    message: str
    field: str | None = None


def encode(topic: Topic[M], value: M, service: str = "tool") -> tuple[bytes, Headers]:
    """(value, headers) of a message; `service` is who sends it."""
    return value.model_dump_json().encode(), [
        ("ce_specversion", b"1.0"),
        ("ce_id", topic.identity(value).encode()),
        ("ce_type", topic.event_type.encode()),
        ("ce_source", f"/marsad/{service}".encode()),
        ("ce_time", topic.time(value).isoformat().encode()),
        ("content-type", b"application/json"),
    ]


def decode(topic: Topic[M], raw: bytes | None) -> M | Malformed:
    """The message in `raw`, or why there is none."""
    if raw is None:
        return Malformed(b"", "the message has no value")
    try:
        return topic.model.model_validate_json(raw)
    except ValidationError as error:
        field, message = first_fault(error)
        return Malformed(raw, message, field)
    except (ValueError, RecursionError) as error:
        return Malformed(raw, str(error))


def record(topic: Topic[M], value: M, service: str = "tool") -> dict[str, Any]:
    """Arguments for `AIOKafkaProducer.send`: topic, key, value and headers."""
    body, headers = encode(topic, value, service)
    return {"topic": topic.name, "key": topic.key(value).encode(), "value": body, "headers": headers}
