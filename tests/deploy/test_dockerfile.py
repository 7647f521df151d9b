"""The Dockerfile's promises, as far as they can be read off it; `make image` shows the rest on a running container."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.files import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
INSTRUCTIONS = [
    (line.split(None, 1)[0].upper(), line.split(None, 1)[1])
    for line in re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    if line.strip()
]
FINAL = INSTRUCTIONS[max(i for i, (word, _) in enumerate(INSTRUCTIONS) if word == "FROM") :]


def of(word: str, instructions: list[tuple[str, str]] = FINAL) -> list[str]:
    return [" ".join(rest.split()) for name, rest in instructions if name == word]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for line in of("ENV") for pair in line.split())


def test_hadolint_has_nothing_to_say() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_two_stages_on_one_slim_base_of_a_full_version() -> None:
    build, final = of("FROM", INSTRUCTIONS)
    assert re.fullmatch(r"python:3\.1[1-4]\.\d+-slim-[a-z]+", final)
    assert build == f"{final} AS build"


@pytest.mark.parametrize("word", ["ENTRYPOINT", "HEALTHCHECK"])
def test_nothing_is_started_through_a_shell(word: str) -> None:
    (rest,) = of(word)
    command = json.loads(rest[rest.index("[") :])
    assert command[0] == "python"
    assert word == "ENTRYPOINT" or " CMD [" in rest
    assert not of("CMD"), "a CMD would be handed to main.py as arguments"


def test_the_last_user_is_a_number_and_not_root() -> None:
    (user,) = of("USER")
    uid, gid = user.split(":")
    assert int(uid) >= 10000
    assert int(gid) >= 10000


def test_the_data_folder_is_the_only_one_that_user_owns() -> None:
    assert [line for line in of("COPY") if "--chown" in line] == ["--from=build --chown=10001:10001 /data /data"]
    assert of("VOLUME") == ['["/data"]']
    assert environment()["DATA_DIR"] == environment()["TMPDIR"] == "/data"


def test_a_container_logs_to_stdout_only() -> None:
    assert environment()["LOG_DIR"] == ""
    assert environment()["PYTHONUNBUFFERED"] == "1"


def test_everything_copied_from_the_checkout_is_there() -> None:
    copied = [line.split() for line in of("COPY", INSTRUCTIONS) if "--from" not in line]
    sources = [ROOT / source for words in copied for source in words[:-1]]
    assert sources
    assert [source for source in sources if not source.exists()] == []


def test_every_module_of_the_product_is_copied() -> None:
    copied = {word.rstrip("/") for line in of("COPY", INSTRUCTIONS) for word in line.split()[:-1]}
    needed = {path.name for path in ROOT.glob("*.py")} - {"demo.py"} | {"modules", "templates", "static"}
    assert needed <= copied


def test_exactly_the_lock_is_installed_from_wheels_with_known_hashes() -> None:
    (install,) = [line for line in of("RUN", INSTRUCTIONS) if " install " in line]
    assert "--no-deps --require-hashes --only-binary :all: -r requirements.txt && python -m pip" in install
    assert "pip --python /opt/venv/bin/python check" in install
    pins = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE))
    assert [pin for pin in pins if pin.strip() and not re.search(r"==[^\n]+\n\s+--hash=sha256:[0-9a-f]{64}", pin)] == []


def test_the_commit_is_built_in() -> None:
    assert of("ARG") == ['GIT_COMMIT=""'], "a word here would hide the commit that the platform names"
    assert environment()["GIT_COMMIT"] == "${GIT_COMMIT}"
