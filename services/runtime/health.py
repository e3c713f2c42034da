"""Whether a service lives and can do its work, said truthfully on /healthz and /readyz."""

import asyncio

from services.runtime import metrics

PROBE_SECONDS = 2.0


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

    def waits_for_others(self) -> bool:
        """Whether the broker does not answer, or a message waits until what it needs is back."""
        return any(name == "broker" or name.endswith(" agent") for name in self._waiting)

    def report(self) -> dict[str, object]:
        """Body of /readyz."""
        return {"service": self.service, "ready": self.is_ready, "waiting": dict(self._waiting)}

    def _publish(self) -> None:
        metrics.READY.labels(self.service).set(self.is_ready)


async def watch_broker(bootstrap: str, health: Health) -> None:
    """Say "not ready" while no broker answers, for ever: an agent that gets no message cannot tell by itself."""
    while True:
        if await _any_answers(bootstrap):
            health.ready("broker")
        else:
            health.not_ready("broker", f"nothing answers at {bootstrap}")
        await asyncio.sleep(PROBE_SECONDS)


async def _any_answers(bootstrap: str) -> bool:
    for address in bootstrap.split(","):
        host, _, port = address.rpartition(":")
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                _, writer = await asyncio.open_connection(host, int(port))
        except (OSError, TimeoutError):
            continue
        writer.close()
        return True
    return False
