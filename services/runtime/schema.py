"""The one Faust schema: pydantic models on the wire, malformed bytes as a value."""

from typing import Any

import faust

from services.runtime.topics import Topic
from services.runtime.wire import decode, encode


class MessageSchema(faust.Schema):
    """Reads a topic's messages into its model or a `Malformed`, never raising, and writes them with their headers."""

    def __init__(self, topic: Topic, service: str) -> None:
        super().__init__(key_serializer="raw", value_serializer="raw", allow_empty=False)
        self.topic = topic
        self.service = service

    def loads_value(self, app: Any, message: Any, **_: Any) -> Any:
        return decode(self.topic, message.value)

    def dumps_value(self, app: Any, value: Any, *, headers: Any = None, **_: Any) -> tuple[bytes, Any]:
        body, own = encode(self.topic, value, self.service)
        return body, {**dict(own), **dict(headers or {})}
