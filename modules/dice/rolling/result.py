"""Results: a roll that is complete when it is made, and its way to JSON and back.

A roll holds the records of its pools: every face, every total, every check. What became of a single die of a simple
pool follows from those, and is put together when someone reads it; nothing is rolled again.
"""

import json
from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

from modules.dice.errors import DiceError
from modules.dice.limits import Budget, Limits
from modules.dice.notation.message import RollSyntax
from modules.dice.notation.roll_parser import RollParser
from modules.dice.notation.syntax import Node, Value
from modules.dice.notation.traversal import check_of
from modules.dice.notes import Note
from modules.dice.rolling.arithmetic import plain
from modules.dice.rolling.compiler import Compiler
from modules.dice.rolling.pool_result import PoolResult
from modules.dice.rolling.prepared_roll import PreparedRoll
from modules.dice.rolling.roll_context import Check, RollContext
from modules.dice.rolling.source import ScriptedSource

JSON_VERSION = 2
"""Of the JSON form. A reader refuses versions it does not know."""
ENDLESS_STEPS = 10**9
"""Replaying is paid for already."""


class Roll:
    """One roll: what was understood, what fell, what it came to.

    Read-only. Rolls are equal when they are the same roll in every respect that JSON keeps.

    Args:
        prepared: What was rolled.
        context: Its records.
        total: What it came to.
    """

    def __init__(self, prepared: PreparedRoll, context: RollContext, total: Value) -> None:
        self.prepared = prepared
        self.context = context
        self.total = total
        """An int, or a Fraction that is not whole. 0 where `has_total` is false."""

    @property
    def expression(self) -> str:
        """The canonical notation of what was understood."""
        return self.prepared.expression

    @property
    def comment(self) -> str:
        """The comment written beside it."""
        return self.prepared.shape.syntax.comment

    @property
    def faces(self) -> tuple[int, ...]:
        """Every face thrown, in order; a `ScriptedSource` of them replays the roll."""
        return self.context.faces()

    @property
    def has_total(self) -> bool:
        """Whether there is a number to show: symbols and plot dice alone have none."""
        return self.prepared.has_total

    @cached_property
    def pools(self) -> tuple[PoolResult, ...]:
        """Every pool and set, in the order in which they were finished."""
        bonus = self.context.bonus
        return tuple([PoolResult(record, bonus) for record in self.context])

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every comparison of totals in it."""
        return tuple([check for _, check in self.context.checks])

    @property
    def verdict(self) -> Check | None:
        """The comparison that the whole roll is, if it is one."""
        # Of the shape: checks are kept beside the nodes that were compiled.
        whole = check_of(self.prepared.shape.node) if self.context.checks else None
        return next((check for node, check in self.context.checks if node is whole), None)

    @property
    def success(self) -> bool | None:
        """Whether the check succeeded; None if the roll is no check."""
        return verdict.success if (verdict := self.verdict) else None

    @property
    def margin(self) -> Value | None:
        """By how much the check was passed (negative: missed); None if the roll is no check."""
        return verdict.margin if (verdict := self.verdict) else None

    @property
    def label_sums(self) -> Mapping[str, Value]:
        """What the terms with each label add to the sum that the roll is."""
        if label := self.prepared.shape.label:
            return {label: self.total}
        sums: dict[str, Value] = {}
        for label, value in self.context.labels:
            sums[label] = sums.get(label, 0) + value
        return sums

    @property
    def node(self) -> Node:
        """The tree that was rolled."""
        return self.prepared.syntax.expression

    @property
    def shortcuts(self) -> tuple[str, ...]:
        """The game shortcuts it was written with, as they were typed."""
        return self.prepared.shape.syntax.shortcuts

    @property
    def tally(self) -> Mapping[str, int]:
        """How often each symbol came up, after pairs that cancel have done so."""
        left: dict[str, int] = {}
        for pool in self.pools if not self.prepared.traits.is_numbered else ():
            for word, count in pool.words().items():
                left[word] = left.get(word, 0) + count
        for one, other in self.prepared.shape.syntax.cancels if left else ():
            undone = min(left.get(one, 0), left.get(other, 0))
            # Where no pair came up, a symbol may be missing altogether.
            for symbol in (one, other) if undone else ():
                left[symbol] -= undone
        return {symbol: count for symbol, count in left.items() if count}

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was not rolled or was read in an unexpected way, limits reached, and whatever else must be said."""
        prepared = self.prepared
        if prepared.traits.ranks:
            short = [note for pool in self.pools for note in pool.shortfalls()]
            return (*prepared.notes, *short, *self.context.caps)
        return prepared.notes + self.context.caps

    def record(self) -> dict[str, Any]:
        """What `from_record` needs to make the roll again, as plain values. Fractions are texts such as `7/2`."""
        syntax, context = self.prepared.shape.syntax, self.context
        return {
            "version": JSON_VERSION,
            "expression": self.expression,
            "comment": self.comment,
            "shortcuts": list(syntax.shortcuts),
            "cancels": [list(pair) for pair in syntax.cancels],
            "said": [note.as_dict() for note in syntax.notes],
            "total": plain(self.total),
            "faces": list(self.faces),
            "paid": list(context.paid),
            "bonus": plain(context.bonus),
            "shared": plain(context.shared),
        }

    def as_dict(self) -> dict[str, Any]:
        """The record and everything that follows from it, ready for a JSON encoder."""
        return self.record() | {
            "has_total": self.has_total,
            "checks": [check.as_dict() for check in self.checks],
            "success": self.success,
            "labels": {label: plain(value) for label, value in self.label_sums.items()},
            "pools": [pool.as_dict() for pool in self.pools],
            "tally": dict(self.tally),
            "notes": [note.as_dict() for note in self.notes],
        }

    def to_json(self) -> str:
        """The roll as JSON text, for machines and for `from_json`."""
        return json.dumps(self.as_dict(), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes, limits: Limits | None = None) -> "Roll":
        """The roll that `to_json` wrote, verified.

        Raises:
            DiceError: The text is no roll of a version known here, or its faces do not come to its total.
        """
        try:
            record = json.loads(text)
        except (ValueError, RecursionError) as fault:
            raise DiceError("record_invalid") from fault
        return cls.from_record(record, limits)

    @classmethod
    def from_record(cls, record: Mapping[str, Any], limits: Limits | None = None) -> "Roll":
        """The roll that `record` described, verified by rolling it again with its faces.

        Raises:
            DiceError: This is no roll of a version known here, or its faces do not come to its total.
        """
        try:
            if record["version"] != JSON_VERSION:
                raise DiceError("record_version", version=str(record["version"]))
            if not isinstance(record["expression"], str):
                raise DiceError("record_invalid")
            # Strictly: in a sentence the & of a shared total could join two rolls.
            node = RollParser(record["expression"], limits or Limits()).whole()
            cancels = tuple([(str(one), str(other)) for one, other in record["cancels"]])
            shortcuts, said = tuple(map(str, record["shortcuts"])), tuple(map(_note, record["said"]))
            beside = RollSyntax(node, str(record["comment"]), shortcuts, cancels, said)
            faces = [int(face) for face in record["faces"]]
            dice, rounds = map(int, record["paid"])
            total, bonus, shared = (_exact(record[name]) for name in ("total", "bonus", "shared"))
        # Arithmetic: a total of "1/0", or a number that JSON calls Infinity.
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as fault:
            raise DiceError("record_invalid") from fault
        roll = _replayed(PreparedRoll(beside, Compiler(limits or Limits())), faces, (dice, rounds), bonus, shared)
        if roll.total != total:
            raise DiceError("record_total")
        return roll

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Roll) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[object, ...]:
        context = self.context
        return self.prepared.syntax, self.faces, self.total, context.paid, context.bonus, context.shared

    def __repr__(self) -> str:
        return f"<Roll {self.expression} = {self.total}>"


def _replayed(prepared: PreparedRoll, faces: list[int], paid: tuple[int, int], bonus: Value, shared: Value) -> Roll:
    """Roll again with known faces."""
    source = ScriptedSource(faces)
    context, total = prepared.roll(source, Budget(*paid, ENDLESS_STEPS), shared)
    if source.left_count:
        raise DiceError("faces_left")
    if bonus:
        context, total = prepared.with_bonus(context, bonus, shared)
    return Roll(prepared, context, total)


def _note(said: Mapping[str, Any]) -> Note:
    """A note as `Note.as_dict` gave it, perhaps by way of JSON."""
    parameters = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    return Note(str(parameters.pop("code")), **parameters)


def _exact(value: int | str) -> Value:
    if isinstance(value, int):
        return value
    # Not whatever Fraction reads: it would work out "1e999999999" for ever.
    numerator, _, denominator = value.partition("/")
    return Fraction(int(numerator), int(denominator))
