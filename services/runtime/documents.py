"""The documents that are generated from the models: JSON Schema for each message, AsyncAPI 3 for the topics."""

import json
from typing import Any

import yaml
from pydantic import BaseModel

from schemas.dead import HEADERS as DEAD_HEADERS
from schemas.incident import Incident, WatchState
from schemas.notification import Notification
from schemas.subscription import SubscriptionFile
from schemas.watch import WatchFile
from services.runtime import topics
from services.runtime.dead import VERSION
from services.runtime.topics import Topic

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_BESIDE_TOPICS: tuple[type[BaseModel], ...] = (Incident, WatchState, Notification, WatchFile, SubscriptionFile)
"""Messages and files that travel otherwise than in topics."""

_CLOUDEVENTS = {
    "ce_specversion": "CloudEvents version, 1.0.",
    "ce_id": "Identity of the message: the same id is the same message.",
    "ce_type": "Type and version of the message.",
    "ce_source": "The service that sent it.",
    "ce_time": "Time of what it tells, RFC 3339.",
    "content-type": "application/json.",
}
_DEAD_MEANINGS = {
    "marsad-topic": "Topic it came from.",
    "marsad-partition": "Partition it came from.",
    "marsad-offset": "Offset it had; for a file or feed, the line or entry.",
    "marsad-error": "Class of the error.",
    "marsad-field": "The field at fault, where there is one.",
    "marsad-message": "Why it could not be handled.",
    "marsad-version": "Marsad's version that gave up on it.",
    "marsad-at": "When, RFC 3339.",
}


def documents() -> dict[str, str]:
    """Relative path and content of every generated document."""
    models = [topic.model for topic in topics.ALL] + list(_BESIDE_TOPICS)
    found = {f"schema/{_file(model)}.json": _json(_schema(model)) for model in models}
    found["asyncapi.yaml"] = yaml.safe_dump(asyncapi(), sort_keys=False, allow_unicode=True, width=120)
    return found


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document of all topics."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for topic in topics.ALL:
        name = topic.model.__name__
        messages[name] = _message(topic)
        schemas |= _components(topic.model)
        channels[topic.name] = _channel(topic)
        channels[topic.dead] = _dead_channel(topic)
        for action, verb in (("send", "send"), ("receive", "receive")):
            operations[f"{verb}{name}"] = {"action": action, "channel": {"$ref": f"#/channels/{topic.name}"}}
    messages["DeadLetter"] = _dead_message()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Marsad",
            "version": VERSION,
            "description": "The Kafka topics of Marsad. Written by `marsad schema` from the models.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": dict(sorted(schemas.items()))},
    }


def _channel(topic: Topic) -> dict[str, Any]:
    name = topic.model.__name__
    return {
        "address": topic.name,
        "description": topic.meaning,
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "bindings": {"kafka": {"topic": topic.name, "bindingVersion": "0.5.0"}},
    }


def _dead_channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.dead,
        "description": f"What could not be handled from `{topic.name}`, unchanged; the reason is in the headers.",
        "messages": {"DeadLetter": {"$ref": "#/components/messages/DeadLetter"}},
        "bindings": {"kafka": {"topic": topic.dead, "bindingVersion": "0.5.0"}},
    }


def _message(topic: Topic) -> dict[str, Any]:
    name = topic.model.__name__
    headers = {each: {"type": "string", "description": meaning} for each, meaning in _CLOUDEVENTS.items()}
    headers["ce_type"]["const"] = topic.event_type
    return {
        "name": name,
        "summary": topic.meaning,
        "contentType": "application/json",
        "headers": {"type": "object", "properties": headers, "required": list(_CLOUDEVENTS)},
        "payload": {"$ref": f"#/components/schemas/{name}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": topic.key_meaning}, "bindingVersion": "0.5.0"}},
    }


def _dead_message() -> dict[str, Any]:
    headers = {name: {"type": "string", "description": _DEAD_MEANINGS[name]} for name in DEAD_HEADERS}
    return {
        "name": "DeadLetter",
        "summary": "A message that could not be handled, byte for byte.",
        "contentType": "application/octet-stream",
        "headers": {"type": "object", "properties": headers},
        "payload": {"description": "Any bytes."},
    }


def _components(model: type[BaseModel]) -> dict[str, Any]:
    """The model's schema and those it refers to, by name."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}", mode="validation")
    return {**schema.pop("$defs", {}), model.__name__: schema}


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return {"$schema": _DIALECT, **model.model_json_schema()}


def _file(model: type[BaseModel]) -> str:
    """WatchFile -> watch_file."""
    name = model.__name__
    return "".join(
        f"_{char.lower()}" if char.isupper() and position else char.lower() for position, char in enumerate(name)
    )


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
