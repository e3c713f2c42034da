"""The Kafka topics, each declared once: name, what it carries, its key, its CloudEvents type."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from schemas.alert import Alert
from schemas.article import Article
from schemas.base import Message
from schemas.observation import Observation
from schemas.source import SourceHeartbeat

M = TypeVar("M", bound=Message)

MAX_MESSAGE_BYTES = 8 * 1024 * 1024
"""A million Arabic characters take 2 MB; escaped and with context, four times that at most."""


@dataclass(frozen=True)
class Topic(Generic[M]):
    name: str
    model: type[M]
    meaning: str
    key_meaning: str
    key: Callable[[M], str]
    """Kafka key: what shares a key is handled in order."""
    identity: Callable[[M], str]
    """CloudEvents id."""
    time: Callable[[M], datetime]
    """CloudEvents time."""

    @property
    def event_type(self) -> str:
        """CloudEvents type."""
        return f"marsad.{self.model.__name__.lower()}.v1"

    @property
    def dead(self) -> str:
        """Name of the topic for what could not be handled."""
        return f"{self.name}.dead"


ARTICLES = Topic(
    "articles",
    Article,
    "Articles as ingest accepted them.",
    "article id",
    key=lambda article: article.id,
    identity=lambda article: f"{article.id}:{article.version}",
    time=lambda article: article.first_seen_at,
)
OBSERVATIONS = Topic(
    "observations",
    Observation,
    "What one article says about one watch.",
    "watch id",
    key=lambda observation: observation.watch_id,
    identity=lambda observation: observation.id,
    time=lambda observation: observation.analyzed_at,
)
ALERTS = Topic(
    "alerts",
    Alert,
    "Notable transitions of incidents and of watches' states, in order for each watch.",
    "watch id",
    key=lambda alert: alert.watch_id,
    identity=lambda alert: alert.alert_id,
    time=lambda alert: alert.at,
)
SOURCES = Topic(
    "sources",
    SourceHeartbeat,
    "What ingest knows of each source, regularly and on change.",
    "source",
    key=lambda heartbeat: heartbeat.source,
    identity=lambda heartbeat: f"{heartbeat.source}:{heartbeat.at.isoformat()}",
    time=lambda heartbeat: heartbeat.at,
)

ALL: tuple[Topic, ...] = (ARTICLES, OBSERVATIONS, ALERTS, SOURCES)
BY_NAME = {topic.name: topic for topic in ALL}
