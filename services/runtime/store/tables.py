"""The store's tables. Whole messages are kept as the JSON of their models beside the columns that are searched.

Times are UTC epoch microseconds in 64-bit integers: exact, ordered and alike on SQLite and PostgreSQL.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Epoch microseconds of an aware datetime."""
    return (at - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """The UTC datetime of epoch microseconds."""
    return _EPOCH + timedelta(microseconds=value)


FOREVER = 2**63 - 1
"""Later than any time."""

Serial = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up by itself only for INTEGER."""

watch_set = Table(
    "watch_set",
    metadata,
    Column("id", Integer, primary_key=True),  # always 1
    Column("version", Integer, nullable=False),
)

watches = Table(
    "watches",
    metadata,
    Column("watch_id", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("body", Text, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("article_id", String(512), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("digest", String(64), nullable=False),  # of title and text: tells a new version from a repeat
    Column("source", String(256), nullable=False),
    Column("event_at", BigInteger, nullable=False),
    Column("first_seen_at", BigInteger, nullable=False),
    Column("watches", Text, nullable=False),  # JSON list: the watches at which any version was observed
    Column("body", Text, nullable=False),
    Index("articles_by_first_seen", "first_seen_at"),
)

observations = Table(
    "observations",
    metadata,
    Column("observation_id", String(64), primary_key=True),
    Column("watch_id", String(64), nullable=False),
    Column("article_id", String(512), nullable=False),
    Column("handled_at", BigInteger, nullable=False),
    Column("verdict", Text, nullable=False),  # JSON: the incidents it joined and the rules that decided
    Index("observations_by_article", "article_id", "watch_id"),
    Index("observations_by_handled", "handled_at"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("incident_id", String(64), primary_key=True),
    Column("watch_id", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("last_report_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger, nullable=False),  # FOREVER while open: one range finds open and lately closed
    Column("body", Text, nullable=False),
    Index("incidents_by_watch", "watch_id", "last_report_at"),
    Index("incidents_in_book", "watch_id", "closed_at"),
    Index("incidents_by_status", "status", "last_report_at"),
)

watch_states = Table(
    "watch_states",
    metadata,
    Column("watch_id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),  # rises with every write: fences an owner that was stopped and woke up
    Column("next_timer_at", BigInteger, nullable=True),
    Column("level", String(16), nullable=False),
    Column("blind", Integer, nullable=False),  # 0 or 1
    Column("body", Text, nullable=False),
    Index("watch_states_by_timer", "next_timer_at"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("alert_id", String(64), nullable=False, unique=True),
    Column("watch_id", String(64), nullable=False),
    Column("incident_id", String(64), nullable=True),
    Column("at", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("published_at", BigInteger, nullable=True),  # by the relay, to the topic
    Column("body", Text, nullable=False),
    Index("alerts_unpublished", "published_at", "seq"),
    Index("alerts_by_watch", "watch_id", "seq"),
    Index("alerts_by_created", "created_at"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("notification_id", String(64), primary_key=True),
    Column("alert_id", String(64), nullable=False),
    Column("subscription_id", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("next_attempt_at", BigInteger, nullable=True),
    Column("created_at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index("notifications_by_alert", "alert_id"),
    Index("notifications_due", "status", "next_attempt_at"),
)

near_misses = Table(
    "near_misses",
    metadata,
    Column("near_miss_id", String(64), primary_key=True),
    Column("watch_id", String(64), nullable=False),
    Column("article_id", String(512), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index("near_misses_by_watch", "watch_id", "article_id"),
    Index("near_misses_by_time", "at"),
)

sources = Table(
    "sources",
    metadata,
    Column("source", String(256), primary_key=True),
    Column("last_success_at", BigInteger, nullable=True),
    Column("body", Text, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("owner", String(128), nullable=False),
    Column("until", BigInteger, nullable=False),
)
