"""Notification: one alert on one channel."""

from enum import StrEnum

from pydantic import Field

from schemas.base import Id, Message, UtcDatetime


class NotificationStatus(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    """Claimed by a sender until `next_attempt_at`; past that the sender died and the next one sends it again."""
    SENT = "sent"
    FAILED = "failed"
    """Given up, with the reason: an answer that no retry will change, or its time to live ran out."""
    SUPPRESSED = "suppressed"
    """Decided against, with the reason."""


class Notification(Message):
    id: Id
    """Hash of alert id and subscription id; the `webhook-id` of every attempt."""
    alert_id: Id
    subscription_id: str
    status: NotificationStatus
    reason: str
    """Name of the routing rule that decided."""
    sound: bool = False
    """Worth a sound; the message itself goes out either way."""
    attempts: int = Field(default=0, ge=0)
    next_attempt_at: UtcDatetime | None = None
    message_ref: str | None = None
    """What the channel calls the message, where it does."""
    error: str = ""
    created_at: UtcDatetime
    updated_at: UtcDatetime
