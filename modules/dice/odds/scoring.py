"""What a die scores where successes are counted."""

from modules.dice.notation.operators import Operator
from modules.dice.notation.syntax import Value
from modules.dice.rolling.die_types import Kind
from modules.dice.rolling.pool_state import Matcher, matcher

HIGHEST_MEANT = frozenset({"ds", "pr"})


class Scoring:
    """The counting operators of a pool.

    Args:
        operators: Counting operators, as written.
        kind: The kind of die that operators without a number speak of.
    """

    def __init__(self, operators: tuple[Operator, ...], kind: Kind) -> None:
        self.counts = any(not operator.name for operator in operators)
        self._tests = {name: self._named(operators, name, kind) for name in ("", "ds", "pr", "f")}
        self.pairs = self._tests["pr"] if self.counts else []
        self.cancels = self.counts and any(operator.name == "c" for operator in operators)

    @staticmethod
    def _named(operators: tuple[Operator, ...], name: str, kind: Kind) -> list[Matcher]:
        default = kind.highest if name in HIGHEST_MEANT else kind.lowest
        return [matcher((operator,), default) for operator in operators if operator.name == name]

    def won(self, value: Value) -> int:
        """Successes of one die, doubled where they are."""
        met = sum([test(value) for test in self._tests[""]])
        return met << sum([test(value) for test in self._tests["ds"]]) if met else 0

    def lost(self, value: Value) -> int:
        """Failures of one die."""
        return sum([test(value) for test in self._tests["f"]])

    def worth(self, value: Value) -> Value:
        """What a die adds to the total of its pool: its value, or what it scores."""
        return self.won(value) - self.lost(value) if self.counts else value
