"""A lease: of several processes, one does the work that must not be done twice at once."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_

from services.runtime.store.statements import insert
from services.runtime.store.tables import leases, micros


def acquire(connection: Connection, name: str, owner: str, now: datetime, lasts: timedelta) -> bool:
    """Take or renew the lease; False while another owner holds it.

    `now` is the caller's clock: machines whose clocks differ by more than `lasts` may both believe to hold it, so the
    work under a lease must do no harm when done twice.
    """
    row = {"owner": owner, "until": micros(now + lasts)}
    statement = (
        insert(connection, leases)
        .values(name=name, **row)
        .on_conflict_do_update(
            index_elements=["name"],
            set_=row,
            where=or_(leases.c.owner == owner, leases.c.until <= micros(now)),
        )
        .returning(leases.c.owner)
    )
    return connection.execute(statement).scalar_one_or_none() == owner


def release(connection: Connection, name: str, owner: str) -> None:
    """Give it back before its time, so that the next owner need not wait."""
    connection.execute(delete(leases).where(leases.c.name == name, leases.c.owner == owner))
