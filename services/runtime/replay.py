"""`marsad replay`: analysis and tracking of recorded articles, put together without broker or store.

The only place where two services meet in one process.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml

from services.runtime.errors import ConfigurationError, PoisonError

if TYPE_CHECKING:
    from schemas.alert import Alert
    from schemas.article import Article
    from schemas.incident import Incident
    from schemas.observation import Observation
    from schemas.watch import Watch
    from services.track.book import Book
    from services.track.rules import Rules

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of undated articles where no article is dated."""
Observed = Iterator[tuple["Article", list["Observation"]]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay leaves behind."""

    incidents: tuple["Incident", ...]
    books: tuple["Book", ...]


def read_articles(lines: Iterable[bytes]) -> tuple[list["Article"], list[str]]:
    """The articles of JSON lines in the order of replay, and what is wrong with the lines that hold none.

    They are read as the intake reads them, and keep the ids that the file gives: who recorded them knows them by these.
    By publication time, ties by id. An undated article takes its predecessor's time as its first sight and stays
    undated. A repeated id is left out where its text is the same; a changed text is the next version.
    """
    parsed, faults = [], []
    for number, line in enumerate(lines, 1):
        stripped = line.removeprefix(b"\xef\xbb\xbf").strip()
        if not stripped:
            continue
        try:
            parsed.append(_built(stripped, datetime.now(UTC)))
        except PoisonError as error:
            faults.append(f"line {number}: {error.field}: {error}")
    clock = next((article.published_at for article in parsed if article.published_at), EPOCH)
    timed = []
    for position, article in enumerate(parsed):
        clock = article.published_at or clock
        timed.append((clock, article.id, position, article))
    return _versions(sorted(timed, key=lambda t: t[:3])), faults


def _built(line: bytes, now: datetime) -> "Article":
    from services.runtime.intake import build

    try:
        raw = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise PoisonError(f"not JSON: {error}", "line") from None
    article = build(raw, now).article
    return article.model_copy(update={"id": article.source_id}) if article.source_id else article


def _versions(timed: Iterable[tuple[datetime, str, int, "Article"]]) -> list["Article"]:
    from services.runtime.store.archive import digest

    articles: list[Article] = []
    newest: dict[str, tuple[int, str, datetime]] = {}
    for clock, id_, _, read in timed:
        version, known, first_seen = newest.get(id_, (0, "", clock))
        if known == digest(read):
            continue
        newest[id_] = (version + 1, digest(read), first_seen)
        articles.append(read.model_copy(update={"version": version + 1, "first_seen_at": first_seen}))
    return articles


def observed(articles: Iterable["Article"], analyzer: Any, watches: Sequence["Watch"]) -> Observed:
    """Each article with its observations, as the analyze agent sends them, withdrawals included."""
    from services.analyze.observe import observations, withdrawals

    watched = [w.id for w in watches]
    before: dict[str, list[str]] = {}
    for article in articles:
        try:
            analysis = analyzer.analyze(article)
        except Exception as error:  # live, it would go to the dead letters and the stream would go on
            typer.echo(f"marsad replay: article {article.id}: {type(error).__name__}: {error}", err=True)
            continue
        woken = analyzer.observe(analysis)
        woken += withdrawals(woken, before.get(article.id, ()), watched)
        before[article.id] = [watch_id for watch_id, _ in woken]
        yield article, observations(article, analysis, woken, 0, article.event_time())


def replayed(
    watches: Sequence["Watch"], stream: Iterable[tuple["Article", list["Observation"]]], rules: "Rules"
) -> Iterator["Alert | Outcome"]:
    """The alerts in order; at the end the outcome."""
    from services.track.replay import Replay

    replay = Replay(watches, rules)
    clock = EPOCH
    for article, found in stream:
        clock = max(clock, article.first_seen_at if article.published_at is None else article.published_at)
        yield from replay.article(article.source, clock, found)
    yield Outcome(tuple(replay.incidents.values()), tuple(replay.books.values()))


def alert_line(alert: "Alert") -> dict[str, Any]:
    """An alert as outside programs read it."""
    kept = alert.model_dump(
        mode="json",
        include={
            "alert_id", "watch_id", "incident_id", "kind", "level", "contested", "blind", "article_id", "at", "signals",
            "reason",
        },
    )  # fmt: skip
    order = ("alert_id", "watch_id", "incident_id", "kind", "level", "contested", "blind", "article_id", "at")
    return {name: kept[name] for name in (*order, "signals", "reason")}


def incident_line(incident: "Incident") -> dict[str, Any]:
    """What two runs over the same articles must agree on."""
    return {
        "watch_id": incident.watch_id,
        "incident_id": incident.id,
        "direction": incident.direction.value,
        "family": incident.family.value,
        "status": incident.status.value,
        "level": incident.level.value,
        "episode": incident.episode,
        "article_ids": sorted({m.article_id for m in incident.members}),
        "observation_ids": sorted({m.observation_id for m in incident.members}),
    }


def replay_command(
    watches: Annotated[Path | None, typer.Option(help="The watches file.")] = None,
    articles: Annotated[Path | None, typer.Option(help="Recorded articles, one JSON object a line.")] = None,
    alerts: Annotated[Path | None, typer.Option(help="Where to write the alerts, one JSON object a line.")] = None,
    gazetteer: Annotated[
        list[Path] | None,
        typer.Option(help="More places: a table or a GeoNames dump (repeatable, or MARSAD_GAZETTEERS)."),
    ] = None,
    incidents: Annotated[Path | None, typer.Option(help="Where to write the incidents as they end.")] = None,
    rules: Annotated[Path | None, typer.Option(help="Figures laid over the shipped rules (YAML).")] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(help="Two watches files, or two rules files with --watches: say what the change would change."),
    ] = None,
) -> None:
    """Run analysis and tracking on recorded articles, on their own clock, without a broker."""
    try:
        if compare is not None:
            _compare(compare, watches, articles, gazetteer, rules)
        elif watches is None or articles is None or alerts is None:
            raise ConfigurationError("give --watches, --articles and --alerts; or --compare OLD NEW with --articles")
        else:
            _replay(watches, articles, alerts, gazetteer, incidents, rules)
    except ConfigurationError as error:
        typer.echo(f"marsad replay: {error}", err=True)
        raise typer.Exit(2) from error


def _replay(
    watches: Path,
    articles: Path,
    alerts: Path,
    gazetteer: list[Path] | None,
    incidents: Path | None,
    rules: Path | None,
) -> None:
    figures = load_rules(rules)
    recorded = load_articles(articles)
    watched, stream = _stream(watches, recorded, gazetteer)
    with _writable(alerts).open("w", encoding="utf-8") as out:
        for each in replayed(watched, stream, figures):
            if isinstance(each, Outcome):
                if incidents is not None:
                    _write_incidents(incidents, each)
            else:
                out.write(json.dumps(alert_line(each)) + "\n")


def _stream(
    watches: Path, recorded: Iterable["Article"], gazetteer: list[Path] | None
) -> tuple[tuple["Watch", ...], Observed]:
    from services.analyze.cli import make_analyzer
    from services.runtime.store.watchset import read

    watched = read(watches).watches
    return watched, observed(recorded, make_analyzer(gazetteer, watches), watched)


def _compare(
    files: tuple[Path, Path],
    watches: Path | None,
    articles: Path | None,
    gazetteer: list[Path] | None,
    rules: Path | None,
) -> None:
    """Both runs over the same articles; where only rules differ, these are analysed once."""
    from services.track import backtest

    if articles is None:
        raise ConfigurationError("--compare needs --articles")
    recorded = load_articles(articles)
    if all(map(_holds_watches, files)):
        runs = [(*_stream(file, recorded, gazetteer), load_rules(rules)) for file in files]
    elif watches is None:
        raise ConfigurationError("to compare rules, give --watches; to compare watches, give two watches files")
    else:
        watched, stream = _stream(watches, recorded, gazetteer)
        kept = list(stream)
        runs = [(watched, iter(kept), load_rules(file)) for file in files]
    old, new = ([each for each in replayed(*run) if not isinstance(each, Outcome)] for run in runs)
    for line in backtest.report(backtest.compare(old, new)):
        typer.echo(line)


def _holds_watches(path: Path) -> bool:
    from services.runtime.store.watchset import content_of

    content = content_of(path)
    return isinstance(content, dict) and "watches" in content


def load_rules(path: Path | None) -> "Rules":
    """The shipped rules with the user's figures. Raises ConfigurationError naming the figure at fault."""
    from services.track.rules import Rules

    try:
        return Rules.load(path.read_text(encoding="utf-8") if path else None)
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    except (ValueError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path}: {error}") from error


def load_articles(path: Path) -> list["Article"]:
    """The articles of a file in replay order; lines that hold none are told on standard error and passed over."""
    try:
        with path.open("rb") as lines:
            recorded, faults = read_articles(lines)
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    for fault in faults:
        typer.echo(f"marsad replay: {path}: {fault}", err=True)
    return recorded


def _writable(path: Path) -> Path:
    try:
        path.open("w").close()
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    return path


def _write_incidents(path: Path, outcome: Outcome) -> None:
    lines = sorted(
        (incident_line(i) for i in outcome.incidents), key=lambda line: (line["watch_id"], line["incident_id"])
    )
    _writable(path).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
