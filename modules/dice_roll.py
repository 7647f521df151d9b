"""The engine's front door: notation in, rolls out.

    >>> from modules.dice.rolling.source import ScriptedSource
    >>> engine = DiceEngine(source=ScriptedSource([6, 2, 5, 4]))
    >>> (roll,) = engine.roll("4d6kh3 + 2 # strength")
    >>> roll.total, roll.expression, roll.faces, roll.comment
    (17, '4d6kh3+2', (6, 2, 5, 4), 'strength')

Also a command line: `python -m modules.dice_roll "2d6+3"`.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import lru_cache

from modules.dice.errors import DiceError, LimitError
from modules.dice.limits import Limits
from modules.dice.notation.dialects import DIALECTS
from modules.dice.notation.parser import SavedRolls, parse
from modules.dice.rolling.compiled_message import Plan, make_plan
from modules.dice.rolling.glance import glance
from modules.dice.rolling.result import Roll
from modules.dice.rolling.source import RandomSource, ScriptedSource, SystemSource
from modules.rendering.errors import plain_error
from modules.rendering.explain import explain
from modules.rendering.rolls import PLAIN, render_rolls

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
        self._remembered = lru_cache(maxsize=PLANS_KEPT)(self._plan)

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

    def _plan(self, notation: str, saved: SavedRolls | None = None) -> Plan:
        if self.dialect == "nazh" and (glanced := glance(notation, self.source, self.limits)) is not None:
            return glanced
        message = parse(notation, self.limits, dialect=self.dialect, saved=saved)
        return make_plan(message, self.source, self.limits)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; its exit code: 0, or 65 if a notation was refused."""
    options = _options(arguments)
    try:
        script = _script(options.faces)
    except DiceError as error:
        return _refused(error, options.faces)
    engine = DiceEngine(source=script, dialect=options.dialect)
    if options.notation == "-":
        return max([_answered(engine, line.rstrip("\n"), as_json=True) for line in sys.stdin], default=0)
    code = _answered(engine, options.notation, as_json=options.json, explained=options.explain)
    if not code and script is not None and script.left_count:
        sys.stderr.write(f"There are more faces than dice: {script.left_count} not used.\n")
    return code


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m modules.dice_roll", description="Roll dice.")
    parser.add_argument("notation", help='what to roll, such as "4d6kh3+2"; - reads one a line, and answers in JSON')
    parser.add_argument("--json", action="store_true", help="print each roll as one JSON object a line")
    parser.add_argument("--explain", action="store_true", help="print the tree and what each operator did")
    parser.add_argument("--faces", metavar="3,4", help="use these faces instead of rolling")
    parser.add_argument("--dialect", choices=sorted(DIALECTS), default="nazh", help="whose letters these are")
    return parser.parse_args(arguments)


def _answered(engine: DiceEngine, notation: str, *, as_json: bool, explained: bool = False) -> int:
    try:
        rolls = engine.roll(notation)
    except DiceError as error:
        return _refused(error, notation)
    if as_json:
        text = "\n".join(roll.to_json() for roll in rolls)
    else:
        text = "\n".join(map(explain, rolls)) if explained else render_rolls(rolls, style=PLAIN)
    sys.stdout.write(f"{text}\n")
    return 0


def _refused(error: DiceError, notation: str) -> int:
    sys.stderr.write(f"{plain_error(error, notation)}\n")
    return EXIT_NOTATION


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
    sys.exit(main())
