"""Webhook: POST of the alert and its rendered text, signed after Standard Webhooks (standardwebhooks.com).

`webhook-id` is the notification's id in every attempt, so that a receiver which keeps the ids it has seen shows nothing
twice. The answer's body is not read: its status says all.
"""

import asyncio
import base64
import json
import logging
import os
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook as Signer

from schemas.subscription import WebhookChannel
from services.notify.channels.base import Delivered, Outcome, Outgoing, Refused, Retry
from services.notify.render import render

logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO line holds the whole URL, tokens included

TRY_AGAIN = frozenset({408, 425, 429})
"""Client errors that a later attempt may not meet."""
MIN_SECRET_BYTES = 16


class Webhook:
    def __init__(self, settings: WebhookChannel, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.timeout_seconds = settings.timeout_seconds
        self._url = settings.url
        self._signer = _signer(settings.secret)
        self._client = httpx.AsyncClient(transport=transport, timeout=settings.timeout_seconds, trust_env=False)

    async def deliver(self, outgoing: Outgoing) -> Outcome:
        body = payload(outgoing)
        try:
            async with asyncio.timeout(self.timeout_seconds):  # httpx bounds each read, this the whole exchange
                status, headers = await self._post(body, self._headers(outgoing.notification_id, body))
        except (httpx.TimeoutException, TimeoutError):
            return Retry(f"no answer within {self.timeout_seconds:g} s")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            return Refused("the address is not a valid http or https address")
        except httpx.HTTPError as error:
            return Retry(f"{type(error).__name__}: connection failed or broke off")
        return judge(status, headers.get("retry-after"), datetime.now(UTC))

    async def _post(self, body: str, headers: dict[str, str]) -> tuple[int, httpx.Headers]:
        async with self._client.stream("POST", self._url, content=body.encode(), headers=headers) as response:
            return response.status_code, response.headers

    def _headers(self, notification_id: str, body: str) -> dict[str, str]:
        now = datetime.now(UTC)
        return {
            "content-type": "application/json",
            "user-agent": "marsad",
            "webhook-id": notification_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(notification_id, now, body),
        }

    async def close(self) -> None:
        await self._client.aclose()


def payload(outgoing: Outgoing) -> str:
    """The body: the same bytes in every attempt of one notification."""
    alert = outgoing.alert
    message = render(alert, outgoing.language)
    document = {
        "type": f"marsad.alert.{alert.kind}",
        "timestamp": alert.at.isoformat(),
        "data": alert.model_dump(mode="json"),
        "message": {
            "headline": message.headline,
            "text": message.text,
            "language": outgoing.language,
            "sound": outgoing.sound,
        },
        "notification_id": outgoing.notification_id,
        "subscription_id": outgoing.subscription_id,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def judge(status: int, retry_after: str | None, now: datetime) -> Outcome:
    """What an answer's status means for the notification."""
    if 200 <= status < 300:
        return Delivered()
    if status == 410:
        return Refused("410 Gone: the receiver wants no more", gone=True)
    if status >= 500 or status in TRY_AGAIN:
        return Retry(f"answered {status}", read_retry_after(retry_after, now))
    if 300 <= status < 400:
        return Refused(f"answered {status}: redirects are not followed; subscribe the address it leads to")
    return Refused(f"answered {status}")


def read_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """How long to wait: the header gives seconds or an HTTP date; None where it is neither."""
    if value is None:
        return None
    try:
        if value.strip().isascii() and value.strip().isdigit():
            return timedelta(seconds=min(int(value.strip()[:10]), 10**7))
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return max(timedelta(0), (at if at.tzinfo else at.replace(tzinfo=UTC)) - now)


def _signer(secret: SecretStr) -> Signer:
    value, named = secret.get_secret_value(), "the secret"
    if value.startswith("env:"):
        named = f"the environment variable {value[4:]}"
        value = os.environ.get(value[4:], "")
        if not value:
            raise ValueError(f"channel.secret: {named} is not set")
    try:
        key = base64.b64decode(_padded(value.removeprefix("whsec_")), validate=True)
    except ValueError:  # binascii.Error, or not ASCII
        raise ValueError(f"channel.secret: {named} is not 'whsec_' followed by base64") from None
    if len(key) < MIN_SECRET_BYTES:
        raise ValueError(
            f"channel.secret: {named} is shorter than {MIN_SECRET_BYTES} bytes; try `openssl rand -base64 32`"
        )
    return Signer(key)


def _padded(encoded: str) -> str:
    bare = encoded.rstrip("=")
    return bare + "=" * (-len(bare) % 4)
