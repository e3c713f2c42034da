"""Coverage: which sources report on a watch, and whether they still speak. Silence is calm only while they do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """What is known of one source, over all watches."""

    last_article_at: datetime | None = None
    """Time of its newest article."""
    last_success_at: datetime | None = None
    """When ingest last reached it; None where no heartbeat says (replay)."""
    per_day: float = 0.0
    """Articles a day that it usually brings; 0 where unknown."""
    failures: int = 0
    """Failed attempts in a row."""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    sources: Mapping[str, SourceHealth] = field(default_factory=dict)
