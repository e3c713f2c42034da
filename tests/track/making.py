"""A tracker over a real store, and what the store then holds."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from schemas.alert import Alert
from schemas.incident import Incident
from schemas.observation import Observation
from schemas.watch import Watch, WatchFile
from services.runtime.store import watchset
from services.runtime.store.database import Database
from services.runtime.store.tables import alerts, incidents, metadata
from services.track.tracker import Tracker
from tests.track.story import AIN_ISSA, MONDAY, RULES

NOW = MONDAY + timedelta(minutes=1)


def tracker(database: Database, *watches: Watch) -> Tracker:
    """A process that follows these watches (Ain Issa, where none is named)."""
    wanted = WatchFile(watches=watches or (AIN_ISSA,))
    database.call(lambda connection: watchset.apply(connection, wanted))
    return another(database)


def another(database: Database) -> Tracker:
    """One more process over the same store."""
    made = Tracker.over(database, RULES)
    made.follow(database.call(watchset.current))
    return made


def observe(made: Tracker, *reports: Observation, now: datetime = NOW) -> None:
    """The reports, one transaction each."""
    for report in reports:
        made.observe([report], now)


def told(database: Database) -> list[Alert]:
    """Every alert in the store, in the order of the relay."""
    rows = database.call(
        lambda connection: connection.execute(select(alerts.c.body).order_by(alerts.c.seq)).scalars().all()
    )
    return [Alert.model_validate_json(body) for body in rows]


def kinds(database: Database) -> list[str]:
    return [f"{alert.kind.value}:{alert.reason}" for alert in told(database)]


def known(database: Database) -> list[Incident]:
    """Every incident in the store, oldest first."""
    rows = database.call(lambda connection: connection.execute(select(incidents.c.body)).scalars().all())
    return sorted(map(Incident.model_validate_json, rows), key=lambda incident: (incident.opened_at, incident.id))


def counted(database: Database) -> dict[str, int]:
    """Rows in each table."""

    def count(connection: Connection) -> dict[str, int]:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }

    return database.call(count)


def bodies(database: Database) -> Sequence[tuple[object, ...]]:
    """All that tracking decides, to be compared: incidents, states and alerts."""

    def read(connection: Connection) -> list[tuple[object, ...]]:
        found: list[tuple[object, ...]] = []
        for name in ("incidents", "watch_states"):
            table = metadata.tables[name]
            found += [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
        found += [tuple(row) for row in connection.execute(select(alerts.c.body).order_by(alerts.c.seq))]
        return found

    return database.call(read)
