"""What is wrong is said by its field; nothing that a client sends makes the board fail."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from services.board import examples
from services.board.guard import MAX_BODY_BYTES
from tests.board.conftest import Serve


def faults(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {each["field"]: each["message"] for each in answer.json()["errors"]}


def test_a_wrong_coordinate_is_named_by_its_watch(empty: httpx.Client) -> None:
    wrong = {"watches": [examples.WATCH, {**examples.WATCH, "id": "b", "center": [136.4, 38.9]}]}
    (message,) = (text for field, text in faults(empty.put("/watches", json=wrong)).items() if "watches.1" in field)
    assert "latitude 136.4" in message
    assert empty.get("/watches").json()["version"] == 0


def test_the_id_of_marsads_own_watch_is_refused_by_its_field(empty: httpx.Client) -> None:
    answer = empty.put("/watches", json={"watches": [{**examples.WATCH, "id": "marsad.canary"}]})
    assert faults(answer) == {"watches.0.id": "'marsad.canary' is Marsad's own; choose another"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "عين عيسى",
        None,
        {"watches": None},
        {"watches": [7]},
        {"watches": [{**examples.WATCH, "radius_km": "بعيد"}]},
        {"watches": [{**examples.WATCH, "extra": 1}]},
        {"watches": [examples.WATCH, examples.WATCH]},
    ],
)
def test_a_wrong_type_names_its_field(empty: httpx.Client, body: object) -> None:
    assert all(faults(empty.put("/watches", json=body)).values())


def test_lone_surrogates_are_replaced_where_text_may_be_and_refused_where_not(client: httpx.Client) -> None:
    def put(text: str) -> httpx.Response:
        return client.put("/watches", content=text, headers={"content-type": "application/json"})

    alias = r'{"watches": [{"id": "a", "name": {"ar": "عين"}, "center": [1, 2], "aliases": ["\ud800"]}]}'
    assert put(alias).status_code == 200
    assert client.get("/watches").json()["watches"][0]["watch"]["aliases"] == ["\ufffd"]
    assert faults(put(alias.replace('"a"', r'"\ud800"')))
    assert faults(put(r'{"\ud800": 1}'))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", "[" * 100_000, b'{"watches": [NaN]}'])
def test_what_is_no_json_is_said_so(empty: httpx.Client, content: bytes) -> None:
    answer = empty.put("/watches", content=content, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert "errors" in answer.json() or "error" in answer.json()


def test_a_body_that_says_it_is_too_long_is_refused_before_it_is_read(empty: httpx.Client) -> None:
    with socket.create_connection((empty.base_url.host, empty.base_url.port or 80)) as wire:
        head = f"PUT /watches HTTP/1.1\r\nhost: x\r\ncontent-length: {MAX_BODY_BYTES + 1}\r\n\r\n"
        wire.sendall(head.encode())
        assert wire.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_does_not_say_its_length_is_refused_when_it_is_too_long(empty: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 2**16 + 2):
            yield b" " * 2**16

    answer = empty.put("/watches", content=endless(), headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert "longer than 10,485,760 bytes" in answer.json()["error"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/incidents?limit=0", "query.limit"),
        ("/incidents?limit=kathir", "query.limit"),
        ("/incidents?status=unknown", "query.status.0"),
        ("/incidents?since=yesterday", "query.since"),
        ("/incidents?since=2026-01-01T00:00:00", "query.since"),
        ("/incidents?after=here", "query.after"),
        ("/incidents?after=99999999999999999999.x", "query.after"),
        ("/incidents?after=٣.x", "query.after"),
        ("/incidents?watch_id=%00", "query.watch_id"),
        ("/alerts?after=99999999999999999999", "query.after"),
        ("/incidents/%00", "path.incident_id"),
    ],
)
def test_a_wrong_parameter_is_named(empty: httpx.Client, path: str, field: str) -> None:
    assert field in faults(empty.get(path))


def test_an_article_that_is_wrong_is_named_by_its_place_and_field(empty: httpx.Client) -> None:
    answer = empty.post("/articles", json=[{"text": "قصف على البلدة"}, {"text": 5}])
    assert answer.status_code == 422
    assert [(each["index"], each["field"]) for each in answer.json()["errors"]] == [(1, "text")]


def test_with_a_token_everything_but_the_operations_asks_for_it(serve: Serve) -> None:
    token = "sixteen-bytes-or-more"
    stranger = serve(http_token=token)
    for path in ("/watches", "/incidents", "/alerts", "/alerts/stream", "/articles/x"):
        answer = stranger.get(path)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert stranger.get(path, headers={b"authorization": "Bearer مزوّر".encode()}).status_code == 401
    assert stranger.post("/articles", json={"text": "قصف"}).status_code == 401
    assert stranger.put("/watches", json=examples.WATCH_FILE).status_code == 401
    assert stranger.get("/healthz").status_code == 200
    assert stranger.get("/watches", headers={"authorization": f"Bearer {token}"}).status_code == 200
