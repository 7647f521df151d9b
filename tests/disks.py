"""Small disks of a test's own: really full, really read-only."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

CHUNK = 65_536
MOUNT, UNMOUNT = (shutil.which(name) or "" for name in ("mount", "umount"))


@dataclass(frozen=True, slots=True)
class Disk:
    """A file system in memory.

    Attributes:
        path: Where it is mounted.
    """

    path: Path

    def fill(self) -> None:
        """Leave no room for one more byte."""
        with (self.path / "ballast").open("wb", buffering=0) as ballast:
            for size in (CHUNK, 1):
                with suppress(OSError):
                    while True:
                        ballast.write(bytes(size))

    def empty(self) -> None:
        """Make room again."""
        (self.path / "ballast").unlink()

    def remount(self, mode: str) -> None:
        """Make it read-only (`ro`) or writable (`rw`)."""
        subprocess.run([MOUNT, "-o", f"remount,{mode}", self.path], check=True, capture_output=True)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """A disk of this size, mounted inside the block; skips the test where nothing can be mounted."""
    folder.mkdir()
    command = [MOUNT, "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "nazh-test", str(folder)]
    if os.geteuid() != 0 or not MOUNT or subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("only who may mount a disk can fill one up")
    try:
        yield Disk(folder)
    finally:
        # Lazily: a process that is about to end may still be there.
        subprocess.run([UNMOUNT, "--lazy", folder], check=True)
