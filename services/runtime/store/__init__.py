"""The store: SQLite on one machine, PostgreSQL on more than one; the same tables and statements on both."""

from services.runtime.store.database import Database, StoreUnavailable

__all__ = ["Database", "StoreUnavailable"]
