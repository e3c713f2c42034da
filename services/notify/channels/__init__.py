"""Channels: one file a channel, one test each, one paragraph in `docs/notifications.md`."""

from schemas.subscription import Subscription, TerminalChannel, WebhookChannel
from services.notify.channels.base import Channel, Delivered, Outcome, Outgoing, Refused, Retry
from services.notify.channels.terminal import Terminal
from services.notify.channels.webhook import Webhook

__all__ = ["Channel", "Delivered", "Outcome", "Outgoing", "Refused", "Retry", "open_channel"]


def open_channel(subscription: Subscription) -> Channel:
    """The channel that a subscription asks for. Raises ValueError, naming the field, where its secret is no secret."""
    match subscription.channel:
        case TerminalChannel():
            return Terminal()
        case WebhookChannel() as settings:
            return Webhook(settings)
