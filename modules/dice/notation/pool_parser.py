"""Reads dice: tags, count and sides."""

import re
from collections.abc import Callable
from types import MappingProxyType

from modules.dice.errors import LimitError, NotationError
from modules.dice.notation.operator_parser import OperatorParser
from modules.dice.notation.scanner import Scanner, readable
from modules.dice.notation.syntax import Custom, Digits, Face, Group, Node, Pool, Special

POOL = re.compile(
    r"(?!d6s[0-9])([adp]+(?=[0-9]+d))?(?:([0-9]+)? *d *([0-9]+|[(\[])|([0-9]*)d(%|f(?:ate(?![a-z])|\.[12])?|p))"
)
"""Tags, count and sides. Letters for sides stand close to the d, or every comment could be dice; d6s4 is a game."""
SIDES = re.compile(r" *d *([0-9]+|[(\[])|d(%|f(?:ate(?![a-z])|\.[12])?|p)")
"""What turns parentheses into a count."""
DIGITS = re.compile(r"([3468])\1{1,4}")
"""Sides that are digit dice where no count is written: `d66`."""
FACE = re.compile(r" *(.*?) *(?:\* *([0-9]+) *)?", re.DOTALL)
RANGE = re.compile(r" *([0-9]{1,4}) *(?:-|\.\.) *([0-9]{1,4}) *")
RANGE_FACES = 100
"""Faces of the longest range: the canonical form writes all of them."""
LETTERED = MappingProxyType(
    {**dict.fromkeys(("f", "fate", "f.2"), Special("F")), "f.1": Special("F.1"), "p": Special("P")}
)


class PoolParser:
    """Reads pools.

    Args:
        scanner: Where to read.
        expression: Reads one expression, for what stands in parentheses.
    """

    __slots__ = ("expression", "operators", "scanner")

    def __init__(self, scanner: Scanner, expression: Callable[[], Node]) -> None:
        self.scanner = scanner
        self.expression = expression
        self.operators = OperatorParser(scanner, expression).operators

    def pool(self) -> Pool | Digits | None:
        """Read the dice that stand here, if any do.

        Raises:
            NotationError: They cannot be thrown.
            LimitError: A number is too long, or there are too many sides.
        """
        scanner = self.scanner
        found = POOL.match(scanner.text, scanner.pos)
        if found is None:
            return None
        tags, count, sides, glued, letter = found.groups()
        written = count or glued
        if not written and sides and (digits := DIGITS.fullmatch(sides)):
            scanner.pos = found.end()
            return Digits(int(digits[1]), len(sides), found.span())
        counted = scanner.integer(written, found.start(2 if count else 4)) if written else 1
        if tags and len(tags) > counted:
            raise NotationError("tags_exceed_dice", span=found.span(1), tags=len(tags), dice=counted)
        scanner.pos = found.end()
        return self._finished(found.start(), counted, tags or "", sides, letter)

    def counted_pool(self, count: Group) -> Pool | None:
        """Read the `d6` of `(1d4)d6`, if it follows."""
        found = SIDES.match(self.scanner.text, self.scanner.pos)
        if found is None:
            return None
        self.scanner.pos = found.end()
        return self._finished(count.span[0], count, "", found[1], found[2])

    def _finished(self, start: int, count: int | Group, tags: str, sides: str | None, letter: str | None) -> Pool:
        # The % is in no table: what it means is for the dialect to say.
        read = self._sides(sides) if sides else LETTERED.get(letter or "", self.scanner.dialect.percent)
        operators = self.operators()
        return Pool(count, read, operators, tags, (start, self.scanner.pos))

    def _sides(self, written: str) -> int | Custom | Group:
        scanner = self.scanner
        start = scanner.pos - len(written)
        if written == "[":
            return self._faces(start)
        if written == "(":
            scanner.deeper(start)
            inner = self.expression()
            scanner.expect(")", (start, start + 1))
            scanner.depth -= 1
            return Group(inner, (start, scanner.pos))
        sides = scanner.integer(written, start)
        if sides < 1:
            raise NotationError("no_sides", span=(start, scanner.pos), suggestion="d6")
        return self._within(sides, start)

    def _within(self, sides: int, start: int) -> int:
        if sides > self.scanner.limits.sides:
            raise LimitError("die_sides", span=(start, self.scanner.pos), limit=self.scanner.limits.sides)
        return sides

    def _faces(self, start: int) -> Custom:
        scanner = self.scanner
        close = scanner.text.find("]", scanner.pos)
        if close < 0:
            raise NotationError("not_closed", span=(start, start + 1), bracket="[")
        faces, begin = [], scanner.pos
        for part in re.split(r"[,/]", scanner.text[begin:close]):
            faces += self._range(part) or [self._face(begin, begin + len(part))]
            begin += len(part) + 1
        scanner.pos = close + 1
        self._within(sum(face.weight for face in faces), start)
        return Custom(tuple(faces))

    @staticmethod
    def _range(part: str) -> list[Face]:
        """The faces of `2-11`; none if this is a single face, or a row too long to be written out."""
        found = RANGE.fullmatch(part)
        first, last = (int(found[1]), int(found[2])) if found else (0, -1)
        return [Face(value) for value in range(first, last + 1)] if last - first < RANGE_FACES else []

    def _face(self, start: int, end: int) -> Face:
        scanner = self.scanner
        found = FACE.fullmatch(scanner.text, start, end)
        if found is None or not found[1]:
            raise NotationError("face_missing", span=(start, max(end, start + 1)))
        weight = scanner.integer(found[2], found.start(2)) if found[2] else 1
        if not weight:
            raise NotationError("face_weight", span=(start, end))
        if re.fullmatch(r"-?[0-9]+", found[1]):
            digits = found[1].lstrip("-")
            value = scanner.integer(digits, found.end(1) - len(digits))
            return Face(-value if found[1].startswith("-") else value, weight)
        return Face(readable(scanner.typed[slice(*found.span(1))]), weight)
