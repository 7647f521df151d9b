"""A package index on disk: the locked packages as wheels without contents, each with its real needs.

Every package also has a newer release that is empty: it needs nothing, offers no extra, and is what a resolver takes.
"""

import base64
import hashlib
import re
import zipfile
from collections.abc import Collection
from importlib import metadata
from pathlib import Path

PIN = re.compile(
    r"^([\w.-]+)==([^\s;]+)(?: ; ([^\\\n]+?))? \\\n(?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+", re.MULTILINE
)
WHEEL = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def needs_of(name: str, version: str) -> list[str]:
    """What the installed package of that version says it needs and offers, as lines of its metadata."""
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:  # locked for another platform or Python
        return []
    if found.version != version:
        return []
    offers = found.metadata.get_all("Provides-Extra") or []
    return [f"Requires-Dist: {need}" for need in found.requires or []] + [f"Provides-Extra: {name}" for name in offers]


def write_wheel(folder: Path, name: str, version: str, needs: list[str]) -> str:
    """Write a wheel that holds nothing but its metadata, and return its SHA-256."""
    stem = f"{name.replace('-', '_')}-{version}"
    head = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *needs]
    files = {"METADATA": "\n".join(head) + "\n", "WHEEL": WHEEL}
    record = [f"{stem}.dist-info/{file},sha256={_digest(text)},{len(text.encode())}\n" for file, text in files.items()]
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for file, text in {**files, "RECORD": "".join(record) + f"{stem}.dist-info/RECORD,,\n"}.items():
            # Of no date: written again for another lock, it must have the same hash.
            wheel.writestr(zipfile.ZipInfo(f"{stem}.dist-info/{file}"), text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def stock(folder: Path, lock: str, only: Collection[str] = ()) -> str:
    """Fill a folder with the wheels of a lock and their newer releases.

    Args:
        folder: where the wheels go.
        lock: the text of a lock.
        only: the packages to take, where not all are wanted; they must need no others.

    Returns:
        The lock with the hashes of these wheels.
    """

    def pin(match: re.Match[str]) -> str:
        name, version, marker = match.groups()
        if only and name not in only:
            return ""
        digest = write_wheel(folder, name, version, needs_of(name, version))
        write_wheel(folder, name, f"{version}.post1", [])
        return f"{name}=={version}{f' ; {marker}' if marker else ''} --hash=sha256:{digest}\n"

    return PIN.sub(pin, lock)
