"""The engine's front door: notation in, rolls out.

    >>> from modules.dice.random_source import ScriptedSource
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

from modules.dice.errors import DiceError
from modules.dice.limits import Limits
from modules.dice.outcome import Roll
from modules.dice.parser import parse
from modules.dice.plan import Plan, make_plan
from modules.dice.random_source import RandomSource, ScriptedSource, SystemSource
from modules.rendering.errors import plain_error
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
    """

    def __init__(self, limits: Limits | None = None, source: RandomSource | None = None) -> None:
        self.limits = limits or Limits()
        self.source = source or SystemSource()
        self._remembered = lru_cache(maxsize=PLANS_KEPT)(self._plan)

    def roll(self, notation: str) -> tuple[Roll, ...]:
        """Roll everything a message asks for, one result for each roll and repeat.

        Args:
            notation: The text after the command, as typed.

        Raises:
            DiceError: It was refused: NotationError, LimitError or ArithmeticFault.
        """
        if len(notation) > LENGTH_KEPT:
            return self._plan(notation)()
        return self._remembered(notation)()

    def _plan(self, notation: str) -> Plan:
        return make_plan(parse(notation, self.limits), self.source, self.limits)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m modules.dice_roll", description="Roll dice.")
    parser.add_argument("notation", help='what to roll, such as "4d6kh3+2"')
    parser.add_argument("--json", action="store_true", help="print each roll as one JSON object a line")
    parser.add_argument("--faces", metavar="3,4", help="use these faces instead of rolling")
    options = parser.parse_args(arguments)
    try:
        rolls = DiceEngine(source=_source(options.faces)).roll(options.notation)
    except DiceError as error:
        sys.stderr.write(f"{plain_error(error, options.notation)}\n")
        return EXIT_NOTATION
    text = "\n".join(roll.to_json() for roll in rolls) if options.json else render_rolls(rolls, style=PLAIN)
    sys.stdout.write(f"{text}\n")
    return 0


def _source(faces: str | None) -> RandomSource | None:
    if faces is None:
        return None
    try:
        return ScriptedSource(int(face) for face in faces.split(","))
    except ValueError:
        raise DiceError('--faces takes whole numbers with commas between them, such as "3,4".') from None


if __name__ == "__main__":
    sys.exit(main())
