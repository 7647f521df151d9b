"""Reads expressions: precedence climbing over one scanner, with every depth bounded."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from modules.dice.errors import NotationError, Span
from modules.dice.notation import suggestions, syntax
from modules.dice.notation.operators import Operator
from modules.dice.notation.pool_parser import DIGITS, PoolParser
from modules.dice.notation.scanner import RELATION, SAME_RELATION, Scanner, readable
from modules.dice.notation.settling import ends_with_dice

TERM = re.compile(
    r" *(?:([0-9]{0,4})d([0-9]{1,6})(?:(k[hl]?|d[hl]?)([0-9]{1,3})|(!))?(?= *(?:[-+/)},;[]|\*(?!\*)|\Z))"
    r"|([0-9]{1,15})(?= *(?:[-+/)},;[]|\*(?!\*)|\Z)| [a-ce-vyz]))"
)
"""The commonest terms in one look: a pool with at most one operator, or a number, and nothing behind that is theirs."""
CALL = re.compile(r"(floor|ceil|round|abs|min|max) *\(")
ATTACHED = re.compile(r" *(adv|dis)(?= *[-+*/)}<>=!])")
"""Advantage in the middle of an expression, said of the die it follows."""
DIVISION = re.compile(r"//(?= *(?:[-+0-9({$&\[]|[adp]*[0-9]*d *[0-9%f(\[]|[a-z]+ *[(0-9]))")
"""`//` before something to divide by; before anything else it begins a comment."""
SUMS = frozenset({"+", "-"})
PRODUCTS = frozenset({"*", "/", "%"})


class Parser(ABC):
    """Reads expressions strictly: from the scanner's position up to the first character that continues none.

    `scanner.pos` says where to start, and afterwards where reading stopped.

    Args:
        scanner: Where to read.

    Attributes:
        bias: `adv` or `dis`, until the first single d20 has been read.
    """

    __slots__ = ("bias", "scanner")

    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner
        self.bias = ""

    @property
    def _pools(self) -> PoolParser:
        # Not kept: it knows this parser, and a circle would be left to the garbage collector.
        return PoolParser(self.scanner, self.expression)

    @abstractmethod
    def named(self) -> syntax.Node | None:
        """Read the saved roll or the shortcut that stands here, if one does."""

    def expression(self) -> syntax.Node:
        """Read a sum, and the comparison after it if there is one.

        Raises:
            NotationError: Nothing that can be rolled stands here, or what begins here is not finished.
            LimitError: It is too deep or a number too long.
        """
        scanner = self.scanner
        left = self.sum()
        if scanner.pos >= scanner.end:
            return left
        scanner.skip()
        relation = RELATION.match(scanner.text, scanner.pos)
        if relation is None:
            return left
        scanner.pos = relation.end()
        right = self.sum()
        # Right after dice the sign would count them when the canonical text is read again.
        if ends_with_dice(left):
            left = syntax.Group(left, left.span)
        return syntax.Comparison(left, SAME_RELATION.get(relation[1], relation[1]), right, (left.span[0], scanner.pos))

    def sum(self) -> syntax.Node:
        """Read a sum, without a comparison after it."""
        if self.scanner.dialect.left_to_right:
            return self._straight()
        return self._chain(SUMS, self._product)

    def _straight(self) -> syntax.Node:
        """Operations in the order written; parentheses show it wherever precedence would not."""
        value: syntax.Node = self._unary()
        depth = self.scanner.depth
        while True:
            symbol = self._symbol(SUMS | PRODUCTS)
            if not symbol:
                self.scanner.depth = depth
                return value
            term, span = self._unary(), (value.span[0], self.scanner.pos)
            if isinstance(value, syntax.Chain) and (value.rest[0][0] in SUMS) == (symbol in SUMS):
                value = syntax.Chain(value.first, (*value.rest, (symbol, term)), span)
                continue
            if isinstance(value, syntax.Chain) and symbol not in SUMS:
                # Nobody typed these parentheses, but the tree is as deep as if somebody had.
                self.scanner.deeper(span[0])
                value = syntax.Group(value, value.span)
            value = syntax.Chain(value, ((symbol, term),), span)

    def _symbol(self, symbols: frozenset[str]) -> str:
        """Pass over one of these symbols and give it, if one comes next; else an empty text."""
        scanner = self.scanner
        symbol = scanner.skip()
        if symbol not in symbols:
            return ""
        if symbol in "/*" and scanner.text.startswith(symbol, scanner.pos + 1):
            # Two stars are a power; two strokes may begin a comment.
            if symbol == "*" or not DIVISION.match(scanner.text, scanner.pos):
                return ""
            symbol = "//"
        scanner.pos += len(symbol)
        return symbol

    def _product(self) -> syntax.Node:
        return self._chain(PRODUCTS, self._unary)

    def _chain(self, symbols: frozenset[str], operand: Callable[[], syntax.Node]) -> syntax.Node:
        first = operand()
        symbol = self._symbol(symbols)
        if not symbol:
            return first
        rest: list[tuple[str, syntax.Node]] = []
        while symbol:
            rest.append((symbol, operand()))
            symbol = self._symbol(symbols)
        return syntax.Chain(first, tuple(rest), (first.span[0], self.scanner.pos))

    def _unary(self) -> syntax.Node:
        scanner = self.scanner
        found = TERM.match(scanner.text, scanner.pos)
        if found is not None and (term := self._term(found)) is not None:
            return self._labelled(term)
        sign = scanner.skip()
        start, negative = scanner.pos, False
        # A loop: a message may be nothing but signs, and recursion would fill the stack.
        while sign in SUMS:
            negative ^= sign == "-"
            scanner.pos += 1
            sign = scanner.skip()
        inner = self._power()
        return syntax.Negative(inner, (start, scanner.pos)) if negative else inner

    def _term(self, found: re.Match[str]) -> syntax.Node | None:
        """What the look found; None where limits, the dialect or a second meaning have a say in it."""
        scanner = self.scanner
        count, sides, name, operand, bang, number = found.groups()
        if number is not None:
            if len(number) > scanner.limits.digits:
                return None
            scanner.pos = found.end()
            return syntax.Number(int(number), found.span(6))
        dialect, sided = scanner.dialect, int(sides)
        if not 1 <= sided <= scanner.limits.sides or scanner.limits.digits < len(sides) or (bang and dialect.spellings):
            return None
        # "d66" is digit dice, and the first d of "d1d20" is a tag.
        if (not count and (name == "d" or DIGITS.fullmatch(sides))) or name in dialect.spellings:
            return None
        start, scanner.pos = found.start(1), found.end()
        operators: tuple[Operator, ...] = ()
        if name is not None:
            operators = (Operator(_KEEPS.get(name, name), "", int(operand), (found.start(3), scanner.pos)),)
        elif bang is not None:
            operators = (Operator("!", span=(scanner.pos - 1, scanner.pos)),)
        pool = syntax.Pool(int(count or 1), sided, operators, "", (start, scanner.pos))
        return self._with_bias(pool) if self.bias else pool

    def _power(self) -> syntax.Node:
        scanner = self.scanner
        base = self._atom()
        if not (scanner.take("^") or scanner.take("**")):
            return base
        scanner.deeper(scanner.pos - 1)
        # Through the sign and back here: 2^-1 can be read, and 2^3^2 is 2^(3^2).
        exponent = self._unary()
        scanner.depth -= 1
        return syntax.Power(base, exponent, (base.span[0], scanner.pos))

    def _atom(self) -> syntax.Node:
        scanner = self.scanner
        scanner.skip()
        # Dice and shortcuts may begin with digits, so a plain number is tried after them.
        atom: syntax.Node | None = self._dice() or self.named() or scanner.number() or self._bracketed()
        if atom is None:
            raise suggestions.missing(scanner.typed, scanner.text, scanner.pos)
        return self._labelled(atom)

    def _labelled(self, atom: syntax.Node) -> syntax.Node:
        """The term with the labels that stand behind it."""
        scanner = self.scanner
        if scanner.skip() != "[":
            return atom
        labels = []
        while scanner.skip() == "[":
            labels.append(self._label())
        return syntax.Labelled(atom, tuple(labels), (atom.span[0], scanner.pos))

    def _dice(self) -> syntax.Node | None:
        pool = self._pools.pool()
        return pool if pool is None or isinstance(pool, syntax.Digits) else self._with_bias(pool)

    def _with_bias(self, pool: syntax.Pool) -> syntax.Pool:
        """The pool with the advantage said of it, if it is a single d20."""
        if pool.count != 1 or pool.sides != 20 or pool.tags:
            return pool
        attached = ATTACHED.match(self.scanner.text, self.scanner.pos)
        # A d20 with a word of its own leaves the one before the roll to the next d20.
        bias = attached[1] if attached else self.bias
        if not bias:
            return pool
        if attached:
            self.scanner.pos = attached.end()
        else:
            self.bias = ""
        # Last among the operators: 1d20ro1 with advantage rerolls both dice, then chooses.
        keep = Operator("kh" if bias == "adv" else "kl", "", 1)
        return replace(pool, count=2, operators=(*pool.operators, keep))

    def _bracketed(self) -> syntax.Node | None:
        scanner = self.scanner
        opening, start = scanner.skip(), scanner.pos
        call = CALL.match(scanner.text, start)
        if call is not None:
            scanner.pos = call.end()
            return syntax.Call(call[1], self._list(")", (call.end() - 1, call.end())), (start, scanner.pos))
        if opening == "&":
            scanner.pos += 1
            return syntax.Shared((start, scanner.pos))
        if opening == "{":
            scanner.pos += 1
            members = self._list("}", (start, scanner.pos))
            return syntax.Members(members, self._pools.operators(), (start, scanner.pos))
        if scanner.take("[["):
            members = self._list("]]", (start, scanner.pos))
            if len(members) > 1:
                raise suggestions.crowded(scanner.typed, (start, scanner.pos))
            return self._grouped(members[0], start)
        if opening != "(":
            return None
        scanner.pos += 1
        members = self._list(")", (start, scanner.pos))
        if len(members) > 1:
            return syntax.Members(members, self._pools.operators(), (start, scanner.pos))
        return self._grouped(members[0], start)

    def _grouped(self, inner: syntax.Node, start: int) -> syntax.Node:
        group = syntax.Group(inner, (start, self.scanner.pos))
        return self._pools.counted_pool(group) or group

    def _list(self, closing: str, opening: Span) -> tuple[syntax.Node, ...]:
        scanner = self.scanner
        scanner.deeper(opening[0])
        nodes = [self.expression()]
        while scanner.take(","):
            # A comma with nothing behind it is let pass.
            if scanner.skip() == closing[0]:
                break
            nodes.append(self.expression())
        scanner.expect(closing, opening)
        scanner.depth -= 1
        return tuple(nodes)

    def _label(self) -> str:
        scanner = self.scanner
        start = scanner.pos
        close = scanner.text.find("]", start)
        if close < 0:
            raise NotationError("not_closed", span=(start, start + 1), bracket="[")
        label = readable(scanner.typed[start + 1 : close])
        if not label:
            raise NotationError("label_empty", span=(start, close + 1))
        scanner.pos = close + 1
        return label


_KEEPS: Mapping[str, str] = MappingProxyType({"k": "kh", "d": "dl"})
"""Short spellings of the commonest operators."""
