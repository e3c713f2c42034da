"""Speed of the live path, beside the same hops done bare.

    python benchmarks/pipeline.py [--seconds 20] [--articles 6000] [--broker tansu|kafka]

Two questions: how long from an article on its topic to the webhook that it causes, at 50 articles a second; and how
many articles a second go through when they wait. One article in twenty touches a watch, each time another one, so
that each such article causes an alert. The bare chain has as many hops, processes and bytes, and does nothing in them:
aiokafka consumes and produces, twice, and a third process posts what arrives.
"""

import asyncio
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx
import typer
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from schemas.article import Article
from services.runtime import topics, wire
from services.runtime.kafka import FETCH_WAIT_MS
from tests.support.brokers import BROKERS
from tests.support.marsad import Marsad, subscriptions_file, watches_file
from tests.support.receiver import Receiver
from tests.support.villages import village, watch

ONE_IN = 20
CHARACTERS = 1500
SESSION_MS = 6000
FILLER = (
    "فاز الفريق الضيف بهدفين دون رد في ختام الدوري أمام جمهور كبير. ",
    "ارتفعت أسعار القمح في الأسواق العالمية هذا الأسبوع وسط توقعات بموسم وفير. ",
    "افتتحت المكتبة الوطنية معرضا للمخطوطات القديمة يستمر حتى نهاية الشهر. ",
    "أعلنت شركة ناشئة عن تطبيق جديد لتعليم الأطفال القراءة والحساب. ",
)


def article(number: int) -> Article:
    """Number `number`; every twentieth reports a shelling at its own place."""
    news = ""
    if number % ONE_IN == 0:
        name = village(number // ONE_IN)
        news = f"قصفت مدفعية ثقيلة بلدة {name} صباح اليوم، ما أدى إلى مقتل ثلاثة مدنيين. "
    filler = "".join(FILLER[(number + n) % len(FILLER)] for n in range(CHARACTERS // 60))
    now = datetime.now(UTC)
    return Article(
        id=f"benchmark-{os.getpid()}-{number}",
        source="benchmark.example.org",
        title=f"الخبر رقم {number}",
        text=(news + filler)[:CHARACTERS],
        published_at=now,
        first_seen_at=now,
    )


@dataclass(frozen=True)
class Measured:
    """One run of one chain."""

    latencies: list[float]
    """Seconds, of each article that causes an alert, at the steady rate."""
    throughput: float
    """Articles a second."""

    def percentile(self, percent: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, round(percent / 100 * len(ordered)))]


Number = Callable[[dict[str, Any]], int | None]


async def measure(
    bootstrap: str, topic: str, receiver: Receiver, number_of: Number, first: int, steady: int, rate: float, burst: int
) -> Measured:
    """`steady` articles at `rate`, then `burst` at once; `number_of` a delivered body is its article's number."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=2, acks="all") as producer:
        produced: dict[int, float] = {}
        begun = time.time()
        for number in range(first, first + steady):
            await asyncio.sleep(max(0.0, begun + (number - first) / rate - time.time()))
            produced[number] = time.time()
            await producer.send(**{**wire.record(topics.ARTICLES, article(number)), "topic": topic})
        await delivered(receiver, number_of, set(touching(first, steady)))
        arrived = arrivals(receiver, number_of)
        latencies = [arrived[number] - produced[number] for number in touching(first, steady)]

        waiting = [
            wire.record(topics.ARTICLES, article(number)) for number in range(first + steady, first + steady + burst)
        ]
        begun = time.time()
        for record in waiting:
            await producer.send(**{**record, "topic": topic})
        await producer.flush()
        await delivered(receiver, number_of, set(touching(first + steady, burst)))
        last = max(arrivals(receiver, number_of)[number] for number in touching(first + steady, burst))
    return Measured(latencies, burst / (last - begun))


def touching(first: int, count: int) -> list[int]:
    return [number for number in range(first, first + count) if number % ONE_IN == 0]


def arrivals(receiver: Receiver, number_of: Number) -> dict[int, float]:
    found: dict[int, float] = {}
    for delivery in list(receiver.accepted):
        number = number_of(delivery.alert)
        if number is not None:
            found.setdefault(number, delivery.at)
    return found


async def delivered(receiver: Receiver, number_of: Number, wanted: set[int], seconds: float = 180.0) -> None:
    deadline = time.monotonic() + seconds
    while missing := wanted - arrivals(receiver, number_of).keys():
        if time.monotonic() > deadline:
            raise SystemExit(f"{len(missing)} of {len(wanted)} alerts did not arrive, such as {sorted(missing)[:5]}")
        await asyncio.sleep(0.05)


# The bare chain ------------------------------------------------------------------------------------------------------


def bare(work: Callable[..., Awaitable[None]], *arguments: Any) -> None:
    asyncio.run(work(*arguments))  # type: ignore[arg-type]


def consumer(bootstrap: str, topic: str) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=f"bare-{topic}",
        auto_offset_reset="earliest",
        enable_auto_commit=True,
        session_timeout_ms=SESSION_MS,
        fetch_max_wait_ms=FETCH_WAIT_MS,
    )


async def hop(bootstrap: str, source: str, target: str, one_in: int) -> None:
    """Consumes and produces what it consumed, one message in `one_in`."""
    async with (
        consumer(bootstrap, source) as messages,
        AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=2, acks="all") as producer,
    ):
        async for message in messages:
            if int(message.key.rpartition(b"-")[2]) % one_in == 0:
                await producer.send(target, message.value, key=message.key)


async def post(bootstrap: str, source: str, url: str) -> None:
    """Consumes and posts what it consumed, signed as Marsad signs."""
    from standardwebhooks import Webhook

    from tests.support.receiver import SECRET

    signer = Webhook(SECRET)
    async with consumer(bootstrap, source) as messages, httpx.AsyncClient() as client:
        async for message in messages:
            body, name, now = message.value.decode(), message.key.decode(), datetime.now(UTC)
            headers = {"webhook-id": name, "webhook-timestamp": str(int(now.timestamp()))}
            headers["webhook-signature"] = signer.sign(name, now, body)
            await client.post(url, content=body, headers=headers)


def number_in_id(body: dict[str, Any]) -> int | None:
    return int(body["id"].rpartition("-")[2])


async def measure_bare(bootstrap: str, steady: int, rate: float, burst: int) -> Measured:
    receiver = Receiver()
    context = multiprocessing.get_context("spawn")
    hops = [
        context.Process(target=bare, args=arguments, daemon=True)
        for arguments in (
            (hop, bootstrap, "bare-articles", "bare-observations", ONE_IN),
            (hop, bootstrap, "bare-observations", "bare-alerts", 1),
            (post, bootstrap, "bare-alerts", receiver.url),
        )
    ]
    await warm(bootstrap, "bare-articles")
    for process in hops:
        process.start()
    try:
        await delivered(receiver, number_in_id, {0})
        return await measure(bootstrap, "bare-articles", receiver, number_in_id, ONE_IN, steady, rate, burst)
    finally:
        for process in hops:
            process.kill()
        receiver.close()


async def warm(bootstrap: str, topic: str) -> None:
    """One article through the whole chain before anything is timed."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        await producer.send_and_wait(**{**wire.record(topics.ARTICLES, article(0)), "topic": topic})


# Marsad --------------------------------------------------------------------------------------------------------------


def number_in_cause(body: dict[str, Any]) -> int | None:
    """Only what was opened: each article that touches a watch opens one incident."""
    cause = body.get("article_id") or ""
    return int(cause.rpartition("-")[2]) if body["kind"] == "opened" else None


async def measure_marsad(folder: Path, broker: Any, steady: int, rate: float, burst: int) -> Measured:
    receiver = Receiver()
    count = (steady + burst) // ONE_IN + 2
    marsad = Marsad(
        folder,
        watches_file(folder / "watches.yml", *map(watch, range(count))),
        subscriptions_file(folder / "subscriptions.yml", receiver),
        broker,
    )
    try:
        marsad.start()
        await warm(broker.bootstrap, topics.ARTICLES.name)
        await delivered(receiver, number_in_cause, {0})
        return await measure(
            broker.bootstrap, topics.ARTICLES.name, receiver, number_in_cause, ONE_IN, steady, rate, burst
        )
    finally:
        marsad.kill()
        receiver.close()


def main(
    seconds: Annotated[float, typer.Option(help="How long articles come at the steady rate.")] = 20.0,
    rate: Annotated[float, typer.Option(help="Articles a second while latency is measured.")] = 50.0,
    articles: Annotated[int, typer.Option(help="Articles that wait when throughput is measured.")] = 6000,
    broker: Annotated[Literal["tansu", "kafka"], typer.Option(help="Which broker carries the messages.")] = "tansu",
) -> None:
    steady = int(seconds * rate) // ONE_IN * ONE_IN
    with tempfile.TemporaryDirectory(prefix="marsad-benchmark-") as name:
        folder = Path(name)
        running = BROKERS[broker](folder)
        running.start()
        try:
            plain = asyncio.run(measure_bare(running.bootstrap, steady, rate, articles))
            ours = asyncio.run(measure_marsad(folder, running, steady, rate, articles))
        finally:
            running.kill()
    print(f"{running.name}, {os.cpu_count()} cores, {CHARACTERS} characters an article, 1 in {ONE_IN} touches a watch")
    print(f"{'':26}{'Marsad':>10}{'bare chain':>12}{'ratio':>8}")
    for label, percent in (("p50", 50), ("p99", 99)):
        mine, theirs = ours.percentile(percent) * 1000, plain.percentile(percent) * 1000
        print(f"{f'{label} at {rate:g}/s, ms':26}{mine:10.0f}{theirs:12.0f}{mine / theirs:8.1f}")
    mean, bare_mean = statistics.mean(ours.latencies) * 1000, statistics.mean(plain.latencies) * 1000
    print(f"{f'mean at {rate:g}/s, ms':26}{mean:10.0f}{bare_mean:12.0f}{mean / bare_mean:8.1f}")
    print(f"{'articles/s':26}{ours.throughput:10.0f}{plain.throughput:12.0f}{ours.throughput / plain.throughput:8.2f}")


if __name__ == "__main__":
    typer.run(main)
