"""`marsad subscriptions`: what a user sees before anything is sent."""

from pathlib import Path

import pytest

from services.runtime.cli import main

FILE = """
subscriptions:
  - id: desk
    channel: {kind: terminal}
  - id: elsewhere
    channel: {kind: terminal}
    watches: [tal-tamr]
"""


def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str, text: str = FILE) -> tuple[int, str, str]:
    (tmp_path / "subscriptions.yml").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["subscriptions", command, str(tmp_path / "subscriptions.yml")])
    shown = capsys.readouterr()
    return int(left.value.code or 0), shown.out, shown.err


def test_check_says_who_will_be_told_what(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, _ = run(capsys, tmp_path, "check")
    assert status == 0
    assert out.splitlines()[1] == "elsewhere: terminal, tal-tamr, every type, from heads_up, in ar"


def test_check_names_the_field_at_fault(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, _, err = run(capsys, tmp_path, "check", FILE.replace("kind: terminal", "kind: pigeon"))
    assert status == 2
    assert "subscriptions.0.channel.kind: unknown channel 'pigeon'; known are terminal, webhook" in err


def test_preview_shows_the_message_or_the_rule_that_keeps_it_back(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, out, _ = run(capsys, tmp_path, "preview")
    assert status == 0
    assert "# desk: sent, level_reached, sound: new" in out
    assert "سقط ثلاثة قتلى" in out
    assert "# elsewhere: not sent, other_watch" in out
