"""Counting operators: gathered from wherever they were written and applied last, to the dice that were kept."""

from typing import Final

from modules.dice.notation.operators import OPERATORS, Operator
from modules.dice.notation.syntax import Value
from modules.dice.rolling.pool_state import Hand, Matcher, matcher

CRITICAL_SIDES: Final = 20
"""The die whose extreme faces are critical where nothing is written about it."""


def is_critical(sides: int, face: int) -> bool:
    """Whether the face is critical without a word."""
    return sides == CRITICAL_SIDES and face in (1, sides)


def score(hand: Hand, operators: tuple[Operator, ...]) -> Value:
    """Work out a hand's total and tally, and mark its dice.

    Each count counts by itself, so that a die matching two of them counts twice.
    """
    mark(hand, operators)
    botches = [operator for operator in operators if operator.name == "b"]
    if botches:
        hand.tally["botches"] = _matches(hand, botches)
    if not any(operator.name == "" for operator in operators):
        return hand.sum()
    return _successes(hand, operators)


def mark(hand: Hand, operators: tuple[Operator, ...]) -> None:
    """Mark critical dice: by `cs` and `cf`, else the extreme faces of a d20."""
    wanted = [operator for operator in operators if operator.name in {"cs", "cf"}]
    if not wanted and hand.kind.name == str(CRITICAL_SIDES):
        wanted = [Operator("cs"), Operator("cf")]
    for operator in wanted:
        word, default = ("success", hand.kind.highest) if operator.name == "cs" else ("failure", hand.kind.lowest)
        for position in hand.matching(matcher(operator, default)):
            hand.marks[position] = word


def _default(hand: Hand, name: str) -> int:
    return hand.kind.highest if name in {"ds", "pr"} else hand.kind.lowest


def _tests(hand: Hand, operators: tuple[Operator, ...], name: str) -> list[Matcher]:
    return [matcher(operator, _default(hand, name)) for operator in operators if operator.name == name]


def _matches(hand: Hand, operators: list[Operator]) -> int:
    return sum(len(hand.matching(matcher(operator, _default(hand, operator.name)))) for operator in operators)


def _successes(hand: Hand, operators: tuple[Operator, ...]) -> int:
    successes, doubles, pairs, failures = (_tests(hand, operators, name) for name in ("", "ds", "pr", "f"))
    scores = [0] * len(hand)
    for matches in successes:
        for position in hand.matching(matches):
            scores[position] += 1
    # Doubled before they are cancelled, so that a cancelled one counts nothing; failures last, so that none doubles.
    for matches in doubles:
        for position in hand.matching(matches):
            scores[position] *= 2
    for matches in pairs:
        for position in hand.matching(matches)[1::2]:
            scores[position] += 2
    if any(operator.name == "c" for operator in operators):
        _cancel(hand, scores)
    hand.tally["successes"] = sum(scores)
    for matches in failures:
        lost = hand.matching(matches)
        hand.tally["failures"] = hand.tally.get("failures", 0) + len(lost)
        for position in lost:
            scores[position] -= 1
    hand.scores = scores
    return sum(scores)


def _cancel(hand: Hand, scores: list[int]) -> None:
    """Let every lowest face undo one success, the highest first."""
    lowest = hand.kind.lowest
    ones = hand.matching(lambda value: value == lowest)
    won = sorted((i for i, scored in enumerate(scores) if scored), key=hand.values.__getitem__, reverse=True)
    for position in won[: len(ones)]:
        hand.note(position, "cancelled", scores[position])
        scores[position] = 0


def counts(operators: tuple[Operator, ...]) -> tuple[Operator, ...]:
    """The counting operators among these."""
    return tuple(operator for operator in operators if OPERATORS[operator.name].counting)
