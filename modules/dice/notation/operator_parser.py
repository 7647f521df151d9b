"""Reads the operators that follow dice or a set."""

import re
from collections.abc import Callable
from operator import add, mul, sub
from types import MappingProxyType

from modules.dice.notation import suggestions
from modules.dice.notation.operators import (
    EXPLODING,
    MATCHING,
    ON_FACE,
    OPERATORS,
    SHORT,
    SPELLINGS,
    Operator,
    Spec,
    Takes,
)
from modules.dice.notation.scanner import SAME_RELATION, Scanner
from modules.dice.notation.syntax import Chain, Group, Negative, Node, Number

NAME = re.compile(
    "|".join(
        f"{re.escape(name)}(?![lh] *[0-9])" if name.endswith("!p") else re.escape(name)
        for name in sorted(SPELLINGS, key=len, reverse=True)
    )
)
"""The longest operator name that stands here; `!pl1` is `!` and then `pl1`."""
SIGN = r"(?:>=|<=|==|!=|<>|[=><\u2265\u2264\u2260])"
COMPARED = re.compile(rf"(?:(?<= ){SIGN} *|{SIGN} +)-?[0-9]+d[0-9]|{SIGN} *-?[0-9]+d(?:[%fp]| *[(\[])")
"""A relation with dice behind it, which compares totals. With no space around the relation `>=8d1` counts and drops."""
POINT = re.compile(rf"(?! *(?:{COMPARED.pattern})) *(?:({SIGN}) *(-?[0-9]+)|([0-9]+))")
COUNTED = re.compile(rf"(?! *(?:{COMPARED.pattern})) *((?!!){SIGN}) *(-?[0-9]+)")
BRACKETED = re.compile(rf"({SIGN})? *(?=\()")
"""A relation, or nothing, before a number that is an expression: `kh(2+2)`, `>=(8-1)`."""
ONCE = re.compile(r"1=(?!=)(-?[0-9]+)")
"""What Foundry writes after x, ! and r for "at most once, on this value"."""
ONCE_NAMES = MappingProxyType({"x": "!o", "!": "!o", "r": "ro"})
TIMES = re.compile(r"x *[0-9]+(?![0-9=<>])")
"""How often to roll, unless it is close to bare dice, where x explodes."""
WORD = re.compile(r"[a-z]{3,}[0-9]*")
"""Letters that are either all operators or none."""
KEYWORD = re.compile(r"(?:adv|dis|vs|dc|tn)(?![a-z])")
"""Words that end a list of operators."""
OPERATOR_STARTS = frozenset(name[0] for name in SPELLINGS) | frozenset("><=\u2265\u2264\u2260")
_CONSTANT = MappingProxyType({"+": add, "-": sub, "*": mul})


class OperatorParser:
    """Reads operators.

    Args:
        scanner: Where to read.
        expression: Reads one expression, for numbers in parentheses.
    """

    __slots__ = ("expression", "scanner")

    def __init__(self, scanner: Scanner, expression: Callable[[], Node]) -> None:
        self.scanner = scanner
        self.expression = expression

    def operators(self) -> tuple[Operator, ...]:
        """Read every operator that follows."""
        scanner = self.scanner
        found: list[Operator] = []
        checked = 0
        while True:
            before = scanner.pos
            if scanner.skip() not in OPERATOR_STARTS or KEYWORD.match(scanner.text, scanner.pos):
                break
            may_repeat = scanner.pos > before or (found and found[-1].number is not None)
            if may_repeat and TIMES.match(scanner.text, scanner.pos):
                break
            # Everything before `checked` was seen to be operators when the first of them was looked at.
            if scanner.pos >= checked:
                checked = self._checked()
            operator = self._operator()
            if operator is None:
                break
            found.append(operator)
        return tuple(found)

    def _checked(self) -> int:
        """Where the word that stands here ends, all of it operators.

        Raises:
            NotationError: Three letters or more, and not all of them operators.
        """
        scanner = self.scanner
        word = WORD.match(scanner.text, scanner.pos)
        if word is None:
            # Too short to be a word: one operator is read, then the next is looked at anew.
            return scanner.pos + 1
        if not self._consumed(scanner.pos, word.end()):
            raise suggestions.unknown_operator(scanner.typed[slice(*word.span())], word.span())
        return word.end()

    def _consumed(self, pos: int, end: int) -> bool:
        """Whether all letters and digits up to `end` read as operators that have what they need."""
        text = self.scanner.text
        while pos < end:
            found = NAME.match(text, pos, end)
            if found is None:
                return False
            spec = OPERATORS[SPELLINGS[found[0]][0]]
            # Without an end: the number may stand behind a space, and so beyond this word.
            point = None if spec.takes is Takes.NOTHING else POINT.match(text, found.end())
            if point is None and BRACKETED.match(text, found.end()):
                return True
            pos = found.end() if point is None else point.end()
            # More letters after a bare keep or drop make another word of it, such as "kick".
            if point is None and (spec.needed or found[0] in ON_FACE or (pos < end and spec.takes is Takes.COUNT)):
                return False
        return True

    def _operator(self) -> Operator | None:
        scanner = self.scanner
        text, start = scanner.text, scanner.pos
        if COMPARED.match(text, start):
            return None
        counted = COUNTED.match(text, start)
        if counted is not None and not scanner.dialect.counts_dice:
            return None
        if counted is not None:
            scanner.pos = counted.end()
            return self._pointed("", counted[1], counted[2], start)
        found = NAME.match(text, start)
        if found is None:
            return self._computed("", "", Takes.POINT, start) if scanner.dialect.counts_dice else None
        if found[0][0] == "!" and scanner.dialect.bang_comments:
            return None
        scanner.pos = found.end()
        once = ONCE.match(text, scanner.pos) if found[0] in ONCE_NAMES else None
        if once is not None:
            scanner.pos = once.end()
            return self._pointed(ONCE_NAMES[found[0]], "=", once[1], start)
        return self._named(found[0], start)

    def _named(self, spelling: str, start: int) -> Operator:
        """An operator whose name was just passed, with what follows it."""
        scanner = self.scanner
        name, relation = scanner.dialect.spellings.get(spelling) or SPELLINGS[spelling]
        spec = OPERATORS[name]
        if spec.takes is Takes.NOTHING:
            return Operator(name, span=(start, scanner.pos))
        point = POINT.match(scanner.text, scanner.pos)
        # A space ends an explosion: "6d6! >=5" explodes on the highest face, and counts.
        if point is not None and point[1] and name in EXPLODING and scanner.text[scanner.pos] == " ":
            point = None
        if point is None:
            return self._computed(name, relation, spec.takes, start) or self._bare(spelling, name, spec, start)
        scanner.pos = point.end()
        if point[3] is not None:
            return self._plain(name, relation, point[3], start)
        if name in MATCHING and spelling in SHORT:
            return self._pointed(MATCHING[name], point[1], point[2], start)
        if spec.takes is not Takes.POINT or not name:
            raise suggestions.needs_number(spelling, name, (start, scanner.pos))
        return self._pointed(name, point[1], point[2], start)

    def _computed(self, name: str, relation: str, takes: Takes, start: int) -> Operator | None:
        """An operator whose number is an expression without dice, if there is one; else the position stays."""
        scanner = self.scanner
        found = BRACKETED.match(scanner.text, scanner.pos)
        if found is None or (found[1] and takes is not Takes.POINT) or not (found[1] or name):
            return None
        before = scanner.pos
        scanner.pos = found.end() + 1
        scanner.deeper(found.end())
        number = _constant(self.expression())
        scanner.depth -= 1
        if number is None or not scanner.take(")"):
            # Dice inside: it compares totals.
            scanner.pos = before
            return None
        if found[1]:
            return self._pointed(name, found[1], str(number), start)
        return self._plain(name, relation, str(number), start)

    def _bare(self, spelling: str, name: str, spec: Spec, start: int) -> Operator:
        """An operator with nothing after it."""
        scanner = self.scanner
        letter_follows = scanner.text[scanner.pos : scanner.pos + 1].isalpha()
        if spec.takes is Takes.COUNT and letter_follows:
            end = suggestions.word_end(scanner.text, start)
            raise suggestions.unknown_operator(scanner.typed[start:end], (start, end))
        if spec.needed or spelling in ON_FACE or not name:
            raise suggestions.needs_number(spelling, name, (start, scanner.pos))
        return Operator(name, "", spec.default, (start, scanner.pos))

    def _plain(self, name: str, relation: str, digits: str, start: int) -> Operator:
        """An operator with a number that has no sign before it."""
        number = self.scanner.integer(digits, self.scanner.pos - len(digits))
        if OPERATORS[name].takes is Takes.POINT:
            relation = relation or "="
        return Operator(name, relation, number, (start, self.scanner.pos))

    def _pointed(self, name: str, relation: str, written: str, start: int) -> Operator:
        """An operator with a compare point."""
        scanner = self.scanner
        digits = written.lstrip("-")
        number = scanner.integer(digits, scanner.pos - len(digits))
        plain = SAME_RELATION.get(relation, relation)
        meant = scanner.dialect.relations.get(plain, plain)
        return Operator(name, meant, -number if written != digits else number, (start, scanner.pos))


def _constant(node: Node) -> int | None:
    """The value of whole numbers with +, - and * between them; None for anything else."""
    if isinstance(node, Group | Negative):
        inner = _constant(node.inner)
        return -inner if inner is not None and isinstance(node, Negative) else inner
    if isinstance(node, Chain):
        value = _constant(node.first)
        for symbol, term in node.rest:
            right = _constant(term)
            if value is None or right is None or symbol not in _CONSTANT:
                return None
            value = _CONSTANT[symbol](value, right)
        return value
    return node.value if isinstance(node, Number) and isinstance(node.value, int) else None
