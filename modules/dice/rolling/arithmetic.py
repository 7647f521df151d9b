"""Exact arithmetic within bounds: integers and fractions, never a float."""

import operator
from collections.abc import Callable
from fractions import Fraction
from types import MappingProxyType

from modules.dice.errors import ArithmeticFault, LimitError
from modules.dice.limits import Limits
from modules.dice.notation.syntax import Value

Operation = Callable[[Value, Value], Value]


def whole(value: Value) -> Value:
    """The same number, as an int if it is one."""
    return value.numerator if value.denominator == 1 else value


def plain(value: Value) -> int | str:
    """A number for JSON: a fraction as text."""
    return value if isinstance(value, int) else str(value)


def bounded(value: Value, largest: int) -> Value:
    """The value, if numerator and denominator stay within `largest`.

    Raises:
        LimitError: They do not.
    """
    if not -largest <= value.numerator <= largest or value.denominator > largest:
        raise LimitError("result_limit")
    return value


def _dividing(operation: Operation) -> Operation:
    def divided(left: Value, right: Value) -> Value:
        if not right:
            raise ArithmeticFault("division_by_zero")
        return whole(operation(left, right))

    return divided


OPERATIONS: MappingProxyType[str, Operation] = MappingProxyType(
    {
        "+": lambda left, right: whole(left + right),
        "-": lambda left, right: whole(left - right),
        "*": lambda left, right: whole(left * right),
        # As fractions, because two ints would make a float.
        "/": _dividing(lambda left, right: Fraction(left) / right),
        "//": _dividing(operator.floordiv),
        "%": _dividing(operator.mod),
    }
)
"""Binary operations by their sign, not yet bounded."""


def power(base: Value, exponent: Value, limits: Limits) -> Value:
    """`base` to the power of `exponent`, refused before it is worked out if the result would be too large.

    Raises:
        ArithmeticFault: A root, or zero to a negative power.
        LimitError: Numerator or denominator would pass the limit of a power.
    """
    if exponent.denominator != 1:
        raise ArithmeticFault("power_not_whole")
    times = exponent.numerator
    if not base and times < 0:
        raise ArithmeticFault("division_by_zero")
    # The larger part is at least 2**bits, so its power has more than bits * |times| bits: no need to see it.
    bits = max(abs(base.numerator).bit_length(), base.denominator.bit_length()) - 1
    if bits * abs(times) > limits.power.bit_length():
        raise LimitError("power_limit", exponent=len(str(limits.power)) - 1)
    if abs(base.numerator) <= 1 and base.denominator == 1:
        # 0, 1 and -1 pass that test with any exponent; but for 0^0 all that matters is whether it is odd.
        times %= 2
        return (whole(Fraction(base) ** times)) if times else (1 if exponent == 0 or base else 0)
    # As a fraction, because an int to a negative power would be a float.
    result = whole(Fraction(base) ** times)
    if abs(result.numerator) > limits.power or result.denominator > limits.power:
        raise LimitError("power_limit", exponent=len(str(limits.power)) - 1)
    return result


def rounded(value: Value) -> int:
    """The nearest whole number, halves away from zero."""
    # |value| + 1/2, rounded down. Python's own round() takes halves to the nearest even number.
    doubled = abs(value.numerator) * 2 + value.denominator
    magnitude = doubled // (2 * value.denominator)
    return magnitude if value >= 0 else -magnitude


FUNCTIONS: MappingProxyType[str, Callable[..., Value]] = MappingProxyType(
    {
        "floor": lambda value: value // 1,
        "ceil": lambda value: -(-value // 1),
        "round": rounded,
        "abs": abs,
        "min": min,
        "max": max,
    }
)
"""Functions by name; the first four take one argument, the others any number."""
SINGLE = frozenset({"floor", "ceil", "round", "abs"})
"""Functions of one argument."""
