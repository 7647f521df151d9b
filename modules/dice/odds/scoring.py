"""What a die scores where successes are counted."""

from modules.dice.notation.operators import Operator
from modules.dice.notation.syntax import Value
from modules.dice.rolling.die_types import Kind
from modules.dice.rolling.pool_state import Matcher, matches_of


class Scoring:
    """The counting operators of a pool.

    Args:
        operators: Those of the pool; the others are passed over.
        kind: The kind of die that operators without a number speak of.
    """

    def __init__(self, operators: tuple[Operator, ...], kind: Kind) -> None:
        tests: dict[str, list[Matcher]] = {"": [], "ds": [], "pr": [], "f": []}
        self.cancels = False
        for operator in operators:
            self.cancels = self.cancels or operator.name == "c"
            if operator.name in tests:
                tests[operator.name].append(matches_of((operator,), kind))
        self._tests = tests
        self.counts = bool(tests[""])
        self.pairs = tests["pr"] if self.counts else []
        self.cancels = self.cancels and self.counts

    def won(self, value: Value) -> int:
        """Successes of one die, doubled where they are."""
        met = 0
        for test in self._tests[""]:
            met += test(value)
        return met << sum([test(value) for test in self._tests["ds"]]) if met and self._tests["ds"] else met

    def lost(self, value: Value) -> int:
        """Failures of one die."""
        return sum([test(value) for test in self._tests["f"]])

    def worth(self, value: Value) -> Value:
        """What a die adds to the total of its pool: its value, or what it scores."""
        return self.won(value) - self.lost(value) if self.counts else value
