"""What ingest's heartbeats tell of each source, kept in the store and handed to the core as `Coverage`.

A heartbeat counts the articles since the one before from the same process; the rate that a source usually has is learnt
from these counts, as a mean whose weight halves every three days.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from schemas.base import Message, UtcDatetime
from schemas.source import SourceHeartbeat
from services.runtime import canary
from services.runtime.store.statements import insert
from services.runtime.store.tables import micros, sources
from services.track.coverage import Coverage, SourceHealth

HALF_LIFE = timedelta(days=3)
DAY = timedelta(days=1)
STANDS = "nothing comes through Marsad itself"
"""The error of a source that is reached, where the canary is not."""


class SourceRecord(Message):
    """A source's row."""

    heartbeat: SourceHeartbeat
    since: UtcDatetime
    """Time of the first heartbeat."""
    last_article_at: UtcDatetime | None = None
    per_day: float = 0.0


def beat(connection: Connection, heartbeat: SourceHeartbeat) -> SourceRecord:
    """Keep a heartbeat; one that is no newer than the kept one changes nothing."""
    body = connection.execute(
        select(sources.c.body).where(sources.c.source == heartbeat.source).with_for_update()
    ).scalar_one_or_none()
    known = None if body is None else SourceRecord.model_validate_json(body)
    if known is not None and heartbeat.at <= known.heartbeat.at:
        return known
    record = learned(known, heartbeat)
    reached = heartbeat.last_success_at
    row = {"last_success_at": None if reached is None else micros(reached), "body": record.model_dump_json()}
    statement = insert(connection, sources).values(source=heartbeat.source, **row)
    connection.execute(statement.on_conflict_do_update(index_elements=["source"], set_=row))
    return record


def learned(known: SourceRecord | None, heartbeat: SourceHeartbeat) -> SourceRecord:
    """The record after one more heartbeat."""
    if known is None:
        seen = heartbeat.articles_seen > 0
        return SourceRecord(
            heartbeat=heartbeat, since=heartbeat.at, last_article_at=heartbeat.at if seen else None, per_day=0.0
        )
    came = heartbeat.articles_seen
    elapsed = heartbeat.at - known.heartbeat.at
    watched = heartbeat.at - known.since
    share = elapsed / watched if watched < HALF_LIFE else 1 - 0.5 ** (elapsed / HALF_LIFE)
    return known.model_copy(
        update={
            "heartbeat": heartbeat,
            "last_article_at": heartbeat.at if came else known.last_article_at,
            "per_day": known.per_day + share * (came / (elapsed / DAY) - known.per_day),
        }
    )


def read(connection: Connection) -> Coverage:
    """What is known of every source. While the canary is late, nothing is known to have arrived after it."""
    records = [SourceRecord.model_validate_json(body) for body in connection.execute(select(sources.c.body)).scalars()]
    flowing_until = next((r.heartbeat.at for r in records if r.heartbeat.source == canary.ID), None)
    return Coverage(
        {
            record.heartbeat.source: _until(flowing_until, health(record))
            for record in records
            if record.heartbeat.source != canary.ID
        }
    )


def health(record: SourceRecord) -> SourceHealth:
    """The core's view of a record."""
    return SourceHealth(
        last_article_at=record.last_article_at,
        last_success_at=record.heartbeat.last_success_at,
        per_day=record.per_day,
        failures=record.heartbeat.failures,
        error=record.heartbeat.error,
    )


def _until(flowing_until: datetime | None, known: SourceHealth) -> SourceHealth:
    if flowing_until is None or known.last_success_at is None or known.last_success_at <= flowing_until:
        return known
    return replace(known, last_success_at=flowing_until, failures=known.failures + 1, error=known.error or STANDS)


def canary_seen(connection: Connection, sent_at: datetime) -> None:
    """The canary that was sent at this time has come through."""
    beat(connection, SourceHeartbeat(source=canary.ID, at=sent_at, last_success_at=sent_at))


def canary_at(connection: Connection) -> datetime | None:
    """When the newest canary that came through was sent; None before the first."""
    body = connection.execute(select(sources.c.body).where(sources.c.source == canary.ID)).scalar_one_or_none()
    return None if body is None else SourceRecord.model_validate_json(body).heartbeat.at
