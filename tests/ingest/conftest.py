"""A gate on a real broker and a real store, and what comes out behind it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka import TopicPartition
from pydantic import SecretStr

from services.runtime import kafka, topics
from services.runtime.intake import Gate
from services.runtime.settings import Settings
from services.runtime.store import Database
from services.runtime.topics import Topic
from services.runtime.wire import decode
from tests.support.brokers import KafkaBroker, TansuBroker
from tests.support.stores import database, new_sqlite, ready_url

__all__ = ["database", "new_sqlite", "ready_url"]


class Way:
    """Gate, settings, and what arrived at the broker since this test began."""

    def __init__(self, gate: Gate, settings: Settings, database: Database, before: dict[TopicPartition, int]) -> None:
        self.gate = gate
        self.settings = settings
        self.database = database
        self._before = before

    @property
    def store(self) -> SecretStr:
        return SecretStr(self.database.engine.url.render_as_string(hide_password=False))

    async def records(self, name: str) -> list[Any]:
        """What is new in the topic, in order of arrival in each partition."""
        places = await kafka.partitions_of(self.settings, [name])
        async with kafka.consumer(self.settings) as consumer:
            everything = [record async for record in kafka.read_all(consumer, places)]
        return [record for record in everything if self._is_new(record)]

    def _is_new(self, record: Any) -> bool:
        return record.offset >= self._before.get(TopicPartition(record.topic, record.partition), 0)

    async def first(self, topic: Topic) -> Any:
        """The first new message of a topic, waited for."""
        async with kafka.consumer(self.settings, topic.name) as consumer:
            while True:
                record = await consumer.getone()
                if self._is_new(record):
                    return decode(topic, record.value)

    async def messages(self, topic: Topic) -> list[Any]:
        return [decode(topic, record.value) for record in await self.records(topic.name)]


@pytest.fixture
async def way(broker: TansuBroker | KafkaBroker, database: Database) -> AsyncIterator[Way]:
    settings = Settings.load(bootstrap=broker.bootstrap)
    await kafka.wait_for_broker(settings, 60)
    places = await kafka.partitions_of(settings, [name for topic in topics.ALL for name in (topic.name, topic.dead)])
    async with Gate(settings, database) as gate, kafka.consumer(settings) as consumer:
        ends = {TopicPartition(record.topic, record.partition): record.offset + 1
                async for record in kafka.read_all(consumer, places)}  # fmt: skip
        yield Way(gate, settings, database, ends)
