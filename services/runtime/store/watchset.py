"""The watches, with a version that rises whenever they change."""

from pathlib import Path

import yaml
from pydantic import ValidationError
from sqlalchemy import Connection, delete, select, true
from sqlalchemy import insert as plain_insert

from schemas.watch import Watch, WatchFile, WatchSet
from services.runtime.errors import ConfigurationError
from services.runtime.store.statements import insert
from services.runtime.store.tables import watch_set, watches


class WatchFileError(ConfigurationError):
    """A watches file that cannot be used; the message names the field."""


def read(path: Path) -> WatchFile:
    """A watches file, in YAML. Raises WatchFileError with one line for each field at fault."""
    content = content_of(path)
    try:
        return WatchFile.model_validate(content)
    except ValidationError as error:
        raise WatchFileError("\n".join(_fault(path, fault["loc"], fault["msg"]) for fault in error.errors())) from error


def content_of(path: Path) -> object:
    """What a YAML file holds, whatever it is. Raises WatchFileError for one that cannot be read or is not YAML."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WatchFileError(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise WatchFileError(f"{path}: not YAML: {error}") from error


def _fault(path: Path, location: tuple[int | str, ...], message: str) -> str:
    field = ".".join(map(str, location))
    return f"{path}: {field + ': ' if field else ''}{message.removeprefix('Value error, ')}"


def apply(connection: Connection, wanted: WatchFile) -> int:
    """Make the store's watches those of the file, in its order; the version, which rises where anything changed."""
    version = lock_version(connection)
    if _watches(connection) == wanted.watches:
        return version
    connection.execute(delete(watches))
    if wanted.watches:
        rows = [
            {"watch_id": watch.id, "position": position, "body": watch.model_dump_json()}
            for position, watch in enumerate(wanted.watches)
        ]
        connection.execute(plain_insert(watches), rows)
    connection.execute(watch_set.update().values(version=version + 1))
    return version + 1


def version_of(connection: Connection) -> int:
    """The version now; 0 before the first watches. Cheap enough to ask every second."""
    return connection.execute(select(watch_set.c.version)).scalar_one_or_none() or 0


def current(connection: Connection) -> WatchSet:
    """All watches at one version, read in one statement so that no change comes between."""
    everything = watch_set.outerjoin(watches, true())
    found = connection.execute(
        select(watch_set.c.version, watches.c.body).select_from(everything).order_by(watches.c.position)
    ).all()
    version = found[0].version if found else 0
    return WatchSet(version=version, watches=tuple(Watch.model_validate_json(row.body) for row in found if row.body))


def lock_version(connection: Connection) -> int:
    """The version, held until the transaction ends, so that two who apply at once follow one another."""
    connection.execute(insert(connection, watch_set).values(id=1, version=0).on_conflict_do_nothing())
    return connection.execute(select(watch_set.c.version).with_for_update()).scalar_one()


def _watches(connection: Connection) -> tuple[Watch, ...]:
    bodies = connection.execute(select(watches.c.body).order_by(watches.c.position)).scalars()
    return tuple(Watch.model_validate_json(body) for body in bodies)
