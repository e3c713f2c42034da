"""Migrations of the store, by Alembic; its scripts are beside this module and travel in the wheel."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from services.runtime.errors import ConfigurationError

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(url: str) -> None:
    """Bring the store at `url` up to date, creating it where it is missing.

    Raises ConfigurationError where it cannot be reached; the message holds no password.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    with _reached(url):
        command.upgrade(configuration(url), "head")


def is_current(url: str) -> bool:
    """Whether the store has the newest tables. Raises ConfigurationError where it cannot be reached."""
    engine = create_engine(url)
    try:
        with _reached(url), engine.connect() as connection:
            head = ScriptDirectory.from_config(configuration(url)).get_current_head()
            return MigrationContext.configure(connection).get_current_revision() == head
    finally:
        engine.dispose()


@contextmanager
def _reached(url: str) -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        shown = make_url(url).render_as_string(hide_password=True)
        raise ConfigurationError(f"store {shown}: {error.orig}") from error


def configuration(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["url"] = url  # as an attribute, so that no percent sign of a password is interpolated
    return config
