"""Free ports, waiting on conditions, and child processes that never outlive their test."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")


def free_port() -> int:
    """A loopback port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], Result], what: str, seconds: float = 30.0, every: float = 0.05) -> Result:
    """The first true value of `condition`; AssertionError naming `what` where `seconds` pass without one."""
    deadline = time.monotonic() + seconds
    while True:
        if value := condition():
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(every)


def answers(port: int) -> bool:
    """Whether something accepts connections at the loopback port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.5):
        return True
    return False


class Process:
    """A child process in its own session, its output in a file."""

    def __init__(
        self, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None, user: str | None = None
    ) -> None:
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as out:
            self.child = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                start_new_session=True,
                user=user,
                cwd="/" if user else None,
            )

    @property
    def pid(self) -> int:
        return self.child.pid

    def alive(self) -> bool:
        return self.child.poll() is None

    def send(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def stop(self, seconds: float = 30.0) -> int:
        """SIGTERM, then the exit status; SIGKILL and an AssertionError where it does not end in time."""
        if self.alive():
            self.send(signal.SIGTERM)
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired as slow:
            self.kill()
            raise AssertionError(f"{self.child.args!r} did not end within {seconds:g} s of SIGTERM") from slow

    def kill(self) -> None:
        """SIGKILL to the whole session, so that nothing that it started stays behind."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.child.wait()

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until(self, condition: Callable[[], Result], what: str, seconds: float = 30.0) -> Result:
        """`wait_for`, which also fails at once, with the end of the output, where the process has ended."""

        def alive_and() -> Result:
            if not self.alive():
                raise AssertionError(f"ended with {self.child.returncode} before {what}:\n{self.output()[-3000:]}")
            return condition()

        return wait_for(alive_and, what, seconds)


@contextlib.contextmanager
def process(command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> Iterator[Process]:
    """A child process which is killed with all that it started when the block ends."""
    child = Process(command, log, env)
    try:
        yield child
    finally:
        child.kill()
