from tests.support.stores import database, new_sqlite, ready_url

__all__ = ["database", "new_sqlite", "ready_url"]
