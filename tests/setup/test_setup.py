"""Set-up on a machine where everything has been released anew: the Makefile's own command lines, offline."""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.setup.checkout import INSTALLING, LOCKS, Checkout, deadly_pip, quick_venv, wanted
from tests.tools import ROOT, made_by_make

OLDEST_PIP = "23.0.1"
SMALL = ("idna", "mdurl", "pluggy")
"""Packages that need no others: one of each lock."""


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout.create(tmp_path)


@pytest.fixture
def old_pip(tmp_path: Path) -> Path:
    """A folder with the oldest pip that is supported, and nothing else to import."""
    if sys.version_info >= (3, 12):
        pytest.skip(f"pip {OLDEST_PIP} does not run on this Python, whose venv brings a newer one")
    packages = next(made_by_make("build/oldest-pip", "test").glob("lib/python*/site-packages"))
    folder = tmp_path / "old-pip"
    folder.mkdir()
    (folder / "pip").symlink_to(packages / "pip")
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Checkout:
    return Checkout.create(tmp_path, only=SMALL).finding(quick_venv(tmp_path / "quick"))


def change(checkout: Checkout, lock: str, head: str, without: str | None = None) -> None:
    path = checkout.root / lock
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(head + "".join(line for line in lines if not (without and line.startswith(without))))


def hide(checkout: Checkout, name: str) -> Path:
    """Take a package's wheels off the index."""
    hidden = checkout.index.with_name("hidden")
    hidden.mkdir()
    for wheel in checkout.index.glob(f"{name}-*"):
        wheel.rename(hidden / wheel.name)
    return hidden


def show(checkout: Checkout, hidden: Path) -> None:
    for wheel in hidden.iterdir():
        wheel.rename(checkout.index / wheel.name)


def real(lock: str) -> dict[str, str]:
    return wanted((ROOT / lock).read_text())


def test_newer_releases_change_nothing(checkout: Checkout) -> None:
    """With the pip that this Python brings: all the checks need, and then the demo needs nothing more."""
    done = checkout.make("setup")
    assert (done.returncode, done.stderr) == (0, "")
    assert checkout.installed() == real("requirements-dev.txt")
    again = checkout.make("setup")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    demo = checkout.make("demo")
    assert (demo.returncode, demo.stdout, demo.stderr) == (0, "the demo runs\n", "")
    assert checkout.leftovers() == []


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="pip 23.0.1 does not run on Python 3.12 and newer")
def test_newer_releases_change_nothing_for_the_oldest_pip(checkout: Checkout, old_pip: Path) -> None:
    done = checkout.finding(old_pip).make("setup")
    assert (done.returncode, done.stderr) == (0, "")
    assert checkout.installed() == real("requirements-dev.txt")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="pip 23.0.1 does not run on Python 3.12 and newer")
def test_this_index_is_a_trap_for_an_install_that_resolves(checkout: Checkout, old_pip: Path) -> None:
    """Without it the tests above would prove nothing."""
    pip = [sys.executable, "-m", "pip"]
    environ = checkout.finding(old_pip).environ()
    version = subprocess.run([*pip, "--version"], env=environ, capture_output=True, text=True, check=True)
    assert version.stdout.startswith(f"pip {OLDEST_PIP} ")
    install = [*pip, "install", "--dry-run", "--ignore-installed", "--require-hashes", "-r", "requirements-dev.txt"]
    done = subprocess.run(install, cwd=checkout.root, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode
    assert "must have their versions pinned with ==" in done.stderr


def test_the_demo_installs_what_it_needs_and_no_more(checkout: Checkout) -> None:
    done = checkout.make("demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("the demo runs\n")
    assert checkout.installed() == real("requirements-demo.txt")
    assert not {"playwright", "pytest", "mypy", "ruff", "uv"} & set(checkout.installed())


@pytest.mark.parametrize("lock", LOCKS)
def test_a_changed_lock_sets_up_anew(small: Checkout, lock: str) -> None:
    """What is no longer named is gone."""
    assert small.make("setup").returncode == 0
    assert set(small.installed()) == set(SMALL)
    target, last = ("setup", lock) if lock == "requirements-dev.txt" else ("setup-demo", "requirements-demo.txt")
    change(small, lock, "# changed\n")
    change(small, last, "", without="pluggy")
    done = small.make(target)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Installing {last} into" in done.stdout
    assert set(small.installed()) == {"idna", "mdurl"}


def test_a_failure_is_explained_and_leaves_nothing_and_can_be_repeated(small: Checkout) -> None:
    hidden = hide(small, "mdurl")
    failed = small.make("demo")
    assert failed.returncode
    assert "No matching distribution found for mdurl" in failed.stderr
    assert f"while installing requirements-demo.txt into {small.venv}" in failed.stderr
    assert "Check the network" in failed.stderr
    assert "Nothing was left behind." in failed.stderr
    assert "the demo runs" not in failed.stdout
    assert not small.venv.exists()
    show(small, hidden)
    assert small.make("demo").stdout.endswith("the demo runs\n")


def test_a_failure_gives_back_what_was_there(small: Checkout) -> None:
    """No network for the checks is no reason to lose the demo."""
    assert small.make("demo").returncode == 0
    hide(small, "pluggy")
    failed = small.make("setup")
    assert failed.returncode
    assert f"The previous {small.venv} is back." in failed.stderr
    demo = small.make("demo")
    assert (demo.stdout, demo.stderr, small.leftovers()) == ("the demo runs\n", "", [])


@pytest.mark.parametrize("deadly", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_nothing_half_made(small: Checkout, tmp_path: Path, deadly: signal.Signals) -> None:
    stopped = small.finding(deadly_pip(tmp_path / "deadly", deadly)).make("demo")
    assert stopped.returncode
    assert "Set-up was interrupted while installing" in stopped.stderr
    assert not small.venv.exists()
    assert small.leftovers() == []


def test_what_a_kill_left_half_made_is_made_anew(small: Checkout, tmp_path: Path) -> None:
    """First out of nothing, then over an environment that was good."""
    doomed = small.finding(deadly_pip(tmp_path / "deadly", signal.SIGKILL))
    assert doomed.make("setup-demo").returncode == -signal.SIGKILL
    assert small.leftovers() == [".venv"]
    assert small.make("setup-demo").returncode == 0
    assert doomed.make("setup").returncode == -signal.SIGKILL
    demo = small.make("demo")
    assert (demo.stdout, demo.stderr, small.leftovers()) == ("the demo runs\n", "", [])


def test_a_checkout_that_was_moved_is_set_up_anew(small: Checkout) -> None:
    assert small.make("setup-demo").returncode == 0
    moved = replace(small, root=small.root.rename(small.root.with_name("moved")))
    assert INSTALLING in moved.make("setup-demo").stdout
    assert str(moved.venv) in (moved.venv / "bin" / "activate").read_text()


def test_an_environment_whose_python_is_gone_is_made_anew(small: Checkout) -> None:
    assert small.make("setup-demo").returncode == 0
    python = small.venv / "bin" / "python"
    python.unlink()
    python.symlink_to(small.root / "gone")
    assert INSTALLING in small.make("setup-demo").stdout


def test_an_active_environment_can_be_replaced(small: Checkout) -> None:
    assert small.make("setup-demo").returncode == 0
    change(small, "requirements-demo.txt", "# changed\n")
    done = small.make("setup-demo", f"PYTHON={small.venv / 'bin' / 'python'}")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("python", ["/nowhere/python3", "false"])
def test_without_a_python_that_will_do_one_line_says_so(small: Checkout, python: str) -> None:
    done = small.make("demo", f"PYTHON={python}")
    assert done.returncode
    assert "Nazh Engine needs Python 3.11 or newer" in done.stderr
    assert not small.venv.exists()
