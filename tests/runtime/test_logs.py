"""Log lines carry no credentials, and a library's complaint is heard once, not ten times a second."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from services.runtime import logs
from services.runtime.settings import Settings


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logs.setup(Settings.load(log_format="json"), "track")
    yield written
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)


SECRETS = [
    ("postgresql+psycopg://marsad:hunter2@db/marsad", "hunter2"),
    ("postgresql+psycopg://marsad:p@ss:w0rd@db/marsad", "w0rd"),
    ("signed with whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8"),
    ("amqp://user:p%40ss@host:5672/", "p%40ss"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_credentials_in_texts_are_masked(text: str, secret: str) -> None:
    assert secret not in logs.redact(text)
    assert "***" in logs.redact(text)


def test_text_without_credentials_is_left_alone() -> None:
    text = "قصف على عين عيسى، https://example.org/a:b/c?x=1 في الساعة 12:30"
    assert logs.redact(text) == text


def test_our_lines_and_the_libraries_are_json_with_the_service(lines: io.StringIO) -> None:
    structlog.get_logger().warning("مهلة", password="hunter2", url="kafka://u:hunter2@h")
    logging.getLogger("aiokafka.client").error("no answer from %s", "kafka://u:hunter2@h")
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [line["event"] for line in found] == ["مهلة", "no answer from kafka://u:***@h"]
    assert {line["service"] for line in found} == {"track"}
    assert "hunter2" not in lines.getvalue()


def test_an_exception_keeps_its_traceback_but_not_its_password(lines: io.StringIO) -> None:
    try:
        raise ConnectionError("postgresql+psycopg://marsad:hunter2@db/marsad")
    except ConnectionError:
        structlog.get_logger().error("store", exc_info=True)
    assert "ConnectionError" in lines.getvalue()
    assert "hunter2" not in lines.getvalue()


def test_a_library_says_the_same_only_now_and_then(lines: io.StringIO) -> None:
    for _ in range(50):
        logging.getLogger("aiokafka.client").error("Unable connect to %s", "127.0.0.1")
        structlog.get_logger().info("خبر")
    said = [json.loads(line)["event"] for line in lines.getvalue().splitlines()]
    assert said.count("Unable connect to 127.0.0.1") == 1
    assert said.count("خبر") == 50
