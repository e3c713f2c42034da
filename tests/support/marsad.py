"""Marsad's own processes: `marsad up` as a user starts it, and what a test asks of it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.support.brokers import Broker
from tests.support.processes import Process, free_port, wait_for
from tests.support.receiver import SECRET, Receiver

COMMAND = str(Path(sys.executable).parent / "marsad")
MARK = "TESTED_BY"
READY = re.compile(r"^ready (http://127\.0\.0\.1:\d+)$", re.MULTILINE)

AIN_ISSA = {
    "id": "ain-issa",
    "name": {"ar": "عين عيسى", "en": "Ain Issa"},
    "center": [36.3837, 38.8629],
    "radius_km": 15,
    "aliases": ["Ayn Issa", "Ein Issa"],
    "landmarks": ["صوامع الشركراك"],
}
TAL_TAMR = {
    "id": "tal-tamr",
    "name": {"ar": "تل تمر", "en": "Tal Tamr"},
    "center": [36.6597, 40.3689],
    "radius_km": 12,
    "aliases": ["Tell Tamer"],
}


def watches_file(path: Path, *watches: Mapping[str, Any]) -> Path:
    path.write_text(yaml.safe_dump({"watches": list(watches)}, allow_unicode=True), encoding="utf-8")
    return path


def migrate(store_url: str) -> None:
    """Bring a store's tables up to date, as its operator does."""
    subprocess.run([COMMAND, "migrate", "--store", store_url], check=True, capture_output=True)


def subscriptions_file(path: Path, receiver: Receiver, **changes: Any) -> Path:
    """One subscription: every alert to the receiver."""
    channel = {"kind": "webhook", "url": receiver.url, "secret": SECRET, "timeout_seconds": 1.0}
    subscription = {"id": "desk", "channel": channel, "min_level": "calm", **changes}
    path.write_text(yaml.safe_dump({"subscriptions": [subscription]}), encoding="utf-8")
    return path


class Marsad:
    """`marsad up` with a data folder that survives `stop` and `start`."""

    def __init__(
        self,
        folder: Path,
        watches: Path,
        subscriptions: Path,
        broker: Broker | None = None,
        store_url: str | None = None,
        env: Mapping[str, str] | None = None,
        options: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        self.mark = uuid.uuid4().hex
        self.env = {**(env or {}), MARK: self.mark}
        self.command = [COMMAND, "up", "--data-dir", str(folder / "data"), "--http", "0"]
        self.command += ["--watches", str(watches), "--subscriptions", str(subscriptions)]
        self.command += ["--bootstrap", broker.bootstrap] if broker else []
        self.command += ["--store", store_url] if store_url else []
        self.command += options
        self.url = ""
        self.process: Process | None = None
        self.starts = 0

    def start(self, seconds: float = 60.0) -> None:
        self.starts += 1
        process = Process(self.command, self.folder / f"up-{self.starts}.log", self.env)
        self.process = process
        found = process.wait_until(lambda: READY.findall(process.output()), "the line that says ready", seconds)
        self.url = found[0]

    def output(self) -> str:
        return self.process.output() if self.process else ""

    def interrupt(self, seconds: float = 5.0) -> int:
        """Ctrl-C; the exit status. Fails where it takes longer than `seconds`."""
        assert self.process
        self.process.send(signal.SIGINT)
        return self.process.child.wait(seconds)

    def processes(self) -> dict[int, str]:
        """Pid and command line of every living process that this `marsad up`, in any of its starts, began."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and f"{MARK}={self.mark}".encode() in _read(entry / "environ").split(b"\0"):
                found[int(entry.name)] = _read(entry / "cmdline").replace(b"\0", b" ").decode(errors="replace")
        return found

    def pids(self, words: str) -> list[int]:
        """Processes in whose command line `words` stand."""
        return sorted(pid for pid, line in self.processes().items() if words in line)

    def environment(self, pid: int) -> dict[str, str]:
        """The variables with which a process was started."""
        pairs = _read(Path(f"/proc/{pid}/environ")).decode(errors="replace").split("\0")
        return dict(pair.split("=", 1) for pair in pairs if "=" in pair)

    def another(self, service: str) -> tuple[list[str], dict[str, str], str]:
        """(command, environment, address of /readyz) of one more worker beside the running one of `service`."""
        env = self.environment(self.pids(f"serve {service}")[0])
        port = free_port()
        return [COMMAND, "serve", service, "--metrics", str(port)], env, f"http://127.0.0.1:{port}/readyz"

    def send(self, pid: int, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

    def kill(self) -> None:
        """Ends everything at once, whatever state it is in."""
        if self.process:
            self.process.kill()
        for pid in self.processes():
            self.send(pid, signal.SIGKILL)
        wait_for(lambda: not self.processes(), "killed processes to be gone", 10)

    def post(self, *articles: Mapping[str, Any]) -> httpx.Response:
        return httpx.post(f"{self.url}/articles", json=list(articles), timeout=30)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", params=query, timeout=10)


def is_ready(address: str) -> bool:
    """Whether a service says on /readyz that it can do its work."""
    try:
        return httpx.get(address, timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it ended meanwhile, or is not ours
        return b""
