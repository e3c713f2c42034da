"""Subscription: who wants which alerts, where and when; and the subscriptions file."""

from datetime import time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator, model_validator

from schemas.alert import AlertKind
from schemas.base import Level, Message, SignalType


class TerminalChannel(Message):
    kind: Literal["terminal"] = "terminal"


class WebhookChannel(Message):
    """POST of the alert's JSON, signed after Standard Webhooks."""

    kind: Literal["webhook"] = "webhook"
    url: str = Field(pattern=r"^https?://\S+$")
    secret: SecretStr
    """`whsec_…`, or `env:NAME` to read it from the environment."""
    timeout_seconds: float = Field(default=10.0, gt=0, le=60)


Channel = Annotated[TerminalChannel | WebhookChannel, Field(discriminator="kind")]


class QuietHours(Message):
    """No sound in this time of day, except for `critical`."""

    start: time
    end: time
    timezone: str = "UTC"

    @field_validator("start", "end")
    @classmethod
    def _local(cls, value: time) -> time:
        if value.tzinfo is not None:
            raise ValueError("give the time of day alone, as 22:00; its zone is `timezone`")
        return value

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:  # `Asia` is a folder of zones
            raise ValueError(f"'{value}' is not a known time zone; try Asia/Damascus") from error
        return value


class Subscription(Message):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    channel: Channel
    watches: tuple[str, ...] = ()
    """Watch ids; empty means all."""
    types: tuple[SignalType, ...] = ()
    """Empty means all."""
    kinds: tuple[AlertKind, ...] = ()
    """Empty means all."""
    min_level: Level = Level.HEADS_UP
    """Alerts of incidents below this level are not sent; easing and closing follow what was sent."""
    language: Literal["ar", "en"] = "ar"
    quiet_hours: QuietHours | None = None


class SubscriptionFile(Message):
    """A subscriptions file: `subscriptions:` and a list."""

    subscriptions: tuple[Subscription, ...]

    @model_validator(mode="after")
    def _distinct(self) -> "SubscriptionFile":
        seen: set[str] = set()
        for position, subscription in enumerate(self.subscriptions):
            if subscription.id in seen:
                raise ValueError(f"subscriptions.{position}.id: '{subscription.id}' is given twice")
            seen.add(subscription.id)
        return self
