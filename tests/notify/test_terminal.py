"""The terminal channel: whole blocks, both headlines, a bell only where someone can hear it."""

import io

from services.notify.channels import Delivered, Outgoing, Retry
from services.notify.channels.terminal import BELL, Terminal
from services.notify.render import headline, render
from tests.notify.making import alert


class Screen(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Closed(io.StringIO):
    def write(self, _: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


def outgoing(sound: bool = False) -> Outgoing:
    return Outgoing("notification-1", "desk", alert(), "ar", sound)


async def test_a_block_has_the_headline_in_both_languages_then_the_rest_and_an_empty_line() -> None:
    stream = io.StringIO()
    assert await Terminal(stream).deliver(outgoing()) == Delivered()
    message = render(alert(), "ar")
    assert stream.getvalue() == f"{message.headline}\n{headline(alert(), 'en')}\n{message.body}\n\n"


async def test_a_sounding_alert_rings_on_a_screen_and_not_in_a_file() -> None:
    screen, file = Screen(), io.StringIO()
    await Terminal(screen).deliver(outgoing(sound=True))
    await Terminal(file).deliver(outgoing(sound=True))
    assert screen.getvalue() == BELL + file.getvalue()


async def test_a_screen_without_arabic_gets_question_marks_rather_than_nothing() -> None:
    raw = io.BytesIO()
    screen = io.TextIOWrapper(raw, encoding="ascii")
    assert await Terminal(screen).deliver(outgoing()) == Delivered()
    assert b"Ain Issa" in raw.getvalue()


async def test_a_closed_pipe_is_tried_again() -> None:
    assert isinstance(await Terminal(Closed()).deliver(outgoing()), Retry)
