"""Build the container image and prove that it starts: what `make image` runs.

Uses whichever of docker (with a daemon that answers), podman or buildah is there, and the standard library only. The
container is started as an operator would start it: read-only root, no capabilities, no privileges, no token; then with
a made-up token and a Discord that refuses every connection, where it must stay up, be live, and end cleanly on SIGTERM.

buildah builds and runs without a daemon, but it can neither make the root read-only nor keep a container in the
background, so those two proofs are then left out, and the last line says so.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
ENGINES = ("docker", "podman", "buildah")
LOCKED_DOWN = ("--rm", "--read-only", "--network=none", "--cap-drop=ALL", "--security-opt=no-new-privileges")
MADE_UP_TOKEN = ".".join((base64.b64encode(b"123456789012345678").decode(), "smoke0", "t" * 38))
READY_WITHIN_SECONDS = 30.0
CONTENTS = ["config.py", "main.py", "modules", "static", "templates", "web_server.py"]
LIST_CONTENTS = "import os; print(*sorted(set(os.listdir('/app')) - {'__pycache__'}))"
TRY_TO_WRITE = """
import pathlib
pathlib.Path('/data/probe').write_text('')
try:
    pathlib.Path('/app/probe').write_text('')
except OSError:
    raise SystemExit(0)
raise SystemExit('/app can be written')
"""


class SmokeError(Exception):
    """The image does not do what it promises; the message says what was seen."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one command ended: its exit status, and everything it wrote, stdout first."""

    status: int
    output: str


def run(command: Sequence[str], *, timeout_seconds: float = 60.0, stdin: str = "") -> Outcome:
    """Run a command to its end and keep what it wrote.

    Raises:
        subprocess.TimeoutExpired: it did not end in time.
    """
    done = subprocess.run(  # noqa: S603 - container engines, found on PATH by name
        command, input=stdin, capture_output=True, text=True, timeout=timeout_seconds, check=False, cwd=ROOT
    )
    return Outcome(done.returncode, done.stdout + done.stderr)


def say(line: str) -> None:
    """Write one line of progress."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def expect(holds: bool, promise: str, seen: str) -> None:
    """Report a promise kept.

    Raises:
        SmokeError: it was not.
    """
    if not holds:
        raise SmokeError(f"{promise}: it did not. Seen:\n{seen}")
    say(f"  ok  {promise}")


def usable(engine: str) -> bool:
    """Whether this engine is installed and answers."""
    return shutil.which(engine) is not None and run((engine, "info")).status == 0


def find_engine(wanted: str | None) -> str:
    """The engine to use: the one asked for, else the first that answers.

    Raises:
        SmokeError: none does.
    """
    for engine in (wanted,) if wanted else ENGINES:
        if usable(engine):
            return engine
    raise SmokeError(f"{wanted or 'none of ' + ', '.join(ENGINES)} is not installed or does not answer")


def commit() -> str:
    """The commit being built, or "" outside a checkout."""
    found = run(("git", "rev-parse", "HEAD")) if shutil.which("git") else Outcome(1, "")
    return found.output.strip() if found.status == 0 else ""


def dockerfile(base: str | None) -> str:
    """The Dockerfile, on another base image if one is named."""
    text = (ROOT / "Dockerfile").read_text()
    return re.sub(r"^FROM \S+", f"FROM {base}", text, flags=re.MULTILINE) if base else text


def build(engine: str, tag: str, base: str | None) -> None:
    """Build the Dockerfile under `tag`, on another base image if one is named.

    Raises:
        SmokeError: the build failed.
    """
    command = [engine, "build", "--tag", tag, "--file", "-", "--build-arg", f"GIT_COMMIT={commit()}"]
    # The OCI format has no HEALTHCHECK; docker never writes it.
    command += ["--format", "docker"] if engine != "docker" else []
    command += ["--isolation", "chroot"] if engine == "buildah" else []
    say(f"building {tag} with {engine} ...")
    started_at = time.monotonic()
    built = run((*command, "."), timeout_seconds=1800, stdin=dockerfile(base))
    if built.status:
        raise SmokeError(f"the build failed:\n{built.output}")
    say(f"  built in {time.monotonic() - started_at:.0f} s")


def image_config(engine: str, tag: str) -> dict[str, object]:
    """The image's own settings, in Docker's spelling."""
    if engine == "buildah":
        settings = json.loads(run((engine, "inspect", "--type", "image", tag)).output)["Docker"]["config"]
    else:
        image = json.loads(run((engine, "image", "inspect", tag)).output)[0]
        # podman shows the health check beside the configuration, docker inside it.
        settings = {"Healthcheck": image.get("Healthcheck"), **image["Config"]}
    return dict(settings)


def check_config(config: Mapping[str, object]) -> None:
    """Prove what is written on the image.

    Raises:
        SmokeError: it is not as promised.
    """
    expect(config.get("User") == "10001:10001", "runs as a numbered user that is not root", str(config.get("User")))
    expect(config.get("Entrypoint") == ["python", "main.py"], "starts Python itself", str(config.get("Entrypoint")))
    health = config.get("Healthcheck")
    expect(isinstance(health, dict) and health.get("Test", [""])[0] == "CMD", "has a health check", str(health))


def without_epilogue(outcome: Outcome) -> Outcome:
    """The same without the lines buildah itself adds when a command fails."""
    epilogue = ("subprocess exited with status", "Error: exit status", "Error: while running runtime: exit status")
    lines = [line for line in outcome.output.splitlines() if not line.startswith(epilogue)]
    return Outcome(outcome.status, "\n".join(lines))


class Start(Protocol):
    """Starts the image once and tells how it ended."""

    def __call__(self, *command: str, env: Sequence[str] = ()) -> Outcome:
        """Run the entry point with arguments, or another command when the first argument is `python`."""
        ...


class OneShot:
    """Starts throw-away containers of one image.

    Args:
        engine: docker, podman or buildah.
        tag: the image.
    """

    def __init__(self, engine: str, tag: str) -> None:
        self._engine, self._tag = engine, tag
        self._container = run((engine, "from", tag)).output.split()[-1] if engine == "buildah" else ""

    def __call__(self, *command: str, env: Sequence[str] = ()) -> Outcome:
        """Run the entry point with arguments, or another command when the first argument is `python`."""
        settings = [flag for pair in env for flag in ("--env", pair)]
        if self._engine == "buildah":
            whole = command if command[:1] == ("python",) else ("python", "main.py", *command)
            return without_epilogue(
                run((self._engine, "run", "--isolation", "chroot", *settings, self._container, "--", *whole))
            )
        entry = ("--entrypoint", "python") if command[:1] == ("python",) else ()
        rest = command[1:] if entry else command
        return run((self._engine, "run", *LOCKED_DOWN, "--no-healthcheck", *settings, *entry, self._tag, *rest))

    def close(self) -> None:
        """Remove what was left behind."""
        if self._container:
            run((self._engine, "rm", self._container))


def check_start(start: Start) -> None:
    """Prove how the image behaves before it ever talks to Discord.

    Raises:
        SmokeError: it behaves otherwise.
    """
    bare = start()
    expect(bare.status == 78 and "DISCORD_TOKEN" in bare.output, "without a token: exit 78 and its name", str(bare))
    expect(len(bare.output.strip().splitlines()) == 1, "without a token: one line", bare.output)
    masked = start("--check-config", env=[f"DISCORD_TOKEN={MADE_UP_TOKEN}"])
    expect(masked.status == 0, "--check-config accepts a well-formed token", str(masked))
    expect("t" * 38 not in masked.output, "--check-config masks it", masked.output)
    health = start("python", "-c", "import modules.lifecycle.healthcheck")
    expect(health.status == 0, "the health check can be imported", str(health))
    held = start("python", "-c", LIST_CONTENTS)
    expect(held.output.split() == CONTENTS, "it holds the program and nothing else", held.output)
    written = start("python", "-c", TRY_TO_WRITE)
    expect(written.status == 0, "only the data folder can be written", str(written))


def wait_until(holds: Callable[[], bool], *, within_seconds: float) -> bool:
    """Whether a condition came true in time."""
    deadline = time.monotonic() + within_seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)
    return True


def check_service(engine: str, tag: str) -> None:
    """Prove that PID 1 stays up while Discord is away, is live, and ends cleanly when told to.

    Raises:
        SmokeError: it does not.
    """
    name = f"nazh-smoke-{time.time_ns()}"
    env = (f"DISCORD_TOKEN={MADE_UP_TOKEN}", "DISCORD_API_URL=http://127.0.0.1:9/api/v10")
    settings = [flag for pair in env for flag in ("--env", pair)]
    flags = [flag for flag in LOCKED_DOWN if flag != "--rm"]
    started = run((engine, "run", "--detach", "--name", name, *flags, *settings, tag))
    try:
        expect(started.status == 0, "starts in the background", started.output)
        probe = (engine, "exec", name, "python", "-m", "modules.lifecycle.healthcheck")
        live = wait_until(lambda: run(probe).status == 0, within_seconds=READY_WITHIN_SECONDS)
        expect(live, "is live while Discord refuses every connection", run((engine, "logs", name)).output)
        run((engine, "stop", "--time", "30", name))
        ended = run((engine, "inspect", "--format", "{{.State.ExitCode}}", name)).output.strip()
        logs = run((engine, "logs", name)).output
        expect(ended == "0", "SIGTERM to PID 1 ends it with exit 0", f"exit {ended}\n{logs}")
        expect("t" * 38 not in logs, "its log never shows the token", logs)
    finally:
        run((engine, "rm", "--force", name))


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Build the container image and smoke-test it.")
    parser.add_argument("--engine", choices=ENGINES, help="the first that answers, unless named")
    parser.add_argument("--base", help="another base image than the Dockerfile's")
    parser.add_argument("--tag", default="nazh-engine:local")
    return parser.parse_args(arguments)


def check_image(engine: str, tag: str) -> None:
    """Prove every promise this engine can show.

    Raises:
        SmokeError: one of them is not kept.
    """
    check_config(image_config(engine, tag))
    start = OneShot(engine, tag)
    try:
        check_start(start)
    finally:
        start.close()
    if engine == "buildah":
        say("  --  not shown with buildah: a read-only root, liveness in the background, SIGTERM")
    else:
        check_service(engine, tag)


def main(arguments: Sequence[str]) -> int:
    """Build, prove, and say so; 1 and the reason when a promise is broken."""
    options = parse_arguments(arguments)
    try:
        engine = find_engine(options.engine)
        build(engine, options.tag, options.base)
        check_image(engine, options.tag)
    except SmokeError as broken:
        sys.stderr.write(f"{broken}\n")
        return 1
    say(f"{options.tag} is built and starts")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
