"""`marsad analyze`: one line out for each line in, in order, whatever the lines hold."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.analyze.cli import LineError, analyze_lines, parse_line, parse_time
from services.analyze.core import Analyzer

ARTICLE = {
    "id": "one",
    "title": "",
    "text": "قصفت مدفعية الجيش التركي قرية المشيرفة قرب عين عيسى اليوم، "
    "ما أدى إلى مقتل مدنيين اثنين وإصابة طفل، بحسب شبكة محلية.",
    "published_at": "2026-01-07",
    "source": "example.org",
}
WATCHES = """
watches:
  - id: ain-issa
    name: {ar: عين عيسى, en: Ain Issa}
    center: [36.3837, 38.8629]
    radius_km: 15
"""


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer()


def line(**changes: Any) -> bytes:
    return json.dumps({**ARTICLE, **changes}).encode()


def results(lines: list[bytes], analyzer: Analyzer) -> list[dict[str, Any]]:
    return list(analyze_lines(lines, analyzer))


def error_of(raw: bytes) -> LineError:
    with pytest.raises(LineError) as caught:
        parse_line(raw)
    return caught.value


# --- what a line may be ----------------------------------------------------------------------------------------


def test_a_line_needs_an_id_and_a_text_alone() -> None:
    article = parse_line('{"id": "x", "text": "قصف"}'.encode())
    assert (article.id, article.text, article.title, article.published_at) == ("x", "قصف", "", None)


def test_other_fields_and_nulls_are_no_fault() -> None:
    article = parse_line(line(title=None, lang=None, signals=[1], killed="x", context=None))
    assert (article.title, article.context, article.lang) == ("", "", None)


@pytest.mark.parametrize(
    ("raw", "field", "words"),
    [
        (b"{", "line", "not JSON"),
        (b"[1]", "line", "not a JSON object"),
        (b"[" * 100_000, "line", "not JSON"),
        (b'{"id": 1' + b"0" * 5000 + b"}", "line", "not JSON"),
        ('{"text": "قصف"}'.encode(), "id", "missing"),
        ('{"id": "", "text": "قصف"}'.encode(), "id", "empty"),
        ('{"id": 7, "text": "قصف"}'.encode(), "id", "a number"),
        (b'{"id": "x"}', "text", "missing"),
        (b'{"id": "x", "text": "  \\n"}', "text", "empty"),
        (b'{"id": "x", "text": ["a"]}', "text", "a list"),
        ('{"id": "x", "text": "قصف", "title": {}}'.encode(), "title", "an object"),
        ('{"id": "x", "text": "قصف", "lang": 3}'.encode(), "lang", "a number"),
        ('{"id": "x", "text": "قصف", "published_at": 1735689600}'.encode(), "published_at", "a number"),
        ('{"id": "x", "text": "قصف", "published_at": "yesterday"}'.encode(), "published_at", "not a date"),
        ('{"id": "x", "text": "قصف", "published_at": "2026-02-31"}'.encode(), "published_at", "not a date"),
        ('{"id": "x", "text": "قصف", "published_at": "9999-01-01"}'.encode(), "published_at", "year 9999"),
    ],
)
def test_a_fault_is_named_by_its_field(raw: bytes, field: str, words: str) -> None:
    error = error_of(raw)
    assert error.field == field
    assert words in str(error)


def test_bytes_that_are_not_utf8_are_named_by_the_field_that_holds_them() -> None:
    error = error_of(b'{"id": "x", "title": "\xff\xfe", "text": "fine"}')
    assert (error.field, str(error), error.id) == ("title", "not UTF-8", "x")
    assert parse_line(b'{"id": "x", "note": "\xff", "text": "fine"}').text == "fine", "a field that is ignored"


def test_a_text_that_is_too_long_is_refused_by_name() -> None:
    error = error_of(json.dumps({"id": "x", "text": "قصف " * 2_500_000}, ensure_ascii=False).encode())
    assert error.field == "text"
    assert "longer than" in str(error)


def test_lone_surrogates_become_replacement_characters_and_keep_offsets() -> None:
    article = parse_line(b'{"id": "x\\ud800", "text": "a\\udc00b\\ud83d\\ude00c"}')
    assert article.text == "a\ufffdb\U0001f600c"
    assert article.id == "x\ufffd"


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-01-07", datetime(2026, 1, 7, tzinfo=UTC)),
        ("2026-01-07T10:30:00Z", datetime(2026, 1, 7, 10, 30, tzinfo=UTC)),
        ("2026-01-07T10:30:00+03:00", datetime(2026, 1, 7, 7, 30, tzinfo=UTC)),
        ("2026-01-07 10:30", datetime(2026, 1, 7, 10, 30, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_times(value: str | None, moment: datetime | None) -> None:
    assert parse_time(value) == moment


# --- what a line gives -----------------------------------------------------------------------------------------


def test_a_signal_carries_all_of_its_details(analyzer: Analyzer) -> None:
    (result,) = results([line()], analyzer)
    assert (result["id"], result["lang"]) == ("one", "ar")
    shelling = next(signal for signal in result["signals"] if signal["type"] == "shelling")
    assert shelling["status"] == "actual"
    assert shelling["direction"] == "escalating"
    assert (shelling["killed"], shelling["injured"]) == (2, 1)
    assert shelling["attribution"] == "شبكة محلية"
    assert {"surface": "الجيش التركي", "actor_id": "TURKEY", "camp": "ankara", "role": "source"} in shelling["actors"]
    assert shelling["event_date"] == "2026-01-07T00:00:00Z"
    evidence = shelling["evidence"]
    assert "قصفت" in ARTICLE["text"][evidence["start"] : evidence["end"]]
    assert "عين عيسى" in [place["surface"] for place in result["places"]]


def test_the_keys_are_those_of_the_contract(analyzer: Analyzer) -> None:
    (result,) = results([line()], analyzer)
    assert list(result) == ["id", "lang", "signals", "places"]
    signal = set("type status direction confidence places actors killed injured attribution evidence".split())
    place = {"surface", "name", "place_id", "lat", "lon", "country", "role", "precision"}
    assert result["signals"]
    assert result["places"]
    for found in result["signals"]:
        assert signal <= set(found)
        assert all(place <= set(each) for each in found["places"])
        assert set(found["evidence"]) == {"field", "start", "end"}
    for mention in result["places"]:
        assert {"surface", "place_id", "role", "field", "start", "end"} <= set(mention)


def test_a_bad_line_keeps_its_place_and_costs_no_other(analyzer: Analyzer) -> None:
    found = results([line(id="first"), b"{broken", line(id="last"), b'{"id": "bad", "text": 5}'], analyzer)
    assert [result["id"] for result in found] == ["first", None, "last", "bad"]
    assert found[1]["error"]["field"] == "line"
    assert found[1]["signals"] == []
    assert found[3]["error"] == {"field": "text", "message": "a string is needed, not a number"}
    assert "error" not in found[2]


def test_an_article_that_breaks_the_core_is_said_and_passed(
    analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyze = analyzer.analyze

    def fragile(article: Any) -> Any:
        if article.id == "poison":
            raise ZeroDivisionError("by design")
        return analyze(article)

    monkeypatch.setattr(analyzer, "analyze", fragile)
    found = results([line(id="poison"), line(id="next")], analyzer)
    assert "ZeroDivisionError" in found[0]["error"]["message"]
    assert found[1]["signals"]


def test_empty_lines_and_a_byte_order_mark_are_passed_over(analyzer: Analyzer) -> None:
    found = results([b"\xef\xbb\xbf" + line(id="marked"), b"\n", b"  \r\n"], analyzer)
    assert [result["id"] for result in found] == ["marked"]


@pytest.mark.parametrize(
    "text",
    [
        "<p>قصفت المدفعية <b>قرية المشيرفة</b></p><script>alert(1)</script>",
        "\u202bقصفت المدفعية قرية المشيرفة\u202c",
        "قـ ـصـ.ـفت المدفعيـ.ـة قرية المشيرفة",
        "قصفت المدفعية" * 400,
        "a" * 100_000,
    ],
)
def test_offsets_are_valid_in_the_field_whatever_it_holds(text: str, analyzer: Analyzer) -> None:
    (result,) = results([line(text=text)], analyzer)
    assert "error" not in result
    for span in [signal["evidence"] for signal in result["signals"]] + result["places"]:
        assert 0 <= span["start"] < span["end"] <= len(text)


# --- the command -----------------------------------------------------------------------------------------------


def run(arguments: list[str], data: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "services.analyze.cli", *arguments]
    return subprocess.run(command, input=data, capture_output=True, env={**os.environ, **environment}, check=False)


def test_the_command_reads_standard_input_and_writes_ascii_lines() -> None:
    done = run([], line() + b"\n" + b"nonsense\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    first, second = (json.loads(row) for row in done.stdout.splitlines())
    assert first["signals"]
    assert second == {"id": None, "error": second["error"], "signals": []}


def test_with_watches_each_line_says_which_signals_belong_to_which_watch(tmp_path: Path) -> None:
    watches, articles = tmp_path / "w.yml", tmp_path / "a.jsonl"
    watches.write_text(WATCHES, "utf-8")
    elsewhere = line(id="two", text="عقد مجلس البلدية جلسة لبحث الموازنة في العاصمة.")
    articles.write_bytes(line() + b"\n" + elsewhere + b"\n{\n")
    done = run([str(articles), "--watches", str(watches)])
    assert done.returncode == 0, done.stderr
    first, second, third = (json.loads(row) for row in done.stdout.splitlines())
    (woken,) = first["watches"]
    assert woken["watch_id"] == "ain-issa"
    assert "shelling" in [first["signals"][index]["type"] for index in woken["signals"]]
    assert second["watches"] == []
    assert third["watches"] == []


def test_a_gazetteer_of_the_environment_adds_places(tmp_path: Path) -> None:
    table = tmp_path / "villages.csv"
    table.write_text("name_ar,name_en,lat,lon\nتل المرجان,Tall Marjan,36.41,38.87\n", "utf-8")
    data = line(text="قصفت المدفعية قرية تل المرجان صباح اليوم.")
    done = run([], data, MARSAD_GAZETTEERS=str(table))
    assert done.returncode == 0, done.stderr
    (place,) = [p for p in json.loads(done.stdout)["places"] if p["surface"] == "تل المرجان"]
    assert (place["lat"], place["lon"]) == (36.41, 38.87)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.jsonl"], "missing.jsonl"),
        (["--watches", "missing.yml"], "missing.yml"),
        (["--gazetteer", "missing.csv"], "missing.csv"),
    ],
)
def test_a_file_that_is_not_there_is_named_and_ends_with_2(arguments: list[str], words: str) -> None:
    done = run(arguments)
    assert done.returncode == 2
    assert words in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_a_wrong_coordinate_in_the_watches_is_named(tmp_path: Path) -> None:
    watches = tmp_path / "w.yml"
    watches.write_text(WATCHES.replace("36.3837", "136.3837"), "utf-8")
    done = run(["--watches", str(watches)])
    assert done.returncode == 2
    assert "center" in done.stderr.decode()
    assert "latitude" in done.stderr.decode()


def test_a_reader_that_has_enough_is_no_error() -> None:
    data = (line() + b"\n") * 200
    command = f'"{sys.executable}" -m services.analyze.cli | head -n 1'
    done = subprocess.run(command, shell=True, input=data, capture_output=True, check=False)
    assert len(done.stdout.splitlines()) == 1
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr
