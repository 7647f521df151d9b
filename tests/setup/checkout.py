"""A small checkout to set up: the real Makefile, script and locks, and an index of its own."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from tests.setup.index import PIN, stock
from tests.tools import ROOT, find

LOCKS = ("requirements.txt", "requirements-demo.txt", "requirements-dev.txt")
FILES = ("Makefile", "deploy/setup.sh", *LOCKS)
INSTALLING = "Installing requirements"
STARTED_AS_BY_HAND = """
import os, signal, sys
for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(each, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Starts a program. What runs these tests may ignore signals, as under nohup, and its children would inherit that."""


def wanted(lock: str) -> dict[str, str]:
    """What a lock names for the Python and the platform that run this: versions by name."""
    pins = [match.groups() for match in PIN.finditer(lock)]
    needs = [(name, version, Requirement(f"{name}; {marker}" if marker else name)) for name, version, marker in pins]
    return {name: version for name, version, need in needs if not need.marker or need.marker.evaluate()}


@dataclass(frozen=True, slots=True)
class Checkout:
    """A checkout whose packages come from a folder beside it.

    Attributes:
        root: the checkout.
        index: the folder with the wheels.
        libraries: folders whose packages every Python started there finds first.
    """

    root: Path
    index: Path
    libraries: tuple[Path, ...] = ()

    @classmethod
    def create(cls, folder: Path, only: Collection[str] = ()) -> "Checkout":
        """Copy what set-up needs into a folder, and build the wheels of the locks, or of these packages only."""
        checkout = cls(folder / "checkout", folder / "index")
        checkout.index.mkdir()
        for name in FILES:
            target = checkout.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
        for name in LOCKS:
            (checkout.root / name).write_text(stock(checkout.index, (ROOT / name).read_text(), only))
        (checkout.root / "demo.py").write_text("print('the demo runs')\n")
        return checkout

    @property
    def venv(self) -> Path:
        """Where the Makefile puts the environment."""
        return self.root / ".venv"

    def environ(self) -> dict[str, str]:
        """The environment variables of a machine that reaches this index and nothing else."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON", "MAKE"))}
        pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.index)}
        path = os.pathsep.join(str(folder) for folder in self.libraries)
        return {**kept, **pip, "PIP_NO_CACHE_DIR": "1", "PYTHONPATH": path}

    def finding(self, folder: Path) -> "Checkout":
        """The same checkout on a machine whose Pythons find the packages of a folder before all others."""
        return replace(self, libraries=(folder, *self.libraries))

    def make(self, target: str, *settings: str) -> subprocess.CompletedProcess[str]:
        """Run a target as a user would, in a process group of its own.

        Args:
            target: of the Makefile.
            settings: such as `PYTHON=…`; unless told otherwise it is the Python that runs this.
        """
        make = [find("make", "apt-get install make"), target, f"PYTHON={sys.executable}", *settings]
        return subprocess.run(
            [sys.executable, "-c", STARTED_AS_BY_HAND, *make],
            cwd=self.root,
            env=self.environ(),
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )

    def installed(self) -> dict[str, str]:
        """What the environment holds, versions by name, without the tools that every new one has."""
        (packages,) = self.venv.glob("lib/python*/site-packages")
        found = {each.name: each.version for each in metadata.distributions(path=[str(packages)])}
        return {name: version for name, version in found.items() if name not in {"pip", "setuptools"}}

    def leftovers(self) -> list[str]:
        """What lies about that is neither a file of the checkout nor a finished environment."""
        return sorted(path.name for path in self.root.glob(".venv*") if not (path / "locks").is_dir())


def deadly_pip(folder: Path, deadly: signal.Signals) -> Path:
    """A folder with a pip that, once started, ends make and all its children with a signal."""
    (folder / "pip").mkdir(parents=True)
    (folder / "pip" / "__init__.py").touch()
    (folder / "pip" / "__main__.py").write_text(
        f"import os, signal\nsignal.alarm(60)\nos.killpg(0, signal.Signals({deadly:d}))\nsignal.pause()\n"
    )
    return folder


def quick_venv(folder: Path) -> Path:
    """A folder with a venv module that is ten times faster: it links to a pip instead of installing one."""
    pip = metadata.distribution("pip").locate_file("pip")
    (folder / "venv").mkdir(parents=True)
    (folder / "venv" / "__init__.py").touch()
    (folder / "venv" / "__main__.py").write_text(
        f"import sys\nsys.path.remove({str(folder)!r})\ndel sys.modules['venv']\n"
        f"import pathlib, venv\nvenv.create(sys.argv[1], symlinks=True)\n"
        f"(packages,) = pathlib.Path(sys.argv[1]).glob('lib/python*/site-packages')\n"
        f"(packages / 'pip').symlink_to({str(pip)!r})\n"
    )
    return folder
