"""Logging: structlog for our lines and for those of the libraries, without secrets."""

import logging
import re
import sys
import time
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from services.runtime.settings import Settings

_SECRET_KEY = re.compile(r"password|secret|token|authorization|api_?key", re.IGNORECASE)
_SECRET_TEXT = re.compile(r"(://[^\s:/@]*:)[^\s/]+(@)|(whsec_)[A-Za-z0-9+/=]+")
"""Passwords in URLs, whatever signs are left in them, and webhook secrets."""

# Libraries that say at `info` what only their developers want to know.
_QUIET = ("faust", "mode", "aiokafka", "httpx", "httpcore", "uvicorn", "kafka", "asyncio", "alembic")


REPEAT_SECONDS = 30.0


class _NoRepeats(logging.Filter):
    """Lets a library say the same only now and then: a broker that is gone is not news ten times a second."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(_QUIET):
            return True
        now = time.monotonic()
        if now - self._said.get(record.msg, -REPEAT_SECONDS) < REPEAT_SECONDS:
            return False
        if len(self._said) > 1000:
            self._said.clear()
        self._said[record.msg] = now
        return True


def redact(text: str) -> str:
    """The text without anything that looks like a credential."""
    return _SECRET_TEXT.sub(r"\1\3***\2", text)


def _redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {name: "***" if _SECRET_KEY.search(name) else _clean(value) for name, value in event.items()}


def _clean(value: Any) -> Any:
    return redact(value) if isinstance(value, str) else value


def setup(settings: Settings, service: str) -> None:
    """Send every log line of this process to standard error. Call once, before anything is logged."""
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        lambda _logger, _method, event: {"service": service, **event},
        _redact_event,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_NoRepeats())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    level = getattr(logging, settings.log_level.upper())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
