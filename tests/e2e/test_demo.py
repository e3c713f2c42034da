"""`make run`, as a newcomer types it."""

import os
import signal
import uuid
from pathlib import Path

import pytest

from tests.support.marsad import COMMAND
from tests.support.processes import process, wait_for


@pytest.mark.slow
def test_the_sample_story_ends_in_alerts_on_the_terminal_and_ctrl_c_in_nothing(tmp_path: Path) -> None:
    mark = f"TESTED_BY={uuid.uuid4().hex}"
    env = {"MARSAD_DATA_DIR": str(tmp_path / "data"), "PYTHONUNBUFFERED": "1", **dict([mark.split("=")])}
    with process([COMMAND, "demo"], tmp_path / "demo.log", env) as demo:
        demo.wait_until(lambda: "عين عيسى" in demo.output(), "an alert", 90)
        assert "Ain Issa" in demo.output()
        demo.wait_until(lambda: "اشتباكات" in demo.output(), "a quoted line", 30)
        demo.send(signal.SIGINT)
        assert demo.child.wait(5) == 0
        wait_for(lambda: not living(mark), "every process to be gone", 1)


def living(mark: str) -> list[str]:
    """Processes that were started under the mark."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int(entry.name) != os.getpid() and mark in (entry / "environ").read_text():
                found.append((entry / "cmdline").read_text())
        except OSError:
            continue
    return found
