"""The examples in the OpenAPI document are what the API really says."""

from typing import Any

import pytest

from schemas.article import Article
from schemas.base import Message
from schemas.incident import Incident
from schemas.watch import WatchFile
from services.board import examples
from services.board.models import AlertPage, IncidentPage, NotifiedAlert, WatchedState, WatchList


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (WatchFile, examples.WATCH_FILE),
        (WatchList, examples.WATCH_LIST),
        (WatchedState, examples.WATCHED),
        (IncidentPage, examples.INCIDENT_PAGE),
        (Incident, examples.INCIDENT),
        (AlertPage, examples.ALERT_PAGE),
        (NotifiedAlert, examples.NOTIFIED),
        (Article, examples.ARTICLE),
    ],
)
def test_an_example_is_a_message_of_its_model(model: type[Message], example: dict[str, Any]) -> None:
    assert model.model_validate(example)
