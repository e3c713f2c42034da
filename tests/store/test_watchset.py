"""The watches file becomes the store's watch set: complete, in order, with a version that tells a change."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from schemas.watch import Watch, WatchFile, WatchSet
from services.runtime.store import watchset
from services.runtime.store.database import Database

AIN_ISSA = Watch.model_validate({"id": "ain-issa", "name": {"ar": "عين عيسى"}, "center": [36.38, 38.87]})
TAL_TAMR = Watch.model_validate({"id": "tal-tamr", "name": {"ar": "تل تمر"}, "center": [36.66, 40.37]})


def apply(database: Database, *wanted: Watch) -> int:
    return database.call(lambda connection: watchset.apply(connection, WatchFile(watches=wanted)))


def current(database: Database) -> WatchSet:
    return database.call(watchset.current)


def test_before_the_first_file_there_are_no_watches_at_version_zero(database: Database) -> None:
    assert current(database) == WatchSet(version=0, watches=())


def test_the_file_is_kept_in_its_order(database: Database) -> None:
    assert apply(database, TAL_TAMR, AIN_ISSA) == 1
    assert current(database) == WatchSet(version=1, watches=(TAL_TAMR, AIN_ISSA))


def test_the_version_rises_with_a_change_and_only_then(database: Database) -> None:
    wider = AIN_ISSA.model_copy(update={"radius_km": 30.0})
    files = [(AIN_ISSA,), (AIN_ISSA,), (wider,), (wider, TAL_TAMR), (TAL_TAMR, wider), ()]
    assert [apply(database, *watches) for watches in files] == [1, 1, 2, 3, 4, 5]
    assert current(database) == WatchSet(version=5, watches=())


def test_two_who_apply_at_once_follow_one_another(ready_url: str) -> None:
    databases = [Database(ready_url), Database(ready_url)]
    with ThreadPoolExecutor(2) as threads:
        versions = list(threads.map(apply, databases, [AIN_ISSA, TAL_TAMR]))
    assert sorted(versions) == [1, 2]
    last = AIN_ISSA if versions[0] == 2 else TAL_TAMR
    assert current(databases[0]) == WatchSet(version=2, watches=(last,))
    for database in databases:
        database.close()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            "watches:\n- {id: a, name: {ar: عين عيسى}, center: [36, 38]}\n- {id: a, name: {ar: تمر}, center: [36, 40]}",
            "watches.1.id: 'a' is given twice",
        ),
        ("watches:\n- {id: a, name: {ar: عين عيسى}, center: [136, 38]}", "watches.0.center: latitude 136.0 is not"),
        ("watches:\n- {id: a, name: {ar: عين عيسى}, center: [36, 38], radius: 5}", "watches.0.radius: Extra inputs"),
        ("watches:\n- {id: a, name: {}, center: [36, 38]}", "watches.0.name: give the name in Arabic"),
        (
            "watches:\n- {id: marsad.canary, name: {ar: عين عيسى}, center: [36, 38]}",
            "watches.0.id: 'marsad.canary' is Marsad's own",
        ),
        ("watches: 7", "watches: Input should be a valid tuple"),
        ("", "Input should be a valid dictionary"),
        ("watches: [", "not YAML"),
    ],
)
def test_a_file_that_cannot_be_used_names_the_field(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "watches.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(watchset.WatchFileError, match=r"watches\.yml: ") as caught:
        watchset.read(path)
    assert says in str(caught.value)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(watchset.WatchFileError, match="No such file"):
        watchset.read(tmp_path / "absent.yml")
