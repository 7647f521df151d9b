"""The engine beside its peers: the same rolls in one run, in turns, medians, as ratios.

Run it by `make bench`, or `python -m benchmarks.engine`; `--write` puts the tables into benchmarks/README.md.
"""

import argparse
import itertools
import json
import os
import platform
import secrets
import shutil
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

from benchmarks.peers import LINES, ROWS, SAMPLE_SECONDS, Roll, javascript, python_peers
from benchmarks.readme import write_section
from benchmarks.shapes import KINDS, new_shapes
from benchmarks.worst import WORST
from modules.dice_roll import DiceEngine
from modules.rendering.rolls import render_rolls

ROUNDS = 15
"""How often everyone is measured; the median counts."""
BATCH = 100
"""Texts of new shapes in one measurement."""
DASH = "\N{EN DASH}"
"""Instead of a number there is none of."""


def endless(notation: str, *, varied: bool) -> Iterator[str]:
    """What one roller is given in all rounds: the same text again, or each time one it has not seen before."""
    return (f"{notation}+{number}" for number in itertools.count(1)) if varied else itertools.repeat(notation)


def timed(roll: Roll, texts: Iterator[str]) -> float:
    """Microseconds a roll, measured for a moment."""
    count, started = 0, time.perf_counter()
    until = started + SAMPLE_SECONDS
    while time.perf_counter() < until:
        # The clock is asked once in five rolls, so that it adds little to the quick ones.
        for text in itertools.islice(texts, 5):
            roll(text)
        count += 5
    return (time.perf_counter() - started) / count * 1e6


def table(*, varied: bool, rounds: int) -> list[str]:
    """One line a row: microseconds of everyone, and how many times faster we are than the fastest of each kind."""
    peers, engine = python_peers(), DiceEngine()
    script = javascript()
    names = [*peers, *(["rpg-dice-roller"] if script else [])]
    lines = [
        f"| roll | nazh | {' | '.join(names)} | times faster than Python | than d20 | than JavaScript |",
        f"|---|{'---:|' * (len(names) + 4)}",
    ]
    for notation, spelled in ROWS.items():
        samples: dict[str, list[float]] = {"nazh": [], **{name: [] for name in names}}
        able = {name: roll for name, roll in peers.items() if works(roll, spelled.get(name, notation))}
        texts = {name: endless(spelled.get(name, notation), varied=varied) for name in samples}
        for turn in range(rounds):
            # Two rounds tell enough of a peer that needs a tenth of a second.
            if turn > 1:
                able = {name: roll for name, roll in able.items() if statistics.median(samples[name]) <= 1e5}
            samples["nazh"].append(timed(engine.roll, texts["nazh"]))
            for name, roll in able.items():
                samples[name].append(timed(roll, texts[name]))
            if script and spelled.get("rpg-dice-roller", notation):
                samples["rpg-dice-roller"].append(script.timed(notation, varied=varied))
        lines.append(
            line(notation, {name: statistics.median(found) for name, found in samples.items() if found}, names)
        )
    return lines


def filled(template: str, *, varied: bool) -> Iterator[str]:
    """The same text again, or each time with another number."""
    return (template.format(n=number) for number in (itertools.count(1) if varied else itertools.repeat(5)))


def lines_table(*, varied: bool, rounds: int) -> list[str]:
    """One line a row: from a player's text to the line a player reads, beside d20's and rpg-dice-roller's."""
    engine, d20 = DiceEngine(), import_module("d20")
    script = javascript()
    rollers: dict[str, Roll] = {
        "nazh": lambda text: render_rolls(engine.roll(text)),
        "d20": lambda text: d20.roll(text).result,
    }
    found = [
        "| text | nazh | d20 `.result` | rpg-dice-roller `.output` | than d20 | than JavaScript |",
        f"|---|{'---:|' * 5}",
    ]
    for ours, spelled in LINES.items():
        samples: dict[str, list[float]] = {name: [] for name in (*rollers, "rpg-dice-roller")}
        texts = {name: filled(text, varied=varied) for name in rollers if (text := spelled.get(name, ours))}
        for _ in range(rounds):
            for name, written in texts.items():
                samples[name].append(timed(rollers[name], written))
            other = spelled.get("rpg-dice-roller", ours)
            if script and other:
                samples["rpg-dice-roller"].append(script.timed(other, varied=varied, output=True))
        medians = {name: statistics.median(spent) for name, spent in samples.items() if spent}
        cells = [f"{medians[name]:,.1f}" if name in medians else DASH for name in samples]
        ratios = [f"{medians[name] / medians['nazh']:,.1f}" if name in medians else DASH for name in samples][1:]
        shown = ours.replace("{n}", "n")
        found.append(f"| `{shown}` | {' | '.join([*cells, *ratios])} |")
    return found


def shapes_table(rounds: int) -> list[str]:
    """From text to line where no text has a shape that came before."""
    engine, d20, script = DiceEngine(), import_module("d20"), javascript()
    found = [
        "| text | nazh | d20 `.result` | rpg-dice-roller `.output` | than d20 | than JavaScript |",
        f"|---|{'---:|' * 5}",
    ]
    for kind in KINDS:
        texts = new_shapes(kind)
        samples: list[tuple[float, ...]] = []
        for _ in range(rounds):
            nazh, other, javascript_texts = zip(*itertools.islice(texts, BATCH), strict=True)
            spent = [
                timed_once(lambda text: render_rolls(engine.roll(text)), nazh),
                timed_once(lambda text: d20.roll(text).result, other),
            ]
            samples.append((*spent, script.timed_once(list(javascript_texts))) if script else tuple(spent))
        medians = list(map(statistics.median, zip(*samples, strict=True)))
        cells = [f"{median:,.1f}" for median in medians] + [DASH] * (3 - len(medians))
        ratios = [f"{median / medians[0]:,.1f}" for median in medians[1:]] + [DASH] * (3 - len(medians))
        found.append(f"| {kind} | {' | '.join([*cells, *ratios])} |")
    return found


def timed_once(roll: Roll, texts: Sequence[str]) -> float:
    """Microseconds a roll; each text is rolled once."""
    started = time.perf_counter()
    for text in texts:
        roll(text)
    return (time.perf_counter() - started) / len(texts) * 1e6


def works(roll: Roll, notation: str) -> bool:
    """Whether a peer can roll this at all."""
    try:
        roll(notation)
    except Exception:  # noqa: BLE001 - peers fail in ways of their own
        return False
    return bool(notation)


def line(notation: str, medians: dict[str, float], names: list[str]) -> str:
    """One row of the table."""
    ours = medians["nazh"]
    python = [medians[name] for name in names if name in medians and name != "rpg-dice-roller"]
    ratios = [
        min(python) / ours if python else None,
        *(medians[name] / ours if name in medians else None for name in ("d20", "rpg-dice-roller")),
    ]
    cells = [f"{medians[name]:,.1f}" if name in medians else DASH for name in names]
    shown = [f"{ratio:,.1f}" if ratio is not None else DASH for ratio in ratios]
    return f"| `{notation}` | {ours:,.1f} | {' | '.join(cells)} | {' | '.join(shown)} |"


def floor_lines(rounds: int) -> list[str]:
    """How close we are to the floor: calls of `secrets.randbelow` themselves."""
    engine = DiceEngine()

    def ratio(notation: str, calls: int, sides: int) -> float:
        ours, floor = [], []
        for _ in range(rounds):
            ours.append(timed(engine.roll, endless(notation, varied=False)))
            started = time.perf_counter()
            for _ in range(calls):
                secrets.randbelow(sides)
            floor.append((time.perf_counter() - started) / calls * 1e6)
        return statistics.median(ours) / statistics.median(floor)

    many = 10_000 / ratio("10000d6", 2_000, 6)
    lines = [f"- `10000d6` is {many:,.0f} times faster than 10,000 calls of `secrets.randbelow(6)`."]
    lines += [
        f"- `1d{sides}` costs {ratio(f'1d{sides}', 2_000, sides):.1f} calls of `secrets.randbelow({sides})`."
        for sides in (6, 20, 100, 1_000)
    ]
    roll = engine.roll("10000d6")[0]
    record = statistics.median([timed_once(lambda _: json.dumps(roll.record()), [""]) for _ in range(rounds)])
    whole = statistics.median([timed_once(lambda _: roll.to_json(), [""]) for _ in range(rounds)])
    return [
        *lines,
        f"- The record of `10000d6` as JSON takes {record / 1e3:.1f} ms, all of the roll {whole / 1e3:.1f} ms.",
    ]


def worst_lines(rounds: int) -> list[str]:
    """The dearest legal messages known, longest first, and the memory of each."""
    engine, found = DiceEngine(), []
    for name, notation in WORST.items():
        spent = []
        for _ in range(rounds):
            started = time.perf_counter()
            render_rolls(engine.roll(notation))
            spent.append((time.perf_counter() - started) * 1e3)
        # Apart from the time, for tracing slows every allocation.
        tracemalloc.start()
        rolls = engine.roll(notation)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        found.append((statistics.median(spent), name, len(rolls), peak / 1e6))
    lines = ["| message | median ms | rolls | peak MB |", "|---|---:|---:|---:|"]
    return lines + [
        f"| {name} | {spent:.1f} | {count} | {peak:.1f} |" for spent, name, count, peak in sorted(found, reverse=True)
    ]


def machine() -> str:
    """What this was measured on."""
    model = next(
        (
            text.partition(":")[2].strip()
            for text in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in text
        ),
        platform.processor(),
    )
    load = os.getloadavg()[0]
    where = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    return f"{model}, {where}, load average {load:.1f}"


def main() -> None:
    """Measure, print, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    # gnoll leaves a file behind for every roll; they go with this folder.
    tempfile.tempdir = tempfile.mkdtemp(prefix="bench-")
    parts = [
        f"Measured on {machine()}. Microseconds a roll, medians of {options.rounds} rounds in turns.",
        "### From the text to the line a player reads, the text never seen before (n counts up)\n\n"
        + "\n".join(lines_table(varied=True, rounds=options.rounds)),
        "### From the text to the line, each text of a shape that never came before\n\n"
        + "\n".join(shapes_table(options.rounds)),
        "### From the text to the line, the same text again\n\n"
        + "\n".join(lines_table(varied=False, rounds=options.rounds)),
        "### The total alone, the same text again\n\n" + "\n".join(table(varied=False, rounds=options.rounds)),
        "### The total alone, text never seen before (`+1`, `+2`, … behind it), reading included\n\n"
        "The text is new, its dice are not: as at a table, where modifiers change more often than dice, a source "
        "remembers how a\npool of that size is drawn (its powers and tables, never a face).\n\n"
        + "\n".join(table(varied=True, rounds=options.rounds)),
        "### Against the floor\n\n" + "\n".join(floor_lines(options.rounds)),
        "### The dearest legal messages, from the text to the line\n\n" + "\n".join(worst_lines(options.rounds)),
    ]
    shutil.rmtree(tempfile.tempdir, ignore_errors=True)
    text = "\n\n".join(parts)
    print(text)
    if options.write:
        write_section("engine", text)


if __name__ == "__main__":
    main()
