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
ROWS: dict[str, dict[str, str]] = {
    "1d20+5": {},
    "2d6+3": {},
    "4d6kh3": {"dice": "4d6^3", "python-dice": "4d6k3"},
    "8d6!": {"d20": "8d6e6", "dice": "8d6x", "python-dice": ""},
    "10d10>=8": {"d20": "", "dice": "", "python-dice": "", "gnoll": "10d10f>7c"},
    "100d6": {},
    "(2d6+3)*2+1d8-4d6kh3": {"dice": "(2d6+3)*2+1d8-4d6^3", "python-dice": "(2d6+3)*2+1d8-4d6k3"},
    "1000d6kh500": {"dice": "1000d6^500", "python-dice": "1000d6k500", "rpg-dice-roller": ""},
}
"""Our notation → how others write it; an empty text means that they cannot."""
LINES: dict[str, dict[str, str]] = {
    "1d20+{n}": {},
    "2d6+{n}": {},
    "4d6kh3+{n}": {},
    "4d6 drop lowest +{n}": {"d20": "", "rpg-dice-roller": ""},
    "8d6!+{n}": {"d20": "8d6e6+{n}"},
    "100d6+{n}": {},
    "(2d6+3)*2+1d8-4d6kh3+{n}": {},
    "1d20+{n} to hit": {"d20": "1d20+{n} [to hit]", "rpg-dice-roller": "1d20 [to hit]+{n}"},
    "2d20kh1+{n} to hit; 1d8+{n}[slashing]": {
        "d20": "2d20kh1+{n} [to hit]+1d8+{n}[slashing]",
        "rpg-dice-roller": "{{2d20kh1+{n}, 1d8+{n}}}",
    },
    "2d20kh1+{n}": {},
    "1d20+{n} with advantage": {"d20": "", "rpg-dice-roller": ""},
    "1d20+5[a{n}]": {"rpg-dice-roller": "1d20[a{n}]+5"},
}
"""What is measured from the text to the line a player reads: ours → how others write it, with a number to vary.

The last row varies a label: each text has a shape of its own."""


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
