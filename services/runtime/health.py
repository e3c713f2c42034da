"""Whether a service lives and can do its work, said truthfully on /healthz and /readyz."""

from services.runtime import metrics


class Health:
    """What a service waits for, by name. Ready while nothing is waited for and it has said that it started."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._waiting: dict[str, str] = {"start": "starting"}
        self._publish()

    def not_ready(self, name: str, reason: str) -> None:
        """`name` (store, broker, watches …) is missing: `reason` in words."""
        self._waiting[name] = reason
        self._publish()

    def ready(self, name: str = "start") -> None:
        """`name` is there."""
        self._waiting.pop(name, None)
        self._publish()

    @property
    def is_ready(self) -> bool:
        return not self._waiting

    def report(self) -> dict[str, object]:
        """Body of /readyz."""
        return {"service": self.service, "ready": self.is_ready, "waiting": dict(self._waiting)}

    def _publish(self) -> None:
        metrics.READY.labels(self.service).set(self.is_ready)
