"""`make run`: a story is played and its alerts appear; what is wrong is said before anything starts."""

import json
import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.runtime.demo import SAMPLE, read_story
from services.runtime.errors import ConfigurationError
from services.runtime.settings import Settings
from services.runtime.supervisor import Supervisor
from tests.support.marsad import COMMAND
from tests.support.processes import Process

ARTICLES = [
    {
        "id": "1",
        "source": "desk.example.org",
        "published_at": "2021-03-01T09:00:00Z",
        "title": "قصف على عين عيسى",
        "text": "قصفت مدفعية ثقيلة بلدة عين عيسى صباح اليوم، ما أدى إلى مقتل ثلاثة مدنيين.",
    },
    {"id": "2", "source": "desk.example.org", "published_at": "2021-03-02T09:00:00Z", "text": "فاز الفريق الضيف."},
]


@pytest.fixture
def mark() -> Iterator[str]:
    """Stands in the environment of everything that a test starts; nothing with it survives the test."""
    made = uuid.uuid4().hex
    yield made
    for pid in living(made):
        os.kill(pid, signal.SIGKILL)


def living(mark: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def demo(folder: Path, mark: str, *options: str) -> Process:
    env = {"MARSAD_DATA_DIR": str(folder / "data"), "TESTED_BY": mark}
    return Process([COMMAND, "demo", *options], folder / "demo.log", env)


def test_articles_of_ones_own_are_played_on_their_own_clock(tmp_path: Path, mark: str) -> None:
    file = tmp_path / "أخبار.jsonl"
    lines = [json.dumps(article, ensure_ascii=False) for article in ARTICLES]
    file.write_text("\n".join([*lines, '{"text": 7}']), encoding="utf-8")
    running = demo(tmp_path, mark, "--articles", str(file))
    running.wait_until(lambda: "قصفت مدفعية ثقيلة" in running.output(), "the alert", 90)
    assert "line 3: text: a string is needed, not int" in running.output()
    assert "2021-03-01 09:00 UTC" in running.output()
    assert "SAMPLE" not in running.output()


def up(folder: Path, mark: str, *options: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "TESTED_BY": mark, **variables}
    command = [COMMAND, "up", "--data-dir", str(folder / "data"), *options]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=90)


WRONG_FILES = [
    ("--watches", "watches: [{id: x, name: {ar: ع}, center: [120, 5]}]", "watches.0.center: latitude 120.0"),
    ("--subscriptions", "subscriptions: [{id: x, channel: {kind: pigeon}}]", "unknown channel 'pigeon'"),
    ("--feeds", "feeds: [{url: 'gopher://example.org'}]", "feeds.0.url: not an http(s) address"),
]


@pytest.mark.parametrize(("option", "content", "why"), WRONG_FILES, ids=[option for option, _, _ in WRONG_FILES])
def test_a_wrong_file_ends_it_with_the_reason_and_leaves_nothing_behind(
    tmp_path: Path, mark: str, option: str, content: str, why: str
) -> None:
    file = tmp_path / "ملف.yml"
    file.write_text(content, encoding="utf-8")
    done = up(tmp_path, mark, "--http", "0", option, str(file))
    assert done.returncode == 2
    assert why in done.stderr
    assert "Traceback" not in done.stderr
    assert living(mark) == []


def test_a_port_that_is_taken_is_said(tmp_path: Path, mark: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = up(tmp_path, mark, "--http", str(port))
    assert done.returncode == 2
    assert f"--http {port}" in done.stderr
    assert living(mark) == []


def test_an_address_that_this_machine_does_not_have_is_said(tmp_path: Path, mark: str) -> None:
    done = up(tmp_path, mark, "--http", "0", MARSAD_HTTP_HOST="203.0.113.1")
    assert done.returncode == 2
    assert "MARSAD_HTTP_HOST=203.0.113.1: " in done.stderr


def test_a_store_that_is_gone_is_said(tmp_path: Path, mark: str) -> None:
    done = up(tmp_path, mark, "--http", "0", MARSAD_STORE="postgresql+psycopg://marsad:hunter2@127.0.0.1:1/marsad")
    assert done.returncode == 2
    assert "marsad: store postgresql+psycopg://marsad:***@127.0.0.1:1/" in done.stderr
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr
    assert living(mark) == []


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.2", "http://127.0.0.2:8089"),
        ("::1", "http://[::1]:8089"),
        ("0.0.0.0", "http://127.0.0.1:8089"),
        ("::", "http://[::1]:8089"),
        ("localhost", "http://localhost:8089"),
    ],
)
def test_the_board_is_asked_where_it_listens(host: str, url: str) -> None:
    assert Supervisor(Settings.load(http_host=host, http_port=8089), "127.0.0.1:9092").url == url


@pytest.mark.skipif(not Path("/proc/net/if_inet6").exists(), reason="needs IPv6")
def test_on_another_loopback_address_it_gets_ready(tmp_path: Path, mark: str) -> None:
    env = {"MARSAD_HTTP_HOST": "::1", "TESTED_BY": mark}
    command = [COMMAND, "up", "--data-dir", str(tmp_path / "data"), "--http", "0"]
    running = Process(command, tmp_path / "up.log", env)
    running.wait_until(lambda: "ready http://[::1]:" in running.output(), "the line that says ready", 90)


def test_a_file_without_articles_is_said(tmp_path: Path) -> None:
    file = tmp_path / "فارغ.jsonl"
    file.write_text("\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no article in it"):
        read_story(file)
    with pytest.raises(ConfigurationError, match="No such file"):
        read_story(tmp_path / "لا يوجد")


def test_the_sample_is_marked_as_one_in_order_and_dated_to_now() -> None:
    story = read_story(None)
    assert all(each.article.sample for each in story.articles)
    assert not any(each.warnings for each in story.articles)
    times = [each.article.first_seen_at for each in story.articles]
    assert times == sorted(times)
    assert {each.article.lang for each in story.articles} >= {"ar", "en"}
    assert (SAMPLE / "watches.yml").is_file()


def test_help_lists_every_command_and_each_has_its_own() -> None:
    from services.runtime.cli import COMMANDS

    whole = subprocess.run([COMMAND, "--help"], capture_output=True, text=True, check=True).stdout
    for name in COMMANDS:
        assert name in whole
    for name in ("up", "analyze", "dead"):
        assert "Usage" in subprocess.run([COMMAND, name, "--help"], capture_output=True, text=True, check=True).stdout


def test_the_file_command_does_not_wait_for_what_it_does_not_use() -> None:
    code = "import sys; import services.runtime.cli as c; c._application(['analyze']); print('faust' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_ctrl_c_while_the_broker_is_waited_for_ends_it_soon(tmp_path: Path, mark: str) -> None:
    command = [COMMAND, "up", "--data-dir", str(tmp_path / "data"), "--http", "0", "--bootstrap", "127.0.0.1:1"]
    waiting = Process(command, tmp_path / "up.log", {"TESTED_BY": mark})
    waiting.wait_until(lambda: "Unable connect" in waiting.output(), "the first attempt", 60)
    waiting.send(signal.SIGINT)
    assert waiting.child.wait(5) == 0
    assert living(mark) == []
