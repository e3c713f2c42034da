"""A service of Faust agents: what analyze, track and notify are made of.

    from services.runtime import topics
    from services.runtime.service import Service
    from services.runtime.settings import Settings

    def main(settings: Settings) -> None:          # in services/<name>/agent.py; the command line calls it
        service = Service("analyze", settings)

        async def handle(article: Article) -> None:           # one message; at least once, so effects are idempotent
            for observation in observe(article):
                await service.send(topics.OBSERVATIONS, observation)    # queued; delivered before the offset commits

        service.on(topics.ARTICLES, handle)
        service.task(follow_watches)               # `async def ()` that runs beside the agents for ever
        service.run()                              # returns after SIGTERM or Ctrl-C

What `handle` raises decides: `TransientError` or `StoreUnavailable` waits and tries again for ever; `PoisonError`
(which can name the field) and anything else sends the message to `<topic>.dead`. See `services.runtime.agent`.
A task that raises one of the first two is started again after a pause; anything else ends the process, and whoever
supervises it starts it again. `service.before(setup)` runs an `async def ()` before the first message (open a
connection, load the watches); `service.health.not_ready("watches", "none yet")` and `.ready("watches")` tell /readyz.
"""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import faust
import structlog
from aiohttp.web import Response, json_response
from faust.auth import SASLCredentials, SSLCredentials
from faust.sensors.prometheus import setup_prometheus_sensors
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from services.runtime import logs, metrics
from services.runtime.agent import GuardedLoop, Handle
from services.runtime.batch import BatchLoop, HandleMany
from services.runtime.dead import VERSION, original_bytes, reason_headers
from services.runtime.fetch import fetch_promptly
from services.runtime.health import Health, watch_broker
from services.runtime.kafka import DEAD_BYTES, ensure_topics
from services.runtime.patience import may_pass, pauses
from services.runtime.schema import MessageSchema
from services.runtime.settings import Settings
from services.runtime.topics import MAX_MESSAGE_BYTES, M, Topic
from services.runtime.watchdog import watch_group

log = structlog.get_logger()

Job = Callable[[], Awaitable[None]]

STOP_SECONDS = 3.0
"""How long a stop may take; the work that is not done by then is done again after the start."""
RESTART_SECONDS = 1.0
METADATA_MS = 5_000
"""A broker that has just started may not know its topics yet. A group that forms then leaves them out until the next
look at the metadata, which Faust takes every five minutes."""


class Service:
    """One process: Faust agents, tasks beside them, and /metrics, /healthz and /readyz."""

    def __init__(self, name: str, settings: Settings) -> None:
        logs.setup(settings, name)
        self.name = name
        self.settings = settings
        self.health = Health(name)
        fetch_promptly()
        self.app = _App(self, settings)
        self._batches: list[BatchLoop[Any]] = []
        self._jobs: list[Job] = []
        self._first: list[Job] = []
        self._channels: dict[str, Any] = {}
        self.undelivered: list[str] = []
        """What the producer gave up on; while it is not empty no offset may be committed."""
        metrics.BUILD.labels(VERSION).set(1)
        self._serve_operations()

    def on(self, topic: Topic[M], handle: Handle[M]) -> None:
        """Handle this topic's messages, one at a time."""
        self._attach(topic, GuardedLoop(self.name, topic, handle, self._bury, self.leave, self.health))

    def on_many(self, topic: Topic[M], handle: HandleMany[M]) -> None:
        """Handle this topic's messages in their order, together those that wait; `handle` does all of them or none."""
        loop = BatchLoop(self.name, topic, handle, self._bury, self.leave, self.health)
        self._batches.append(loop)
        self._attach(topic, loop)

    def _attach(self, topic: Topic[M], loop: GuardedLoop[M]) -> None:
        async def agent(stream: Any) -> None:
            await loop.run(stream.events())

        self.app.agent(self._channel(topic), name=f"{self.name}.{topic.name}", concurrency=1)(agent)

    def task(self, job: Job) -> None:
        """Run `job` beside the agents."""
        self._jobs.append(job)

    def before(self, job: Job) -> None:
        """Run `job` before the first message is taken."""
        self._first.append(job)

    async def settle(self) -> None:
        """Return when all batches that were taken until now are handled."""
        for loop in self._batches:
            await loop.settled()

    async def send(self, topic: Topic[M], value: M) -> None:
        """Queue a message: delivered before the offset of the message in work is committed, or the process ends."""
        sent = await self._channel(topic).send(key=topic.key(value), value=value)
        sent.add_done_callback(self._delivered)

    async def deliver(self, topic: Topic[M], value: M) -> None:
        """Send a message and wait until the broker has it."""
        await (await self._channel(topic).send(key=topic.key(value), value=value))

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C."""
        worker = faust.Worker(self.app, quiet=True, override_logging=False, redirect_stdouts=False)
        worker.spinner = None
        try:
            worker.execute_from_commandline()
        except SystemExit:
            raise
        except BaseException as error:
            log.error("crashed", error=repr(error), exc_info=True)
            os._exit(1)

    async def leave(self, reason: str, status: int = 1) -> None:
        """End the process now, without a commit. What was queued is delivered where that is quick."""
        log.warning("leaving without a commit", reason=reason)
        threading.Timer(1.0, os._exit, (status,)).start()
        if not self.undelivered:
            try:
                await asyncio.wait_for(asyncio.shield(self.app.producer.flush()), 0.8)
            except BaseException as error:
                log.warning("could not flush", error=repr(error))
        sys.stderr.flush()
        os._exit(status)

    def _channel(self, topic: Topic) -> Any:
        if topic.name not in self._channels:
            self._channels[topic.name] = self.app.topic(topic.name, schema=MessageSchema(topic, self.name))
        return self._channels[topic.name]

    def _delivered(self, sent: Any) -> None:
        if not sent.cancelled() and sent.exception() is not None:
            self.undelivered.append(repr(sent.exception()))

    async def _bury(self, topic: Topic, event: Any, error: Exception) -> None:
        message = event.message
        await self.app.producer.send_and_wait(
            topic.dead,
            message.key,
            original_bytes(event),
            partition=None,
            timestamp=None,
            headers=reason_headers(message.topic, message.partition, message.offset, error),
        )
        metrics.DEAD.labels(topic.name, type(error).__name__).inc()

    async def prepare(self) -> None:
        """What has to be there before the first message."""
        await self._patiently("broker", lambda: ensure_topics(self.settings))
        for job in self._first:
            await self._patiently("start", job)

    async def keep_running(self, job: Job) -> None:
        while True:
            await self._patiently(getattr(job, "__name__", "task"), job)
            await asyncio.sleep(RESTART_SECONDS)

    async def _patiently(self, name: str, job: Job) -> None:
        for wait in pauses():
            try:
                await job()
            except Exception as error:
                if not may_pass(error):
                    raise
                self.health.not_ready(name, str(error))
                log.warning("waiting", task=name, reason=str(error), seconds=wait)
                await asyncio.sleep(wait)
            else:
                return self.health.ready(name) if name != "start" else None

    @property
    def jobs(self) -> tuple[Job, ...]:
        return tuple(self._jobs)

    def _serve_operations(self) -> None:
        setup_prometheus_sensors(self.app, pattern="/metrics/faust", name_prefix="faust")

        @self.app.page("/metrics")
        async def _metrics(_view: Any, _request: Any) -> Any:
            body = generate_latest(metrics.REGISTRY) + generate_latest(REGISTRY)
            return Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

        @self.app.page("/healthz")
        async def _alive(_view: Any, _request: Any) -> Any:
            return json_response({"service": self.name, "alive": True})

        @self.app.page("/readyz")
        async def _ready(_view: Any, _request: Any) -> Any:
            return json_response(self.health.report(), status=200 if self.health.is_ready else 503)


class _App(faust.App):
    """Faust with our stop: it never waits longer than STOP_SECONDS and never commits what was not delivered."""

    logger = logging.getLogger("faust.app")

    def __init__(self, service: Service, settings: Settings) -> None:
        self.owner = service
        super().__init__(
            f"marsad-{service.name}",
            broker=[f"kafka://{address}" for address in settings.bootstrap.split(",")],
            broker_credentials=_credentials(settings),
            broker_session_timeout=settings.kafka_session_timeout,
            broker_heartbeat_interval=settings.kafka_session_timeout / 4,
            broker_commit_interval=1.0,
            consumer_max_fetch_size=MAX_MESSAGE_BYTES,
            consumer_auto_offset_reset="earliest",
            consumer_metadata_max_age_ms=METADATA_MS,
            producer_acks=-1,
            producer_linger=0.002,
            producer_max_request_size=DEAD_BYTES,
            stream_wait_empty=True,
            topic_allow_declare=False,
            topic_disable_leader=True,
            web_host=settings.metrics_host,
            web_bind=settings.metrics_host,
            web_port=settings.metrics_port,
            web_enabled=True,
            web_tables_enabled=False,
            web_router_enabled=False,
            web_stats_enabled=False,
            web_graph_enabled=False,
            web_metrics_enabled=False,
            autodiscover=False,
            key_serializer="raw",
            value_serializer="raw",
        )

    def _create_directories(self) -> None:
        """Faust's directories hold its tables, and there are none."""

    async def on_first_start(self) -> None:
        await super().on_first_start()
        await self.web.maybe_start()  # before the rest, so that /readyz can say what is waited for
        await self.owner.prepare()
        self._watchdog = asyncio.ensure_future(watch_group(self.owner))

    async def on_started(self) -> None:
        await super().on_started()
        self._commit_only_what_is_delivered()
        self.add_future(watch_broker(self.owner.settings.bootstrap, self.owner.health))
        for job in self.owner.jobs:
            self.add_future(self._supervised(job))

    async def _supervised(self, job: Job) -> None:
        try:
            await self.owner.keep_running(job)
        except Exception as error:
            log.error("task died", task=getattr(job, "__name__", "task"), error=repr(error), exc_info=True)
            await self.owner.leave("a task died")

    def _commit_only_what_is_delivered(self) -> None:
        """Faust flushes the producer before each commit, after choosing the offsets: here all of them is made true.

        Batches up to them are handled first; a message that could not be delivered stops the commit.
        """
        flush = self.producer.flush

        async def flush_or_leave() -> None:
            await self.owner.settle()
            await flush()
            if self.owner.undelivered:
                await self.owner.leave(f"not delivered: {self.owner.undelivered[0]}")

        self.producer.flush = flush_or_leave  # type: ignore[method-assign]

    def on_rebalance_end(self) -> None:
        super().on_rebalance_end()
        self.owner.health.ready()

    async def stop(self) -> None:
        """Faust's stop waits for ever for a message in work: give it STOP_SECONDS, then leave without a commit."""
        self.owner.health.not_ready("stop", "stopping")
        backstop = threading.Timer(STOP_SECONDS + 1.0, os._exit, (1,))
        backstop.daemon = True
        backstop.start()
        watch = asyncio.ensure_future(self._leave_after(STOP_SECONDS))
        await super().stop()
        watch.cancel()
        sys.stderr.flush()
        os._exit(1 if self.crashed else 0)  # all is flushed and committed; Faust would sweep for two seconds more

    async def _leave_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.owner.leave("work was in flight", status=0)


def _credentials(settings: Settings) -> Any:
    if settings.kafka_protocol.startswith("SASL"):
        assert settings.kafka_password is not None
        return SASLCredentials(
            username=settings.kafka_username,
            password=settings.kafka_password.get_secret_value(),
            ssl_context=settings.ssl_context,
            mechanism=settings.kafka_sasl_mechanism,
        )
    return SSLCredentials(settings.ssl_context) if settings.ssl_context else None
