"""The track service as a process: observations in, alerts out, with the store and time between."""

import asyncio
import contextlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from schemas.alert import Alert
from schemas.base import Message
from schemas.source import SourceHeartbeat
from schemas.watch import Watch, WatchFile
from services.runtime import canary, topics
from services.runtime.kafka import consumer, ensure_topics, producer
from services.runtime.settings import Settings
from services.runtime.store import Database, watchset
from services.runtime.topics import Topic
from services.runtime.wire import record
from services.track import coverage_feed
from tests.support.brokers import KafkaBroker, TansuBroker
from tests.support.marsad import COMMAND
from tests.support.processes import Process, free_port, wait_for
from tests.track.making import counted, known, told
from tests.track.story import AIN_ISSA, report, signal

TAL_TAMR = Watch.model_validate({"id": "tal-tamr", "name": {"ar": "تل تمر"}, "center": [36.66, 40.37]})

CANARY_AGE = re.compile(r"^marsad_canary_age_seconds \d", re.MULTILINE)


class Track:
    """`marsad track` over a broker and a store."""

    def __init__(self, folder: Path, url: str, bootstrap: str) -> None:
        self.folder = folder
        self.database = Database(url)
        self.settings = Settings.load(bootstrap=bootstrap, store=url)
        self.url = url
        self.processes: list[Process] = []

    def start(self, **variables: str) -> Process:
        port = free_port()
        env = {"MARSAD_BOOTSTRAP": self.settings.bootstrap, "MARSAD_STORE": self.url, "MARSAD_METRICS_PORT": str(port)}
        log = self.folder / f"track-{len(self.processes)}.log"
        self.processes.append(Process([COMMAND, "track"], log, {**env, **variables}))
        self.processes[-1].wait_until(lambda: self.answer(port, "readyz"), "track to be ready", 60)
        self.port = port
        return self.processes[-1]

    def answer(self, port: int, page: str) -> str:
        with contextlib.suppress(httpx.HTTPError):
            answer = httpx.get(f"http://127.0.0.1:{port}/{page}", timeout=2)
            return answer.text if answer.status_code == 200 else ""
        return ""

    def watch(self, *watches: Watch) -> None:
        self.database.call(lambda connection: watchset.apply(connection, WatchFile(watches=watches)))

    def send(self, topic: Topic, *messages: Message) -> None:
        async def work() -> None:
            await ensure_topics(self.settings)
            async with producer(self.settings) as client:
                for message in messages:
                    await client.send_and_wait(**record(topic, message))

        asyncio.run(work())

    def published(self, count: int) -> list[Alert]:
        """The first so many different alerts on the topic, as they came first."""

        async def work() -> list[Alert]:
            found: dict[str, Alert] = {}
            async with consumer(self.settings, topics.ALERTS.name) as client:
                while len(found) < count:
                    message = await asyncio.wait_for(client.getone(), 30)
                    alert = Alert.model_validate_json(message.value)
                    found.setdefault(alert.alert_id, alert)
            return list(found.values())

        return asyncio.run(work())

    def end(self) -> None:
        for process in self.processes:
            process.kill()
        self.database.close()


@pytest.fixture
def track(tmp_path: Path, ready_url: str, own_broker: TansuBroker | KafkaBroker) -> Iterator[Track]:
    service = Track(tmp_path, ready_url, own_broker.bootstrap)
    service.watch(AIN_ISSA)
    yield service
    service.end()


def test_an_observation_becomes_an_alert_on_the_topic_once(track: Track) -> None:
    track.start()
    now = datetime.now(UTC)
    first = report("خبر-١", now, signal("shelling", killed=3))
    track.send(topics.OBSERVATIONS, first, first, report("خبر-٢", now, signal("shelling", killed=12)))
    alerts = track.published(2)
    assert [alert.kind.value for alert in alerts] == ["opened", "escalated"]
    assert alerts == told(track.database)
    assert counted(track.database)["observations"] == 2


def test_a_watch_is_added_and_removed_while_it_runs(track: Track) -> None:
    track.start()
    now = datetime.now(UTC)
    track.watch(AIN_ISSA, TAL_TAMR)
    newer = report("خبر-١", now, signal("clash"), watch=TAL_TAMR).model_copy(update={"watch_version": 2})
    track.send(topics.OBSERVATIONS, newer)  # at once: the service has not looked for a new version yet
    wait_for(lambda: told(track.database), "the new watch to fire")
    track.watch(AIN_ISSA)
    wait_for(lambda: told(track.database)[-1].reason == "watch_removed", "its incident to be closed", 10)
    late = report("خبر-٢", now, signal("clash", killed=20), watch=TAL_TAMR)
    track.send(topics.OBSERVATIONS, late, report("خبر-٣", now, signal("shelling")))
    wait_for(lambda: told(track.database)[-1].watch_id == "ain-issa", "the stream to go on")
    assert [alert.kind.value for alert in told(track.database)] == ["opened", "expired", "opened"]


def test_time_alone_closes_an_incident_where_a_second_is_ten_hours(track: Track) -> None:
    start = datetime.now(UTC)
    track.start(MARSAD_CLOCK_RATE="36000", MARSAD_CLOCK_START=start.isoformat())
    seen = report(canary.ID, start + timedelta(days=90), signal("shelling"), watch=canary.WATCH)
    track.send(topics.OBSERVATIONS, report("خبر-١", start, signal("shelling")), seen)
    wait_for(lambda: [i for i in known(track.database) if i.closed_at], "the incident to be closed", 120)
    assert [alert.kind.value for alert in told(track.database)][:1] == ["opened"]


def test_heartbeats_and_the_canary_reach_the_store_and_alert_nobody(track: Track) -> None:
    track.start()
    now = datetime.now(UTC)
    heartbeat = SourceHeartbeat(source="الفرات.example", at=now, last_success_at=now, articles_seen=3)
    track.send(topics.SOURCES, heartbeat)
    track.send(topics.OBSERVATIONS, report(canary.ID, now, signal("shelling"), watch=canary.WATCH))
    wait_for(lambda: track.database.call(coverage_feed.canary_at) == now, "the canary")
    wait_for(lambda: track.database.call(coverage_feed.read).sources, "the heartbeat")
    wait_for(lambda: CANARY_AGE.search(track.answer(track.port, "metrics")), "its metric")
    assert counted(track.database)["alerts"] == counted(track.database)["watch_states"] == 0


def test_the_service_sends_a_canary_to_the_articles(track: Track) -> None:
    track.start()

    async def first() -> bytes:
        async with consumer(track.settings, topics.ARTICLES.name) as client:
            return bytes((await asyncio.wait_for(client.getone(), 60)).value)

    assert topics.ARTICLES.model.model_validate_json(asyncio.run(first())).id == canary.ID


def test_killed_and_started_again_it_loses_nothing_and_repeats_nothing(track: Track) -> None:
    now = datetime.now(UTC)
    process = track.start()
    reports = [report(f"خبر-{k}", now + timedelta(seconds=k), signal("shelling", killed=k)) for k in range(40)]
    track.send(topics.OBSERVATIONS, *reports[:20])
    wait_for(lambda: counted(track.database)["observations"] >= 5, "some to be handled")
    process.kill()
    track.send(topics.OBSERVATIONS, *reports[20:])
    track.start()
    wait_for(lambda: counted(track.database)["observations"] == 40, "all to be handled", 60)
    [incident] = known(track.database)
    assert [member.article_id for member in incident.members] == [each.article.id for each in reports]
    decided = told(track.database)
    assert track.published(len(decided)) == decided


def test_a_stop_hands_the_relay_over_at_once(track: Track) -> None:
    process = track.start()
    track.send(topics.OBSERVATIONS, report("خبر-١", datetime.now(UTC), signal("shelling")))
    track.published(1)
    assert counted(track.database)["leases"] == 1
    assert process.stop(seconds=6) == 0
    assert counted(track.database)["leases"] == 0
