"""The notify service as a process: from the topic, and from the store alone, to a receiver."""

import asyncio
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.alert import Alert
from services.runtime import topics
from services.runtime.kafka import ensure_topics, producer
from services.runtime.settings import Settings
from services.runtime.store import Database
from services.runtime.store.statements import insert
from services.runtime.store.tables import alerts, micros
from services.runtime.wire import record
from tests.notify.making import alert
from tests.support.brokers import KafkaBroker, TansuBroker
from tests.support.marsad import COMMAND, is_ready, subscriptions_file
from tests.support.processes import Process, free_port, wait_for
from tests.support.receiver import Behaviour, Receiver


class Service:
    """`marsad notify` over a broker and a store of its own."""

    def __init__(self, folder: Path, url: str, database: Database, bootstrap: str) -> None:
        self.folder = folder
        self.database = database
        self.settings = Settings.load(bootstrap=bootstrap, store=url)
        self.receiver = Receiver()
        self.subscriptions = folder / "subscriptions.yml"
        self.env = {
            "MARSAD_BOOTSTRAP": bootstrap,
            "MARSAD_STORE": url,
            "MARSAD_SUBSCRIPTIONS": str(self.subscriptions),
        }
        self.processes: list[Process] = []
        subscriptions_file(self.subscriptions, self.receiver)

    def start(self) -> Process:
        """One more process of the service."""
        port = free_port()
        log = self.folder / f"notify-{len(self.processes)}.log"
        process = Process([COMMAND, "notify"], log, {**self.env, "MARSAD_METRICS_PORT": str(port)})
        self.processes.append(process)
        process.wait_until(lambda: is_ready(f"http://127.0.0.1:{port}/readyz"), "notify to be ready", 40)
        return process

    def write(self, *written: Alert) -> None:
        """What track does in its transaction."""
        rows = [
            {
                "alert_id": each.alert_id,
                "watch_id": each.watch_id,
                "incident_id": each.incident_id,
                "at": micros(each.at),
                "created_at": micros(each.at),
                "body": each.model_dump_json(),
            }
            for each in written
        ]
        self.database.call(lambda c: [c.execute(insert(c, alerts).values(row)) for row in rows])

    def publish(self, *published: Alert) -> None:
        """What track's relay does."""
        asyncio.run(self._publish(published))

    async def _publish(self, published: tuple[Alert, ...]) -> None:
        await ensure_topics(self.settings)
        async with producer(self.settings) as client:
            for each in published:
                await client.send_and_wait(**record(topics.ALERTS, each))

    def received(self) -> list[str]:
        return [each["alert_id"] for each in self.receiver.alerts()]

    def close(self) -> None:
        for process in self.processes:
            process.kill()
        self.receiver.close()


@pytest.fixture
def service(
    tmp_path: Path, ready_url: str, database: Database, own_broker: TansuBroker | KafkaBroker
) -> Iterator[Service]:
    running = Service(tmp_path, ready_url, database, own_broker.bootstrap)
    yield running
    running.close()


def live(number: int) -> Alert:
    """An alert of now, each of another watch."""
    now = datetime.now(UTC)
    return alert(number, at=now, expires_at=now + timedelta(hours=1), watch_id=f"watch-{number}")


def test_alerts_from_the_topic_and_those_that_no_message_brought_arrive_once_through_a_kill(service: Service) -> None:
    lost, published, repeated = live(1), live(2), live(3)
    service.write(lost)
    process = service.start()
    wait_for(lambda: service.received() == ["alert-1"], "the alert that the broker lost")
    service.write(published, repeated)
    service.publish(published, repeated, repeated)
    wait_for(lambda: len(service.received()) == 3, "the published alerts", 10)

    service.receiver.behave(Behaviour.LOSE)
    last = live(4)
    service.write(last)
    service.publish(last)
    wait_for(lambda: len(service.received()) == 4, "the alert whose answer is lost", 10)
    process.send(signal.SIGKILL)
    service.receiver.behave(Behaviour.ACCEPT)
    service.start()
    wait_for(lambda: len(service.receiver.accepted) > 4, "the alert again, under the same id", 40)
    assert service.receiver.seen_twice() == []
    assert service.receiver.forged == 0


@pytest.mark.slow
def test_two_processes_share_the_work_and_send_nothing_twice_also_when_one_is_killed(service: Service) -> None:
    first = service.start()
    service.start()
    batch = [live(number) for number in range(30)]
    service.write(*batch)
    service.publish(*batch)
    wait_for(lambda: len(service.received()) == 30, "every alert", 20)
    assert len(service.receiver.accepted) == 30
    first.send(signal.SIGKILL)
    rest = [live(number) for number in range(30, 40)]
    service.write(*rest)
    service.publish(*rest)
    wait_for(lambda: len(service.received()) == 40, "what came after the death", 40)
    assert service.receiver.seen_twice() == []


def test_a_changed_subscriptions_file_is_in_force_within_five_seconds(service: Service) -> None:
    service.subscriptions.write_text("subscriptions: []", encoding="utf-8")
    service.write(live(1))
    process = service.start()
    new = service.folder / "new.yml"
    subscriptions_file(new, service.receiver)
    os.replace(new, service.subscriptions)
    wait_for(service.received, "the alert that waited for a subscription", 5)
    service.subscriptions.write_text("subscriptions: [{id: desk, channel: {kind: pigeon}}]", encoding="utf-8")
    wait_for(lambda: "unknown channel 'pigeon'" in process.output(), "the fault to be said", 5)
    service.write(live(2))
    service.publish(live(2))
    wait_for(lambda: len(service.received()) == 2, "the alert of the subscription as it was", 10)


@pytest.mark.slow
def test_an_alert_that_the_store_does_not_know_is_a_dead_letter_and_the_next_goes_on(service: Service) -> None:
    process = service.start()
    service.publish(live(8))
    wait_for(lambda: "track and notify must share one store" in process.output(), "the dead letter", 20)
    service.write(live(9))
    service.publish(live(9))
    wait_for(lambda: service.received() == ["alert-9"], "the next alert", 10)


def test_a_wrong_file_at_the_start_is_said_by_its_field(service: Service) -> None:
    service.subscriptions.write_text("subscriptions: [{id: desk}]", encoding="utf-8")
    process = Process([COMMAND, "notify"], service.folder / "wrong.log", service.env)
    assert process.child.wait(20) == 2
    assert "subscriptions.0.channel: Field required" in process.output()
