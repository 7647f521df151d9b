"""Polynomials held as one big integer with digits of fixed width: a product is one multiplication, at C speed."""

import struct
from collections.abc import Sequence
from types import MappingProxyType

LONG_BITS = 50_000
"""The longest number that is multiplied at once, in about a millisecond: meanwhile no other thread runs."""
CODES = MappingProxyType({1: "B", 2: "H", 4: "I", 8: "Q"})
"""Bytes of a digit → how `struct` names it; other widths are packed digit by digit."""


def width_of(largest: int) -> int:
    """Bytes of a digit that holds numbers up to `largest`: a width that `struct` knows, or one above those."""
    width = largest.bit_length() // 8 + 1
    return width if width > 8 else 1 << (width - 1).bit_length()


def joined(digits: Sequence[int], width: int) -> int:
    """A polynomial as one integer, from its coefficients, lowest exponent first."""
    if width in CODES:
        return int.from_bytes(struct.pack(f"<{len(digits)}{CODES[width]}", *digits), "little")
    return int.from_bytes(b"".join([digit.to_bytes(width, "little") for digit in digits]), "little")


def parted(packed: int, width: int) -> Sequence[int]:
    """The coefficients of a polynomial, lowest exponent first."""
    places = -(-packed.bit_length() // (8 * width))
    digits, number = packed.to_bytes(places * width, "little"), int.from_bytes
    if width in CODES:
        return struct.unpack(f"<{places}{CODES[width]}", digits)
    return [number(digits[place : place + width], "little") for place in range(0, places * width, width)]


def multiplied(one: int, other: int) -> int:
    """A product; of long numbers by Karatsuba's method, in steps between which other threads run."""
    long, short = max(one, other), min(one, other)
    if long.bit_length() <= LONG_BITS or not short:
        return one * other
    half = long.bit_length() // 2
    mask = (1 << half) - 1
    low, high = long & mask, long >> half
    if short <= mask:
        return multiplied(low, short) + (multiplied(high, short) << half)
    both = low + high
    # A number times the same object is a square, which the interpreter does in less time.
    short_low, short_high = (low, high) if one is other else (short & mask, short >> half)
    below, above = multiplied(low, short_low), multiplied(high, short_high)
    across = multiplied(both, both if one is other else short_low + short_high) - below - above
    return (above << 2 * half) + (across << half) + below


def powered(base: int, number: int) -> int:
    """A power with an exponent of at least 1, in such steps."""
    if base.bit_length() * number <= LONG_BITS:
        power: int = base**number
        return power
    found = base
    for bit in bin(number)[3:]:
        found = multiplied(found, found)
        if bit == "1":
            found = multiplied(found, base)
    return found
