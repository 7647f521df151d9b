"""What a die scores where successes are counted."""

from modules.dice.notation.operators import Operator
from modules.dice.notation.syntax import Value
from modules.dice.rolling.die_types import Kind
from modules.dice.rolling.pool_state import Test, matches_of, test_of


class Scoring:
    """The counting operators of a pool.

    Args:
        operators: Those of the pool; the others are passed over.
        kind: The kind of die that operators without a number speak of.
    """

    def __init__(self, operators: tuple[Operator, ...], kind: Kind) -> None:
        tests: dict[str, list[Test]] = {"": [], "ds": [], "f": []}
        for operator in operators:
            if operator.name in tests:
                tests[operator.name].append(test_of(operator, kind))
        self._hits, self._doubles, self._losses = tests[""], tests["ds"], tests["f"]
        self.counts = bool(self._hits)
        together = [operator for operator in operators if operator.name in {"pr", "c"}] if self.counts else []
        self.pairs = [matches_of((operator,), kind) for operator in together if operator.name == "pr"]
        self.cancels = len(together) > len(self.pairs)

    def won(self, value: Value) -> int:
        """Successes of one die, doubled where they are."""
        met = 0
        for compare, number in self._hits:
            met += compare(value, number)
        for compare, number in self._doubles:
            met <<= compare(value, number)
        return met

    def lost(self, value: Value) -> int:
        """Failures of one die."""
        met = 0
        for compare, number in self._losses:
            met += compare(value, number)
        return met

    def worth(self, value: Value) -> Value:
        """What a die adds to the total of its pool: its value, or what it scores."""
        return self.won(value) - self.lost(value) if self.counts else value
