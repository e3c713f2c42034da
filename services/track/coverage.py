"""Coverage: which sources report on a watch, and whether they still speak. Silence is calm only while they do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from schemas.incident import Reporter
from services.track.rules import Rules

DAY = timedelta(days=1)
LEARNING_DAYS = 3
"""A rate is not believed before it has been watched so long."""


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


@dataclass(frozen=True, slots=True)
class Sight:
    """How well a watch is covered now."""

    known: bool
    """Some source has reported on it often enough to judge silence by."""
    blind: bool
    reason: str = ""
    """Which sources fell silent, and since when."""


def sight(reporters: Sequence[Reporter], coverage: Coverage | None, now: datetime, rules: Rules) -> Sight:
    """Blind where less than half of what usually reports on the watch is alive. Without `coverage` nothing is dead."""
    known = [r for r in reporters if r.count >= rules.coverage["known_reports"]]
    if not known:
        return Sight(known=False, blind=False)
    health = coverage.sources if coverage else {}
    deaths = {r.source: why for r in known if (why := death(health.get(r.source), now, rules))}
    alive = sum(r.count for r in known if r.source not in deaths)
    blind = alive < rules.coverage["alive_share"] * sum(r.count for r in known)
    reason = "; ".join(f"{source}: {why}" for source, why in sorted(deaths.items())) if blind else ""
    return Sight(known=True, blind=blind, reason=reason)


def death(health: SourceHealth | None, now: datetime, rules: Rules) -> str:
    """Why a source counts as silent; empty where it does not."""
    if health is None:
        return ""
    if health.last_success_at is not None and health.failures:
        unreached = now - health.last_success_at
        if unreached > timedelta(hours=rules.coverage["heartbeat_hours"]):
            return f"not reached since {_stamp(health.last_success_at)}" + (
                f" ({health.error})" if health.error else ""
            )
    if health.last_article_at is not None and health.per_day > 0:
        unseen = health.per_day * ((now - health.last_article_at) / DAY)
        if unseen > rules.coverage["silence"]:
            return f"no article since {_stamp(health.last_article_at)}, {unseen:.0f} expected"
    return ""


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


class Rhythm(Mapping[str, SourceHealth]):
    """Learns from the articles seen how often each source speaks: daily counts of the last thirty days."""

    def __init__(self) -> None:
        self._days: dict[str, dict[date, int]] = {}
        self._first: dict[str, datetime] = {}
        self._last: dict[str, datetime] = {}

    def note(self, source: str, at: datetime) -> None:
        counts = self._days.setdefault(source, {})
        counts[at.date()] = counts.get(at.date(), 0) + 1
        if len(counts) > 31:
            del counts[min(counts)]
        self._first[source] = min(at, self._first.get(source, at))
        self._last[source] = max(at, self._last.get(source, at))

    def __getitem__(self, source: str) -> SourceHealth:
        """Articles a day over the thirty days to the newest, or over its whole short life."""
        last = self._last[source]
        age = (last - self._first[source]) / DAY
        if age < LEARNING_DAYS:
            return SourceHealth(last_article_at=last)
        seen = sum(n for day, n in self._days[source].items() if last.date() - day < 30 * DAY)
        return SourceHealth(last_article_at=last, per_day=seen / min(30.0, age))

    def __iter__(self) -> Iterator[str]:
        return iter(self._last)

    def __len__(self) -> int:
        return len(self._last)
