"""Counting operators: gathered from wherever they were written and applied last, to the dice that were kept."""

from types import MappingProxyType
from typing import Final

from modules.dice.notation.operators import OPERATORS, Operator
from modules.dice.notation.syntax import Value
from modules.dice.rolling.pool_state import Matcher, PoolState, matches_of

CRITICAL_SIDES: Final = 20
"""The die whose extreme faces are critical where nothing is written about it."""
CRITICAL: Final = MappingProxyType({CRITICAL_SIDES: "success", 1: "failure"})
"""What those faces mean."""


def score(state: PoolState, operators: tuple[Operator, ...]) -> Value:
    """Work out a pool's total and tally, and mark its dice.

    Each count counts by itself, so that a die matching two of them counts twice.
    """
    mark(state, operators)
    if botches := _tests(state, operators, "b"):
        state.tally["botches"] = sum(len(state.matching(matches)) for matches in botches)
    if not any(operator.name == "" for operator in operators):
        return state.sum()
    return _successes(state, operators)


def mark(state: PoolState, operators: tuple[Operator, ...]) -> None:
    """Mark critical dice: by `cs` and `cf`, else the extreme faces of a d20."""
    wanted = [operator for operator in operators if operator.name in {"cs", "cf"}]
    if not wanted and state.kind.name == str(CRITICAL_SIDES):
        wanted = [Operator("cs"), Operator("cf")]
    for operator in wanted:
        word = "success" if operator.name == "cs" else "failure"
        for position in state.matching(matches_of((operator,), state.kind)):
            state.marks[position] = word


def _tests(state: PoolState, operators: tuple[Operator, ...], name: str) -> list[Matcher]:
    return [matches_of((operator,), state.kind) for operator in operators if operator.name == name]


def _successes(state: PoolState, operators: tuple[Operator, ...]) -> int:
    successes, doubles, pairs, failures = (_tests(state, operators, name) for name in ("", "ds", "pr", "f"))
    scores = [0] * len(state)
    for matches in successes:
        for position in state.matching(matches):
            scores[position] += 1
    # Doubled before they are cancelled, so that a cancelled one counts nothing; failures last, so that none doubles.
    for matches in doubles:
        for position in state.matching(matches):
            scores[position] *= 2
    for matches in pairs:
        for position in state.matching(matches)[1::2]:
            scores[position] += 2
    if any(operator.name == "c" for operator in operators):
        _cancel(state, scores)
    state.tally["successes"] = sum(scores)
    for matches in failures:
        lost = state.matching(matches)
        state.tally["failures"] = state.tally.get("failures", 0) + len(lost)
        for position in lost:
            scores[position] -= 1
    state.scores = scores
    return sum(scores)


def _cancel(state: PoolState, scores: list[int]) -> None:
    """Let every lowest face undo one success, the highest first."""
    lowest = state.kind.lowest
    ones = state.matching(lambda value: value == lowest)
    won = sorted((i for i, scored in enumerate(scores) if scored), key=state.values.__getitem__, reverse=True)
    for position in won[: len(ones)]:
        state.note(position, "cancelled", scores[position])
        scores[position] = 0


def counts(operators: tuple[Operator, ...]) -> tuple[Operator, ...]:
    """The counting operators among these."""
    return tuple(operator for operator in operators if OPERATORS[operator.name].counting)
