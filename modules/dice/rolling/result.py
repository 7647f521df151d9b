"""Frozen results: a roll, and its way to JSON and back.

A roll keeps its faces as they were thrown and little else. Everything beside the total is worked out when it is first
read, by rolling the same expression again with those very faces: the faces are the roll.
"""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from modules.dice.errors import DiceError
from modules.dice.limits import Limits
from modules.dice.notation.parser import RollSyntax, parse
from modules.dice.notation.syntax import Node, Pool, Value
from modules.dice.rolling.prepared_roll import Paid, Script
from modules.dice.rolling.roll_context import Act, Check, Tray
from modules.dice.rolling.source import Faces
from modules.dice.rolling.story import PoolStory, Story, tell

JSON_VERSION = 1
"""Of the JSON form. A reader refuses versions it does not know."""


class Throw(NamedTuple):
    """Plain dice as they fell.

    Args:
        sides: How many each has.
        faces: What they show, in order.
    """

    sides: int
    faces: Faces


class Roll:
    """One roll: what was understood, what fell, what it came to.

    Read-only. Rolls are equal when they are the same roll in every respect that JSON keeps.
    """

    __slots__ = ("_bonus", "_paid", "_script", "_thrown", "_told", "_total")

    def __init__(self, script: Script, thrown: Tray, total: Value, paid: Paid = (0, 0), bonus: Value = 0) -> None:
        self._script = script
        self._thrown = thrown
        self._total = total
        self._paid = paid
        self._bonus = bonus
        self._told: Story | None = None

    @property
    def total(self) -> Value:
        """What it came to: an int, or a Fraction that is not whole. 0 where `has_total` is false."""
        return self._total

    @property
    def expression(self) -> str:
        """The canonical notation of what was understood."""
        return self._script.expression

    @property
    def comment(self) -> str:
        """The comment written beside it."""
        return self._script.syntax.comment

    @property
    def faces(self) -> tuple[int, ...]:
        """Every face thrown, in order; a `ScriptedSource` of them replays the roll."""
        return self._thrown.faces()

    @property
    def has_total(self) -> bool:
        """Whether there is a number to show: symbols and plot dice alone have none."""
        return self._script.has_total

    @property
    def story(self) -> Story:
        """Everything that happened, die by die."""
        if self._told is None:
            total, tray = self._script.replay(self.faces, self._paid, self._bonus)
            if total != self._total:
                raise DiceError("These faces do not come to that total.")
            self._told = tell(tray, self._script.node)
        return self._told

    @property
    def plot(self) -> Value:
        """What its plot dice give to the d20 pools of the message."""
        return self._thrown.plot

    def with_bonus(self, bonus: Value) -> "Roll":
        """The same faces with what plot dice add to d20 pools."""
        total, _ = self._script.replay(self.faces, self._paid, bonus)
        return Roll(self._script, self._thrown, total, self._paid, bonus)

    @property
    def pools(self) -> tuple[PoolStory, ...]:
        """Every pool and set, in the order in which they were finished."""
        return self.story.pools

    @property
    def parts(self) -> tuple[str | PoolStory, ...]:
        """The canonical notation in pieces, each pool or set following its own text."""
        # By identity: in 2d6+2d6 both pools are equal, and their dice are not.
        told = {id(pool.node): pool for pool in self.pools}
        return tuple(piece if isinstance(piece, str) else told[id(piece)] for piece in self._script.pieces)

    @property
    def plain_parts(self) -> tuple[str | Throw, ...] | None:
        """Like `parts`, with nothing but faces, where there is nothing but faces to tell; else None."""
        # Faces from JSON are one throw, whatever they were once: they cannot be dealt out to several pools.
        if self._bonus or len(self._thrown) != self._script.plain_count:
            return None
        thrown = iter(self._thrown)
        return tuple(
            Throw(piece.sides, next(thrown)) if isinstance(piece, Pool) and isinstance(piece.sides, int) else str(piece)
            for piece in self._script.pieces
        )

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every comparison of totals in it."""
        return self.story.checks

    @property
    def success(self) -> bool | None:
        """Whether the check succeeded; None if the roll is no check."""
        return self.story.verdict.success if self.story.verdict else None

    @property
    def margin(self) -> Value | None:
        """By how much the check was passed (negative: missed); None if the roll is no check."""
        return self.story.verdict.margin if self.story.verdict else None

    @property
    def acts(self) -> tuple[Act, ...]:
        """What each operator did to its dice, in the order in which they acted; worked out anew each time."""
        _, tray = self._script.replay(self.faces, self._paid, self._bonus, with_acts=True)
        return tuple(tray.acts or ())

    @property
    def node(self) -> Node:
        """The tree that was rolled."""
        return self._script.node

    @property
    def shortcuts(self) -> tuple[str, ...]:
        """The game shortcuts it was written with, as they were typed."""
        return self._script.syntax.shortcuts

    @property
    def tally(self) -> Mapping[str, int]:
        """How often each symbol came up, after pairs that cancel have done so."""
        words = self.story.words
        if not words:
            return words
        left = dict(words)
        for one, other in self._script.syntax.cancels:
            undone = min(left.get(one, 0), left.get(other, 0))
            # Where no pair came up, a symbol may be missing altogether.
            for symbol in (one, other) if undone else ():
                left[symbol] -= undone
        return {symbol: count for symbol, count in left.items() if count}

    @property
    def notes(self) -> tuple[str, ...]:
        """Limits that were reached, and whatever else should not go unsaid."""
        return self.story.notes

    def to_json(self) -> str:
        """The roll as JSON text, for machines and for `from_json`."""
        return json.dumps(self.as_dict(), separators=(",", ":"))

    def as_dict(self) -> dict[str, Any]:
        """The roll as plain values, ready for a JSON encoder. Fractions are texts such as `7/2`."""
        return {
            "version": JSON_VERSION,
            "expression": self.expression,
            "comment": self.comment,
            "shortcuts": list(self.shortcuts),
            "cancels": [list(pair) for pair in self._script.syntax.cancels],
            "total": _plain(self.total),
            "has_total": self.has_total,
            "faces": list(self.faces),
            "paid": list(self._paid),
            "bonus": _plain(self._bonus),
            "checks": [
                {
                    "relation": check.relation,
                    "total": _plain(check.total),
                    "target": _plain(check.target),
                    "success": check.success,
                    "margin": _plain(check.margin),
                }
                for check in self.checks
            ],
            "success": self.success,
            "pools": [_pool_dict(pool) for pool in self.pools],
            "tally": dict(self.tally),
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, text: str | bytes, limits: Limits | None = None) -> "Roll":
        """The roll that `to_json` wrote, checked by rolling it again with its faces.

        Raises:
            DiceError: The text is no roll of a version known here, or its faces do not come to its total.
        """
        try:
            kept = json.loads(text)
            if kept["version"] != JSON_VERSION:
                raise DiceError(f"This roll was written in version {kept['version']}, which is not known here.")
            message = parse(str(kept["expression"]), limits)
            (syntax,) = message.rolls
            if message.repeat != 1:
                raise DiceError("This is not a roll.")
            cancels = tuple((str(one), str(other)) for one, other in kept["cancels"])
            beside = RollSyntax(syntax.expression, str(kept["comment"]), tuple(map(str, kept["shortcuts"])), cancels)
            script = Script(beside, limits or Limits())
            tray = Tray([tuple(int(face) for face in kept["faces"])])
            dice, rounds = kept["paid"]
            roll = cls(script, tray, _exact(kept["total"]), (int(dice), int(rounds)), _exact(kept["bonus"]))
        # Arithmetic: a total of "1/0", or a number that JSON calls Infinity.
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as fault:
            raise DiceError("This is not a roll.") from fault
        roll.story  # noqa: B018 - reading it is the check
        return roll

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Roll) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[object, ...]:
        return self._script.syntax, self.faces, self._total, self._paid, self._bonus

    def __repr__(self) -> str:
        return f"<Roll {self.expression} = {self.total}>"


def _plain(value: Value) -> int | str:
    return value if isinstance(value, int) else str(value)


def _exact(value: int | str) -> Value:
    if isinstance(value, int):
        return value
    # Not whatever Fraction reads: it would work out "1e999999999" for ever.
    numerator, _, denominator = value.partition("/")
    return Fraction(int(numerator), int(denominator))


def _pool_dict(pool: PoolStory) -> dict[str, Any]:
    return {
        "expression": str(pool.node),
        "total": _plain(pool.total),
        "bonus": _plain(pool.bonus),
        "tally": dict(pool.tally),
        "dice": [
            {
                "face": die.face,
                "value": _plain(die.value),
                "kept": die.kept,
                "words": list(die.words),
                "steps": [[word, _plain(number)] for word, number in die.steps],
                "mark": die.mark,
                "score": die.score,
            }
            for die in (*pool.dice, *pool.aside)
        ],
    }
