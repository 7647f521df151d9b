"""Where faces come from.

Every die of the product comes from `secrets.randbelow`, asked at the moment the die is rolled. Several dice of one pool
share a question: `randbelow(sides ** k)` is split into its k digits to the base `sides`.

That this is exact, and not merely close:

    randbelow(n) gives each of 0 … n-1 with probability 1/n, so for n = s**k every value has probability s**-k.
    Writing a value to the base s is a bijection between 0 … s**k - 1 and the k-tuples of digits 0 … s-1.
    Hence every k-tuple has probability s**-k = (1/s)**k, the product of its digits' probabilities:
    each digit is uniform, and all of them are independent.

Nothing is drawn ahead of time and nothing is kept for later: a question is asked for exactly the dice being thrown.
"""

import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from itertools import product

from modules.dice.errors import DiceError

Faces = Sequence[int]
"""Faces as thrown, each from 1 to the number of sides: `bytes` where they fit, a tuple where they do not."""

Thrower = Callable[[], Faces]
"""Throws the pool it was made for, anew with each call."""

TABLE_SIZE = 1_296
"""Entries of a digit table at most: 6**4, so that up to four d6 are one look-up."""
CHUNK_BITS = 288
"""About how many random bits one question for a large pool asks for: few enough that splitting stays linear."""
THROWERS_KEPT = 1_024
"""Pools whose powers and tables are remembered: players change their modifiers more often than their dice."""
BYTE_SIDES = 255
"""The largest die whose faces fit into `bytes`."""


class RandomSource(ABC):
    """Gives faces; the only place of the engine that is not a function of its input."""

    @abstractmethod
    def roll(self, sides: int, count: int) -> Faces:
        """Throw `count` dice of `sides` sides (both at least 1) and give their faces, 1 to `sides`, in order."""

    def thrower(self, sides: int, count: int) -> Thrower:
        """A function that throws this very pool: what depends on sides and count alone is worked out once."""
        return partial(self.roll, sides, count)


class ScriptedSource(RandomSource):
    """Gives faces that were written down before: to replay a roll, and for tests.

    Args:
        faces: The faces to give, in the order in which the dice are thrown.
    """

    def __init__(self, faces: Iterable[int]) -> None:
        self._faces = tuple(faces)
        self._next = 0

    @property
    def left_count(self) -> int:
        """Faces not given yet."""
        return len(self._faces) - self._next

    def roll(self, sides: int, count: int) -> Faces:
        """The next `count` faces.

        Raises:
            DiceError: The script has too few faces left, or one that such a die does not have.
        """
        taken = self._faces[self._next : self._next + count]
        if len(taken) < count:
            raise DiceError("faces_short", count=len(self._faces))
        for face in taken:
            if not 1 <= face <= sides:
                raise DiceError("face_impossible", face=face, sides=sides)
        self._next += count
        return taken


class _Digits:
    """How dice of one size are read out of one big number.

    Faces are looked up `width` at a time in a table of all combinations, the lowest digit first, so that a pool costs
    one division for several dice, and digits above the highest one asked for are the tail to cut off.
    """

    __slots__ = ("base", "chunk", "groups", "sides", "table", "whole", "width")

    def __init__(self, sides: int) -> None:
        self.sides = sides
        self.width = 1
        # Without the second bound a die of one side would go on for ever: its powers do not grow.
        while sides ** (self.width + 1) <= TABLE_SIZE and self.width < 8:
            self.width += 1
        self.base: int = sides**self.width
        # The last place of a product turns fastest, as the lowest digit does: reversed, it comes first.
        self.table = [bytes(faces[::-1]) for faces in product(range(1, sides + 1), repeat=self.width)]
        self.groups = max(1, CHUNK_BITS // self.base.bit_length())
        self.chunk = self.groups * self.width
        self.whole = sides**self.chunk

    def split(self, value: int, groups: int) -> list[bytes]:
        """The lowest `groups` groups of digits of `value`, as faces."""
        table, base = self.table, self.base
        found = []
        for _ in range(groups):
            value, low = divmod(value, base)
            found.append(table[low])
        return found

    def thrower(self, count: int) -> Thrower:
        """A function that throws `count` dice of this size."""
        if count <= self.width:
            return self._looked_up(count)
        if count <= self.chunk:
            return self._split_once(count)
        return self._in_chunks(count)

    def _looked_up(self, count: int) -> Thrower:
        bound = self.sides**count
        table = [faces[:count] for faces in self.table[:bound]]
        return lambda: table[secrets.randbelow(bound)]

    def _split_once(self, count: int) -> Thrower:
        bound, groups, split, join = self.sides**count, -(-count // self.width), self.split, b"".join
        if groups > 2:
            return lambda: join(split(secrets.randbelow(bound), groups))[:count]
        table, base = self.table, self.base
        last = [faces[: count - self.width] for faces in table[: bound // base]]

        def throw() -> Faces:
            high, low = divmod(secrets.randbelow(bound), base)
            return table[low] + last[high]

        return throw

    def _in_chunks(self, count: int) -> Thrower:
        chunks, rest_count = divmod(count, self.chunk)
        rest = self.thrower(rest_count) if rest_count else bytes
        whole, groups = self.whole, self.groups

        def throw() -> Faces:
            found: list[bytes] = []
            for _ in range(chunks):
                found += self.split(secrets.randbelow(whole), groups)
            return b"".join(found) + bytes(rest())

        return throw


class SystemSource(RandomSource):
    """Dice from the operating system's entropy, through `secrets.randbelow` and nothing else."""

    def __init__(self) -> None:
        self._digits: dict[int, _Digits] = {}
        # A cache of this source's own: one on the method would be shared by all sources and keep them alive.
        self._prepared = lru_cache(maxsize=THROWERS_KEPT)(self._prepare)

    def roll(self, sides: int, count: int) -> Faces:
        """Throw `count` dice of `sides` sides, all of them now."""
        return self.thrower(sides, count)()

    def thrower(self, sides: int, count: int) -> Thrower:
        """A function that throws this pool, with its powers and tables at hand; it holds no randomness of its own."""
        return self._prepared(sides, count)

    def _prepare(self, sides: int, count: int) -> Thrower:
        # `bytes()` is a throw of no dice.
        if count < 1:
            return bytes
        if sides > BYTE_SIDES:
            return partial(_throw_large, sides, count)
        digits = self._digits.get(sides)
        if digits is None:
            digits = self._digits[sides] = _Digits(sides)
        return digits.thrower(count)


def _throw_large(sides: int, count: int) -> Faces:
    """Dice whose faces do not fit into a byte, a chunk of digits at a time."""
    if count == 1:
        return (secrets.randbelow(sides) + 1,)
    width = max(1, CHUNK_BITS // sides.bit_length())
    faces: list[int] = []
    while count > 0:
        taken = min(width, count)
        value = secrets.randbelow(sides**taken)
        for _ in range(taken):
            value, digit = divmod(value, sides)
            faces.append(digit + 1)
        count -= taken
    return tuple(faces)
