"""Heartbeat: what ingest knows of one source, sent regularly and on change."""

from pydantic import Field

from schemas.base import Message, UtcDatetime


class SourceHeartbeat(Message):
    source: str
    at: UtcDatetime
    last_success_at: UtcDatetime | None = None
    articles_seen: int = Field(default=0, ge=0)
    """New and changed ones since the last heartbeat of this source from the same process: several may hear of it."""
    failures: int = Field(default=0, ge=0)
    """In a row, until now."""
    error: str = ""
