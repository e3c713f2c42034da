"""The board on a real port, over a real store and a real broker."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import uvicorn

from schemas.alert import Alert
from schemas.incident import Incident
from services.board import examples
from services.board.app import create_app
from services.runtime.settings import Settings
from services.runtime.store import Database
from services.runtime.store.statements import insert
from services.runtime.store.tables import FOREVER, alerts, incidents, micros
from tests.support.brokers import KafkaBroker, TansuBroker
from tests.support.processes import free_port, wait_for
from tests.support.stores import database, new_sqlite, ready_url

__all__ = ["database", "new_sqlite", "ready_url"]

AT = datetime(2026, 3, 14, 18, 20, tzinfo=UTC)
Serve = Callable[..., httpx.Client]


@contextmanager
def _boards(url: str) -> Iterator[Serve]:
    running: list[tuple[uvicorn.Server, threading.Thread, httpx.Client, Database]] = []

    def start(headers: dict[str, str] | None = None, store: str | None = None, **changes: Any) -> httpx.Client:
        port = free_port()
        given = {"bootstrap": f"127.0.0.1:{free_port()}", **changes}
        settings = Settings.load(store=store or url, http_port=port, **given)
        opened = Database(settings.store_url)
        config = uvicorn.Config(create_app(settings, opened), port=port, log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        wait_for(lambda: server.started, "the board to listen", 10, every=0.01)
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=20, trust_env=False)
        running.append((server, thread, client, opened))
        return client

    yield start
    for server, thread, client, opened in running:
        client.close()
        server.should_exit = True
        thread.join(10)
        opened.close()


@pytest.fixture
def serve(ready_url: str) -> Iterator[Serve]:
    """Starts a board and gives a client to it; keyword arguments are settings, `headers` the client's."""
    with _boards(ready_url) as start:
        yield start


@pytest.fixture(scope="module")
def empty(new_sqlite: Callable[[], str]) -> Iterator[httpx.Client]:
    """A board over an empty store, shared by tests that put nothing into it."""
    with _boards(new_sqlite()) as start:
        yield start()


@pytest.fixture
def client(serve: Serve) -> httpx.Client:
    """A board without a broker: all but accepting articles works."""
    return serve()


@pytest.fixture
def with_broker(serve: Serve, broker: TansuBroker | KafkaBroker) -> httpx.Client:
    return serve(bootstrap=broker.bootstrap)


class Desk:
    """Writes to the store what track would."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def incident(self, number: int, **changes: Any) -> Incident:
        """An incident whose newest report is `number` minutes old."""
        at = AT - timedelta(minutes=number)
        given = {**examples.INCIDENT, "id": f"incident-{number:03}", "last_report_at": at, **changes}
        made = Incident.model_validate(given)
        row = {
            "incident_id": made.id,
            "watch_id": made.watch_id,
            "status": made.status.value,
            "last_report_at": micros(made.last_report_at),
            "closed_at": FOREVER,
            "body": made.model_dump_json(),
        }
        self.database.call(lambda c: c.execute(insert(c, incidents).values(row)))
        return made

    def alert(self, number: int, **changes: Any) -> Alert:
        made = Alert.model_validate({**examples.ALERT, "alert_id": f"alert-{number}", **changes})
        row = {
            "alert_id": made.alert_id,
            "watch_id": made.watch_id,
            "incident_id": made.incident_id,
            "at": micros(made.at),
            "created_at": micros(made.at),
            "body": made.model_dump_json(),
        }
        self.database.call(lambda c: c.execute(insert(c, alerts).values(row)))
        return made


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)
