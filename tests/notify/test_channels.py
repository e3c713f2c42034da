"""What every channel promises, whichever it is: a new channel joins `CHANNELS` and nothing else."""

import asyncio
import io
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pydantic import SecretStr

from schemas.alert import AlertKind
from schemas.base import BothNames, Level
from schemas.subscription import Channel as Settings
from schemas.subscription import Subscription, WebhookChannel
from services.notify.channels import Channel, Delivered, Outgoing, open_channel
from services.notify.channels.terminal import Terminal
from services.notify.channels.webhook import Webhook
from tests.notify.making import SECRET, alert, quote, terminal, webhook
from tests.notify.receiver import Receiver

CHANNELS = ["terminal", "webhook"]

HOSTILE = alert(
    watch_name=BothNames(ar="عين\u202eعيسى"),
    detail="\x1b[2J" * 50,
    quotes=(quote(quote="ق" * 100_000, attribution="\n", url="javascript:alert(1)"), quote(quote="", article_id="b")),
    places=tuple("مكان" for _ in range(1000)),
)
BARE = alert(kind=AlertKind.STATE_CHANGED, level=Level.CALM, incident_id=None, signals=(), quotes=(), article_id=None)


@pytest_asyncio.fixture(params=CHANNELS)
async def channel(request: pytest.FixtureRequest) -> AsyncIterator[Channel]:
    async with Receiver() as receiver:
        made: Channel = Terminal(io.StringIO())
        if request.param == "webhook":
            made = Webhook(WebhookChannel(url=receiver.url, secret=SecretStr(SECRET)))
        yield made
        await made.close()


@pytest.mark.parametrize("about", [alert(), HOSTILE, BARE], ids=["plain", "hostile", "bare"])
@pytest.mark.parametrize("language", ["ar", "en"])
async def test_any_alert_is_delivered_in_either_language(channel: Channel, about: object, language: str) -> None:
    outgoing = Outgoing("notification-1", "desk", about, language, sound=True)  # type: ignore[arg-type]
    assert await channel.deliver(outgoing) == Delivered()


async def test_attempts_at_the_same_time_do_not_disturb_one_another(channel: Channel) -> None:
    several = [Outgoing(f"notification-{n}", "desk", alert(n), "ar", sound=False) for n in range(8)]
    assert await asyncio.gather(*(channel.deliver(each) for each in several)) == [Delivered()] * 8


async def test_it_may_be_closed_twice_and_bounds_its_attempts(channel: Channel) -> None:
    assert 0 < channel.timeout_seconds <= 60
    await channel.close()


@pytest.mark.parametrize("subscription", [terminal(), webhook("https://example.org/hook")], ids=CHANNELS)
async def test_a_subscription_opens_its_channel(subscription: Subscription) -> None:
    settings: Settings = subscription.channel
    opened = open_channel(subscription)
    assert type(opened).__name__.lower() == settings.kind
    await opened.close()
