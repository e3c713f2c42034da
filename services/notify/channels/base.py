"""What every channel is given and what it may answer."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from schemas.alert import Alert
from services.notify.render import Language


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One notification to deliver. The same `notification_id` comes again where an earlier attempt is in doubt."""

    notification_id: str
    subscription_id: str
    alert: Alert
    language: Language
    sound: bool


@dataclass(frozen=True, slots=True)
class Delivered:
    message_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """It may work later; `after` is what the receiver asked for, or None."""

    error: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """No retry will change it. `gone`: the receiver wants nothing more, whatever the alert."""

    error: str
    gone: bool = False


Outcome = Delivered | Retry | Refused


class Channel(Protocol):
    timeout_seconds: float
    """No attempt takes longer."""

    async def deliver(self, outgoing: Outgoing) -> Outcome:
        """One attempt. Raises nothing that the world outside can cause."""

    async def close(self) -> None: ...
