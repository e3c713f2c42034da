"""A database that is used from asyncio through worker threads, one short transaction at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

Result = TypeVar("Result")

LOCK_SECONDS = 5.0
"""How long a transaction waits for another's lock before the store counts as unavailable."""
SLEEP_SECONDS = 15.0
"""A PostgreSQL transaction whose process was stopped is ended after this, so that its locks do not stop the rest."""

NO_SUCH_TABLE = "42P01"
"""PostgreSQL's word for what SQLite calls an operational error: `marsad migrate` has not run yet."""


class StoreUnavailable(Exception):
    """The store is locked, gone or without its tables for now: wait and try again; nothing was written."""


class Database:
    """Runs functions of a connection, each in one transaction.

    `url` is SQLAlchemy's: `sqlite:///path` or `postgresql+psycopg://…`. SQLite gets WAL, a busy timeout, one writer
    thread and `BEGIN IMMEDIATE`, so that a transaction never fails half way for a lock.
    """

    def __init__(self, url: str, lock_seconds: float = LOCK_SECONDS) -> None:
        self.engine = _engine(url, lock_seconds)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._pool = ThreadPoolExecutor(1 if self.is_sqlite else 4, thread_name_prefix="store")

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """`work(connection)` in a transaction on a worker thread. Raises StoreUnavailable where waiting may help."""
        return await self.on_thread(lambda: self.call(work))

    async def on_thread(self, work: Callable[[], Result]) -> Result:
        """`work()` on a worker thread, for what makes its transactions itself."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def call(self, work: Callable[[Connection], Result]) -> Result:
        """The same on the calling thread."""
        try:
            with self.engine.begin() as connection:
                return work(connection)
        except (OperationalError, InterfaceError) as error:
            raise StoreUnavailable(str(error.orig)) from error
        except DBAPIError as error:
            if error.connection_invalidated or getattr(error.orig, "sqlstate", None) == NO_SUCH_TABLE:
                raise StoreUnavailable(str(error.orig)) from error
            raise

    def close(self) -> None:
        self._pool.shutdown(wait=True)
        self.engine.dispose()


def _engine(url: str, lock_seconds: float) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        limits = {"lock_timeout": lock_seconds, "idle_in_transaction_session_timeout": SLEEP_SECONDS}
        options = " ".join(f"-c {name}={int(seconds * 1000)}" for name, seconds in limits.items())
        return create_engine(parsed, pool_pre_ping=True, pool_size=4, connect_args={"options": options})
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": lock_seconds, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun here, not by the driver
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # an alert that was promised survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
