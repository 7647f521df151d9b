"""Which commit is running, without running git: where the bot lives there is often none."""

import re
from collections.abc import Mapping
from pathlib import Path

from modules.environment.readers import shaped
from modules.environment.setting import RefusedError

VARIABLES = ("RENDER_GIT_COMMIT", "SOURCE_COMMIT")
"""Where platforms put it, in the order they are asked."""

read_commit = shaped(r"[\w./+-]{1,100}", "a commit id")
"""Reads a commit id, or any other short name of a build."""


def find_commit(environ: Mapping[str, str], root: Path) -> str:
    """The platform's word, else what `root`/.git says, else "unknown"."""
    for name in VARIABLES:
        try:
            return read_commit(environ.get(name, ""))
        except RefusedError:
            continue
    return _head(root) or "unknown"


def _head(root: Path) -> str:
    try:
        folder = root / ".git"
        if folder.is_file():
            # In a worktree .git is a file that names the true folder; if that is absolute, the slash forgets `root`.
            folder = root / folder.read_text().removeprefix("gitdir:").strip()
        commit = (folder / "HEAD").read_text().strip()
        if commit.startswith("ref:"):
            commit = _resolve(commit.removeprefix("ref:").strip(), _shared_folder(folder))
    except (OSError, ValueError):
        return ""
    return commit if re.fullmatch("[0-9a-f]{40}|[0-9a-f]{64}", commit) else ""


def _shared_folder(folder: Path) -> Path:
    """A worktree has a HEAD of its own and shares its branches with the repository."""
    link = folder / "commondir"
    return folder / link.read_text().strip() if link.is_file() else folder


def _resolve(ref: str, folder: Path) -> str:
    if (folder / ref).is_file():
        return (folder / ref).read_text().strip()
    # Now and then git moves branches into one file, and leaves them none of their own.
    rows = (line.split() for line in (folder / "packed-refs").read_text().splitlines())
    return next((row[0] for row in rows if row[1:] == [ref]), "")
