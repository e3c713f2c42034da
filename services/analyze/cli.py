"""`marsad analyze`: JSON lines of articles in, JSON lines of what they say out; no broker, no database.

A line that cannot be read gives a line with `error` and no signals, and the next line is read: one bad article never
costs the others.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from schemas.article import MAX_TEXT
from schemas.base import without_lone_surrogates
from schemas.signal import Analysis, Signal
from services.runtime.errors import ConfigurationError

if TYPE_CHECKING:
    from schemas.watch import Watch
    from services.analyze.core import Analyzer

YEARS = range(1900, 2101)
"""Years in which an article can have been published."""
MAX_LINE = 64 * 1024 * 1024
"""Longest line that is parsed, in bytes: a million characters, escaped, with context, and room for other fields."""


class LineError(ValueError):
    """A line that is no article: `field` is the part at fault, `line` where it is all of it."""

    def __init__(self, field: str, message: str, id: str | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.id = id


@dataclass(frozen=True, slots=True)
class InputArticle:
    """An article as `marsad analyze` accepts it: less strict than `schemas.article.Article`."""

    id: str
    title: str
    text: str
    context: str
    lang: str | None
    source: str
    published_at: datetime | None

    def event_time(self) -> datetime | None:
        return self.published_at


def parse_line(line: bytes) -> InputArticle:
    """The article in a line of JSON. Raises LineError, which names the field."""
    if len(line) > MAX_LINE:
        raise LineError("line", f"longer than {MAX_LINE:,} bytes")
    try:
        # Bytes that are not UTF-8 become lone surrogates, so that the field that holds them can be named.
        value = json.loads(line.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError) as error:
        raise LineError("line", f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise LineError("line", "not a JSON object")
    try:
        return _article(value, line)
    except LineError as error:
        found = value.get("id")
        raise LineError(error.field, str(error), found if isinstance(found, str) else None) from None


def _article(value: dict[str, Any], line: bytes) -> InputArticle:
    is_utf8 = _is_utf8(line)
    id = _string(value, "id", is_utf8)
    text = _string(value, "text", is_utf8)
    if not id:
        raise LineError("id", "empty")
    if not text.strip():
        raise LineError("text", "empty")
    title, context = _optional(value, "title", is_utf8), _optional(value, "context", is_utf8)
    for name, content in (("title", title), ("text", text), ("context", context)):
        if len(content) > MAX_TEXT:
            raise LineError(name, f"longer than {MAX_TEXT:,} characters")
    return InputArticle(
        id=id,
        title=title,
        text=text,
        context=context,
        lang=_optional(value, "lang", is_utf8) or None,
        source=_optional(value, "source", is_utf8),
        published_at=parse_time(value.get("published_at")),
    )


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _string(value: dict[str, Any], name: str, is_utf8: bool) -> str:
    if value.get(name) is None:
        raise LineError(name, "missing")
    content = value[name]
    if not isinstance(content, str):
        raise LineError(name, f"a string is needed, not {_kind(content)}")
    if not is_utf8 and any("\udc80" <= char <= "\udcff" for char in content):
        raise LineError(name, "not UTF-8")
    return without_lone_surrogates(content)


def _optional(value: dict[str, Any], name: str, is_utf8: bool) -> str:
    return "" if value.get(name) is None else _string(value, name, is_utf8)


def _kind(content: object) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(content), type(content).__name__)


def parse_time(value: object) -> datetime | None:
    """A date or a time in ISO 8601, UTC where it names no zone. Raises LineError for `published_at`."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise LineError("published_at", f"a date or time as a string is needed, not {_kind(value)}")
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        raise LineError("published_at", "not a date or time such as 2020-12-21 or 2020-12-21T18:00:00Z") from None
    if moment.year not in YEARS:
        raise LineError("published_at", f"no article was published in the year {moment.year}")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def result_of(analysis: Analysis, id: str) -> dict[str, Any]:
    """One line of output, as DESIGN's contract has it; further keys only where they say something."""
    return {
        "id": id,
        "lang": analysis.lang,
        "signals": [_signal(signal) for signal in analysis.signals],
        "places": [_place(mention.model_dump(mode="json")) for mention in analysis.places],
    }


def _signal(signal: Signal) -> dict[str, Any]:
    line = signal.model_dump(mode="json")
    for name in ("killed_max", "injured_max", "event_date"):
        if line[name] is None:
            del line[name]
    line["places"] = [_place(place) for place in line["places"]]
    return line


def _place(place: dict[str, Any]) -> dict[str, Any]:
    if not place["ambiguous"]:
        del place["ambiguous"], place["candidates"]
    return place


def analyze_lines(lines: Iterable[bytes], analyzer: "Analyzer", with_watches: bool = False) -> Iterator[dict[str, Any]]:
    """One result a line, in order; empty lines are passed over. Never raises for what a line holds."""
    for line in lines:
        if line.strip(b"\xef\xbb\xbf \t\r\n"):
            yield _result(line.removeprefix(b"\xef\xbb\xbf"), analyzer, with_watches)


def _result(line: bytes, analyzer: "Analyzer", with_watches: bool) -> dict[str, Any]:
    empty: dict[str, Any] = {"watches": []} if with_watches else {}
    try:
        article = parse_line(line)
    except LineError as error:
        failure = {"field": error.field, "message": str(error)}
        return {"id": error.id, "error": failure, "signals": [], **empty}
    try:
        analysis = analyzer.analyze(article)
        woken = analyzer.observe(analysis) if with_watches else []
    except Exception as error:
        failure = {"field": "text", "message": f"could not be analysed: {type(error).__name__}: {error}"}
        return {"id": article.id, "error": failure, "signals": [], **empty}
    result = result_of(analysis, article.id)
    if with_watches:
        result["watches"] = [{"watch_id": watch_id, "signals": signals} for watch_id, signals in woken]
    return result


def make_analyzer(gazetteers: Sequence[Path] | None, watches: Path | None, quick: bool = False) -> "Analyzer":
    """An analyzer with the user's places and watches. Raises ConfigurationError for a file that cannot be used."""
    from services.analyze.core import Analyzer
    from services.runtime.settings import Settings

    try:
        settings = Settings.load()
        watched = _read_watches(watches) if watches else ()
        return Analyzer(gazetteers or settings.gazetteers, watched, settings.encoder and not quick)
    except OSError as error:
        raise ConfigurationError(f"{error.filename}: {error.strerror}") from error
    except ValueError as error:
        raise ConfigurationError(str(error)) from error


def _read_watches(path: Path) -> "tuple[Watch, ...]":
    from services.runtime.store.watchset import read

    return read(path).watches


def analyze_command(
    file: Annotated[Path | None, typer.Argument(help="JSON lines of articles; standard input without it.")] = None,
    watches: Annotated[
        Path | None, typer.Option(help="Say also which signals belong to which watch of this file.")
    ] = None,
    gazetteer: Annotated[
        list[Path] | None,
        typer.Option(help="More places: a table or a GeoNames dump (repeatable, or MARSAD_GAZETTEERS)."),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave the encoder out: many times faster, less exact.")
    ] = False,
) -> None:
    """Read articles and print what they say: signals, places, actors, casualties, who says so."""
    try:
        analyzer = make_analyzer(gazetteer, watches, quick)
        with _open(file) as lines:
            _print_all(analyze_lines(lines, analyzer, watches is not None))
    except ConfigurationError as error:
        typer.echo(f"marsad analyze: {error}", err=True)
        raise typer.Exit(2) from error


def _open(file: Path | None) -> BinaryIO:
    if file is None or str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise ConfigurationError(f"{file}: {error.strerror}") from error


def _print_all(results: Iterable[dict[str, Any]]) -> None:
    try:
        for result in results:
            sys.stdout.write(json.dumps(result, ensure_ascii=True) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has enough; the interpreter must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    typer.run(analyze_command)
