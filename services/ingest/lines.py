"""Articles from JSON Lines: a file or standard input."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import anyio.to_thread
import structlog

from services.runtime.errors import PoisonError
from services.runtime.intake import Candidate, Gate, build
from services.runtime.patience import insist

log = structlog.get_logger()

BATCH = 200
"""Articles that are handed over at once: one transaction, one round trip."""
MAX_LINE = 64 * 1024 * 1024

Line = tuple[int, bytes]
Refusal = tuple[int, bytes, PoisonError]
"""A line that is no article, and why."""


async def play(source: IO[bytes], name: str, gate: Gate) -> int:
    """Hand over every article; lines that are none become dead letters. The number accepted."""
    accepted = 0
    async for batch in _batches(source):
        candidates, refused = await anyio.to_thread.run_sync(_build_all, batch, gate.now())
        for number, line, error in refused:
            log.warning("refused", where=name, line=number, field=error.field, reason=str(error))
            await insist(gate.refuse, line, error, name, number, "file")
        accepted += await insist(gate.pass_on, candidates, "file", name)
    log.info("read", where=name, articles=accepted)
    return accepted


def _build_all(batch: list[Line], seen_at: datetime) -> tuple[list[Candidate], list[Refusal]]:
    candidates: list[Candidate] = []
    refused: list[Refusal] = []
    for number, line in batch:
        try:
            candidates.append(build(parse(line), seen_at))
        except PoisonError as error:
            refused.append((number, line, error))
    return candidates, refused


def parse(line: bytes) -> Any:
    """The JSON of a line. Raises PoisonError for what is none."""
    if len(line) > MAX_LINE:
        raise PoisonError(f"longer than {MAX_LINE:,} bytes", "line")
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise PoisonError(f"not UTF-8 at byte {error.start}", "line") from None
    except (ValueError, RecursionError) as error:
        raise PoisonError(f"not JSON: {error}", "line") from None


async def _batches(source: IO[bytes]) -> AsyncIterator[list[Line]]:
    """What is there, at most BATCH lines at once; a slow pipe is read line by line."""
    numbered = _numbered(source)
    while batch := await anyio.to_thread.run_sync(_take, numbered, source, abandon_on_cancel=True):
        yield batch


def _take(numbered: Iterator[Line], source: IO[bytes]) -> list[Line]:
    batch: list[Line] = []
    for each in numbered:
        batch.append(each)
        if len(batch) >= BATCH or not source.seekable():
            break
    return batch


def _numbered(source: IO[bytes]) -> Iterator[Line]:
    for number, line in enumerate(source, 1):
        stripped = line.removeprefix(b"\xef\xbb\xbf").strip()
        if stripped:
            yield number, stripped


def open_lines(path: Path) -> IO[bytes]:
    """The file, or standard input for `-`."""
    return open("/dev/stdin", "rb") if str(path) == "-" else path.open("rb")
