"""Migrations of the store, by Alembic; its scripts are beside this module and travel in the wheel."""

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
    try:
        command.upgrade(configuration(url), "head")
    except OperationalError as error:
        raise ConfigurationError(f"store {parsed.render_as_string(hide_password=True)}: {error.orig}") from error


def is_current(url: str) -> bool:
    """Whether the store has the newest tables."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            head = ScriptDirectory.from_config(configuration(url)).get_current_head()
            return MigrationContext.configure(connection).get_current_revision() == head
    finally:
        engine.dispose()


def configuration(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["url"] = url  # as an attribute, so that no percent sign of a password is interpolated
    return config
