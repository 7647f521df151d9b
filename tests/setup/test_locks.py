"""The locks: complete, within one another, and installed in the same way everywhere."""

import re

import pytest

from tests.setup.checkout import LOCKS
from tests.setup.index import PIN
from tests.tools import ROOT

FLAGS = "--no-deps --require-hashes --only-binary :all: -r"
SCRIPTS = [
    path
    for pattern in ("Makefile", "Dockerfile", ".ci/*", ".github/workflows/*", "deploy/**/*", "*.yaml")
    for path in sorted(ROOT.glob(pattern))
    if path.is_file() and path.suffix not in {".pyc", ".json"}
]
ALL_LOCKS = sorted(
    str(path.relative_to(ROOT).with_suffix(".txt"))
    for folder in (".", "benchmarks", "tests/setup")
    for path in (ROOT / folder).glob("*.in")
)


def pins(lock: str) -> set[tuple[str, str, frozenset[str]]]:
    """Names, versions and hashes."""
    text = (ROOT / lock).read_text()
    return {(m[1], m[2], frozenset(re.findall(r"sha256:(\w+)", m[0]))) for m in PIN.finditer(text)}


@pytest.mark.parametrize(("smaller", "larger"), [LOCKS[:2], LOCKS[1:]])
def test_the_larger_lock_contains_the_smaller(smaller: str, larger: str) -> None:
    """Set-up relies on it: it installs the largest only."""
    assert pins(smaller) < pins(larger)


@pytest.mark.parametrize("lock", ALL_LOCKS)
def test_every_line_of_a_lock_is_a_version_with_its_hashes(lock: str) -> None:
    text = re.sub(r"^(#.*|--no-binary .*|)\n", "", (ROOT / lock).read_text(), flags=re.MULTILINE)
    assert PIN.search(text)
    assert PIN.sub("", text) == ""


def test_every_lock_is_written_by_make_lock() -> None:
    written = re.findall(r"^\t\$\(COMPILE\) .* -o (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert sorted(written) == ALL_LOCKS


def test_nothing_is_installed_but_locks_and_without_resolving() -> None:
    texts = {str(path.relative_to(ROOT)): path.read_text().replace("\\\n", " ") for path in SCRIPTS}
    lines = [
        (name, " ".join(line.split()))
        for name, text in texts.items()
        for line in re.findall(r"^.*\bpip\b.* install .*$", text, re.MULTILINE)
    ]
    assert {name for name, _ in lines} == {"Dockerfile", "deploy/setup.sh"}
    assert [line for line in lines if FLAGS not in line[1]] == []


def test_what_the_product_reaches_into_is_pinned_by_hand() -> None:
    asked = (ROOT / "requirements.in").read_text().splitlines()
    for name in ("discord.py", "waitress"):
        assert [line for line in asked if re.fullmatch(rf"{re.escape(name)}==[\d.]+", line)]
