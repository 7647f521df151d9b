"""Small files in `DATA_DIR` that outlive the process: written whole or not at all, and never trusted blindly."""

import os
from pathlib import Path


def write_atomically(path: Path, text: str) -> None:
    """Replace a file so that a crash at any moment leaves the old text or the new one.

    Raises:
        OSError: It could not be written; the old file stands.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # The id keeps processes apart that share the folder.
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("w") as file:
            file.write(text)
            file.flush()
            # Else a power cut soon after the renaming could leave an empty file under the good name.
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
