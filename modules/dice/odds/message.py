"""The odds of every roll of a message."""

from fractions import Fraction
from functools import partial

from modules.dice.errors import LimitError
from modules.dice.limits import Limits
from modules.dice.notation.message import Message
from modules.dice.notation.syntax import Node, Pool, Shared, Value
from modules.dice.notation.traversal import check_of, walk
from modules.dice.odds.branching import base_of
from modules.dice.odds.budget import STEPS, OddsBudget
from modules.dice.odds.counts import Counts, mixed, summed, times
from modules.dice.odds.evaluate import Evaluator
from modules.dice.odds.expected import mean_of
from modules.dice.odds.odds import Odds
from modules.dice.odds.pools import pool_total
from modules.dice.odds.symbols import tallies_of
from modules.dice.rolling.cost import PLOT as PLOT_SIDES
from modules.dice.rolling.cost import cost_of
from modules.dice.rolling.die_types import PLOT, kind_of
from modules.dice.rolling.validation import check_shared

Found = tuple[Counts, Counts | None]
"""The total of a roll, and how often its check succeeds (1) or fails (0)."""
NOTHING = Counts.point(0)


def odds_of(message: Message, limits: Limits, steps: int = STEPS) -> tuple[Odds, ...]:
    """The odds of each roll of a message that may be rolled, repeats included.

    Args:
        message: As parsed.
        limits: What a message may ask for.
        steps: What working them out may cost, in steps of about a microsecond.

    Raises:
        DiceError: Some roll of it would be refused, or working it out is too much.
    """
    cost, budget = cost_of(message, limits), OddsBudget(steps)
    if cost.has_shared:
        check_shared(message)
    rolls = _with_plot(message, limits, budget) if cost.has_plot else _rolls(message, limits, budget, 0)
    has_symbols = cost.has_plot or cost.has_faces
    odds = []
    for syntax, (total, success) in zip(message.rolls, rolls, strict=True):
        chance = None if success is None else Fraction(dict(success.items()).get(1, 0), success.denominator)
        tallies = tallies_of(syntax.expression, syntax.cancels, budget) if has_symbols else {}
        mean = partial(mean_of, syntax.expression)
        odds.append(Odds.of(str(syntax.expression), total, success=chance, tallies=tallies, endless_mean=mean))
    return tuple(odds) * message.repeat


def _with_plot(message: Message, limits: Limits, budget: OddsBudget) -> list[Found]:
    """Every roll of a message in which plot dice give a bonus to every d20 pool."""
    bonus = _plot_bonus(message, limits, budget)
    # Given the bonus, nothing but the shared total connects the pools.
    cases = [(often, _rolls(message, limits, budget, value)) for value, often in bonus.items()]
    places = range(len(message.rolls))
    return [_over_cases([(often, rolls[place]) for often, rolls in cases], bonus.denominator) for place in places]


def _plot_bonus(message: Message, limits: Limits, budget: OddsBudget) -> Counts:
    """What all plot dice of a message give to every d20 pool."""
    bonus, die = NOTHING, base_of(PLOT)
    for pool in [node for roll in message.rolls for node in walk(roll.expression) if isinstance(node, Pool)]:
        number = pool.tags.count("p")
        if number:
            bonus = summed(bonus, times(die, number, budget), budget)
        elif pool.sides == PLOT_SIDES and isinstance(pool.count, int):
            bonus = summed(bonus, times(die, pool.count, budget), budget)
        elif pool.sides == PLOT_SIDES:
            bonus = summed(bonus, _rolled_plot(pool, die, limits, budget), budget)
    return bonus


def _rolled_plot(pool: Pool, die: Counts, limits: Limits, budget: OddsBudget) -> Counts:
    """Plot dice whose number is rolled."""
    if any(isinstance(node, Shared) for node in walk(pool)):
        raise LimitError("odds_operators", span=pool.span)
    numbers = Evaluator(limits, budget, 0, NOTHING).dice_of(pool)
    whole = sum(often for often, _, _ in numbers)
    return mixed([(often, times(die, number, budget)) for often, _, number in numbers], whole)


def _over_cases(cases: list[tuple[int, Found]], denominator: int) -> Found:
    """One of several cases, each as likely as its weight says."""
    total = mixed([(often, found[0]) for often, found in cases], denominator)
    checks = [(often, found[1]) for often, found in cases if found[1] is not None]
    return total, mixed(checks, denominator) if checks else None


def _rolls(message: Message, limits: Limits, budget: OddsBudget, bonus: Value) -> list[Found]:
    """Every roll of a message, given what plot dice came to."""
    found: list[Found] = []
    node = message.rolls[0].expression
    if not bonus and isinstance(node, Pool) and isinstance(node.sides, int) and isinstance(node.count, int):
        # What is rolled most takes no evaluator.
        found.append((pool_total(node, kind_of(node.sides), node.count, budget), None))
    for syntax in message.rolls[len(found) :]:
        node, first = syntax.expression, found[0][0] if found else NOTHING
        if not found or sum(isinstance(inner, Shared) for inner in walk(node)) < 2:
            found.append(_evaluated(node, Evaluator(limits, budget, bonus, first)))
            continue
        # Used twice, the shared total is the same in both places.
        cases = [
            (often, _evaluated(node, Evaluator(limits, budget, bonus, Counts.point(value))))
            for value, often in first.items()
        ]
        found.append(_over_cases(cases, first.denominator))
    return found


def _evaluated(node: Node, evaluator: Evaluator) -> Found:
    check = check_of(node)
    return evaluator.check(check) if check is not None else (evaluator.evaluate(node), None)
