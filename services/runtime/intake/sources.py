"""What is known of each source: when it last answered, how much it gave, how often it failed since."""

from collections import OrderedDict
from datetime import datetime, timedelta

from schemas.source import SourceHeartbeat

MAX_SOURCES = 10_000
"""Sources that are remembered, the latest; more than that is somebody inventing names."""


class Sources:
    """Counts, and says when there is something to tell: a first word, a change for better or worse, or time passed.

    A source that only pushes is never told of while it is silent: nobody can know whether it lives.
    """

    def __init__(self, every: timedelta) -> None:
        self._every = every
        self._known: OrderedDict[str, SourceHeartbeat] = OrderedDict()
        self._told: dict[str, datetime] = {}

    def gave(self, source: str, articles: int, at: datetime) -> None:
        """The source brought so many new articles. The next thing told of it counts them, once."""
        known = self._of(source, at)
        self._keep(known.model_copy(update={"articles_seen": known.articles_seen + articles}))

    def success(self, source: str, at: datetime) -> SourceHeartbeat | None:
        """The source answered. What to tell of it, if anything."""
        known = self._of(source, at)
        changes = {"at": at, "last_success_at": at, "failures": 0, "error": ""}
        return self._due(known.model_copy(update=changes), changed=known.failures > 0)

    def failure(self, source: str, error: str, at: datetime) -> SourceHeartbeat | None:
        """The source did not answer, or not usefully. What to tell of it, if anything."""
        known = self._of(source, at)
        changes = {"at": at, "failures": known.failures + 1, "error": error[:500]}
        return self._due(known.model_copy(update=changes), changed=True)

    def not_told(self, heartbeat: SourceHeartbeat) -> None:
        """It did not arrive: the next word tells it all, and is due at once."""
        self._told.pop(heartbeat.source, None)
        self.gave(heartbeat.source, heartbeat.articles_seen, heartbeat.at)

    def _of(self, source: str, at: datetime) -> SourceHeartbeat:
        return self._known.pop(source, None) or SourceHeartbeat(source=source, at=at)

    def _due(self, heartbeat: SourceHeartbeat, changed: bool) -> SourceHeartbeat | None:
        told = self._told.get(heartbeat.source)
        if not changed and told is not None and heartbeat.at - told < self._every:
            self._keep(heartbeat)
            return None
        self._told[heartbeat.source] = heartbeat.at
        self._keep(heartbeat.model_copy(update={"articles_seen": 0}))
        return heartbeat

    def _keep(self, heartbeat: SourceHeartbeat) -> None:
        self._known[heartbeat.source] = heartbeat
        if len(self._known) > MAX_SOURCES:
            forgotten, _ = self._known.popitem(last=False)
            self._told.pop(forgotten, None)
