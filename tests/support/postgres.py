"""A private PostgreSQL cluster from Debian's package, on a free loopback port.

cluster = PostgresCluster(tmp_path_factory.mktemp("postgres"))
cluster.start()
url = cluster.new_database()     # postgresql+psycopg://…, empty, one for each test
cluster.stop()                   # or kill(); start() again keeps the data
"""

import itertools
import os
import pwd
import shutil
import subprocess
from pathlib import Path

import psycopg

from tests.support.processes import Process, free_port


class PostgresMissing(Exception):
    """No PostgreSQL server programs on this machine: install Debian's package `postgresql`."""


def server_programs() -> Path:
    """The folder of `initdb` and `postgres`; the newest where there are several."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("postgres")
    if found:
        return found[-1].parent
    if on_path:
        return Path(on_path).resolve().parent
    raise PostgresMissing(PostgresMissing.__doc__)


class PostgresCluster:
    """One server process over one data folder. PostgreSQL refuses root, so root hands it to the user `postgres`."""

    def __init__(self, folder: Path) -> None:
        self.programs = server_programs()
        self.port = free_port()
        self.user = "postgres" if os.geteuid() == 0 else None
        self.data = folder / "data"
        self.log = folder / "postgres.log"
        self.process: Process | None = None
        self._numbers = itertools.count(1)
        self._hand_over(folder)

    def _hand_over(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if self.user:
            entry = pwd.getpwnam(self.user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            for parent in folder.parents:  # a private temporary folder of root's hides its children from others
                if parent.stat().st_uid == 0 and parent not in (Path("/"), Path("/tmp")):
                    parent.chmod(parent.stat().st_mode | 0o011)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://marsad@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        if not self.data.exists():
            self._initialise()
        command = [str(self.programs / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        options = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=60"]
        self.process = Process([*command, *options], self.log, user=self.user)
        self.process.wait_until(self._answers, "PostgreSQL to answer")

    def _initialise(self) -> None:
        command = [str(self.programs / "initdb"), "-D", str(self.data), "-U", "marsad", "-A", "trust", "-E", "UTF8"]
        subprocess.run(
            [*command, "--locale=C.UTF-8", "--no-sync"], check=True, user=self.user, cwd="/", capture_output=True
        )

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._dsn("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _dsn(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=marsad dbname={database}"

    def new_database(self) -> str:
        """SQLAlchemy's URL of a new empty database."""
        name = f"marsad_{next(self._numbers)}"
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def stop(self) -> None:
        """An orderly end that waits for nobody (SIGINT: fast shutdown)."""
        if self.process:
            self.process.send(2)
            self.process.stop()
            self.process = None

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process = None
