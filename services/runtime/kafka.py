"""The broker as seen without Faust: topics, producers and consumers."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    CorruptRecordException,
    IllegalArgumentError,
    InvalidMessageError,
    InvalidTimestampError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    RecordTooLargeError,
    for_code,
)

from services.runtime import topics
from services.runtime.errors import ConfigurationError, TransientError
from services.runtime.settings import Settings
from services.runtime.topics import MAX_MESSAGE_BYTES

log = structlog.get_logger()

_ALREADY_EXISTS = 36
_AUTHORIZATION = frozenset({29, 30, 31})

CLOSE_SECONDS = 2.0

DEAD_BYTES = 2 * MAX_MESSAGE_BYTES
"""A dead letter is its message and the reason: there is always room for it."""

_MESSAGE_AT_FAULT = (
    CorruptRecordException,
    IllegalArgumentError,
    InvalidMessageError,
    InvalidTimestampError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    RecordTooLargeError,
)

FETCH_WAIT_MS = 40
"""How long a broker may hold a fetch for which it has nothing yet. Apache Kafka answers as soon as a message comes;
Tansu answers an empty fetch only when the time is over, so there it is latency, once for each hop."""


async def ensure_topics(settings: Settings) -> None:
    """Create the topics that are missing. Raises TransientError while the broker cannot be reached."""
    names = [name for topic in topics.ALL for name in (topic.name, topic.dead)]
    admin = AIOKafkaAdminClient(**settings.kafka_client(), request_timeout_ms=10_000)
    try:
        await admin.start()
        present = set(await admin.list_topics())
        wanted = [_new_topic(name, settings) for name in names if name not in present]
        if wanted:
            await _create(admin, wanted)
    except (KafkaError, OSError) as error:
        raise TransientError(f"no broker of use at {settings.bootstrap}: {error}") from error
    finally:
        await admin.close()


def _new_topic(name: str, settings: Settings) -> NewTopic:
    dead = name.endswith(".dead")
    return NewTopic(
        name,
        1 if dead else settings.kafka_partitions,
        settings.kafka_replication,
        topic_configs={"max.message.bytes": str(DEAD_BYTES if dead else MAX_MESSAGE_BYTES)},
    )


async def _create(admin: AIOKafkaAdminClient, wanted: list[NewTopic]) -> None:
    """The admin client does not raise for a single topic's error: the answer has to be read."""
    answer = await admin.create_topics(wanted)
    for name, code, *_ in answer.topic_errors:
        if code in _AUTHORIZATION:
            raise ConfigurationError(f"topic {name}: this user may not create it; create it with your own tools")
        if code not in (0, _ALREADY_EXISTS):
            raise for_code(code)(f"topic {name} could not be created")


async def partitions_of(settings: Settings, names: Sequence[str]) -> list[TopicPartition]:
    """The partitions of the topics that exist, in order. Raises TransientError while the broker cannot be reached."""
    admin = AIOKafkaAdminClient(**settings.kafka_client(), request_timeout_ms=10_000)
    try:
        await admin.start()
        found = await admin.describe_topics(list(names))
    except (KafkaError, OSError) as error:
        raise TransientError(f"no broker of use at {settings.bootstrap}: {error}") from error
    finally:
        await admin.close()
    places = {(each["topic"], part["partition"]) for each in found for part in each["partitions"]}
    return [TopicPartition(name, part) for name in names for part in sorted(p for n, p in places if n == name)]


async def read_all(consumer: AIOKafkaConsumer, places: Sequence[TopicPartition]) -> AsyncIterator[Any]:
    """Every record that is in these partitions now, one partition after the other."""
    for place in places:
        consumer.assign([place])
        async for record in read_partition(consumer, place, (await consumer.beginning_offsets([place]))[place]):
            yield record


async def read_partition(consumer: AIOKafkaConsumer, place: TopicPartition, first: int) -> AsyncIterator[Any]:
    """The records of an assigned partition from offset `first` on.

    The end is where a fetch says it is: asked for it outright, the embedded broker names the first record of the last
    batch instead.
    """
    end = (await consumer.end_offsets([place]))[place]
    consumer.seek(place, first)
    while first < end:
        for record in (await consumer.getmany(place, timeout_ms=1000)).get(place, []):
            yield record
        first = await consumer.position(place)
        end = max(end, consumer.highwater(place) or 0)


async def wait_for_broker(settings: Settings, seconds: float) -> None:
    """Ensure the topics, trying again for at most `seconds`; then TransientError with the last reason."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            return await ensure_topics(settings)
        except TransientError:
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.1)


@asynccontextmanager
async def producer(settings: Settings, **options: Any) -> AsyncIterator[AIOKafkaProducer]:
    """A started producer that waits for all replicas; flushed and closed at the end."""
    client = AIOKafkaProducer(
        **settings.kafka_client(), **{"acks": "all", "max_request_size": DEAD_BYTES, "linger_ms": 2} | options
    )
    try:
        await client.start()
        yield client
    finally:
        await _stop(client)


@asynccontextmanager
async def consumer(settings: Settings, *names: str, **options: Any) -> AsyncIterator[AIOKafkaConsumer]:
    """A started consumer that commits nothing by itself."""
    defaults: dict[str, Any] = {
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "fetch_max_wait_ms": FETCH_WAIT_MS,
        "max_partition_fetch_bytes": MAX_MESSAGE_BYTES,
    }
    client = AIOKafkaConsumer(*names, **settings.kafka_client(), **defaults | options)
    try:
        await client.start()
        yield client
    finally:
        await _stop(client)


async def _stop(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """Close it; where the broker is gone there is nothing to wait for."""
    try:
        await asyncio.wait_for(client.stop(), CLOSE_SECONDS)
    except (TimeoutError, KafkaError) as error:
        log.warning("closed without the broker's answer", error=repr(error))


def is_transient(error: BaseException) -> bool:
    """Whether waiting may help: every error of the broker but those that blame the message, which never gets better."""
    return isinstance(error, KafkaError) and not isinstance(error, _MESSAGE_AT_FAULT)
