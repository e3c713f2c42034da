"""A store with its tables, for tests of what uses it; the conftest of each folder that wants it imports these."""

from collections.abc import Iterator

import pytest

from services.runtime.store.database import Database
from services.runtime.store.migrate import migrate


@pytest.fixture
def ready_url(store_url: str) -> str:
    """The URL of a store with its tables, so that a test may open it more than once."""
    migrate(store_url)
    return store_url


@pytest.fixture
def database(ready_url: str) -> Iterator[Database]:
    opened = Database(ready_url)
    yield opened
    opened.close()
