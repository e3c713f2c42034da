"""Replay on the articles' own clock, and what a change would have changed; through the real analyzer."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.runtime.intake import build
from services.runtime.replay import read_articles
from services.track.backtest import compare, report
from tests.track.story import MONDAY, Desk, hours, signal
from tests.track.story import report as observation

WATCHES = """
watches:
  - {id: ain-issa, name: {ar: عين عيسى, en: Ain Issa}, center: [36.3837, 38.8629], radius_km: 15}
  - {id: tal-tamr, name: {ar: تل تمر, en: Tal Tamr}, center: [36.6533, 40.3725], radius_km: 15}
"""


def run(folder: Path, articles: list[dict], *more: str, watches: str = WATCHES) -> tuple[str, list[dict]]:
    """(bytes written, alerts) of `marsad replay`."""
    from services.runtime.cli import _application

    (folder / "w.yml").write_text(watches, encoding="utf-8")
    (folder / "a.jsonl").write_text("".join(json.dumps(a) + "\n" for a in articles), encoding="utf-8")
    arguments = ["replay", "--watches", f"{folder}/w.yml", "--articles", f"{folder}/a.jsonl"]
    result = CliRunner().invoke(
        _application(["replay", "watches"]), [*arguments, "--alerts", f"{folder}/o.jsonl", *more]
    )
    assert result.exit_code == 0, result.output
    written = (folder / "o.jsonl").read_text(encoding="utf-8")
    return written, [json.loads(line) for line in written.splitlines()]


def article(id_: str, at: str, text: str, source: str = "a.example", **more: str) -> dict:
    return {"id": id_, "published_at": at, "source": source, "title": "", "text": text, **more}


STRIKE = (
    "قُتل ثلاثة مدنيين وأصيب خمسة آخرون صباح اليوم جراء قصف مدفعي تركي استهدف الأحياء السكنية في عين عيسى شمالي الرقة."
)
STRIKE_EN = (
    "Turkish artillery shelled Ain Issa this morning, killing three civilians and wounding five, local sources said."
)
REVISED = "ارتفع عدد قتلى القصف المدفعي التركي على عين عيسى إلى تسعة مدنيين بعد وفاة ستة من الجرحى في المستشفى."
REVISED_EN = "The death toll from the Turkish artillery shelling of Ain Issa has risen to nine civilians, medics said."
CLASH = "اندلعت اشتباكات عنيفة بين قوات سوريا الديمقراطية والفصائل الموالية لتركيا في عين عيسى اليوم."
CLASH_EN = "Heavy clashes broke out today between the Syrian Democratic Forces and Turkish-backed factions in Ain Issa."
TRUCE = "توصل الطرفان مساء اليوم إلى هدنة أوقفت القتال في عين عيسى، ودخل وقف إطلاق النار حيز التنفيذ."
TRUCE_EN = "A ceasefire took effect this evening in Ain Issa after the two sides agreed on a truce."
TAMR = "قصفت المدفعية التركية اليوم بلدة تل تمر شمالي الحسكة، ما أدى إلى مقتل مدنيين اثنين."
TAMR_EN = "Turkish artillery shelled the town of Tal Tamr today, killing two civilians."
LATER = "قُتل تسعة مدنيين اليوم الخميس جراء قصف مدفعي تركي جديد استهدف عين عيسى."
LATER_EN = "Nine civilians were killed on Thursday when Turkish artillery shelled Ain Issa again."
ANNIVERSARY = "تحل اليوم الذكرى السنوية الأولى للقصف المدفعي الذي استهدف عين عيسى العام الماضي وقتل فيه ثلاثة مدنيين."
ANNIVERSARY_EN = (
    "Residents today marked the first anniversary of last year's shelling of Ain Issa, which killed three civilians."
)
DENIAL = "نفى الجيش التركي قصف عين عيسى، مؤكداً أن قواته لم تستهدف البلدة."
DENIAL_EN = "The Turkish army denied shelling Ain Issa and said its forces had not targeted the town."

PAIRS = {
    "clash and truce": (CLASH, TRUCE, CLASH_EN, TRUCE_EN, 5, 2),
    "two towns": (STRIKE, TAMR, STRIKE_EN, TAMR_EN, 2, 2),
    "toll revised within the hour": (STRIKE, REVISED, STRIKE_EN, REVISED_EN, 1, 1),
    "monday and thursday": (STRIKE, LATER, STRIKE_EN, LATER_EN, 74, 2),
    "reprint": (STRIKE, STRIKE, STRIKE_EN, STRIKE_EN, 3, 1),
    "anniversary": (STRIKE, ANNIVERSARY, STRIKE_EN, ANNIVERSARY_EN, 24 * 365, 1),
    "denial": (STRIKE, DENIAL, STRIKE_EN, DENIAL_EN, 4, 1),
}
"""First and second text in Arabic, in English, the hours between them, and how many incidents there are."""


def told(folder: Path, first: str, second: str, apart: float) -> list[dict]:
    later = (MONDAY + hours(apart)).isoformat()
    texts = [article("1", MONDAY.isoformat(), first), article("2", later, second, "b.example")]
    return [a for a in run(folder, texts)[1] if a["article_id"] and a["incident_id"]]


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("pair", PAIRS)
def test_the_desks_pairs_are_told_apart_or_together(tmp_path: Path, pair: str, language: str) -> None:
    first, second, first_en, second_en, apart, incidents = PAIRS[pair]
    alerts = told(tmp_path, *((first, second) if language == "ar" else (first_en, second_en)), apart)
    assert len({a["incident_id"] for a in alerts}) == incidents
    assert [a["article_id"] for a in alerts if a["kind"] == "opened"] == ["1", "2"][:incidents]


@pytest.mark.parametrize("text", ["قصف على عين عيسى.", "هاجم مسلحون حاجزا في عين عيسى."])
def test_a_report_of_a_few_words_opens(tmp_path: Path, text: str) -> None:
    alerts = run(tmp_path, [article("1", MONDAY.isoformat(), text)])[1]
    assert [a["kind"] for a in alerts if a["incident_id"]] == ["opened"]


def test_one_event_in_arabic_and_in_english_is_one_incident(tmp_path: Path) -> None:
    alerts = told(tmp_path, STRIKE, STRIKE_EN, 1)
    assert [(a["kind"], a["reason"]) for a in alerts] == [("opened", "new_event"), ("updated", "confirmed")]


def test_a_denial_disputes(tmp_path: Path) -> None:
    assert [a["reason"] for a in told(tmp_path, STRIKE, DENIAL, 4)] == ["new_event", "disputed"]


def test_the_same_input_gives_the_same_bytes_and_the_contracts_keys(tmp_path: Path) -> None:
    texts = [article("2", "2026-03-02T12:00:00Z", TRUCE), article("1", "2026-03-02T09:00:00Z", CLASH)]
    first, alerts = run(tmp_path, texts)
    assert run(tmp_path, texts)[0] == first
    assert [a["article_id"] for a in alerts if a["kind"] == "opened"] == ["1", "2"]
    assert list(alerts[0]) == (
        "alert_id watch_id incident_id kind level contested blind article_id at signals reason".split()
    )


def test_incidents_are_dumped_for_comparison(tmp_path: Path) -> None:
    run(tmp_path, [article("1", "2026-03-02T09:00:00Z", CLASH)], "--incidents", f"{tmp_path}/i.jsonl")
    (incident,) = map(json.loads, (tmp_path / "i.jsonl").read_text().splitlines())
    assert (incident["watch_id"], incident["status"], incident["article_ids"]) == ("ain-issa", "open", ["1"])


def test_order_is_by_time_then_id_and_an_undated_article_takes_its_predecessors_time() -> None:
    lines = [
        {"id": "c", "published_at": "2026-03-02T10:00:00Z", "text": "خبر"},
        {"id": "undated", "text": "خبر"},
        {"id": "b", "published_at": "2026-03-02T09:00:00Z", "text": "خبر"},
        {"id": "a", "published_at": "2026-03-02T10:00:00Z", "text": "خبر"},
    ]
    articles, faults = read_articles([json.dumps(line).encode() for line in lines] + [b"{broken"])
    assert [a.id for a in articles] == ["b", "a", "c", "undated"]
    assert (articles[3].published_at, articles[3].first_seen_at.hour) == (None, 10)
    assert len(faults) == 1
    assert faults[0].startswith("line 5: line: not JSON")


def test_articles_are_read_as_the_intake_reads_them_and_keep_the_ids_of_the_file() -> None:
    lines = [
        {"id": "title", "title": "قصف على عين عيسى", "text": "", "published_at": "2026-03-02T10:00:00Z"},
        {"id": 7, "text": "<p>قصف&nbsp;على <b>عين</b> عيسى</p>", "url": "https://www.b.example/2"},
        {"id": "future", "text": "قصف على عين عيسى", "published_at": "2099-03-02T10:00:00Z", "sample": True},
        {"text": "قصف على عين عيسى اليوم", "url": "https://c.example/3"},
        {"id": "wrong", "text": 7},
    ]
    articles, faults = read_articles([json.dumps(line).encode() for line in lines])
    found = {article.id: article for article in articles}
    assert found["title"].text == "قصف على عين عيسى"
    assert (found["7"].text, found["7"].source) == ("قصف على عين عيسى", "b.example")
    assert (found["future"].published_at, found["future"].first_seen_at.year) == (None, 2026)
    assert found["future"].sample
    (nameless,) = (article for article in articles if article.source == "c.example")
    assert nameless.id == build(lines[3], MONDAY).article.id
    assert faults == ["line 5: text: a string is needed, not int"]


def test_a_changed_text_under_one_id_is_its_next_version_and_a_repeat_is_left_out() -> None:
    lines = [{"id": "a", "published_at": "2026-03-02", "text": text} for text in ("أول", "أول", "ثان")]
    articles, _ = read_articles([json.dumps(line).encode() for line in lines])
    assert [(a.version, a.text) for a in articles] == [(1, "أول"), (2, "ثان")]


def test_a_comparison_names_what_is_gained_lost_and_moved() -> None:
    def alerts(*reports: object) -> list:
        desk = Desk()
        desk.take(*reports)
        return desk.alerts

    strike = observation("a", MONDAY, signal("airstrike", killed=60))
    weaker = observation("a", MONDAY, signal("airstrike", killed=3))
    protest = observation("b", MONDAY + hours(30), signal("unrest"))
    comparison = compare(alerts(strike), alerts(weaker, protest))
    assert [a.article_id for a in comparison.gained] == ["b"]
    assert [m.old[0].article_id for m in comparison.moved] == ["a"]
    assert list(report(comparison))[:2] == ["unchanged 0  gained 1  lost 0  moved 1", "critical changes 1"]
    assert compare(alerts(strike), alerts(strike)).unchanged == 1


def test_a_backtest_of_rules_from_the_command_line(tmp_path: Path) -> None:
    from services.runtime.cli import _application

    run(tmp_path, [article("1", "2026-03-02T09:00:00Z", STRIKE)])
    (tmp_path / "old.yml").write_text("{}")
    (tmp_path / "new.yml").write_text("confidence: {open: 1.1}")
    arguments = ["replay", "--compare", f"{tmp_path}/old.yml", f"{tmp_path}/new.yml"]
    files = ["--watches", f"{tmp_path}/w.yml", "--articles", f"{tmp_path}/a.jsonl"]
    result = CliRunner().invoke(_application(["replay", "watches"]), [*arguments, *files])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("unchanged 0  gained 0  lost 1")
