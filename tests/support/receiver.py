"""A webhook receiver which can misbehave in every way that real ones do."""

import json
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

SECRET = "whsec_" + "bWFyc2FkLXRlc3Qtc2VjcmV0LTAwMDE="


class Behaviour(StrEnum):
    ACCEPT = "accept"
    REFUSE = "refuse"
    """Answers 500."""
    HANG = "hang"
    """Reads the request and says nothing until it behaves again."""
    LOSE = "lose"
    """Accepts the message, then drops the connection before it answers."""


@dataclass(frozen=True)
class Delivery:
    """One request that the receiver accepted."""

    webhook_id: str
    body: dict[str, Any]
    at: float
    """Epoch seconds."""

    @property
    def alert(self) -> dict[str, Any]:
        data: dict[str, Any] = self.body.get("data", self.body)
        return data


class Receiver:
    """Verifies the signature of each request and shows a `webhook-id` once, however often it comes."""

    def __init__(self) -> None:
        self.behaviour = Behaviour.ACCEPT
        self.accepted: list[Delivery] = []
        self.forged = 0
        self.refused = 0
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def behave(self, behaviour: Behaviour) -> None:
        with self._changed:
            self.behaviour = behaviour
            self._changed.notify_all()

    def visible(self) -> dict[str, Delivery]:
        """First delivery of each `webhook-id`: what a person would see."""
        seen: dict[str, Delivery] = {}
        for delivery in list(self.accepted):
            seen.setdefault(delivery.webhook_id, delivery)
        return seen

    def alerts(self) -> list[dict[str, Any]]:
        """The visible alerts in the order of their arrival."""
        return [delivery.alert for delivery in self.visible().values()]

    def seen_twice(self) -> list[str]:
        """Alert ids that a person would see more than once."""
        ids = [alert["alert_id"] for alert in self.alerts()]
        return sorted({one for one in ids if ids.count(one) > 1})

    def close(self) -> None:
        self.behave(Behaviour.REFUSE)
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                receiver._receive(self, body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler

    def _receive(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        with self._changed:
            while self.behaviour is Behaviour.HANG:
                self._changed.wait(60)
            behaviour = self.behaviour
        if behaviour is Behaviour.REFUSE:
            self.refused += 1
            return _answer(request, 500)
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            Webhook(SECRET).verify(body, headers)
        except Exception:
            self.forged += 1
            return _answer(request, 401)
        self.accepted.append(Delivery(headers["webhook-id"], json.loads(body), time.time()))
        if behaviour is Behaviour.LOSE:
            request.close_connection = True
            return None
        return _answer(request, 200)


def _answer(request: BaseHTTPRequestHandler, status: int) -> None:
    request.send_response(status)
    request.send_header("content-length", "0")
    try:
        request.end_headers()
    except OSError:  # who asked has given up waiting
        request.close_connection = True
