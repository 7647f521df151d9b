"""What a message costs, from its tree alone: refused here, nothing has been thrown or worked out."""

from typing import NamedTuple

from modules.dice.errors import LimitError
from modules.dice.limits import Limits
from modules.dice.notation.message import Message
from modules.dice.notation.syntax import Chain, Custom, Digits, Labelled, Node, Number, Pool, Power, Shared, Special
from modules.dice.notation.traversal import children

PLOT = Special("P")
POOL_STEPS = 2
"""A pool, thrown and summed."""
STATE_STEPS = 6
"""What a pool costs besides where its dice are looked at one by one."""
NODE_STEPS = 1
"""Any other node that does something."""
EXACT_STEPS = 6
"""A node where fractions may appear."""
OPERATOR_STEPS = 2
"""An operator, before it looks at its dice."""
DICE_A_STEP = 8
"""Dice that are thrown in one step."""
DICE_AN_OPERATOR = 5
"""Dice that an operator passes over in one step."""


class Cost(NamedTuple):
    """What one message is sure to cost.

    Args:
        dice: Dice thrown, over all repeats.
        steps: Work, over all repeats.
        integral: Whether every value is sure to be whole.
        has_plot: Whether plot dice are thrown.
        has_faces: Whether dice with faces of their own are thrown.
        has_shared: Whether the total of the first roll is used in another.
        has_labels: Whether some terms have labels.
    """

    dice: int
    steps: int
    integral: bool
    has_plot: bool
    has_faces: bool
    has_shared: bool
    has_labels: bool


def cost_of(message: Message, limits: Limits) -> Cost:
    """Work out and check what a message costs.

    Raises:
        LimitError: More dice or more work than one message may cost.
    """
    dice = nodes = pools = steps = 0
    integral, has_plot, has_faces, has_shared, has_labels = True, False, False, False, False
    waiting = [roll.expression for roll in message.rolls]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Pool):
            thrown = node.count if isinstance(node.count, int) else 0
            pools += 1
            dice += thrown
            # Held against the limit here already, where there is a place to point at.
            if dice > limits.dice:
                raise LimitError("dice_limit", span=node.span, dice=dice, limit=limits.dice)
            steps += POOL_STEPS + thrown // DICE_A_STEP
            if isinstance(node.count, int) and isinstance(node.sides, int):
                if not node.operators and not node.tags:
                    continue
            else:
                has_plot = has_plot or node.sides == PLOT
                has_faces = has_faces or isinstance(node.sides, Custom | Special)
                waiting += children(node)
            steps += STATE_STEPS if node.operators or not isinstance(node.sides, int) else 0
            steps += len(node.operators) * (OPERATOR_STEPS + thrown // DICE_AN_OPERATOR)
            has_plot = has_plot or "p" in node.tags
        else:
            nodes += 1
            if isinstance(node, Number):
                integral = integral and isinstance(node.value, int)
                continue
            dice += node.places if isinstance(node, Digits) else 0
            has_shared = has_shared or isinstance(node, Shared)
            has_labels = has_labels or isinstance(node, Labelled)
            integral = integral and not _makes_fractions(node)
            waiting += children(node)
    dice *= message.repeat
    if dice > limits.dice:
        raise LimitError("dice_limit", dice=dice, limit=limits.dice)
    if has_plot:
        # With plot dice every pool is looked at, and the sums are worked out again with their bonus.
        steps += pools * 2 * STATE_STEPS
    steps = message.repeat * (steps + nodes * (NODE_STEPS if integral else EXACT_STEPS))
    if steps > limits.steps:
        raise LimitError("work_limit")
    return Cost(dice, steps, integral, has_plot, has_faces, has_shared, has_labels)


def _makes_fractions(node: Node) -> bool:
    if isinstance(node, Chain):
        return any(symbol == "/" for symbol, _ in node.rest)
    # An exponent may turn out to be negative, and nobody knows what a shared total is.
    return isinstance(node, Power | Shared)
