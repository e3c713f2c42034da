"""Every metric of Marsad, declared once; `marsad metrics` writes the reference from here.

Labels take few values: a service, a topic, a channel's kind; never an id, a source or a watch that anyone can add.
"""

from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
"""Marsad's own; the pages of the services show it beside Faust's."""

_declared: list[tuple[str, str, str, tuple[str, ...]]] = []

Metric = TypeVar("Metric", Counter, Gauge, Histogram)

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


def _declare(kind: type[Metric], name: str, meaning: str, *labels: str, **options: object) -> Metric:
    shown = name + "_total" if kind is Counter else name
    _declared.append((shown, kind.__name__.lower(), meaning, labels))
    return kind(name, meaning, labels, registry=REGISTRY, **options)  # type: ignore[arg-type]


# Every service
READY = _declare(Gauge, "marsad_ready", "1 while the service can do its work, else 0.", "service")
BUILD = _declare(Gauge, "marsad_build_info", "Always 1; the label is Marsad's version.", "version")

# The guarded loop
MESSAGES = _declare(
    Counter,
    "marsad_messages",
    "Messages that an agent finished, by outcome: handled or dead.",
    "service",
    "topic",
    "outcome",
)
RETRIES = _declare(
    Counter, "marsad_retries", "Times an agent waited because the store or the broker was gone.", "service", "topic"
)
HANDLE_SECONDS = _declare(
    Histogram,
    "marsad_handle_seconds",
    "Time to handle one message, waiting included.",
    "service",
    "topic",
    buckets=_SECONDS,
)
AGE_SECONDS = _declare(
    Gauge, "marsad_message_age_seconds", "Age of the message handled last, since it was produced.", "service", "topic"
)
DEAD = _declare(
    Counter, "marsad_dead_letters", "Messages sent to a dead-letter topic, by class of error.", "topic", "error"
)

# Ingest
ACCEPTED = _declare(
    Counter,
    "marsad_articles_accepted",
    "Articles that the broker acknowledged, by road (http, file, feed) and novelty (new, changed, repeated).",
    "road",
    "novelty",
)
REJECTED = _declare(Counter, "marsad_articles_rejected", "Articles refused, by road.", "road")
FEED_READS = _declare(
    Counter, "marsad_feed_reads", "Readings of feeds, by outcome (read, unchanged, failed).", "outcome"
)

# Analyze
SIGNALS = _declare(Counter, "marsad_signals", "Signals coded, by type and status.", "type", "status")
OBSERVED = _declare(Counter, "marsad_observations_sent", "Observations sent to track.")
ANALYZE_SECONDS = _declare(Histogram, "marsad_analyze_seconds", "Time to analyse one article.", buckets=_SECONDS)

# Track
INCIDENTS = _declare(Counter, "marsad_incidents_opened", "Incidents opened, by direction.", "direction")
ALERTS = _declare(Counter, "marsad_alerts", "Alerts written to the store, by kind and level.", "kind", "level")
REPEATS = _declare(
    Counter, "marsad_observations_repeated", "Observations that were handled before and changed nothing."
)
RELAYED = _declare(Counter, "marsad_alerts_relayed", "Alerts that the relay published.")
RELAY_BACKLOG = _declare(Gauge, "marsad_relay_backlog", "Alerts in the store that are not yet published.")
WATCH_LEVEL = _declare(Gauge, "marsad_watches_at_level", "Watches at each level.", "level")
WATCHES_BLIND = _declare(Gauge, "marsad_watches_blind", "Watches that no living source covers.")
CANARY_AGE = _declare(
    Gauge, "marsad_canary_age_seconds", "Age of the newest synthetic article that came through articles and analysis."
)

# Notify
NOTIFICATIONS = _declare(
    Counter,
    "marsad_notifications",
    "Notifications that were decided, by channel (removed: of a subscription that is gone) and outcome (sent, failed, "
    "suppressed).",
    "channel",
    "outcome",
)
SEND_SECONDS = _declare(
    Histogram, "marsad_send_seconds", "Time of one attempt to send, by channel.", "channel", buckets=_SECONDS
)
ALERT_SECONDS = _declare(
    Histogram,
    "marsad_alert_seconds",
    "From Marsad's first sight of an article to its alert sent.",
    buckets=_SECONDS,
)
OUTBOX = _declare(Gauge, "marsad_notifications_pending", "Notifications that wait for an attempt.")

# Board
REQUESTS = _declare(
    Counter, "marsad_http_requests", "Requests answered, by route template and status class.", "route", "status"
)


def reference() -> str:
    """The metrics as a Markdown table."""
    rows = [
        f"| `{name}` | {kind} | {', '.join(f'`{label}`' for label in labels)} | {meaning} |"
        for name, kind, meaning, labels in _declared
    ]
    head = (
        "# Metrics\n\nWritten by `marsad metrics --out docs/metrics.md`. Every service serves them on `/metrics`; "
        "analyze, track and notify also serve Faust's own, which begin with `faust_`.\n\n"
        "| metric | kind | labels | meaning |\n|---|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"
