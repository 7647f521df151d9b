"""The engine's front door: notation in, rolls out.

    >>> from modules.dice.rolling.source import ScriptedSource
    >>> engine = DiceEngine(source=ScriptedSource([6, 2, 5, 4]))
    >>> (roll,) = engine.roll("4d6kh3 + 2 # strength")
    >>> roll.total, roll.expression, roll.faces, roll.comment
    (17, '4d6kh3+2', (6, 2, 5, 4), 'strength')

Also a command line: `python -m modules.dice_roll 2d6+3`.
"""

import argparse
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import groupby
from typing import TextIO

from modules import __version__
from modules.dice.errors import DiceError, LimitError
from modules.dice.limits import Limits
from modules.dice.notation import shortcuts
from modules.dice.notation.dialects import DIALECTS
from modules.dice.notation.message import Message
from modules.dice.notation.parser import SavedRolls, parse
from modules.dice.odds.budget import STEPS
from modules.dice.odds.message import odds_of
from modules.dice.odds.odds import Odds
from modules.dice.rolling.compiled_message import CompiledMessage, compile_message
from modules.dice.rolling.result import Roll
from modules.dice.rolling.shapes import Shapes
from modules.dice.rolling.source import RandomSource, ScriptedSource, SystemSource
from modules.rendering.dice import PLAIN, TERMINAL
from modules.rendering.errors import plain_error
from modules.rendering.explain import explain
from modules.rendering.game_odds import VerdictOdds, verdict_odds
from modules.rendering.odds_text import render_odds, render_versus, verdict_line, versus_json
from modules.rendering.rolls import render_rolls
from modules.rendering.text import harmless

__all__ = ["DiceEngine", "DiceError", "Odds", "Roll", "ScriptedSource", "SystemSource", "main"]

PLANS_KEPT = 1_024
"""Notations whose plan an engine remembers."""
LENGTH_KEPT = 120
"""Characters of the longest notation worth remembering: bounds what those plans can weigh."""
EXIT_NOTATION = 65
"""EX_DATAERR: what the command line ends with when a notation cannot be read."""


class DiceEngine:
    """Rolls notation.

    Args:
        limits: What one message may cost; the notation page's if None.
        source: Where faces come from; `secrets.randbelow` if None.
        dialect: How letters that bots disagree about are read: a name of `dialects.DIALECTS`.

    Raises:
        KeyError: There is no such dialect.
    """

    def __init__(
        self, limits: Limits | None = None, source: RandomSource | None = None, *, dialect: str = "nazh"
    ) -> None:
        self.limits = limits or Limits()
        self.source = source or SystemSource()
        # Looked up now, so that a wrong name fails here and not with the first roll.
        self.dialect = DIALECTS[dialect].name
        shapes = Shapes(self.source, self.limits, self.dialect)
        self._remembered = lru_cache(maxsize=PLANS_KEPT)(shapes.compiled)

    def roll(self, notation: str, *, saved: SavedRolls | None = None) -> tuple[Roll, ...]:
        """Roll everything a message asks for, one result for each roll and repeat.

        Args:
            notation: The text after the command, as typed.
            saved: Gives the notation saved under a name (the `name` of `$name`), or None if there is none.

        Raises:
            DiceError: It was refused: NotationError, LimitError or ArithmeticFault.
        """
        # What a name stands for may change: nothing that may hold one is remembered.
        try:
            if saved is not None or len(notation) > LENGTH_KEPT:
                return self._plan(notation, saved)()
            return self._remembered(notation)()
        except RecursionError:
            # Nesting is bounded, but the caller's own stack may be nearly full.
            raise LimitError("stack_full") from None

    def odds(self, notation: str, *, saved: SavedRolls | None = None, steps: int = STEPS) -> tuple[Odds, ...]:
        """The exact odds of everything a message asks for, one for each roll and repeat. Nothing is rolled.

        Args:
            notation: The text after the command, as typed.
            saved: Gives the notation saved under a name (the `name` of `$name`), or None if there is none.
            steps: What working them out may cost, in steps of about a microsecond.

        Raises:
            DiceError: It would be refused when rolled, or working it out exactly is too much.
        """
        try:
            message = parse(notation, self.limits, dialect=self.dialect, saved=saved)
            return self._odds(message, steps)
        except RecursionError:
            raise LimitError("stack_full") from None

    def _odds(self, message: Message, steps: int) -> tuple[Odds, ...]:
        try:
            return odds_of(message, self.limits, steps)
        except DiceError:
            # What a roll is refused for comes first.
            compile_message(message, self.source, self.limits)
            raise

    def verdict_odds(self, notation: str, *, saved: SavedRolls | None = None) -> VerdictOdds | None:
        """How likely the verdicts are of the game whose shortcut this is; None where there is but one to expect.

        Args:
            notation: The text after the command, as typed.
            saved: As for `odds`.

        Raises:
            DiceError: It would be refused when rolled, or there are too many combinations of dice.
        """
        return verdict_odds(parse(notation, self.limits, dialect=self.dialect, saved=saved), self.limits)

    def _plan(self, notation: str, saved: SavedRolls | None) -> CompiledMessage:
        message = parse(notation, self.limits, dialect=self.dialect, saved=saved)
        return compile_message(message, self.source, self.limits)


HELP = """\
examples:
  %(prog)s 2d6 + 3                 no quotes needed, except around ( ) * ! # ; < > $ & in a shell
  %(prog)s -1d6 + 10
  %(prog)s '4d6kh3 # strength' --json
  %(prog)s --faces 6,6,1 '2d6!'    replay a roll with its faces
  %(prog)s vtm6h2 --explain        each pool, and what each operator did to it
  %(prog)s --odds 4d6kh3           exact odds; with --vs 3d6 two rolls compared
  %(prog)s --list-games vampire    shortcuts of one game
  printf '1d20+5\\n2d6\\n' | %(prog)s  one roll a line

exit codes:
  0   everything was rolled
  2   the options make no sense
  65  a notation was refused; the sentence is on standard error

Colours are used on a terminal only; NO_COLOR turns them off."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; its exit code: 0, or 65 if a notation was refused."""
    options = _options(sys.argv[1:] if arguments is None else arguments)
    if options.list_games is not None:
        return _listed(options.list_games)
    try:
        script = _script(options.faces)
    except DiceError as error:
        return _refused(error, options.faces)
    engine = DiceEngine(source=script, dialect=options.dialect)
    code = max((_answered(engine, text, options) for text in _texts(options)), default=0)
    if not code and script is not None and script.left_count:
        sys.stderr.write(f"There are more faces than dice: {script.left_count} not used.\n")
    return code


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m modules.dice_roll",
        description="Roll dice.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("notation", nargs="*", help="what to roll; without it, or for -, one roll a line is read")
    parser.add_argument("--json", action="store_true", help="print each roll as one JSON object a line (always for -)")
    parser.add_argument("--explain", action="store_true", help="print each pool and what each operator did to it")
    parser.add_argument("--odds", action="store_true", help="print the exact odds and roll nothing")
    parser.add_argument("--vs", metavar="NOTATION", help="with --odds: compare with this roll")
    parser.add_argument("--faces", metavar="3,4", help="use these faces instead of rolling")
    parser.add_argument("--dialect", choices=sorted(DIALECTS), default="nazh", help="whose letters these are")
    parser.add_argument("--list-games", nargs="?", const="", metavar="GAME", help="list the shortcuts for games")
    parser.add_argument("--version", action="version", version=f"Nazh Engine {__version__}")
    # A notation may begin with a minus; with a space before it, it is not taken for an option.
    options = parser.parse_intermixed_args(
        [f" {word}" if re.match(r"-(?!-|h$|$)", word) else word for word in arguments]
    )
    options.notation = " ".join(word.strip() for word in options.notation)
    if options.vs is not None and not options.odds:
        parser.error("--vs compares odds: add --odds")
    if not options.notation and options.list_games is None and sys.stdin.isatty():
        parser.error("there is nothing to roll")
    return options


def _texts(options: argparse.Namespace) -> Iterator[str]:
    """What is to be rolled: the arguments, or each line of standard input that holds anything."""
    if options.notation not in {"", "-"}:
        yield options.notation
        return
    options.json = options.json or options.notation == "-"
    yield from filter(str.strip, (line.rstrip("\n") for line in sys.stdin))


def _answered(engine: DiceEngine, notation: str, options: argparse.Namespace) -> int:
    if options.odds:
        return _told_odds(engine, notation, options)
    try:
        rolls = engine.roll(notation)
    except DiceError as error:
        return _refused(error, notation)
    if options.json:
        text = "\n".join(roll.to_json() for roll in rolls)
    elif options.explain:
        text = "\n".join(map(explain, rolls))
    else:
        text = render_rolls(rolls, style=TERMINAL if _coloured(sys.stdout) else PLAIN)
    sys.stdout.write(f"{text}\n")
    return 0


def _told_odds(engine: DiceEngine, notation: str, options: argparse.Namespace) -> int:
    """Print exact odds; those of repeats are the same, and printed once."""
    asked = notation
    try:
        odds = list(dict.fromkeys(engine.odds(asked)))
        if options.vs is not None:
            asked = options.vs
            other = engine.odds(asked)[0]
            text = versus_json(odds[0], other) if options.json else render_versus(odds[0], other)
        else:
            verdicts = _verdicts(engine, asked)
            told = [json.dumps(verdicts.as_dict()) if options.json else verdict_line(verdicts)] if verdicts else []
            width = shutil.get_terminal_size().columns
            shown = [json.dumps(each.as_dict()) if options.json else render_odds(each, width) for each in odds]
            text = ("\n" if options.json else "\n\n").join([*shown, *told])
    except DiceError as error:
        return _refused(error, asked)
    sys.stdout.write(f"{text}\n")
    return 0


def _verdicts(engine: DiceEngine, notation: str) -> VerdictOdds | None:
    """The odds of a game's verdicts; None where there are none, or they are too much work."""
    with suppress(LimitError):
        return engine.verdict_odds(notation)
    return None


def _refused(error: DiceError, notation: str) -> int:
    text = plain_error(error, notation)
    sys.stderr.write(f"\x1b[31m{text}\x1b[0m\n" if _coloured(sys.stderr) else f"{text}\n")
    return EXIT_NOTATION


def _coloured(stream: TextIO) -> bool:
    """Whether colours are seen and wanted there (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _listed(wanted: str) -> int:
    """Print the shortcuts of the games that are meant, or of all of them."""
    rows = shortcuts.search(wanted, limit=sys.maxsize)
    if not rows:
        sys.stderr.write(f"There is no game like {harmless(wanted)}.\n")
        return EXIT_NOTATION
    for system, group in groupby(rows, key=lambda row: (row.system, row.source)):
        sys.stdout.write(f"{system[0]} ({system[1]})\n")
        sys.stdout.writelines(f"  {row.example:18} {row.meaning}\n" for row in group)
    return 0


def _script(faces: str | None) -> ScriptedSource | None:
    """Where the command line's faces come from.

    Raises:
        DiceError: They are not numbers.
    """
    if faces is None:
        return None
    try:
        return ScriptedSource(int(face) for face in faces.split(","))
    except ValueError:
        raise DiceError("faces_invalid") from None


if __name__ == "__main__":
    # A reader such as head may close the pipe early: end quietly, as other tools do. Windows has no such signal.
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
