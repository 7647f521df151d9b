"""What operators ask of a die: refused before the first throw wherever the tree alone can tell."""

from modules.dice.errors import ArithmeticFault, LimitError, NotationError, Span
from modules.dice.limits import Limits
from modules.dice.notation.message import Message
from modules.dice.notation.operators import OPERATORS, Operator, Takes
from modules.dice.notation.syntax import Call, Members, Pool, Shared, Value
from modules.dice.notation.traversal import walk
from modules.dice.rolling.arithmetic import SINGLE
from modules.dice.rolling.die_types import Kind
from modules.dice.rolling.pool_state import matches_of
from modules.dice.rolling.semantics import families

ENDLESS = frozenset({"r", "!", "!!", "!p", "!!p"})
"""Operators that go on while a die matches."""
SHIFTING = frozenset({"mi", "ma", "g", "!!", "!!p", "!p", "i"})
"""Operators after which a die may be worth what no face shows."""
UNCONDITIONAL = frozenset({"kh", "kl", "km", "k", "dl", "dh", "p", "mi", "ma", "", "s", "sd"})
"""Operators that every numbered die can have."""
NEEDS_SUCCESS = frozenset({"f", "ds", "pr", "c"})
"""Counting operators that mean something only beside a count of successes."""


def check_pool(pool: Pool, kind: Kind, count: int) -> None:
    """Hold a pool against the rules, once its dice are known.

    Raises:
        NotationError: The dice cannot do what is asked; the span is the operator's.
    """
    if pool.tags:
        _check_tags(pool, kind)
    if not pool.operators:
        return
    if kind.has_words or kind.plot:
        raise NotationError("plot_operators" if kind.plot else "words_compared", span=pool.operators[0].span)
    if _is_harmless(pool.operators, kind):
        return
    shifted = False
    for _, family in families(pool.operators):
        for operator in family:
            _check_face(operator, kind, shifted=shifted)
            if operator.name == "u" and count > len(kind.distinct):
                raise NotationError("unique_count", span=operator.span, count=count, sides=kind.name)
        if family[0].name in ENDLESS and _is_endless(family, kind):
            raise NotationError("endless", span=(family[0].span[0], family[-1].span[1]), sides=kind.name)
        shifted = shifted or family[0].name in SHIFTING
    _check_counting(pool.operators, kind.highest)


def _is_harmless(operators: tuple[Operator, ...], kind: Kind) -> bool:
    """Whether it is plain that such a die can have these operators: a quick look at the usual ones."""
    asking = [operator for operator in operators if operator.name not in UNCONDITIONAL]
    if len(asking) != 1:
        return not asking
    (operator,) = asking
    if operator.name in NEEDS_SUCCESS:
        return "" in [other.name for other in operators]
    # It goes on for one face, and there are others.
    is_one = operator.number is None or (operator.relation == "=" and 1 <= operator.number <= kind.sides)
    return operator.name in ENDLESS and is_one and kind.sides > 1 and not kind.ends


def check_set(members: Members) -> None:
    """Hold a set's operators against the rules.

    Raises:
        NotationError: An operator works on dice only, or needs a face that totals do not have.
    """
    for operator in members.operators:
        spec = OPERATORS[operator.name]
        if not spec.on_sets:
            raise NotationError("operator_on_set", span=operator.span, operator=operator.name)
        if spec.takes is Takes.POINT and operator.number is None:
            raise NotationError("set_needs_number", span=operator.span, operator=operator.name)
    _check_counting(members.operators, 8)


def check_call(call: Call) -> None:
    """Hold a function against the rules.

    Raises:
        NotationError: It takes one value, and has several.
    """
    if call.name in SINGLE and len(call.arguments) != 1:
        raise NotationError("one_value", span=call.span, name=call.name)


def check_shared(message: Message) -> None:
    """Hold a message that shares its first total against the rules.

    Raises:
        NotationError: The first roll asks for it too.
    """
    for node in walk(message.rolls[0].expression):
        if isinstance(node, Shared):
            raise NotationError("shared_first", span=node.span)


def whole_count(count: Value, span: Span | None) -> int:
    """A number of dice that was rolled.

    Raises:
        ArithmeticFault: It is none.
    """
    if count.denominator != 1 or count < 0:
        raise ArithmeticFault("pool_count", span=span, count=count)
    return count.numerator


def whole_sides(sides: Value, limits: Limits, span: Span | None) -> int:
    """The number of sides of a die, where that was rolled.

    Raises:
        ArithmeticFault: No die has so many.
        LimitError: It is too many.
    """
    if sides.denominator != 1 or sides < 1:
        raise ArithmeticFault("die_sides_rolled", span=span, sides=sides)
    if sides > limits.sides:
        raise LimitError("die_sides", span=span, limit=limits.sides)
    return sides.numerator


def _check_tags(pool: Pool, kind: Kind) -> None:
    if "p" in pool.tags and kind.name != "6":
        raise NotationError("plot_sides", span=pool.span, suggestion="p1d6")
    if kind.has_words or kind.plot:
        raise NotationError("words_ranked", span=pool.span)


def _is_endless(family: tuple[Operator, ...], kind: Kind) -> bool:
    """Whether every face matches one of these operators."""
    matches = matches_of(family, kind)
    if kind.values:
        return all(map(matches, kind.distinct))
    # Whether faces match changes only at the numbers written: a million faces need not be asked.
    near = {(operator.number or 0) + step for operator in family for step in (-1, 0, 1)}
    return all(map(matches, {kind.lowest, kind.highest} | {face for face in near if face in kind.distinct}))


def _check_face(operator: Operator, kind: Kind, *, shifted: bool) -> None:
    """Refuse a single face that such a die does not have."""
    exact = operator.relation == "=" and operator.name in ENDLESS | {"ro", "ra", "!o", "i"}
    if exact and not shifted and operator.number is not None and operator.number not in kind.distinct:
        raise NotationError("face_never", span=operator.span, sides=kind.name, face=operator.number)


def _check_counting(operators: tuple[Operator, ...], success: int) -> None:
    if any(operator.name == "" for operator in operators):
        return
    for operator in operators:
        if operator.name in NEEDS_SUCCESS:
            meant = f">={success}{operator}"
            raise NotationError("needs_success", span=operator.span, suggestion=meant, operator=operator.name)
