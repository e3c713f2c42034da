"""JSON Lines from a file or a pipe: every article passes, every other line becomes a dead letter with its reason."""

import asyncio
import io
import json
import os
from pathlib import Path

from services.ingest.lines import open_lines, play
from services.runtime import topics
from services.runtime.dead import read_dead
from services.runtime.errors import PoisonError
from tests.ingest.conftest import Way

GOOD = json.dumps({"source": "قناة", "id": "1", "text": "قصف على عين عيسى"}, ensure_ascii=False).encode()


async def test_articles_pass_and_the_rest_is_buried_with_its_reason(way: Way, tmp_path: Path) -> None:
    file = tmp_path / "أخبار.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + b"\n".join([GOOD, b"", b"{", b'{"id": 2}', b"\xff", GOOD.replace(b"1", b"9")]))
    with open_lines(file) as source:
        assert await play(source, str(file), way.gate) == 2
    assert sorted(article.source_id for article in await way.messages(topics.ARTICLES)) == ["1", "9"]
    letters = [read_dead(record) for record in await way.records("articles.dead")]
    assert [(letter.offset, letter.field, letter.value) for letter in letters] == [
        (3, "line", "{"),
        (4, "text", '{"id": 2}'),
        (5, "line", "\ufffd"),
    ]
    assert {letter.topic for letter in letters} == {str(file)}
    assert {letter.error for letter in letters} == {PoisonError.__name__}


async def test_many_more_than_one_batch_pass(way: Way) -> None:
    lines = b"".join(json.dumps({"text": f"خبر رقم {number}"}).encode() + b"\n" for number in range(450))
    assert await play(io.BytesIO(lines), "memory", way.gate) == 450
    assert len(await way.messages(topics.ARTICLES)) == 450


async def test_a_line_in_a_pipe_passes_before_the_pipe_is_closed(way: Way) -> None:
    outlet, inlet = os.pipe()
    with os.fdopen(outlet, "rb") as source, os.fdopen(inlet, "wb") as writer:
        playing = asyncio.create_task(play(source, "-", way.gate))
        writer.write(GOOD + b"\n")
        writer.flush()
        async with asyncio.timeout(20):
            await way.first(topics.ARTICLES)
        assert not playing.done()
        writer.close()
        assert await playing == 1
