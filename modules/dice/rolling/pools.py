"""Pools and sets with their whole story: every operator, any kind of die, computed counts and sides."""

from collections.abc import Callable
from functools import partial

from modules.dice.errors import ArithmeticFault, LimitError, Span
from modules.dice.limits import Limits
from modules.dice.notation.operators import OPERATORS, Operator
from modules.dice.notation.syntax import Group, Members, Node, Pool, Value
from modules.dice.rolling.die_types import PLOT, Kind, kind_of
from modules.dice.rolling.pool_state import Hand
from modules.dice.rolling.roll_context import Run, Tray
from modules.dice.rolling.semantics import EFFECTS, Effect
from modules.dice.rolling.source import Faces
from modules.dice.rolling.success import counts, score
from modules.dice.rolling.validation import check_pool, check_set

Steps = list[tuple[Effect, Operator]]
WORK_DICE = 5
"""Dice an operator can pass over in the time of one step."""
EXTRA_STEPS = 2
"""Steps of one extra die: it is compared, noted and put into its place."""
MEMBER = Kind(1, "set")
"""The kind of a set's members: they are totals, not faces."""


def compile_pool(node: Pool, compile_node: Callable[[Node], Run], limits: Limits) -> Run:
    """The function that throws a pool and works it out.

    Raises:
        NotationError: Its dice cannot do what is asked.
    """
    effects, counting = _split(node.operators)
    count_of = _count_of(node, compile_node)
    kind_when = _kind_of(node, compile_node, limits)

    def run(tray: Tray) -> Value:
        count, kind = count_of(tray), kind_when(tray)
        # Fixed dice were checked while compiling; these are known only now.
        if isinstance(node.count, Group) or isinstance(node.sides, Group):
            check_pool(node, kind, count)
        faces = tray.throw(kind.sides, count)
        hand = Hand(kind, faces, kind.worth(faces), partial(_thrown_on, tray, kind.sides))
        if node.tags or kind.plot:
            _apply_tags(hand, node.tags, tray)
        _apply(node, hand, effects, tray)
        return _settled(node, hand, score(hand, counting), tray)

    return run


def _thrown_on(tray: Tray, sides: int, wanted_count: int) -> Faces:
    """Throw extra dice, each of which will be looked at one by one."""
    # Paid for dice that can be thrown, not for those wished for: their lack ends in a note, not in a refusal.
    tray.budget.work(EXTRA_STEPS * min(wanted_count, tray.budget.dice), None)
    return tray.throw_more(sides, wanted_count)


def compile_set(node: Members, members: list[Run]) -> Run:
    """The function that works out a set's members and then the set.

    Raises:
        NotationError: An operator does not fit a set.
    """
    check_set(node)
    effects, counting = _split(node.operators)

    def run(tray: Tray) -> Value:
        values = [member(tray) for member in members]
        # No operator that fits a set throws dice, so the one side given here is never used.
        hand = Hand(MEMBER, [0] * len(values), values, partial(_thrown_on, tray, 1))
        _apply(node, hand, effects, tray)
        total = score(hand, counting)
        tray.keep(node, hand, total)
        return total

    return run


def _split(operators: tuple[Operator, ...]) -> tuple[Steps, tuple[Operator, ...]]:
    effects = [(EFFECTS[operator.name], operator) for operator in operators if not OPERATORS[operator.name].counting]
    return effects, counts(operators)


def _count_of(node: Pool, compile_node: Callable[[Node], Run]) -> Callable[[Tray], int]:
    count = node.count
    if isinstance(count, int):
        return lambda _tray: count
    rolled, span = compile_node(count), count.span

    def run(tray: Tray) -> int:
        value = _inner(rolled, tray)
        wanted_count = _whole(value, "A pool cannot have {} dice.", span)
        if wanted_count < 0:
            raise ArithmeticFault(f"A pool cannot have {wanted_count} dice.", span=span)
        tray.budget.charge(wanted_count, span)
        return wanted_count

    return run


def _kind_of(node: Pool, compile_node: Callable[[Node], Run], limits: Limits) -> Callable[[Tray], Kind]:
    sides = node.sides
    if not isinstance(sides, Group):
        kind = kind_of(sides)
        if isinstance(node.count, int):
            check_pool(node, kind, node.count)
        return lambda _tray: kind
    rolled, span = compile_node(sides), sides.span

    def run(tray: Tray) -> Kind:
        value = _whole(_inner(rolled, tray), "A die cannot have {} sides.", span)
        if value < 1:
            raise ArithmeticFault(f"A die cannot have {value} sides.", span=span)
        if value > limits.sides:
            raise LimitError(f"A die of {value:,} sides is too round: {limits.sides:,} are the limit.", span=span)
        return kind_of(value)

    return run


def _inner(rolled: Run, tray: Tray) -> Value:
    """A value that decides how dice are thrown: plot dice add nothing to it."""
    bonus, tray.bonus = tray.bonus, 0
    value = rolled(tray)
    tray.bonus = bonus
    return value


def _whole(value: Value, sentence: str, span: Span) -> int:
    if value.denominator != 1:
        raise ArithmeticFault(sentence.format(value), span=span)
    return value.numerator


def _apply(node: Pool | Members, hand: Hand, effects: Steps, tray: Tray) -> None:
    tray.remember(node, None, hand)
    for effect, operator in effects:
        tray.budget.work(1 + len(hand) // WORK_DICE, operator.span)
        effect(hand, operator)
        tray.remember(node, operator, hand)


def _apply_tags(hand: Hand, tags: str, tray: Tray) -> None:
    """Throw tagged dice twice, and set plot dice aside for the d20 pools of the message."""
    twice = [position for position, tag in enumerate(tags) if tag != "p"]
    # Where the budget ends, the dice left over keep their first throw.
    for position, face in zip(twice, hand.throw_more(len(twice)) if twice else b"", strict=False):
        better = max if tags[position] == "a" else min
        first, second = hand.values[position], hand.kind.value(face)
        chosen = better(first, second)
        hand.note(position, "instead of", second if chosen == first else first)
        hand.faces[position] = hand.faces[position] if chosen == first else face
        hand.values[position] = chosen
    # A slice, because there may be fewer tags than dice.
    plot = [position for position in range(len(hand)) if hand.kind.plot or tags[position : position + 1] == "p"]
    if plot:
        # From the face: the value of a d6 tagged p is still that of a d6.
        tray.plot += sum(PLOT.value(hand.faces[position]) for position in plot)
        hand.set_aside(plot)


def _settled(node: Pool, hand: Hand, total: Value, tray: Tray) -> Value:
    """Give a d20 pool the bonus of the plot dice, and remember the hand if someone will ask."""
    if tray.bonus and hand.kind.name == "20":
        hand.bonus = tray.bonus
        total += tray.bonus
    tray.keep(node, hand, total)
    return total
