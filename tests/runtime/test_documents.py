"""The generated documents in docs/ are what the code says now, and follow their own standards."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from schemas.article import Article
from services.runtime import metrics, settings, topics
from services.runtime.documents import asyncapi, documents

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", sorted(documents()))
def test_the_schemas_in_docs_are_current(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == documents()[name], "run make docs"


def test_the_metrics_reference_is_current() -> None:
    assert (DOCS / "metrics.md").read_text(encoding="utf-8") == metrics.reference(), "run make docs"


def test_the_configuration_reference_is_current() -> None:
    assert (DOCS / "configuration.md").read_text(encoding="utf-8") == settings.reference(), "run make docs"


@pytest.mark.parametrize("name", [name for name in documents() if name.endswith(".json")])
def test_each_json_schema_is_a_valid_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(documents()[name]))


def test_an_article_on_the_wire_follows_its_schema() -> None:
    schema = json.loads(documents()["schema/article.json"])
    article = Article(id="١", source="قناة", text="قصف", first_seen_at="2026-11-25T00:00:00Z")
    jsonschema.validate(json.loads(article.model_dump_json()), schema)
    with pytest.raises(jsonschema.ValidationError, match="text"):
        jsonschema.validate({"id": "١", "source": "قناة", "first_seen_at": "2026-11-25T00:00:00Z"}, schema)


def test_asyncapi_describes_every_topic_and_its_dead_letters() -> None:
    document = yaml.safe_load(documents()["asyncapi.yaml"])
    assert document["asyncapi"] == "3.0.0"
    for topic in topics.ALL:
        assert {topic.name, topic.dead} <= document["channels"].keys()


def test_every_reference_in_asyncapi_leads_somewhere() -> None:
    document = asyncapi()

    def references(part: object) -> set[str]:
        if isinstance(part, dict):
            own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
            return own.union(*(references(value) for value in part.values()))
        return set().union(*(references(value) for value in part)) if isinstance(part, list) else set()

    for reference in references(document):
        target: object = document
        for step in reference.removeprefix("#/").split("/"):
            assert isinstance(target, dict), reference
            target = target[step]
