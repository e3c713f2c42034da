"""POST /articles, on a real broker and store."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.runtime import topics
from services.runtime.intake.http import MAX_ARTICLES, MAX_BODY, articles_router
from tests.ingest.conftest import Way

SHELLING = {"url": "https://example.org/1", "title": "قصف", "text": "قصف مدفعي على عين عيسى."}


@pytest.fixture
async def client(way: Way) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(articles_router(way.gate))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://marsad") as opened:
        yield opened


async def test_an_article_is_accepted_once_the_broker_has_it(client: httpx.AsyncClient, way: Way) -> None:
    answer = await client.post("/articles", json=SHELLING)
    assert answer.status_code == 202
    [sent] = await way.messages(topics.ARTICLES)
    assert answer.json() == {"accepted": [{"id": sent.id, "version": 1, "novelty": "new"}]}
    assert sent.text == SHELLING["text"]


async def test_sending_it_again_does_no_harm(client: httpx.AsyncClient) -> None:
    first = (await client.post("/articles", json=SHELLING)).json()["accepted"][0]
    again = (await client.post("/articles", json=SHELLING)).json()["accepted"][0]
    assert again == first | {"novelty": "repeated"}


@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson"])
async def test_many_are_accepted_in_order(client: httpx.AsyncClient, way: Way, kind: str) -> None:
    articles = [{"source": "قناة", "id": str(number), "text": f"خبر {number}"} for number in range(5)]
    lines = "\n".join(json.dumps(article) for article in articles) + "\n"
    body = json.dumps(articles) if kind == "application/json" else lines
    answer = await client.post("/articles", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 202
    sent = {article.id: article.source_id for article in await way.messages(topics.ARTICLES)}
    assert [sent[each["id"]] for each in answer.json()["accepted"]] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("inside", ["\u2028", "\u2029", "\x85"])
async def test_a_line_ends_where_json_lines_say_it_does(client: httpx.AsyncClient, inside: str) -> None:
    lines = [json.dumps({"text": f"قصف على{inside}عين عيسى {number}"}, ensure_ascii=False) for number in range(2)]
    headers = {"Content-Type": "application/x-ndjson"}
    answer = await client.post("/articles", content="\r\n".join(lines), headers=headers)
    assert answer.status_code == 202
    assert len(answer.json()["accepted"]) == 2


async def test_what_was_put_right_is_said(client: httpx.AsyncClient) -> None:
    answer = await client.post("/articles", json=SHELLING | {"published_at": "2999-01-01"})
    assert answer.status_code == 202
    assert answer.json()["accepted"][0]["warnings"] == ["published_at: in the future; ignored"]


async def test_one_wrong_article_refuses_all_and_names_it_and_its_field(client: httpx.AsyncClient, way: Way) -> None:
    answer = await client.post("/articles", json=[SHELLING, {"text": ""}, {"text": "نص", "title": 7}])
    assert answer.status_code == 422
    assert [(each["index"], each["field"]) for each in answer.json()["errors"]] == [(1, "text"), (2, "title")]
    assert await way.messages(topics.ARTICLES) == []


WRONG: list[tuple[bytes, str]] = [
    (b"", "not JSON"),
    (b"\xff\xfe", "not UTF-8"),
    ("{نص}".encode(), "not JSON"),
    (b"[]", "no article"),
    (b"[" * 100_000, "not JSON"),
    (json.dumps([SHELLING] * (MAX_ARTICLES + 1)).encode(), f"more than {MAX_ARTICLES}"),
]


@pytest.mark.parametrize(("body", "why"), WRONG, ids=[why for _, why in WRONG])
async def test_a_body_that_is_none_is_refused_in_words(client: httpx.AsyncClient, body: bytes, why: str) -> None:
    answer = await client.post("/articles", content=body)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == "body"
    assert why in error["message"]


@pytest.mark.parametrize("body", [7, "نص", None, [[]]])
async def test_json_that_is_no_article_is_refused(client: httpx.AsyncClient, body: Any) -> None:
    answer = await client.post("/articles", content=json.dumps(body))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "article"


async def test_while_a_long_body_is_read_the_process_answers_others(client: httpx.AsyncClient) -> None:
    long = [{"text": "<p>قصف على <b>عين عيسى</b></p>" * 1000}] * 300
    posted = asyncio.create_task(client.post("/articles", json=[*long, {"text": ""}]))
    turns = 0
    while not posted.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert (await posted).status_code == 422
    assert turns > 10


async def test_too_long_a_body_is_refused_before_it_is_read_to_the_end(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        sent = 0
        while True:
            sent += 1_000_000
            assert sent < 2 * MAX_BODY, "it reads on and on"
            yield b"a" * 1_000_000

    assert (await client.post("/articles", content=endless())).status_code == 413
