"""What could not be handled: kept with its reason, shown, and tried again when the cause is mended."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import System, report
from tests.e2e.test_live_path import SHELLING, opened
from tests.faults.hooks.sitecustomize import POISON
from tests.faults.world import with_hooks
from tests.support.brokers import produce
from tests.support.marsad import COMMAND
from tests.support.processes import wait_for


def dead(system: System, *arguments: str) -> str:
    """What `marsad dead` prints."""
    assert system.broker
    command = [COMMAND, "dead", *arguments, "--bootstrap", system.broker.bootstrap]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def sick_system(make_system: Callable[..., System], tmp_path: Path) -> System:
    """Its analysis raises at one article."""
    return make_system(env={"PYTHONPATH": with_hooks(), "FAULT_HOOKS": str(tmp_path)})


def test_bad_messages_are_kept_with_their_reason_and_the_stream_goes_on(sick_system: System) -> None:
    system = sick_system
    assert system.broker
    produce(system.broker.bootstrap, "articles", b'{"id": "x", "source": "desk", "text": 7}')
    system.marsad.post(report(1, SHELLING, POISON))
    system.marsad.post(report(2, SHELLING))
    wait_for(lambda: opened(system), "the good article's alert")
    wait_for(lambda: len(dead(system, "list").splitlines()) == 2, "both dead letters")
    lines = dead(system, "list").splitlines()
    assert any("ValidationError" in line or "PoisonError" in line for line in lines)
    (raised,) = [line for line in lines if "RuntimeError" in line]
    assert "the analysis has a bug" in raised

    shown = json.loads(dead(system, "show", raised.split()[0]))
    assert shown["topic"] == "articles"
    assert json.loads(shown["value"])["title"] == POISON


def test_a_dead_letter_is_handled_when_its_cause_is_mended(sick_system: System) -> None:
    system = sick_system
    system.marsad.post(report(1, SHELLING, POISON))
    (line,) = wait_for(lambda: dead(system, "list").splitlines(), "the dead letter")
    assert system.receiver.alerts() == []
    system.marsad.interrupt()
    del system.marsad.env["FAULT_HOOKS"]
    system.marsad.start()
    assert "1 sent again" in dead(system, "replay", line.split()[0])
    wait_for(lambda: opened(system), "the alert of the article that was dead")
