"""Operations over HTTP: metrics, life and readiness, also of the services beside it."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from fastapi import FastAPI

from services.runtime.health import Health
from services.runtime.web import operations_router


@pytest.fixture
def peer() -> Iterator[Callable[[int, bytes], str]]:
    """Makes servers that answer everything alike; gives their addresses."""
    servers: list[ThreadingHTTPServer] = []

    def make(status: int, body: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


async def get(health: Health, path: str, **peers: str) -> httpx.Response:
    app = FastAPI()
    app.include_router(operations_router(health, peers))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://marsad") as client:
        return await client.get(path)


async def test_a_service_is_ready_when_it_has_started_and_waits_for_nothing() -> None:
    health = Health("board")
    assert (await get(health, "/readyz")).status_code == 503
    health.ready()
    assert (await get(health, "/readyz")).json() == {"service": "board", "ready": True, "waiting": {}}
    health.not_ready("store", "القفل عند غيرنا")
    answer = await get(health, "/readyz")
    assert answer.status_code == 503
    assert answer.json()["waiting"] == {"store": "القفل عند غيرنا"}
    assert (await get(health, "/healthz")).status_code == 200


async def test_it_is_ready_only_with_its_peers(peer: Callable[[int, bytes], str]) -> None:
    health = Health("board")
    health.ready()
    well = peer(200, b'{"ready": true, "waiting": {}}')
    waiting = peer(503, '{"ready": false, "waiting": {"store": "مقفل"}}'.encode())
    assert (await get(health, "/readyz", analyze=well)).status_code == 200
    found = await get(health, "/readyz", analyze=well, track=waiting)
    assert found.status_code == 503
    assert found.json()["peers"]["track"] == {"ready": False, "waiting": {"store": "مقفل"}}


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"alive": true}'])
async def test_a_peer_that_answers_nonsense_or_not_at_all_is_not_ready(
    peer: Callable[[int, bytes], str], body: bytes
) -> None:
    health = Health("board")
    health.ready()
    found = await get(health, "/readyz", odd=peer(200, body), gone="http://127.0.0.1:1")
    assert found.status_code == 503
    assert not any(each["ready"] for each in found.json()["peers"].values())


async def test_metrics_show_readiness_by_service() -> None:
    health = Health("ingest")
    assert 'marsad_ready{service="ingest"} 0.0' in (await get(health, "/metrics")).text
    health.ready()
    assert 'marsad_ready{service="ingest"} 1.0' in (await get(health, "/metrics")).text
