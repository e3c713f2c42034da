"""The sample story: what it tells, and what a desk that watches the town hears of it."""

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from services.notify.subscriptions import parse
from services.runtime.cli import main
from services.runtime.intake import build

SAMPLE = files("services.runtime") / "data" / "sample"
NOW = datetime(2026, 3, 14, 20, 0, tzinfo=UTC)
SILENT = ("02-football", "05-kobani", "11-anniversary")
"""A match, shells on a town of another name, an anniversary."""


def articles() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLE / "articles.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The alerts of the story, through `marsad replay`."""
    folder = tmp_path_factory.mktemp("sample")
    dated = [
        {**each, "published_at": (NOW - timedelta(minutes=each["minutes_ago"])).isoformat()} for each in articles()
    ]
    (folder / "articles.jsonl").write_text("".join(json.dumps(each) + "\n" for each in dated), encoding="utf-8")
    (folder / "watches.yml").write_bytes((SAMPLE / "watches.yml").read_bytes())
    given = [f"--{name}={folder / file}" for name, file in (("articles", "articles.jsonl"), ("watches", "watches.yml"))]
    with pytest.raises(SystemExit) as left:
        main(["replay", *given, f"--alerts={folder / 'alerts.jsonl'}"])
    assert not left.value.code
    lines = Path(folder / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def caused_by(heard: list[dict[str, Any]], article_id: str) -> list[dict[str, Any]]:
    return [each for each in heard if each["article_id"] == article_id]


def test_every_article_is_marked_as_a_sample_and_of_no_real_outlet() -> None:
    for raw in articles():
        article = build(raw, NOW).article
        assert article.sample
        assert article.source.endswith("sample.marsad")


def test_the_story_is_in_both_languages_and_in_order() -> None:
    assert {each["lang"] for each in articles()} == {"ar", "en"}
    ages = [each["minutes_ago"] for each in articles()]
    assert ages == sorted(ages, reverse=True)
    assert max(ages) < 24 * 60  # older ones would build state silently


def test_its_subscription_shows_everything_on_the_terminal() -> None:
    (shown,) = parse((SAMPLE / "subscriptions.yml").read_text(encoding="utf-8"), "subscriptions.yml")
    assert shown.channel.kind == "terminal"
    assert not shown.watches


@pytest.mark.parametrize("article_id", SILENT)
def test_what_does_not_happen_there_is_not_alerted(heard: list[dict[str, Any]], article_id: str) -> None:
    assert caused_by(heard, article_id) == []


def test_shells_on_the_market_open_an_incident_that_a_second_report_joins(heard: list[dict[str, Any]]) -> None:
    (opened,) = [each for each in caused_by(heard, "03-shelling") if each["kind"] == "opened"]
    assert "shelling" in opened["signals"]
    assert "opened" not in {each["kind"] for each in caused_by(heard, "04-shelling-en")}


def test_the_rising_toll_makes_it_critical(heard: list[dict[str, Any]]) -> None:
    (opened,) = [each for each in caused_by(heard, "03-shelling") if each["kind"] == "opened"]
    (risen,) = caused_by(heard, "06-toll")
    assert (risen["kind"], risen["level"]) == ("escalated", "critical")
    assert risen["incident_id"] == opened["incident_id"]


def test_talks_while_they_fight_are_contested(heard: list[dict[str, Any]]) -> None:
    meanwhile = caused_by(heard, "08-clash-talks")
    assert {signal for each in meanwhile for signal in each["signals"]} >= {"clash", "talks"}
    assert all(each["contested"] for each in meanwhile)


def test_what_is_only_threatened_is_not_told_as_fighting(heard: list[dict[str, Any]]) -> None:
    assert {each["level"] for each in caused_by(heard, "01-warning")} == {"heads_up"}
