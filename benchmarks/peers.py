"""Other people's engines, to be measured beside ours."""

import json
import shutil
import subprocess
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).resolve().parent
SAMPLE_SECONDS = 0.02
"""How long one measurement takes."""
Roll = Callable[[str], object]


def python_peers() -> dict[str, Roll]:
    """Every Python peer that is installed here, as a function that rolls a notation."""
    interpreter = import_module("python_dice").PythonDiceInterpreter()
    return {
        "d20": import_module("d20").roll,
        "dice": import_module("dice").roll,
        "python-dice": lambda notation: interpreter.roll([notation]),
        "gnoll": import_module("gnoll").roll,
    }


class JavaScript:
    """The JavaScript peer in a process of its own."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            ["node", "peer.cjs"], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def timed(self, notation: str, *, varied: bool, output: bool = False) -> float:
        """Microseconds a roll, measured over there for a moment; `output` asks for its line instead of its total."""
        return self._asked({"notation": notation, "varied": varied, "output": output, "seconds": SAMPLE_SECONDS})

    def timed_once(self, texts: list[str]) -> float:
        """Microseconds from a text to its line; each is rolled once."""
        return self._asked({"texts": texts})

    def _asked(self, asked: dict[str, object]) -> float:
        assert self.process.stdin is not None  # noqa: S101 - a pipe was asked for
        assert self.process.stdout is not None  # noqa: S101 - a pipe was asked for
        self.process.stdin.write(f"{json.dumps(asked)}\n")
        self.process.stdin.flush()
        return float(json.loads(self.process.stdout.readline())["microseconds"])


def javascript() -> JavaScript | None:
    """The JavaScript peer, if it is installed here."""
    return JavaScript() if shutil.which("node") and (HERE / "node_modules").exists() else None
