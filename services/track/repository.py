"""Books out of the store and back into it: one transaction for incidents, state, alerts, observations and near misses.

Two things make it safe to do the same work twice, or with an owner that was stopped and woke up:

- an observation whose id is in the store changes nothing;
- a book is opened under the lock of its watch's state row, and a remembered book is used only where its version is
  still the row's: an owner that slept while another wrote reads the store again.

Several observations share a transaction, because each commit waits for the disk; a watch's book is then written once.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, select

from schemas.incident import Incident, IncidentStatus, WatchState
from schemas.observation import Observation
from schemas.watch import Watch
from services.runtime.store.database import Database, StoreUnavailable
from services.runtime.store.statements import insert, number_in_turn
from services.runtime.store.tables import (
    FOREVER,
    alerts,
    incidents,
    micros,
    moment,
    near_misses,
    observations,
    watch_states,
)
from services.track.book import Book, Step

Result = TypeVar("Result")

CACHED_BOOKS = 2_000
CONFLICTS_IN_A_ROW = 20
OPEN = frozenset({IncidentStatus.OPEN, IncidentStatus.QUIET})


class Conflict(Exception):
    """Another owner wrote a book first that had no row to lock: nothing was written."""


class Repository:
    """The only writer of incidents, states and alerts. Safe to use from several threads; each takes its turn."""

    def __init__(self, database: Database, keep_closed: timedelta, cached_books: int = CACHED_BOOKS) -> None:
        """`keep_closed`: how long a closed incident stays in its watch's book (`Rules.keep_closed_hours`)."""
        self._database = database
        self._keep_closed = keep_closed
        self._books = _Cache(cached_books)
        self._turn = threading.Lock()

    def call(self, decide: "Callable[[Transaction], Result]") -> Result:
        """`decide` in one transaction; it runs again when another owner came in between.

        Raises StoreUnavailable where waiting may help; then nothing was written. Waits for the disk: call it on a
        worker thread.
        """
        with self._turn:
            for _ in range(CONFLICTS_IN_A_ROW):
                try:
                    return self._attempt(decide)
                except Conflict:
                    continue
        raise StoreUnavailable("another process keeps writing the same watches")

    def _attempt(self, decide: "Callable[[Transaction], Result]") -> Result:
        cached = self._books
        transaction: Transaction | None = None

        def work(connection: Connection) -> Result:
            nonlocal transaction
            transaction = Transaction(connection, cached, self._keep_closed)
            result = decide(transaction)
            transaction.write()
            return result

        try:
            result = self._database.call(work)
        except BaseException:
            if transaction is not None:
                cached.forget(transaction.touched)
            raise
        assert transaction is not None
        cached.keep(transaction.touched.values())
        return result


@dataclass
class Transaction:
    """What one transaction reads and will write. Books that were asked for once are the same until the end."""

    connection: Connection
    cached: "_Cache"
    keep_closed: timedelta
    touched: dict[str, Book] = field(default_factory=dict)
    """By watch id, as they are now."""
    timers: dict[str, datetime | None] = field(default_factory=dict)
    """When time brings each touched book something next."""
    _versions: dict[str, int] = field(default_factory=dict)
    """Of each touched book's row when it was opened; 0 where there was none."""
    _rows: "_Rows" = field(default_factory=lambda: _Rows())

    def handled(self, observation_ids: Iterable[str]) -> set[str]:
        """Those of the observations that were handled before."""
        column = observations.c.observation_id
        known = set(self.connection.execute(select(column).where(column.in_(list(observation_ids)))).scalars())
        return known | self._rows.observations.keys()

    def books(self, watches: Iterable[Watch], now: datetime) -> dict[str, Book]:
        """The books of these watches, locked until the end; empty where nothing is known yet."""
        wanted = {watch.id: watch for watch in watches}
        closed = [watch for watch in wanted.values() if watch.id not in self.touched]
        rows = _locked(self.connection, [watch.id for watch in closed])
        unknown = []
        for watch in closed:
            self._versions[watch.id], self.timers[watch.id] = rows.get(watch.id, (0, None))
            book = self.cached.get(watch.id)
            if book is not None and book.state.version == self._versions[watch.id]:
                self.touched[watch.id] = book if book.watch == watch else replace(book, watch=watch)
            else:
                unknown.append(watch)
        self.touched |= _load(self.connection, unknown, now - self.keep_closed)
        return {watch_id: self.touched[watch_id] for watch_id in wanted}

    def take(self, step: Step, now: datetime, observation: Observation | None = None) -> None:
        """Have this step written at the end, with the observation that caused it."""
        self.touched[step.book.watch.id] = step.book
        self.timers[step.book.watch.id] = step.next_timer_at
        self._rows.add(step, now)
        if observation is not None:
            told = [alert.alert_id for alert in step.alerts]
            self.note(observation, {**step.verdict, "alerts": told}, now)

    def note(self, observation: Observation, verdict: Mapping[str, Any], now: datetime) -> None:
        """Remember an observation as handled, and why what was decided was decided."""
        self._rows.observations[observation.id] = _observation_row(observation, verdict, now)

    def write(self) -> None:
        """Everything taken. The locks of the states order the owners, and with them the alerts of each watch."""
        rows = self._rows
        self._write_states([self._state_row(watch_id) for watch_id in sorted(rows.watches)])
        _put(self.connection, observations, list(rows.observations.values()), unique="observation_id")
        _put(
            self.connection,
            incidents,
            [_incident_row(incident) for incident in rows.incidents.values()],
            replacing=True,
        )
        _put(self.connection, near_misses, list(rows.near_misses.values()), replacing=True)
        if rows.alerts:
            number_in_turn(self.connection, alerts)
        _put(self.connection, alerts, list(rows.alerts.values()), unique="alert_id")

    def _state_row(self, watch_id: str) -> dict[str, Any]:
        book = self.touched[watch_id]
        version = max(book.state.version, self._versions[watch_id] + 1)
        state = book.state.model_copy(update={"version": version})
        self.touched[watch_id] = replace(book, state=state)
        next_timer_at = self.timers[watch_id]
        return {
            "watch_id": watch_id,
            "version": version,
            "next_timer_at": None if next_timer_at is None else micros(next_timer_at),
            "level": state.level.value,
            "blind": int(state.blind),
            "body": state.model_dump_json(),
        }

    def _write_states(self, rows: list[dict[str, Any]]) -> None:
        _put(self.connection, watch_states, [row for row in rows if self._versions[row["watch_id"]]], replacing=True)
        first = [row for row in rows if not self._versions[row["watch_id"]]]
        if first and _put(self.connection, watch_states, first, unique="watch_id") < len(first):
            raise Conflict


@dataclass
class _Rows:
    """Rows to write, by primary key: of an incident that changes twice, the last counts."""

    watches: set[str] = field(default_factory=set)
    observations: dict[str, dict[str, Any]] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    near_misses: dict[str, dict[str, Any]] = field(default_factory=dict)
    alerts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, step: Step, now: datetime) -> None:
        self.watches.add(step.book.watch.id)
        self.incidents |= {incident.id: incident for incident in step.changed}
        for miss in step.near_misses:
            self.near_misses[miss.id] = {
                "near_miss_id": miss.id,
                "watch_id": miss.watch_id,
                "article_id": miss.article_id,
                "at": micros(miss.at),
                "body": miss.model_dump_json(),
            }
        for alert in step.alerts:
            self.alerts[alert.alert_id] = {
                "alert_id": alert.alert_id,
                "watch_id": alert.watch_id,
                "incident_id": alert.incident_id,
                "at": micros(alert.at),
                "created_at": micros(now),
                "published_at": None,
                "body": alert.model_dump_json(),
            }


def _locked(connection: Connection, watch_ids: list[str]) -> dict[str, tuple[int, datetime | None]]:
    """(version, next timer) of these watches' states, locked in one order so that owners never wait in a ring."""
    table = watch_states.c
    query = select(table.watch_id, table.version, table.next_timer_at).where(table.watch_id.in_(watch_ids))
    rows = connection.execute(query.order_by(table.watch_id).with_for_update()) if watch_ids else ()
    return {watch_id: (version, None if at is None else moment(at)) for watch_id, version, at in rows}


def _load(connection: Connection, watches: Sequence[Watch], closed_after: datetime) -> dict[str, Book]:
    ids = [watch.id for watch in watches]
    if not ids:
        return {}
    table = watch_states.c
    states = dict(connection.execute(select(table.watch_id, table.body).where(table.watch_id.in_(ids))).all())
    known: dict[str, list[Incident]] = {watch_id: [] for watch_id in ids}
    kept = incidents.c.watch_id.in_(list(states)) & (incidents.c.closed_at > micros(closed_after))
    for watch_id, body in connection.execute(select(incidents.c.watch_id, incidents.c.body).where(kept)):
        known[watch_id].append(Incident.model_validate_json(body))
    return {
        watch.id: Book(watch, WatchState.model_validate_json(states[watch.id]), _in_order(known[watch.id]))
        if watch.id in states
        else Book.new(watch)
        for watch in watches
    }


def _in_order(known: Iterable[Incident]) -> tuple[Incident, ...]:
    return tuple(sorted(known, key=lambda incident: (incident.opened_at, incident.id)))


def _put(
    connection: Connection,
    table: Table,
    rows: list[dict[str, Any]],
    replacing: bool = False,
    unique: str | None = None,
) -> int:
    """Write the rows, over those with the same key or beside them; how many were written."""
    if not rows:
        return 0
    statement = insert(connection, table)
    key = [unique] if unique else [column.name for column in table.primary_key]
    if replacing:
        changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
        statement = statement.on_conflict_do_update(index_elements=key, set_=changed)
    elif unique:
        statement = statement.on_conflict_do_nothing(index_elements=key)
    if unique == "watch_id":
        return len(connection.execute(statement.returning(table.c.watch_id), rows).all())
    return connection.execute(statement, rows).rowcount


def _incident_row(incident: Incident) -> dict[str, Any]:
    is_open = incident.status in OPEN
    return {
        "incident_id": incident.id,
        "watch_id": incident.watch_id,
        "status": incident.status.value,
        "last_report_at": micros(incident.last_report_at),
        "closed_at": FOREVER if is_open else micros(incident.closed_at or incident.last_report_at),
        "body": incident.model_dump_json(),
    }


def _observation_row(observation: Observation, verdict: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "observation_id": observation.id,
        "watch_id": observation.watch_id,
        "article_id": observation.article.id,
        "handled_at": micros(now),
        "verdict": json.dumps({"signals": _heard(observation), **verdict}, ensure_ascii=False, default=str),
    }


def _heard(observation: Observation) -> list[dict[str, Any]]:
    """What was reported, as short as an explanation needs it."""
    kept = {"type", "status", "direction", "confidence", "killed", "killed_max", "injured", "injured_max"}
    return [
        {
            "index": heard.index,
            **heard.signal.model_dump(mode="json", include=kept, exclude_none=True),
            "places": [place.surface for place in heard.signal.places],
            "quote": heard.quote,
        }
        for heard in observation.signals
    ]


class _Cache:
    """The books used last, as they are in the store."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._books: OrderedDict[str, Book] = OrderedDict()

    def get(self, watch_id: str) -> Book | None:
        return self._books.get(watch_id)

    def keep(self, books: Iterable[Book]) -> None:
        for book in books:
            self._books[book.watch.id] = book
            self._books.move_to_end(book.watch.id)
        while len(self._books) > self._capacity:
            self._books.popitem(last=False)

    def forget(self, watch_ids: Iterable[str]) -> None:
        for watch_id in watch_ids:
            self._books.pop(watch_id, None)
