"""Alerts and subscriptions for the tests, in our own words."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.alert import Alert, AlertKind, AlertQuote
from schemas.base import BothNames, Level, SignalType
from schemas.subscription import Subscription, TerminalChannel, WebhookChannel

NOW = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
SECRET = "whsec_c2l4dGVlbiBieXRlcyBhbmQgYSBiaXQgbW9yZQ=="


def quote(**changes: Any) -> AlertQuote:
    given: dict[str, Any] = {
        "quote": "سقط ثلاثة قتلى في قصف مدفعي على سوق البلدة",
        "type": SignalType.SHELLING,
        "source": "sample.marsad",
        "attribution": "مصدر طبي",
        "url": "https://sample.marsad/2",
        "article_id": "a2",
        "lang": "ar",
        "published_at": NOW - timedelta(minutes=5),
    }
    return AlertQuote(**(given | changes))


def alert(number: int = 1, **changes: Any) -> Alert:
    given: dict[str, Any] = {
        "alert_id": f"alert-{number}",
        "watch_id": "ain-issa",
        "watch_name": BothNames(ar="عين عيسى", en="Ain Issa"),
        "incident_id": "incident-1",
        "revision": number,
        "kind": AlertKind.OPENED,
        "level": Level.ELEVATED,
        "article_id": "a2",
        "at": NOW,
        "signals": (SignalType.SHELLING,),
        "reason": "new_event",
        "quotes": (quote(),),
        "sources": 1,
        "expires_at": NOW + timedelta(hours=24),
    }
    return Alert(**(given | changes))


def terminal(**changes: Any) -> Subscription:
    return Subscription(**({"id": "desk", "channel": TerminalChannel()} | changes))


def webhook(url: str, **changes: Any) -> Subscription:
    timeout = changes.pop("timeout_seconds", 10.0)
    channel = WebhookChannel(url=url, secret=SECRET, timeout_seconds=timeout)
    return Subscription(**({"id": "hook", "channel": channel} | changes))


async def wait_until(condition: Callable[[], bool]) -> None:
    """Until it holds; whoever calls this sets the time limit."""
    while not condition():  # noqa: ASYNC110 - what is waited for has no event
        await asyncio.sleep(0.001)
