"""What a message costs, from its tree alone: refused here, nothing has been thrown or worked out."""

from dataclasses import dataclass

from modules.dice.errors import LimitError
from modules.dice.limits import Limits
from modules.dice.parser import Message
from modules.dice.syntax import Chain, Node, Number, Pool, Power, Special
from modules.dice.walk import walk

POOL_STEPS = 2
"""A pool, thrown and summed."""
NODE_STEPS = 1
"""Any other node that does something."""
EXACT_STEPS = 6
"""A node where fractions may appear."""
OPERATOR_STEPS = 2
"""An operator, before it looks at its dice."""
DICE_A_STEP = 8
"""Dice that are thrown, or passed over by an operator, in one step."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one message is sure to cost.

    Args:
        dice: Dice thrown, over all repeats.
        steps: Work, over all repeats.
        integral: Whether every value is sure to be whole.
        has_plot: Whether plot dice are thrown.
    """

    dice: int
    steps: int
    integral: bool
    has_plot: bool


def cost_of(message: Message, limits: Limits) -> Cost:
    """Work out and check what a message costs.

    Raises:
        LimitError: More dice or more work than one message may cost.
    """
    nodes = [node for roll in message.rolls for node in walk(roll.expression)]
    integral = not any(map(_makes_fractions, nodes))
    dice = message.repeat * _checked_dice(nodes, limits)
    if dice > limits.dice:
        raise LimitError(f"That is {dice:,} dice; {limits.dice:,} are the limit for one message.")
    each = NODE_STEPS if integral else EXACT_STEPS
    steps = message.repeat * sum(_pool_steps(node) if isinstance(node, Pool) else each for node in nodes)
    if steps > limits.steps:
        raise LimitError("That is too much work for one message: fewer terms, operators or repeats.")
    return Cost(dice, steps, integral, any(map(_is_plot, nodes)))


def _checked_dice(nodes: list[Node], limits: Limits) -> int:
    total = 0
    for node in nodes:
        if isinstance(node, Pool) and isinstance(node.count, int):
            total += node.count
            if total > limits.dice:
                raise LimitError(
                    f"That is {total:,} dice; {limits.dice:,} are the limit for one message.", span=node.span
                )
    return total


def _makes_fractions(node: Node) -> bool:
    match node:
        case Number(value):
            return not isinstance(value, int)
        case Chain(_, rest):
            return any(symbol == "/" for symbol, _ in rest)
        case _:
            return isinstance(node, Power)


def _pool_steps(pool: Pool) -> int:
    dice = pool.count if isinstance(pool.count, int) else 0
    return POOL_STEPS + dice // DICE_A_STEP + len(pool.operators) * (OPERATOR_STEPS + dice // DICE_A_STEP)


def _is_plot(node: Node) -> bool:
    return isinstance(node, Pool) and ("p" in node.tags or node.sides == Special("P"))
