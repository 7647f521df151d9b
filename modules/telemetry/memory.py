"""How much memory the process holds, and how much its container lets it hold."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from modules.telemetry.snapshot import Memory

LIMIT_FILES = ("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where cgroup v2 and v1 tell a container its own limit."""


@dataclass(frozen=True, slots=True)
class MemoryGauge:
    """Reads the process's own use again and again; the limit is read once, for it does not change."""

    statm: Path
    page_bytes: int
    limit_bytes: int | None

    def __call__(self) -> Memory:
        """The memory held now; unknown on a system without procfs."""
        try:
            # Not getrusage, which knows only the peak.
            resident = int(self.statm.read_text().split()[1]) * self.page_bytes
        except (OSError, ValueError, IndexError):
            return Memory(None, self.limit_bytes)
        return Memory(resident, self.limit_bytes)


def open_memory_gauge(root: Path = Path("/")) -> Callable[[], Memory]:
    """A gauge for this process; `root` is where the system's files are."""
    page_bytes = os.sysconf("SC_PAGE_SIZE")
    physical = os.sysconf("SC_PHYS_PAGES") * page_bytes
    # Where nothing limits it, cgroup v2 writes "max", which is no number, and v1 a number beyond any machine's memory.
    limits = [limit for name in LIMIT_FILES if (limit := _number(root / name)) is not None]
    return MemoryGauge(root / "proc/self/statm", page_bytes, min([*limits, physical]))


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None
