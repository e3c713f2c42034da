from tests.support.stores import database, ready_url

__all__ = ["database", "ready_url"]
