"""Whether an alert becomes a notification on a subscription, and whether it makes a sound: one pure function.

The answer carries the name of the rule that gave it, which is stored with the notification and shown by the board.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from schemas.alert import Alert, AlertKind
from schemas.base import Level
from schemas.subscription import QuietHours, Subscription

CLOSING = frozenset({AlertKind.QUIET, AlertKind.RESOLVED, AlertKind.EXPIRED, AlertKind.RETRACTED, AlertKind.MERGED})
"""They end what somebody was told, so they go to exactly those who were told."""

WAKING = frozenset({AlertKind.HEADS_UP, AlertKind.OPENED, AlertKind.ESCALATED, AlertKind.REOPENED})
"""New incidents and real escalation: all that may sound."""

SOUND_COOLDOWN = timedelta(minutes=30)
"""One incident does not sound again so soon, unless its level rose. The message itself is never held back."""


@dataclass(frozen=True, slots=True)
class Previous:
    """What this subscription was or is being sent about the same incident, or the same watch's state."""

    kind: AlertKind
    level: Level
    blind: bool
    sounded: bool
    at: datetime
    """When it was decided."""


@dataclass(frozen=True, slots=True)
class Decision:
    notify: bool
    reason: str
    """Name of the rule: see `docs/notifications.md`."""
    sound: bool = False
    sound_reason: str = ""


def route(
    alert: Alert, subscription: Subscription, previous: Sequence[Previous], now: datetime, heard: bool = False
) -> Decision:
    """Decide about one alert on one subscription; `previous` in the order in which it was decided.

    `heard` says that the same article has told the subscription of another incident at this watch.
    """
    if heard and alert.kind is AlertKind.EASED:
        return Decision(False, "told_with_its_cause")
    notify, reason = _wanted(alert, subscription, previous, now)
    if not notify:
        return Decision(False, reason)
    return Decision(True, reason, *_sound(alert, subscription, previous, now))


def _wanted(alert: Alert, subscription: Subscription, previous: Sequence[Previous], now: datetime) -> tuple[bool, str]:
    if alert.expires_at <= now:
        return False, "expired"
    if subscription.watches and alert.watch_id not in subscription.watches:
        return False, "other_watch"
    if subscription.kinds and alert.kind not in subscription.kinds:
        return False, "other_kind"
    if not previous and _other_type(alert, subscription):
        return False, "other_type"
    if alert.kind in CLOSING:
        return (True, "follows_sent") if previous else (False, "nothing_sent")
    if alert.kind is AlertKind.EASED and previous:
        return True, "follows_sent"
    return _by_level(alert, subscription, previous[-1] if previous else None)


def _other_type(alert: Alert, subscription: Subscription) -> bool:
    """An alert without types concerns the watch itself, whatever types somebody asked for."""
    return bool(subscription.types and alert.signals) and not set(alert.signals) & set(subscription.types)


def _by_level(alert: Alert, subscription: Subscription, last: Previous | None) -> tuple[bool, str]:
    was_blind = last is not None and last.blind
    if alert.level.rank >= subscription.min_level.rank:
        return True, "level_reached"
    if alert.blind and not was_blind:
        return True, "went_blind"  # without it the silence that follows would read as calm
    if last is not None and (last.level.rank >= subscription.min_level.rank or (was_blind and not alert.blind)):
        return True, "follows_sent"
    return False, "below_level"


def _sound(alert: Alert, subscription: Subscription, previous: Sequence[Previous], now: datetime) -> tuple[bool, str]:
    if not _wakes(alert, previous):
        return False, "not_new"
    if any(p.sounded and p.level.rank >= alert.level.rank and now - p.at < SOUND_COOLDOWN for p in previous):
        return False, "sounded_recently"
    hours = subscription.quiet_hours
    if hours is not None and alert.level is not Level.CRITICAL and in_quiet_hours(hours, now):
        return False, "quiet_hours"
    return True, "new"


def _wakes(alert: Alert, previous: Sequence[Previous]) -> bool:
    if alert.kind is not AlertKind.STATE_CHANGED:
        return alert.kind in WAKING
    return alert.level.rank > (previous[-1].level.rank if previous else Level.CALM.rank)


def in_quiet_hours(hours: QuietHours, now: datetime) -> bool:
    """Whether `now` lies in the hours, start inclusive; 22:00 to 06:00 spans midnight, equal ends never end."""
    local = now.astimezone(ZoneInfo(hours.timezone)).time()
    if hours.start < hours.end:
        return hours.start <= local < hours.end
    return local >= hours.start or local < hours.end
