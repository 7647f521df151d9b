"""Small state files in `DATA_DIR`, written atomically."""

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

STALE_SECONDS: Final = 3600.0
"""A temporary file is renamed within seconds; one this old was left behind by a process that was killed."""


def write_atomically(path: Path, text: str, now: Callable[[], float] = time.time) -> None:
    """Replace a file so that a crash at any moment leaves the old text or the new one; only its owner may read it.

    Raises:
        OSError: It could not be written; the old file stands.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale(path, now() - STALE_SECONDS)
    # A random name, not one of the process: two containers may share the folder, each with a process 1.
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".partial", dir=path.parent)
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            # Else a power cut soon after the renaming could leave an empty file under the good name.
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def _remove_stale(path: Path, before: float) -> None:
    for partial in path.parent.glob(f"{path.name}.*.partial"):
        with suppress(OSError):
            if partial.stat().st_mtime < before:
                partial.unlink()
