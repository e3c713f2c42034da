"""The terminal: a block of lines on standard output, the headline in both languages for a desk that shares a screen."""

import asyncio
import sys
from typing import TextIO

from services.notify.channels.base import Delivered, Outcome, Outgoing, Retry
from services.notify.render import Language, headline, render

BELL = "\a"


class Terminal:
    timeout_seconds = 5.0

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stdout

    async def deliver(self, outgoing: Outgoing) -> Outcome:
        try:
            await asyncio.to_thread(self._write, block(outgoing))
        except OSError as error:  # a closed pipe or a full disk behind a redirection
            return Retry(f"{type(error).__name__}: {error.strerror}")
        return Delivered()

    def _write(self, text: str) -> None:
        """One write a block, so that the lines of two alerts never mix."""
        data = text.encode(self._stream.encoding or "utf-8", "replace").decode(self._stream.encoding or "utf-8")
        bell = BELL if text.startswith(BELL) and self._stream.isatty() else ""
        self._stream.write(bell + data.lstrip(BELL))
        self._stream.flush()

    async def close(self) -> None:
        pass


def block(outgoing: Outgoing) -> str:
    """The message with an empty line after it; a bell in front where it may sound."""
    other: Language = "en" if outgoing.language == "ar" else "ar"
    message = render(outgoing.alert, outgoing.language)
    second = headline(outgoing.alert, other)
    return f"{BELL if outgoing.sound else ''}{message.headline}\n{second}\n{message.body}\n\n"
