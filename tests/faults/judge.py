"""The account after the drain: every article, observation, incident, alert and notification."""

import asyncio
import contextlib
import json
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy import select

from services.runtime import canary
from services.runtime.store.tables import alerts, incidents, notifications, observations
from tests.faults.hooks.sitecustomize import POISON
from tests.faults.world import World
from tests.support.marsad import COMMAND
from tests.support.processes import wait_for

UNFINISHED = ("pending", "sending")
DEAD_TOPICS = ("articles.dead", "observations.dead", "alerts.dead")


@dataclass(frozen=True)
class Stored:
    """What the store holds."""

    observed: set[tuple[str, str]]
    """(article id, watch id)."""
    incidents: list[dict[str, Any]]
    alerts: dict[str, dict[str, Any]]
    notifications: list[dict[str, Any]]

    def settled(self) -> bool:
        """Every alert has its decision, and nothing waits for another attempt."""
        decided = {one["alert_id"] for one in self.notifications}
        return decided >= set(self.alerts) and all(one["status"] not in UNFINISHED for one in self.notifications)


def stored(world: World) -> Stored:
    database = world.database()
    try:
        with database.engine.connect() as connection:
            seen = connection.execute(select(observations.c.article_id, observations.c.watch_id))
            observed = {(row.article_id, row.watch_id) for row in seen if row.article_id != canary.ID}
            bodies = [
                [json.loads(body) for (body,) in connection.execute(select(table.c.body))]
                for table in (incidents, alerts, notifications)
            ]
    finally:
        database.close()
    return Stored(observed, bodies[0], {alert["alert_id"]: alert for alert in bodies[1]}, bodies[2])


def drain(world: World, seconds: float) -> Stored:
    """What is stored when all that was accepted has had its effects, or after `seconds` in any case."""
    expected = expected_observations(world)
    last: list[Stored] = []

    def quiet() -> bool:
        now = stored(world)
        calm = bool(last) and len(now.alerts) == len(last[-1].alerts) and now.settled() and now.observed >= expected
        last.append(now)
        return calm

    with contextlib.suppress(AssertionError):  # the account says what is missing
        wait_for(quiet, "everything to settle", seconds, every=1.0)
    return last[-1]


def expected_observations(world: World) -> set[tuple[str, str]]:
    """What the generator knows: (article id, watch id) of each accepted article that concerns a watch."""
    return {(one.article_id, one.article.watch_id) for one in world.feeder.accepted if one.article.watch_id}


@dataclass
class Account:
    """Named figures, and those among them that must be zero."""

    figures: dict[str, int | str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def note(self, name: str, value: int | str) -> None:
        self.figures[name] = value

    def require_none(self, name: str, found: Iterable[object]) -> None:
        items = sorted(map(str, found))
        self.figures[name] = len(items)
        if items:
            self.broken.append(f"{name}: {len(items)}, such as {'; '.join(items[:3])}")


def judge(world: World, at_end: Stored) -> Account:
    account = Account()
    account.note("articles accepted", len(world.feeder.accepted))
    account.note("posts repeated by the client", world.feeder.repeats)
    _account_observations(account, world, at_end)
    _account_dead(account, world)
    _account_incidents(account, world, at_end)
    _account_notifications(account, world, at_end)
    return account


def _account_observations(account: Account, world: World, at_end: Stored) -> None:
    expected = expected_observations(world)
    account.note("observations expected", len(expected))
    account.require_none("observations lost", expected - at_end.observed)
    account.require_none("observations of no such article", at_end.observed - expected)


def _account_dead(account: Account, world: World) -> None:
    """Each bad message must be there, with a reason; an at-least-once stream may put it there twice."""
    dead = asyncio.run(dead_letters(world.broker.bootstrap))
    poisoned = {one.article_id for one in world.feeder.accepted if one.article.body["title"] == POISON}
    buried = {json.loads(raw)["id"] for topic, raw, _ in dead if topic == "articles.dead" and POISON.encode() in raw}
    bad = Counter(world.malformed)
    found = Counter((topic.removesuffix(".dead"), raw) for topic, raw, _ in dead)
    account.note("dead letters", len(dead))
    account.require_none("bad messages without a dead letter", [*(poisoned - buried), *(bad - found)])
    account.require_none("dead letters without a reason", [topic for topic, _, reason in dead if not reason])
    strays = [
        (t, raw[:200]) for t, raw, _ in dead if (t.removesuffix(".dead"), raw) not in bad and POISON.encode() not in raw
    ]
    account.require_none("good messages among the dead", strays)


async def dead_letters(bootstrap: str) -> list[tuple[str, bytes, str]]:
    """(topic, value, reason) of every dead letter."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    found = []
    try:
        partitions = [TopicPartition(topic, 0) for topic in DEAD_TOPICS]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        for partition in partitions:
            consumer.seek(partition, 0)
            consumer.pause(*[other for other in partitions if other != partition])
            consumer.resume(partition)
            while await consumer.position(partition) < ends[partition]:
                record = await consumer.getone(partition)
                headers = {name: value.decode() for name, value in record.headers}
                found.append((record.topic, record.value, headers.get("marsad-message", "")))
    finally:
        await consumer.stop()
    return found


def incident_states(found: Iterable[dict[str, Any]]) -> dict[tuple[str, tuple[str, ...]], tuple[object, ...]]:
    """(watch, member observations) -> what is known of the incident."""
    return {
        (one["watch_id"], tuple(sorted(one["observation_ids"]))): tuple(
            json.dumps(one[name], sort_keys=True) for name in ("family", "direction", "status", "level", "episode")
        )
        for one in found
    }


def _account_incidents(account: Account, world: World, at_end: Stored) -> None:
    alone = replayed(world)
    live, oracle = incident_states(at_end.incidents), incident_states(alone)
    members = Counter(item for one in at_end.incidents for item in one["observation_ids"])
    alone_members = Counter(item for one in alone for item in one["observation_ids"])
    account.note("incidents", f"{len(live)} live, {len(oracle)} in replay")
    account.require_none("incidents that replay does not have", live.keys() - oracle.keys())
    account.require_none("incidents that only replay has", oracle.keys() - live.keys())
    wrong = [(key[0], live[key], oracle[key]) for key in live.keys() & oracle.keys() if live[key] != oracle[key]]
    account.require_none("incidents in another state than in replay", wrong)
    account.require_none("observations counted twice", members - alone_members)


def replayed(world: World) -> list[dict[str, Any]]:
    """The incidents that `marsad replay` makes of the accepted articles, alone and in order."""
    articles, out = world.folder / "accepted.jsonl", world.folder / "incidents.jsonl"
    good = [one for one in world.feeder.accepted if one.article.body["title"] != POISON]
    lines = {one.article_id: json.dumps({**one.article.body, "id": one.article_id}) for one in good}
    articles.write_text("\n".join(lines.values()) + "\n", encoding="utf-8")
    options = ["--watches", str(world.watches), "--articles", str(articles)]
    subprocess.run(
        [COMMAND, "replay", *options, "--alerts", str(world.folder / "alerts.jsonl"), "--incidents", str(out)],
        check=True,
    )
    return [json.loads(line) for line in Path(out).read_text(encoding="utf-8").splitlines()]


def _account_notifications(account: Account, world: World, at_end: Stored) -> None:
    visible = {alert["alert_id"] for alert in world.receiver.alerts()}
    sent = {one["alert_id"] for one in at_end.notifications if one["status"] == "sent"}
    statuses = Counter(one["status"] for one in at_end.notifications)
    account.note("alerts", len(at_end.alerts))
    account.note("notifications", ", ".join(f"{count} {status}" for status, count in sorted(statuses.items())))
    account.note("webhook requests accepted", len(world.receiver.accepted))
    account.note("notifications visible", len(world.receiver.visible()))
    decided = {one["alert_id"] for one in at_end.notifications}
    account.require_none("alerts without a decision", at_end.alerts.keys() - decided)
    account.require_none(
        "notifications not settled", [n["id"] for n in at_end.notifications if n["status"] in UNFINISHED]
    )
    account.require_none("notifications given up", [n["id"] for n in at_end.notifications if n["status"] == "failed"])
    account.require_none("notifications sent but never seen", sent - visible)
    account.require_none("alerts seen that the store does not know", visible - at_end.alerts.keys())
    account.require_none("notifications visible twice", world.receiver.seen_twice())
    account.require_none("forged or unsigned webhooks", ["one"] * world.receiver.forged)
