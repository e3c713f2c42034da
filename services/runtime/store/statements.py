"""What both databases spell alike but SQLAlchemy keeps in two dialects."""

from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects import postgresql, sqlite

Insert = sqlite.Insert | postgresql.Insert


def insert(connection: Connection, table: Table) -> Insert:
    """An INSERT that knows ON CONFLICT."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def number_in_turn(connection: Connection, table: Table) -> None:
    """From here to the commit nobody else who asks inserts into the table: call it last before inserting.

    PostgreSQL numbers a row when it is inserted and shows it when it is committed. Without turns, a reader that has
    seen number 2 would go on from there and miss the 1 that was committed after it. SQLite has one writer anyway.
    """
    if connection.dialect.name != "sqlite":
        turn = text("SELECT pg_advisory_xact_lock(CAST(CAST(:table AS regclass) AS bigint))")
        connection.execute(turn, {"table": table.name})
