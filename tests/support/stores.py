"""A store with its tables, for tests of what uses it; the conftest of each folder that wants it imports these."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.runtime.store.database import Database
from services.runtime.store.migrate import migrate


@pytest.fixture(scope="session")
def new_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Makes the URL of one more SQLite store with its tables: migrated once, then copied."""
    folder = tmp_path_factory.mktemp("stores")
    migrate(f"sqlite:///{folder / 'template.db'}")
    made: list[Path] = []

    def make() -> str:
        made.append(folder / f"{len(made)}.db")
        shutil.copyfile(folder / "template.db", made[-1])
        return f"sqlite:///{made[-1]}"

    return make


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def ready_url(request: pytest.FixtureRequest, new_sqlite: Callable[[], str]) -> str:
    """The URL of a store with its tables, so that a test may open it more than once."""
    if request.param == "sqlite":
        return new_sqlite()
    url: str = request.getfixturevalue("postgres").new_database()
    migrate(url)
    return url


@pytest.fixture
def database(ready_url: str) -> Iterator[Database]:
    opened = Database(ready_url)
    yield opened
    opened.close()
