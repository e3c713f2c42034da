"""`marsad dead`: look at what could not be handled, and give it another try."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import typer
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from services.runtime import kafka, topics
from services.runtime.dead import read_dead
from services.runtime.errors import ConfigurationError, TransientError
from services.runtime.settings import Settings
from services.runtime.topics import Topic
from services.runtime.wire import Malformed, decode, encode

dead_app = typer.Typer(no_args_is_help=True, help="Dead letters: list, show and replay them.")


REPLAYED = "marsad-dead-replay"
"""Consumer group whose offsets say up to where dead letters were replayed."""

Bootstrap = Annotated[str | None, typer.Option(help="Kafka brokers.")]
TopicName = Annotated[str | None, typer.Option("--topic", help="Only of this topic.")]


@dead_app.command("list")
def list_command(topic: TopicName = None, bootstrap: Bootstrap = None) -> None:
    """One line each: where it is, when, and why it could not be handled."""

    async def work(settings: Settings) -> None:
        count = 0
        async for record in _records(settings, _chosen(topic)):
            letter = read_dead(record)
            field = f" {letter.field}:" if letter.field else ""
            typer.echo(
                f"{_place(record)}  {letter.at:%Y-%m-%d %H:%M:%S}  {letter.error}:{field} {_one_line(letter.message)}"
            )
            count += 1
        typer.echo(f"{count} dead letters", err=True)

    _run(work, bootstrap)


@dead_app.command("show")
def show_command(
    place: Annotated[str, typer.Argument(help="As `list` prints it: articles.dead/0/12.")], bootstrap: Bootstrap = None
) -> None:
    """All of one dead letter, as JSON."""

    async def work(settings: Settings) -> None:
        letter = read_dead(await _record(settings, place))
        typer.echo(json.dumps(letter.model_dump(mode="json"), ensure_ascii=False, indent=2))

    _run(work, bootstrap)


@dead_app.command("replay")
def replay_command(
    places: Annotated[
        list[str] | None, typer.Argument(help="As `list` prints them; without, all since the last replay.")
    ] = None,
    topic: TopicName = None,
    bootstrap: Bootstrap = None,
) -> None:
    """Send dead letters to their topic again. What is still no message is left and said."""

    async def work(settings: Settings) -> None:
        sent = left = 0
        async with kafka.producer(settings) as producer, kafka.consumer(settings, group_id=REPLAYED) as marks:
            async for record in _selected(settings, places or [], topic, marks):
                if await _again(producer, record):
                    sent += 1
                else:
                    left += 1
                if not places:
                    await marks.commit({TopicPartition(record.topic, record.partition): record.offset + 1})
        typer.echo(f"{sent} sent again, {left} left")

    _run(work, bootstrap)


async def _again(producer: AIOKafkaProducer, record: Any) -> bool:
    letter = read_dead(record)
    origin = topics.BY_NAME.get(letter.topic) or topics.BY_NAME[record.topic.removesuffix(".dead")]
    message = decode(origin, record.value)
    if isinstance(message, Malformed):
        typer.echo(f"{_place(record)}: still no message: {_one_line(message.message)}", err=True)
        return False
    body, headers = encode(origin, message, "dead")
    await producer.send_and_wait(origin.name, body, key=origin.key(message).encode(), headers=headers)
    return True


async def _selected(
    settings: Settings, places: list[str], topic: str | None, marks: AIOKafkaConsumer
) -> AsyncIterator[Any]:
    """These, or all that no replay has come to yet."""
    for place in places:
        yield await _record(settings, place)
    if places:
        return
    names = await kafka.partitions_of(settings, _chosen(topic))
    marks.assign(names)
    for name in names:
        first = await marks.committed(name) or 0
        async for record in _records(settings, [name.topic]):
            if record.offset >= first:
                yield record


def _chosen(name: str | None) -> list[str]:
    if name is None:
        return [topic.dead for topic in topics.ALL]
    known: Topic | None = topics.BY_NAME.get(name.removesuffix(".dead"))
    if known is None:
        raise ConfigurationError(f"--topic: there is no topic '{name}'; there are {', '.join(topics.BY_NAME)}")
    return [known.dead]


async def _records(settings: Settings, names: list[str]) -> AsyncIterator[Any]:
    """Everything that is in these topics now, each partition in order."""
    places = await kafka.partitions_of(settings, names)
    async with kafka.consumer(settings) as consumer:
        async for record in kafka.read_all(consumer, places):
            yield record


async def _record(settings: Settings, place: str) -> Any:
    name, partition, offset = _parsed(place)
    wanted = TopicPartition(name, partition)
    if wanted in await kafka.partitions_of(settings, [name]):
        async with kafka.consumer(settings) as consumer:
            consumer.assign([wanted])
            async for record in kafka.read_partition(consumer, wanted, offset):
                if record.offset == offset:
                    return record
                break
    raise ConfigurationError(f"{place}: there is no such dead letter")


def _parsed(place: str) -> tuple[str, int, int]:
    name, _, rest = place.partition("/")
    partition, _, offset = rest.partition("/")
    if not (name.endswith(".dead") and name.removesuffix(".dead") in topics.BY_NAME):
        raise ConfigurationError(f"{place}: a place is written TOPIC.dead/PARTITION/OFFSET")
    if not (partition.isdecimal() and offset.isdecimal()):
        raise ConfigurationError(f"{place}: a place is written TOPIC.dead/PARTITION/OFFSET")
    return name, int(partition), int(offset)


def _place(record: Any) -> str:
    return f"{record.topic}/{record.partition}/{record.offset}"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]


def _run(work: Callable[[Settings], Any], bootstrap: str | None) -> None:
    settings = Settings.load(bootstrap=bootstrap)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what matters comes as an exception

    async def connected() -> None:
        await kafka.wait_for_broker(settings, 0)
        await work(settings)

    try:
        asyncio.run(connected())
    except TransientError as error:
        raise ConfigurationError(str(error)) from error
