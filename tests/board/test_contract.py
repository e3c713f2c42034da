"""The API against its own OpenAPI document: schemathesis makes up requests, right and wrong."""

import contextlib

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.board.conftest import Desk

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ENDLESS = "/alerts/stream"
EXAMPLES = 12


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning")
def test_no_request_makes_it_fail_and_every_answer_is_as_the_document_says(
    with_broker: httpx.Client, desk: Desk
) -> None:
    desk.incident(0)
    desk.alert(0)
    document = schemathesis.openapi.from_url(f"{with_broker.base_url}/openapi.json").exclude(path=ENDLESS)
    operations = [found.ok() for found in document.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) >= 11
    for operation in operations:
        _obeys(operation, GenerationMode.POSITIVE)
        with contextlib.suppress(Unsatisfiable):  # a request without parameters cannot be wrong
            _obeys(operation, GenerationMode.NEGATIVE)


def _obeys(operation: APIOperation, mode: GenerationMode) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    def check(case: Case) -> None:
        case.call_and_validate(checks=CHECKS)

    check()
