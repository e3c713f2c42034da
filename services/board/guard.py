"""What stands before every request: the size of a body, the count of answers."""

from fastapi import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.runtime import metrics

MAX_BODY_BYTES = 10 * 1024 * 1024
"""Ten thousand watches with all their aliases take less. `POST /articles` has its own limit."""


class LimitBody:
    """Answers 413 to a body that is too long, whether or not it says its length."""

    def __init__(
        self, app: ASGIApp, limit: int = MAX_BODY_BYTES, but: frozenset[str] = frozenset({"/articles"})
    ) -> None:
        self.app = app
        self.limit = limit
        self.but = but

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self.but:
            return await self.app(scope, receive, send)
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > self.limit:
            return await JSONResponse({"error": self._message}, 413)(scope, receive, send)
        await self.app(scope, self._counted(receive), send)

    @property
    def _message(self) -> str:
        return f"the body is longer than {self.limit:,} bytes"

    def _counted(self, receive: Receive) -> Receive:
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.limit:
                raise HTTPException(413, self._message)
            return message

        return counted


class CountAnswers:
    """Counts answers by route template and status class: ids and queries are no labels."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "other")
                metrics.REQUESTS.labels(route, f"{message['status'] // 100}xx").inc()
            await send(message)

        await self.app(scope, receive, counted)
