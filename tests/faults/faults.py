"""What goes wrong: each fault hits the world, lasts a while and ends. `scale` shortens what lasts."""

import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.faults.articles import poison
from tests.faults.world import World
from tests.support.marsad import is_ready
from tests.support.processes import Process, wait_for
from tests.support.receiver import Behaviour

AGENTS = {name: f"serve {name}" for name in ("analyze", "track", "notify")}
"""Each agent and the words of its command line."""
SERVICES = {**AGENTS, "ingest": "serve ingest"}


@dataclass(frozen=True)
class Fault:
    name: str
    strike: Callable[[World, float], str]
    """Does it, until it is over; returns what it hit."""
    needs: str = ""
    """`kafka`, `sqlite` or `postgres`, where it makes sense only there."""


def _malformed(world: World, scale: float) -> str:
    for topic in ("articles", "observations", "alerts"):
        world.produce(topic, b'{"id": "\xff\xfe broken"')
    return "articles, observations, alerts"


def _poison(world: World, scale: float) -> str:
    world.feeder.post(poison(1_000_000 + world.chance.randrange(1_000_000), datetime.now(UTC)))
    return "analyze"


def _signal_one(world: World, number: int, names: dict[str, str]) -> tuple[str, int]:
    name = world.chance.choice(sorted(names))
    pid = wait_for(lambda: world.marsad.pids(names[name]), f"a {name} to hit", 30)[0]
    world.marsad.send(pid, number)
    return name, pid


def _end(world: World, number: int) -> str:
    """A signal that ends a service; over when the supervisor has replaced it."""
    name, pid = _signal_one(world, number, SERVICES)
    wait_for(lambda: pid not in world.marsad.pids(SERVICES[name]), f"{name} to end", 15)
    wait_for(lambda: world.marsad.pids(SERVICES[name]), f"{name} to be started again", 30)
    return name


def _terminate(world: World, scale: float) -> str:
    return _end(world, signal.SIGTERM)


def _kill(world: World, scale: float) -> str:
    return _end(world, signal.SIGKILL)


def _freeze(world: World, scale: float) -> str:
    """Longer than the session timeout: it loses its partitions and wakes as an owner of the past."""
    name, pid = _signal_one(world, signal.SIGSTOP, AGENTS)
    time.sleep(10)
    world.marsad.send(pid, signal.SIGCONT)
    return name


def _joins_and_leaves(world: World, scale: float) -> str:
    """A second worker takes part of the partitions, works beside the first, and leaves."""
    name = world.chance.choice(sorted(AGENTS))
    command, env, address = world.marsad.another(name)
    second = Process(command, world.folder / f"second-{name}.log", env)
    try:
        second.wait_until(lambda: is_ready(address), f"the second {name} to be ready", 40)
        time.sleep(10 * scale)
    finally:
        second.stop(15)
    return name


def _receiver(behaviour: Behaviour) -> Callable[[World, float], str]:
    def strike(world: World, scale: float) -> str:
        world.receiver.behave(behaviour)
        time.sleep(20 * scale)
        world.receiver.behave(Behaviour.ACCEPT)
        return "receiver"

    return strike


def _store_locked(world: World, scale: float) -> str:
    """Another program holds SQLite's write lock."""
    path = world.store_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        time.sleep(60 * scale)
        connection.execute("ROLLBACK")
    return "sqlite"


def _store_gone(world: World, scale: float) -> str:
    assert world.postgres
    world.postgres.kill()
    time.sleep(60 * scale)
    world.postgres.start()
    return "postgres"


def _relay_dies(world: World, scale: float) -> str:
    """Between publishing and marking: what it published is published again under the same ids."""
    order = world.hooks / "relay-dies"
    order.touch()
    wait_for(lambda: not order.exists(), "the relay to have published something and died", 60)
    wait_for(lambda: world.marsad.pids(AGENTS["track"]), "track to be started again", 30)
    return "track"


def _broker_stops(world: World, scale: float) -> str:
    world.broker.stop()
    time.sleep(20 * scale)
    world.broker.start()
    return "kafka"


def _broker_dies(world: World, scale: float) -> str:
    world.broker.kill()
    time.sleep(10 * scale)
    world.broker.start()
    return "kafka"


def _broker_dies_while_joining(world: World, scale: float) -> str:
    """An agent that was started a moment ago stands between two states of its group when the broker goes."""
    name, pid = _signal_one(world, signal.SIGKILL, AGENTS)
    wait_for(lambda: set(world.marsad.pids(AGENTS[name])) - {pid}, f"{name} to be started again", 30)
    time.sleep(world.chance.uniform(1.0, 5.0))
    _broker_dies(world, scale)
    return f"kafka, {name}"


FAULTS: tuple[Fault, ...] = (
    Fault("malformed bytes", _malformed),
    Fault("poison article", _poison),
    Fault("SIGTERM", _terminate),
    Fault("SIGKILL", _kill),
    Fault("SIGKILL again", _kill),
    Fault("SIGSTOP 10 s", _freeze),
    Fault("worker joins and leaves", _joins_and_leaves),
    Fault("receiver answers 500", _receiver(Behaviour.REFUSE)),
    Fault("receiver hangs", _receiver(Behaviour.HANG)),
    Fault("receiver loses answers", _receiver(Behaviour.LOSE)),
    Fault("store locked", _store_locked, "sqlite"),
    Fault("store gone", _store_gone, "postgres"),
    Fault("relay dies before marking", _relay_dies),
    Fault("broker stops", _broker_stops, "kafka"),
    Fault("broker killed", _broker_dies, "kafka"),
    Fault("broker killed while joining", _broker_dies_while_joining, "kafka"),
)


def planned(world: World, only: str = "") -> list[Fault]:
    """The faults that make sense in this world, in the seed's order."""
    here = {"", world.broker.name, "postgres" if world.postgres else "sqlite"}
    faults = [fault for fault in FAULTS if fault.needs in here and only in fault.name]
    world.chance.shuffle(faults)
    return faults
