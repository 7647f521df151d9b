"""Exact odds beside icepool and dyce, the dearest answers, and what the line of odds costs beside a roll.

    python -m benchmarks.odds [--rounds 5] [--write]

Each answer is the first call in a fresh process, after the imports: nothing is warm and nothing is cached. Ours begins
with the text, so that reading and checking it is included. The peers take turns; the medians of their CPU time count.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from statistics import median
from time import process_time

from benchmarks.readme import write_section
from modules.dice_roll import DiceEngine
from modules.services.odds import OddsQuestion, OddsService
from modules.services.odds_lines import OddsLines

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 20
"""A peer that takes longer for one answer is left out."""
REPEATS = 3_000

OURS = """
from modules.dice_roll import DiceEngine
engine = DiceEngine()
work = lambda: engine.odds({notation!r})[0].counts
"""
ICEPOOL = "import icepool\nfrom icepool import d, Die, Pool\nwork = lambda: list(({code}).items())"
DYCE = "import dyce\nfrom dyce import H, P\nwork = lambda: list(({code}).items())"
TIMED = "\nfrom time import process_time\nbegun = process_time()\nwork()\nprint(process_time() - begun)"
STAGES = """
from time import process_time
from modules.dice.limits import Limits
from modules.dice.notation.parser import parse
from modules.dice.odds.message import odds_of
for _ in range(2):
    begun = process_time()
    message = parse({notation!r})
    read = process_time()
    odds_of(message, Limits())
    print(read - begun, process_time() - read)
"""
HIGHEST_3 = "H.from_counts((sum(roll), count) for roll, count in (4 @ P(6)).rolls_with_counts(slice(1, None)))"

ROWS: dict[str, tuple[str, str]] = {
    "20d20": ("20 @ d(20)", "20 @ H(20)"),
    "100d6": ("100 @ d(6)", "100 @ H(6)"),
    "500d6": ("500 @ d(6)", "500 @ H(6)"),
    "4d6kh3": ("d(6).highest(4, 3)", HIGHEST_3),
    "40d10kh20": ("d(10).highest(40, 20)", ""),
    "100d6kh50": ("d(6).highest(100, 50)", ""),
    "10d10>=8f1": (
        "10 @ d(10).map(lambda face: (face >= 8) - (face == 1))",
        "10 @ H((face >= 8) - (face == 1) for face in range(1, 11))",
    ),
    "6d6!": ("6 @ d(6).explode(depth=20)", ""),
    "{1d8!,1d6!}kh1": ("icepool.highest(d(8).explode(depth=17), d(6).explode(depth=20))", ""),
    "2d6r1+1d8": ("2 @ d(6).reroll([1], depth='inf') + d(8)", "2 @ H(range(2, 7)) + H(8)"),
}
"""Notation → the same in icepool and in dyce; empty where a peer has no direct way to say it."""

SHORT = ("20d20", "4d6kh3", "10d10>=8f1", "2d6r1+1d8")
"""Rolls of which reading is a large part."""
DEAREST = (
    "1d100000",
    "5d20000",
    "40d2000 target 40000",
    "2309d6",
    "1d1000*1d80",
    "2d10000 vs 2d10000",
    "14d6!",
    "{20d6,20d6,20d6}kh2",
    "36d10>=6f2c",
)
"""Answers near the limits of what is accepted."""
BESIDE = (
    "1d20+5",
    "2d6+3",
    "4d6kh3",
    "2d20kh1+5",
    "1d20+5 vs 15",
    "8d6",
    "10d10>=8f1",
    "1d8+1d6+3",
    "20d6kh10",
    "100d6",
    "6#4d6kh3",
    "coc 50",
    "pbta+1",
)
"""Rolls whose line is measured."""


def first_call(code: str) -> float | None:
    """Seconds of the first call in a fresh process; None if it fails or takes too long."""
    command = [sys.executable, "-c", code + TIMED]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True, cwd=ROOT)
    except subprocess.SubprocessError:
        return None
    return float(done.stdout)


def answers(rounds: int) -> list[str]:
    """The table of first answers."""
    lines = ["| roll | nazh | icepool | dyce | times faster than the faster peer |", "|---|---:|---:|---:|---:|"]
    for notation, (icepool, dyce) in ROWS.items():
        codes = {"nazh": OURS.format(notation=notation)}
        codes |= {"icepool": ICEPOOL.format(code=icepool)} if icepool else {}
        codes |= {"dyce": DYCE.format(code=dyce)} if dyce else {}
        found: dict[str, list[float]] = {name: [] for name in codes}
        for _ in range(rounds):
            for name, code in codes.items():
                seconds = first_call(code)
                found[name] += [] if seconds is None else [seconds]
        times = {name: 1_000 * median(seconds) for name, seconds in found.items() if seconds}
        best = min((value for name, value in times.items() if name != "nazh"), default=None)
        ratio = f"{best / times['nazh']:,.1f}" if best is not None else "–"
        cells = [f"{times[name]:.2f}" if name in times else "–" for name in ("nazh", "icepool", "dyce")]
        lines.append(f"| `{notation}` | {' | '.join(cells)} | {ratio} |")
    return lines


def stages(rounds: int) -> list[str]:
    """The table of what a first answer is made of, beside the same once more."""
    lines = ["| CPU µs | reading, first | odds, first | reading, again | odds, again |", "|---|---:|---:|---:|---:|"]
    for notation in SHORT:
        command = [sys.executable, "-c", STAGES.format(notation=notation)]
        found = [
            subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()
            for _ in range(rounds)
        ]
        cells = [f"{1e6 * median(map(float, column)):.0f}" for column in zip(*found, strict=True)]
        lines.append(f"| `{notation}` | {' | '.join(cells)} |")
    return lines


async def dearest(rounds: int) -> list[str]:
    """The table of answers with most to do, words and chart included."""
    lines = ["| answer | CPU ms | MB |", "|---|---:|---:|"]
    for notation in DEAREST:
        spent = []
        for _ in range(rounds):
            service, question = OddsService(), OddsQuestion.of(notation)
            await service.ask(OddsQuestion.of("2d6"))
            begun = process_time()
            await service.ask(question)
            spent.append(process_time() - begun)
        tracemalloc.start()
        await OddsService().ask(question)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        lines.append(f"| `{notation}` | {1_000 * median(spent):.0f} | {most / 1e6:.0f} |")
    return lines


async def line_costs(notation: str) -> tuple[float, float]:
    """Microseconds of CPU of a line that is new, and of one that is known."""
    engine, known = DiceEngine(), OddsLines()
    rolls = engine.roll(notation)
    await known.beside(rolls)
    fresh = [OddsLines() for _ in range(REPEATS // 50)]
    begun = process_time()
    for lines in fresh:
        await lines.beside(rolls)
    middle = process_time()
    for _ in range(REPEATS):
        await known.beside(rolls)
    return 1e6 * (middle - begun) / len(fresh), 1e6 * (process_time() - middle) / REPEATS


def beside(rounds: int) -> list[str]:
    """The table of lines beside rolls."""
    lines = ["| line beside | CPU µs, a new roll | CPU µs, a known one |", "|---|---:|---:|"]
    for notation in BESIDE:
        fresh, known = zip(*[asyncio.run(line_costs(notation)) for _ in range(rounds)], strict=True)
        lines.append(f"| `{notation}` | {median(fresh):.0f} | {median(known):.1f} |")
    return lines


def main() -> None:
    """Measure, print, and write if asked."""
    parser = argparse.ArgumentParser(description="Odds beside their peers.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    options = parser.parse_args()
    where = (
        f"Measured on {os.cpu_count()} cores, Python {sys.version.split()[0]}, load average {os.getloadavg()[0]:.1f}."
    )
    rounds = options.rounds
    tables = [answers(rounds), stages(rounds), asyncio.run(dearest(rounds)), beside(rounds)]
    text = "\n".join([where, *[line for table in tables for line in ("", *table)]])
    sys.stdout.write(f"{text}\n")
    if options.write:
        write_section("odds", text)


if __name__ == "__main__":
    main()
