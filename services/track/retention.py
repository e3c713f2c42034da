"""Thirty days: articles, handled observations and near misses are forgotten after that; incidents and alerts stay."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete

from services.runtime.store import Database, archive
from services.runtime.store.tables import micros, near_misses, observations

KEPT = timedelta(days=30)


def forget_observations(connection: Connection, before: datetime) -> int:
    return connection.execute(delete(observations).where(observations.c.handled_at < micros(before))).rowcount


def forget_near_misses(connection: Connection, before: datetime) -> int:
    return connection.execute(delete(near_misses).where(near_misses.c.at < micros(before))).rowcount


async def prune(database: Database, now: datetime) -> int:
    """How many rows were forgotten; each table has its own transaction, so that none is held for long."""
    before = now - KEPT
    forgotten = await database.run(lambda connection: archive.prune(connection, before))
    forgotten += await database.run(lambda connection: forget_observations(connection, before))
    return forgotten + await database.run(lambda connection: forget_near_misses(connection, before))
