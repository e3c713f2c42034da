"""How Alembic reaches the store."""

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from services.runtime.store.tables import metadata

_LOCK = 0x6D617273  # any number that only our migrations use


def run() -> None:
    engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # several services may start at once
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()


run()
