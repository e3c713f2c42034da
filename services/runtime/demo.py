"""`make run`: everything at once, and a story played through it.

The sample story is ours, a dozen articles about one town between shelling and truce, dated to now. A file of your own
is played on its own clock: the newest article's time is now, and each article is seen when it was published.
"""

import asyncio
import json
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer

from services.runtime import logs
from services.runtime.errors import ConfigurationError, PoisonError
from services.runtime.intake import Candidate, Gate, build
from services.runtime.settings import Settings
from services.runtime.store import Database
from services.runtime.supervisor import Supervisor

SAMPLE = resources.files("services.runtime") / "data" / "sample"
STORY_PAUSE_SECONDS = 1.0
"""Between two articles of the sample, so that one can follow."""
BATCH = 100


@dataclass(frozen=True)
class Story:
    articles: tuple[Candidate, ...]
    newest: datetime
    is_sample: bool


def demo_command(
    articles: Annotated[Path | None, typer.Option(help="JSON Lines of your articles, instead of the sample.")] = None,
    watches: Annotated[Path | None, typer.Option(help="Watches file, instead of the sample's.")] = None,
    http: Annotated[int, typer.Option(help="Port of the API; 0 takes a free one.")] = 0,
) -> None:
    """Start everything, play a story and show its alerts as they come. Ctrl-C stops it all."""
    settings = Settings.load(http_port=http)
    home = settings.data_dir.resolve() / "demo"
    shutil.rmtree(home, ignore_errors=True)  # each demonstration begins with an empty store
    home.mkdir(parents=True)
    story = read_story(articles)
    offset = timedelta() if story.is_sample else story.newest - datetime.now(UTC)
    settings = Settings.load(
        data_dir=home,
        store=f"sqlite:///{home / 'marsad.db'}",
        http_port=http,
        watches=watches or _unpacked(home, "watches.yml"),
        subscriptions=_unpacked(home, "subscriptions.yml"),
        rules=None if story.is_sample else _patient_rules(home),
        clock_offset_seconds=offset.total_seconds(),
    )
    logs.setup(settings, "demo")
    asyncio.run(_run(settings, story, home / "logs"))


def read_story(path: Path | None) -> Story:
    """The articles in the order in which they were published. Raises ConfigurationError for a file without any."""
    try:
        lines = (path or SAMPLE / "articles.jsonl").read_bytes().split(b"\n")
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    now = datetime.now(UTC)
    found: list[Candidate] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(_candidate(line, now))
        except (PoisonError, ValueError, RecursionError) as error:
            field = f"{error.field}: " if isinstance(error, PoisonError) and error.field else ""
            sys.stderr.write(f"marsad: {path}: line {number}: {field}{error}\n")
    if not found:
        raise ConfigurationError(f"{path}: no article in it")
    found.sort(key=lambda each: (each.article.first_seen_at, each.article.id))
    return Story(tuple(found), found[-1].article.first_seen_at, path is None)


def _candidate(line: bytes, now: datetime) -> Candidate:
    raw: Any = json.loads(line)
    if isinstance(raw, dict) and isinstance(raw.get("minutes_ago"), int | float):
        raw["published_at"] = (now - timedelta(minutes=raw["minutes_ago"])).isoformat()
    candidate = build(raw, now)
    seen = candidate.article.published_at or now
    return Candidate(candidate.article.model_copy(update={"first_seen_at": seen}), candidate.warnings)


def _patient_rules(home: Path) -> Path:
    """Recorded articles may span years, and their first alerts are told all the same."""
    target = home / "rules.yml"
    target.write_text("time: {alert_ttl_hours: 1000000}\n", encoding="utf-8")
    return target


def _unpacked(home: Path, name: str) -> Path:
    """The sample's file where it can be read, changed and watched."""
    target = home / name
    target.write_bytes((SAMPLE / name).read_bytes())
    return target


async def _run(settings: Settings, story: Story, log_dir: Path) -> None:
    bootstrap = settings.bootstrap if "bootstrap" in settings.model_fields_set else None
    supervisor = Supervisor(settings, bootstrap, log_dir)
    began = asyncio.get_running_loop().time()
    _say("Marsad starts: the broker, the store, and ingest, analyze, track, notify and board.")
    async with supervisor.running():
        await supervisor.wait_ready()
        if not supervisor.stopping:
            _say(f"Ready after {asyncio.get_running_loop().time() - began:.0f} s: {supervisor.url}")
            await _play(supervisor, story)
        await supervisor.wait_stopping()
        _say("Stopping.")


async def _play(supervisor: Supervisor, story: Story) -> None:
    kind = "articles of a sample story that we wrote ourselves" if story.is_sample else "articles"
    _say(f"Playing {len(story.articles)} {kind}; alerts appear as they come.\n")
    size, pause = (1, STORY_PAUSE_SECONDS) if story.is_sample else (BATCH, 0.0)
    database = Database(supervisor.settings.store_url)
    try:
        async with Gate(supervisor.settings, database, "demo") as gate:
            for first in range(0, len(story.articles), size):
                await gate.accept(story.articles[first : first + size], "file")
                if await supervisor.stops_within(pause):
                    return
    finally:
        database.close()
    _say(f"\nAll articles are in. Look at {supervisor.url}/docs, or play your own:")
    _say("  make run ARTICLES=articles.jsonl WATCHES=watches.yml")
    _say("Ctrl-C stops everything.\n")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
