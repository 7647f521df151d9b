"""Exact odds beside icepool and dyce: `python -m benchmarks.odds PYTHON`, an interpreter that has both.

Every measurement is the first call in a fresh process, after the imports: nothing is warm and nothing is cached. The
peers take turns; the medians count.
"""

import subprocess
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 3
SECONDS = 20
"""A peer that takes longer for one answer is left out."""

OURS = """
from modules.dice_roll import DiceEngine
engine = DiceEngine()
work = lambda: engine.odds({notation!r})[0].counts
"""
ICEPOOL = "import icepool\nfrom icepool import d, Die, Pool\nwork = lambda: list(({code}).items())"
DYCE = "import dyce\nfrom dyce import H, P\nwork = lambda: list(({code}).items())"
TIMED = "\nfrom time import perf_counter\nbegun = perf_counter()\nwork()\nprint(perf_counter() - begun)"

ROWS: dict[str, tuple[str, str]] = {
    "20d20": ("20 @ d(20)", "20 @ H(20)"),
    "100d6": ("100 @ d(6)", "100 @ H(6)"),
    "500d6": ("500 @ d(6)", "500 @ H(6)"),
    "4d6kh3": ("d(6).highest(4, 3)", "P(6, 6, 6, 6).h(-1, -2, -3)"),
    "40d10kh20": ("d(10).highest(40, 20)", ""),
    "100d6kh50": ("d(6).highest(100, 50)", ""),
    "10d10>=8f1": ("10 @ d(10).map(lambda face: (face >= 8) - (face == 1))", "10 @ H({-1: 1, 0: 6, 1: 3})"),
    "6d6!": ("6 @ d(6).explode(depth=20)", ""),
    "{1d8!,1d6!}kh1": ("icepool.highest(d(8).explode(depth=17), d(6).explode(depth=20))", ""),
    "2d6r1+1d8": ("2 @ d(6).reroll([1]) + d(8)", "2 @ H(range(2, 7)) + H(8)"),
}
"""Notation → the same in icepool and in dyce; empty where a peer has no direct way to say it."""


def first_call(python: str, code: str) -> float | None:
    """Seconds of the first call in a fresh process; None if it fails or takes too long."""
    command = [python, "-c", code + TIMED]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True, cwd=ROOT)
    except subprocess.SubprocessError:
        return None
    return float(done.stdout)


def main(peers: str) -> None:
    """Measure, and print a table for benchmarks/README.md."""
    for notation, (icepool, dyce) in ROWS.items():
        codes = {"nazh": (sys.executable, OURS.format(notation=notation))}
        codes |= {"icepool": (peers, ICEPOOL.format(code=icepool))} if icepool else {}
        codes |= {"dyce": (peers, DYCE.format(code=dyce))} if dyce else {}
        found: dict[str, list[float]] = {name: [] for name in codes}
        for _ in range(ROUNDS):
            for name, (python, code) in codes.items():
                seconds = first_call(python, code)
                found[name] += [] if seconds is None else [seconds]
        times = {name: 1_000 * median(seconds) for name, seconds in found.items() if seconds}
        best = min((value for name, value in times.items() if name != "nazh"), default=None)
        ratio = f"{best / times['nazh']:,.1f}" if best is not None else "–"
        cells = [f"{times[name]:.2f}" if name in times else "–" for name in ("nazh", "icepool", "dyce")]
        sys.stdout.write(f"| `{notation}` | {' | '.join(cells)} | {ratio} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
