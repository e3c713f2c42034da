"""The supervisor: broker, store and every service, each its own process, on one machine.

A service that dies is started again, after a pause that grows; nothing outlives the supervisor.
"""

import asyncio
import contextlib
import errno
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import structlog

from services.runtime.broker import WARN_BYTES, EmbeddedBroker, free_port
from services.runtime.errors import ConfigurationError, TransientError
from services.runtime.kafka import wait_for_broker
from services.runtime.peers import ask_peers
from services.runtime.processes import die_with_parent
from services.runtime.settings import Settings
from services.runtime.store import Database, StoreUnavailable, watchset
from services.runtime.store.migrate import is_current, migrate

log = structlog.get_logger()

SERVICES = ("ingest", "analyze", "track", "notify", "board")

WRONG_USE = 2
"""Exit status of a service that was given something wrong: starting it again would not help."""
BROKER_SECONDS = 15.0
READY_POLL_SECONDS = 0.2
LOOK_SECONDS = 0.5
WATCHES_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
HEALTHY_SECONDS = 30.0
"""A service that lived so long starts again without a long pause."""
STOP_SECONDS = 3.5
"""Between asking the services to stop and killing what is left: a stop takes five seconds at most."""
EMBEDDED_SESSION_SECONDS = 6.0
"""The embedded broker takes half of it to let a group begin."""


@dataclass
class Child:
    """One service's process, through all its lives."""

    name: str
    environment: Mapping[str, str]
    log_file: Path | None = None
    process: asyncio.subprocess.Process | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    lives: int = 0
    replaced: bool = field(default=False)
    """It was ended on purpose, to be started again at once."""

    async def start(self) -> None:
        self.started = time.monotonic()
        self.lives += 1
        self.replaced = False
        with contextlib.ExitStack() as stack:
            stderr: IO[bytes] | None = None
            if self.log_file:
                self.log_file.parent.mkdir(parents=True, exist_ok=True)
                stderr = stack.enter_context(self.log_file.open("ab"))
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "services.runtime.cli",
                "serve",
                self.name,
                stdin=subprocess_input(self.name, self.environment),
                stderr=stderr,
                env={**os.environ, **self.environment},
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def kill(self) -> None:
        """The service, and whatever it started or left behind."""
        if self.process is not None:
            _signal_group(self.process.pid, signal.SIGKILL)

    async def end(self) -> None:
        """Ask the process that lives now to end, and kill it where it does not in time."""
        if (process := self.process) is None:
            return
        _signal_group(process.pid, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        _signal_group(process.pid, signal.SIGKILL)
        await process.wait()

    def next_pause(self) -> float:
        """How long to wait before it lives again."""
        if self.replaced:
            return 0.0
        if time.monotonic() - self.started > HEALTHY_SECONDS:
            self.pause = FIRST_PAUSE_SECONDS
        pause, self.pause = self.pause, min(2 * self.pause, LONGEST_PAUSE_SECONDS)
        return pause


def _signal_group(leader: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, number)


def subprocess_input(name: str, environment: Mapping[str, str]) -> int | None:
    """Standard input goes to ingest, where it is asked for, and to nobody else."""
    wanted = name == "ingest" and environment.get("MARSAD_ARTICLES") == "-"
    return None if wanted else asyncio.subprocess.DEVNULL


class Supervisor:
    """Runs everything while `running`.

    `bootstrap` None means the embedded broker. With `log_dir` the services log there, else to standard error.
    """

    def __init__(self, settings: Settings, bootstrap: str | None, log_dir: Path | None = None) -> None:
        self.broker = None if bootstrap else EmbeddedBroker()
        address = self.broker.bootstrap if self.broker else bootstrap
        self.http_port = settings.http_port or free_port()
        self._ports = {name: free_port() for name in SERVICES if name != "board"}
        self.peers = {name: f"http://127.0.0.1:{port}" for name, port in self._ports.items()}
        embedded = {"kafka_session_timeout": EMBEDDED_SESSION_SECONDS} if self.broker else {}
        common = {"bootstrap": address, "data_dir": settings.data_dir.resolve(), **embedded}
        self.settings = Settings.model_validate(settings.model_dump() | common | {"http_port": self.http_port})
        self.children = {
            name: Child(name, self._environment(name), log_dir / f"{name}.log" if log_dir else None)
            for name in SERVICES
        }
        self.fault: str | None = None
        """Why everything stops, where a service cannot start at all."""
        self._stopping = asyncio.Event()
        self._jobs: list[asyncio.Task[None]] = []

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Started, until the block ends or Ctrl-C. Raises ConfigurationError for what cannot start at all."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._stopping.set)
        try:
            await self._start()
            yield
        finally:
            await self._stop()
        if self.fault:
            raise ConfigurationError(self.fault)

    @property
    def url(self) -> str:
        """Where this machine reaches the board: at a loopback address where it listens on all."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.settings.http_host, self.settings.http_host)
        return f"http://[{host}]:{self.http_port}" if ":" in host else f"http://{host}:{self.http_port}"

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    async def _start(self) -> None:
        _check_address(self.settings.http_host, self.http_port)
        if self.broker:
            self.broker.start()
        else:
            await self._reach_broker()
        await asyncio.to_thread(self._prepare_store)
        if self.stopping:
            return
        for child in self.children.values():
            await child.start()
        await self._reach_broker()
        self._jobs = [asyncio.create_task(self._keep(child)) for child in self.children.values()]
        self._jobs.append(asyncio.create_task(self._look_after_broker()))
        if self.settings.watches:
            self._jobs.append(asyncio.create_task(self._follow_watches(self.settings.watches)))

    async def wait_ready(self) -> None:
        """Until every service is ready, or everything stops."""
        while not self._stopping.is_set():
            answers = await ask_peers({**self.peers, "board": self.url})
            if all(answer["ready"] for answer in answers.values()):
                return
            await self._pause(READY_POLL_SECONDS)

    async def wait_stopping(self) -> None:
        await self._stopping.wait()

    async def stops_within(self, seconds: float) -> bool:
        """Wait so long, unless everything stops before; whether it does."""
        await self._pause(seconds)
        return self.stopping

    async def _reach_broker(self) -> None:
        """Until the broker answers, or everything stops. Raises ConfigurationError where it does not answer in time."""
        reached = asyncio.create_task(wait_for_broker(self.settings, BROKER_SECONDS))
        stopped = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({reached, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not reached.done():
            reached.cancel()
        elif error := reached.exception():
            raise ConfigurationError(str(error)) from error

    async def _stop(self) -> None:
        """End every process: asked first, then killed. Takes five seconds at most."""
        self._stopping.set()
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        await self._end_services()
        if self.broker:
            self.broker.stop()

    def _environment(self, name: str) -> dict[str, str]:
        own: dict[str, object] = (
            {"peers": self.peers}
            if name == "board"
            else {"metrics_port": self._ports[name], "metrics_host": "127.0.0.1"}
        )
        if name == "ingest":
            own |= {"http_port": self._ports[name], "http_host": "127.0.0.1"}
        return Settings.model_validate(self.settings.model_dump() | own).environment()

    def _prepare_store(self) -> None:
        """The embedded store is brought up to date here; a shared one is its operator's, by `marsad migrate`."""
        url = self.settings.store_url
        if url.startswith("sqlite"):
            migrate(url)
        elif not is_current(url):
            raise ConfigurationError("the store's tables are not up to date; run marsad migrate")
        if self.settings.watches:
            try:
                self._apply_watches(self.settings.watches)
            except StoreUnavailable as error:
                raise ConfigurationError(f"store: {error}") from error

    def _apply_watches(self, path: Path) -> int:
        wanted = watchset.read(path)
        database = Database(self.settings.store_url)
        try:
            return database.call(lambda connection: watchset.apply(connection, wanted))
        finally:
            database.close()

    async def _keep(self, child: Child) -> None:
        """Start it again whenever it ends."""
        while not self.stopping:
            assert child.process is not None
            status = await child.process.wait()
            child.kill()  # whatever it left behind
            if status == WRONG_USE and child.lives == 1:
                self.fault = f"{child.name} cannot start with these settings"
                self._stopping.set()
                return
            pause = child.next_pause()
            if not child.replaced:
                log.warning("a service died and is started again", service=child.name, status=status, seconds=pause)
            await self._pause(pause)
            if not self.stopping:
                await child.start()

    async def _look_after_broker(self) -> None:
        warned = False
        while self.broker and not self.stopping:
            await self._pause(LOOK_SECONDS)
            if not self.broker.alive() and not self.stopping:
                await self._revive_broker()
            used = self.broker.memory_bytes()
            if used > WARN_BYTES and not warned:
                warned = True
                log.warning(
                    "the embedded broker never frees memory: use Apache Kafka (--bootstrap)", megabytes=used >> 20
                )

    async def _revive_broker(self) -> None:
        """Its log is gone with it, and with that every offset that the services remember: they start afresh too.

        They end first: one that lived on would commit the old log's offsets to the new one.
        """
        assert self.broker is not None
        log.warning("the embedded broker died: articles not yet analysed are lost; starting it and the services again")
        for child in self.children.values():
            child.replaced = True
        await self._end_services()
        self.broker.start()
        with contextlib.suppress(TransientError):
            await wait_for_broker(self.settings, BROKER_SECONDS)

    async def _end_services(self) -> None:
        await asyncio.gather(*(child.end() for child in self.children.values()))

    async def _follow_watches(self, path: Path) -> None:
        """Apply the file when its content changes; a wrong one is said once and changes nothing."""
        seen = await asyncio.to_thread(_content, path)
        while not self.stopping:
            await self._pause(WATCHES_SECONDS)
            content = await asyncio.to_thread(_content, path)
            if content is None or content == seen:
                continue
            try:
                version = await asyncio.to_thread(self._apply_watches, path)
                log.info("watches applied", file=str(path), version=version)
            except ConfigurationError as error:
                log.error("watches not applied", reason=str(error))
            except StoreUnavailable as error:
                log.warning("watches not applied yet", reason=str(error))
                continue
            seen = content

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _check_address(host: str, port: int) -> None:
    """Raises ConfigurationError where nobody can listen at the host, or somebody else has the port."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            fault = f"--http {port}: {error.strerror}; give another port, or 0 for a free one"
        else:
            fault = f"MARSAD_HTTP_HOST={host}: {error.strerror}"
        raise ConfigurationError(fault) from None
