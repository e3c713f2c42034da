"""The migrations make exactly the tables that the code uses."""

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from services.runtime.errors import ConfigurationError
from services.runtime.store.migrate import is_current, migrate
from services.runtime.store.tables import metadata


def test_after_migration_the_store_has_the_tables_of_the_code(store_url: str) -> None:
    migrate(store_url)
    engine = create_engine(store_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_migrating_again_changes_nothing(store_url: str) -> None:
    assert not is_current(store_url)
    migrate(store_url)
    migrate(store_url)
    assert is_current(store_url)


@pytest.mark.parametrize("ask", [migrate, is_current])
def test_a_store_that_cannot_be_reached_is_said_without_its_password(ask: Callable[[str], object]) -> None:
    with pytest.raises(ConfigurationError) as refused:
        ask("postgresql+psycopg://marsad:hunter2@127.0.0.1:1/marsad")
    assert "127.0.0.1" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_the_folder_of_an_embedded_store_is_made(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / 'بيانات' / 'marsad.db'}")
    assert (tmp_path / "بيانات" / "marsad.db").exists()
