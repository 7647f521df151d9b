"""What operators ask of a die: refused before the first throw wherever the tree alone can tell."""

from modules.dice.errors import NotationError
from modules.dice.notation.operators import OPERATORS, Operator, Takes
from modules.dice.notation.syntax import Members, Pool
from modules.dice.rolling.die_types import Kind
from modules.dice.rolling.pool_state import matcher

ENDLESS = frozenset({"r", "!", "!!", "!p", "!!p"})
"""Operators that go on while a die matches."""
SHIFTING = frozenset({"mi", "ma", "!!", "!!p", "!p", "i"})
"""Operators after which a die may be worth what no face shows."""
NEEDS_SUCCESS = frozenset({"f", "ds", "pr", "c"})
"""Counting operators that mean something only beside a count of successes."""


def check_pool(pool: Pool, kind: Kind, count: int) -> None:
    """Hold a pool against the rules, once its dice are known.

    Raises:
        NotationError: The dice cannot do what is asked; the span is the operator's.
    """
    _check_tags(pool, kind)
    shifted = False
    for operator in pool.operators:
        if kind.has_words or kind.plot:
            what = "A plot die takes no operators." if kind.plot else "These faces are words: they cannot be compared."
            raise NotationError(what, span=operator.span)
        _check_point(operator, kind, shifted=shifted)
        shifted = shifted or operator.name in SHIFTING
        if operator.name == "u" and count > len(kind.distinct):
            raise NotationError(f"{count} dice cannot all differ on a d{kind.name}.", span=operator.span)
    _check_counting(pool.operators, kind.highest)


def check_set(members: Members) -> None:
    """Hold a set's operators against the rules.

    Raises:
        NotationError: An operator works on dice only, or needs a face that totals do not have.
    """
    for operator in members.operators:
        spec = OPERATORS[operator.name]
        if not spec.on_sets:
            raise NotationError(f'"{operator.name}" works on dice, not on the totals of a set.', span=operator.span)
        if spec.takes is Takes.POINT and operator.number is None:
            raise NotationError(
                f'On a set "{operator.name}" needs its number: totals have no highest or lowest face.',
                span=operator.span,
            )
    _check_counting(members.operators, 8)


def _check_tags(pool: Pool, kind: Kind) -> None:
    if "p" in pool.tags and kind.name != "6":
        raise NotationError("A plot die is a d6.", span=pool.span, suggestion="p1d6")
    if pool.tags and (kind.has_words or kind.plot):
        raise NotationError("These faces cannot be compared, so none of them is higher.", span=pool.span)


def _check_point(operator: Operator, kind: Kind, *, shifted: bool) -> None:
    if operator.name in ENDLESS:
        matches = matcher(operator, kind.lowest if operator.name == "r" else kind.highest)
        # A relation that both ends match is matched by all between them; only != can spare one in the middle.
        if operator.relation == "!=":
            endless = operator.number not in kind.distinct
        else:
            endless = matches(kind.lowest) and matches(kind.highest)
        if endless:
            raise NotationError(f"Every face of a d{kind.name} matches that: it would never end.", span=operator.span)
    exact = operator.relation == "=" and OPERATORS[operator.name].takes is Takes.POINT
    if (
        exact
        and not shifted
        and operator.name in ENDLESS | {"ro", "ra", "!o", "i"}
        and operator.number not in kind.distinct
    ):
        raise NotationError(f"A d{kind.name} never shows {operator.number}.", span=operator.span)


def _check_counting(operators: tuple[Operator, ...], success: int) -> None:
    if any(operator.name == "" for operator in operators):
        return
    for operator in operators:
        if operator.name in NEEDS_SUCCESS:
            raise NotationError(
                f'"{operator.name}" needs a count of successes beside it.',
                span=operator.span,
                suggestion=f">={success}{operator}",
            )
