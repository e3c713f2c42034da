"""The subscriptions file: what is wrong is said by its field, and a change takes effect without a restart."""

import asyncio
import os
from datetime import time
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.notify.subscriptions import Book, follow, parse, read
from services.runtime.errors import ConfigurationError
from tests.notify.making import SECRET, terminal, wait_until, webhook

GOOD = f"""
subscriptions:
  - id: desk
    channel: {{kind: terminal}}
    min_level: elevated
    quiet_hours: {{start: 22:00, end: 06:30, timezone: Asia/Damascus}}
  - id: hook
    channel: {{kind: webhook, url: "https://example.org/hook", secret: {SECRET}, timeout_seconds: 2.5}}
    language: en
"""


def test_a_good_file_is_read_as_written() -> None:
    desk, hook = parse(GOOD, "subscriptions.yml")
    assert desk.quiet_hours is not None
    assert (desk.quiet_hours.start, desk.quiet_hours.end) == (time(22), time(6, 30))
    assert hook.channel.kind == "webhook"
    assert hook.channel.timeout_seconds == 2.5


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "subscriptions: [{id: desk, channel: {kind: pager}}]",
            "subscriptions.0.channel.kind: unknown channel 'pager'",
        ),
        ("subscriptions: [{id: desk, channel: {url: x}}]", "subscriptions.0.channel.kind: say which channel"),
        ("subscriptions: [{id: desk}]", "subscriptions.0.channel: Field required"),
        ("subscriptions: [{id: مكتب, channel: {kind: terminal}}]", "subscriptions.0.id: "),
        ("subscriptions: [{id: desk, channel: {kind: terminal}, min_level: loud}]", "subscriptions.0.min_level: "),
        ("subscriptions: [{id: desk, channel: {kind: terminal}, minlevel: calm}]", "subscriptions.0.minlevel: "),
        (
            "subscriptions: [{id: d, channel: {kind: webhook, url: ftp://x, secret: whsec_x}}]",
            "subscriptions.0.channel.url: ",
        ),
        (
            "subscriptions: [{id: d, channel: {kind: terminal}, quiet_hours: {start: 1:00, end: 2:00, timezone: X}}]",
            "subscriptions.0.quiet_hours.timezone: 'X' is not a known time zone",
        ),
        (
            "subscriptions: [{id: d, channel: {kind: terminal}, "
            "quiet_hours: {start: 1:00, end: 2:00, timezone: Asia}}]",
            "subscriptions.0.quiet_hours.timezone: 'Asia' is not a known time zone",
        ),
        (
            "subscriptions: [{id: d, channel: {kind: terminal}, quiet_hours: {start: 22:00Z, end: 06:00}}]",
            "subscriptions.0.quiet_hours.start: give the time of day alone",
        ),
        (
            "subscriptions: [{id: d, channel: {kind: terminal}, quiet_hours: {start: 22:00, end: 06:00+03:00}}]",
            "subscriptions.0.quiet_hours.end: give the time of day alone",
        ),
        (
            "subscriptions: [{id: d, channel: {kind: terminal}}, {id: d, channel: {kind: terminal}}]",
            "subscriptions.1.id: 'd' is given twice",
        ),
        ("subscriptions: [", "line 1, column"),
        ("", "a subscriptions file is `subscriptions:` and a list"),
        ("- id: desk", "a subscriptions file is `subscriptions:` and a list"),
        ("subscriptions: 7", "subscriptions: "),
    ],
)
def test_a_wrong_file_is_refused_by_its_field(text: str, fault: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse(text, "subscriptions.yml")
    assert "subscriptions.yml: " in str(caught.value)
    assert fault in str(caught.value)


def test_every_fault_is_named_and_no_secret_repeated() -> None:
    text = "subscriptions: [{id: d, channel: {kind: webhook, url: x, secret: [whsec_hidden]}, min_level: x}]"
    with pytest.raises(ConfigurationError) as caught:
        parse(text, "s.yml")
    assert {line.split(": ")[1] for line in str(caught.value).splitlines()} == {
        "subscriptions.0.channel.url",
        "subscriptions.0.channel.secret",
        "subscriptions.0.min_level",
    }
    assert "hidden" not in str(caught.value)


yaml_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
fields = st.sampled_from(["id", "channel", "watches", "types", "kinds", "min_level", "language", "quiet_hours", "عين"])
subscription_like = st.dictionaries(fields, yaml_values, max_size=6)


@settings(max_examples=50)
@given(st.text() | st.builds(lambda given: yaml.safe_dump({"subscriptions": given}), st.lists(subscription_like)))
@example("subscriptions: &a [*a]")
@example("subscriptions: " + "[" * 400)
@example("subscriptions: !!python/object:os.system x")
@example("? [a, b]\n: c")
@example("subscriptions: [{id: d, channel: {kind: [terminal]}}]")
@example("subscriptions: [{id: d, channel: {kind: terminal}, quiet_hours: {start: 0:00, end: 6:00, timezone: ../etc}}]")
def test_whatever_is_in_a_file_is_read_or_refused_in_words(text: str) -> None:
    refusal = "subscriptions.yml: "
    try:
        read_ = parse(text, "subscriptions.yml")
    except ConfigurationError as refused:
        refusal, read_ = str(refused), ()
    assert isinstance(read_, tuple)
    assert refusal.startswith("subscriptions.yml: ")


def test_a_file_that_is_not_there_or_not_text_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read(tmp_path / "none.yml")
    (tmp_path / "bytes.yml").write_bytes("عين".encode("cp1256"))
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        read(tmp_path / "bytes.yml")


def test_a_secret_that_is_missing_from_the_environment_names_its_field() -> None:
    hook = webhook("https://example.org/hook")
    missing = hook.channel.model_copy(update={"secret": "env:MARSAD_TEST_UNSET"})
    wrong = type(hook).model_validate({"id": "hook", "channel": missing.model_dump()})
    with pytest.raises(ConfigurationError, match=r"subscriptions\.0\.channel\.secret: .*MARSAD_TEST_UNSET is not set"):
        Book((wrong,))


async def test_an_unchanged_subscription_keeps_its_channel_and_a_changed_one_gets_a_new_one() -> None:
    book = Book((terminal(), webhook("https://example.org/a")))
    desk, hook = book.channel("desk"), book.channel("hook")
    await book.replace((terminal(), webhook("https://example.org/b")))
    assert book.channel("desk") is desk
    assert book.channel("hook") is not hook
    await book.close()
    assert book.subscriptions == ()


async def test_the_book_follows_the_file_and_a_wrong_file_changes_nothing(tmp_path: Path) -> None:
    path, book, reloaded = tmp_path / "subscriptions.yml", Book(), asyncio.Event()

    async def changed() -> None:
        reloaded.set()

    async def write(text: str) -> None:
        (tmp_path / "new").write_text(text, encoding="utf-8")
        os.replace(tmp_path / "new", path)

    await write(GOOD)
    following = asyncio.create_task(follow(path, book, changed, seconds=0.001))
    async with asyncio.timeout(5):
        await reloaded.wait()
        assert [each.id for each in book.subscriptions] == ["desk", "hook"]
        await write("subscriptions: [{id: other, channel: {kind: pager}}]")
        await wait_until(lambda: bool(book.fault))
        assert "unknown channel 'pager'" in book.fault
        assert [each.id for each in book.subscriptions] == ["desk", "hook"]
        reloaded.clear()
        await write("subscriptions: [{id: other, channel: {kind: terminal}}]")
        await reloaded.wait()
    assert [each.id for each in book.subscriptions] == ["other"]
    assert book.fault == ""
    following.cancel()
    await book.close()
