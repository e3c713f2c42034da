"""A real HTTP receiver on loopback that answers as a script says, misbehaviour included."""

import asyncio
from dataclasses import dataclass
from typing import Any

from standardwebhooks.webhooks import Webhook

from tests.notify.making import SECRET

HANG = "hang"
"""Read the request, answer nothing."""
LOSE = "lose"
"""Accept the request, then lose the answer on the way."""

Answer = int | str | tuple[int, dict[str, str]]


@dataclass
class Received:
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def document(self) -> dict[str, Any]:
        """The verified body: raises where the signature is wrong."""
        verified: dict[str, Any] = Webhook(SECRET).verify(self.body, self.headers)
        return verified


class Receiver:
    """`answers` in order, then 200 for ever."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.received: list[Received] = []
        self._arrival = asyncio.Condition()

    async def __aenter__(self) -> "Receiver":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/hook?token=do-not-log"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def requests(self, count: int) -> list[Received]:
        """Waits until this many have come."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: len(self.received) >= count)
        return self.received

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")[1:]
                headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines if line)}
                body = await reader.readexactly(int(headers["content-length"]))
                if not await self._answer(Received(headers, body), reader, writer):
                    break
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    async def _answer(self, received: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        answer = self.answers.pop(0) if self.answers else 200
        async with self._arrival:
            self.received.append(received)
            self._arrival.notify_all()
        if answer == HANG:
            await reader.read()  # until the sender gives up and closes
            return False
        if answer == LOSE:
            writer.transport.abort()
            return False
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        extra = "".join(f"{k}: {v}\r\n" for k, v in headers.items())
        writer.write(f"HTTP/1.1 {status} x\r\ncontent-length: 0\r\n{extra}\r\n".encode())
        await writer.drain()
        return True
