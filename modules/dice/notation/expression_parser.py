"""Reads expressions: precedence climbing over the flat chains of syntax.py, with every depth bounded."""

import re
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from modules.dice.errors import NotationError, Span
from modules.dice.notation import suggestions
from modules.dice.notation.operators import Operator
from modules.dice.notation.pool_parser import PoolParser
from modules.dice.notation.scanner import RELATION, SAME_RELATION, readable
from modules.dice.notation.syntax import Call, Chain, Comparison, Group, Labelled, Members, Negative, Node, Pool, Power

CALL = re.compile(r"(floor|ceil|round|abs|min|max) *\(")
ATTACHED = re.compile(r" *(adv|dis)(?= *[-+*/)}<>=!])")
"""Advantage in the middle of an expression, said of the die it follows."""
SUMS = MappingProxyType({"+": ("+",), "-": ("-",)})
# "//" is found under its first character; it is a key for those who ask whether a symbol is among these.
PRODUCTS = MappingProxyType({"*": ("*",), "/": ("//", "/"), "%": ("%",), "//": ()})
POWERS = MappingProxyType({"^": ("^",), "*": ("**",)})
EITHER = MappingProxyType({**SUMS, **PRODUCTS})
"""Symbols of one precedence by their first character; each whole symbol is a key too."""


def ends_with_dice(node: Node) -> bool:
    """Whether a relation written right after this would be read as counting dice."""
    while not isinstance(node, Pool | Members):
        if isinstance(node, Chain):
            node = node.rest[-1][1]
        elif isinstance(node, Negative):
            node = node.inner
        elif isinstance(node, Power):
            node = node.exponent
        else:
            return False
    return True


class ExpressionParser(PoolParser):
    """Reads expressions; what a name stands for comes from the parser built on it."""

    bias = ""
    """`adv` or `dis`, until the die it is said of has been read."""

    @abstractmethod
    def named(self) -> Node | None:
        """Read a saved roll or a shortcut, if one stands here."""

    def expression(self) -> Node:
        """Read a sum, and the comparison after it if there is one."""
        left = self.sum()
        self.skip()
        relation = RELATION.match(self.text, self.pos)
        if relation is None:
            return left
        self.pos = relation.end()
        right = self.sum()
        # Right after dice the sign would count them when the canonical text is read again.
        if ends_with_dice(left):
            left = Group(left, left.span)
        return Comparison(left, SAME_RELATION.get(relation[1], relation[1]), right, (left.span[0], self.pos))

    def sum(self) -> Node:
        """Read a sum, without a comparison after it."""
        if self.dialect.left_to_right:
            return self._straight()
        return self._chain(SUMS, self._product)

    def _straight(self) -> Node:
        """Operations in the order written; parentheses show it wherever precedence would not."""
        value: Node = self._unary()
        depth = self.depth
        while True:
            symbol = self._symbol(EITHER)
            if symbol is None:
                self.depth = depth
                return value
            term, span = self._unary(), (value.span[0], self.pos)
            if isinstance(value, Chain) and (value.rest[0][0] in SUMS) == (symbol in SUMS):
                value = Chain(value.first, (*value.rest, (symbol, term)), span)
                continue
            if isinstance(value, Chain) and symbol in PRODUCTS:
                # Nobody typed these parentheses, but the tree is as deep as if somebody had.
                self.deeper(span[0])
                value = Group(value, value.span)
            value = Chain(value, ((symbol, term),), span)

    def _symbol(self, symbols: Mapping[str, tuple[str, ...]]) -> str | None:
        """Pass over one of these symbols, if it comes next; they are given by their first character, longest first."""
        for symbol in symbols.get(self.skip(), ()):
            if self.text.startswith(symbol, self.pos):
                self.pos += len(symbol)
                return symbol
        return None

    def _product(self) -> Node:
        return self._chain(PRODUCTS, self._unary)

    def _chain(self, symbols: Mapping[str, tuple[str, ...]], operand: Callable[[], Node]) -> Node:
        first = operand()
        rest: list[tuple[str, Node]] = []
        while (symbol := self._symbol(symbols)) is not None:
            rest.append((symbol, operand()))
        return Chain(first, tuple(rest), (first.span[0], self.pos)) if rest else first

    def _unary(self) -> Node:
        sign = self.skip()
        start, negative = self.pos, False
        # A loop: a message may be nothing but signs, and recursion would fill the stack.
        while sign in {"+", "-"}:
            negative ^= sign == "-"
            self.pos += 1
            sign = self.skip()
        inner = self._power()
        return Negative(inner, (start, self.pos)) if negative else inner

    def _power(self) -> Node:
        base = self._atom()
        if self._symbol(POWERS) is None:
            return base
        self.deeper(self.pos - 1)
        # Through the sign and back here: 2^-1 can be read, and 2^3^2 is 2^(3^2).
        exponent = self._unary()
        self.depth -= 1
        return Power(base, exponent, (base.span[0], self.pos))

    def _atom(self) -> Node:
        self.skip()
        # Dice and shortcuts may begin with digits, so a plain number is tried after them.
        atom: Node | None = self._pool() or self.named() or self.number() or self._bracketed()
        if atom is None:
            raise suggestions.missing(self.typed, self.text, self.pos)
        labels = []
        while self.skip() == "[":
            labels.append(self._label())
        return Labelled(atom, tuple(labels), (atom.span[0], self.pos)) if labels else atom

    def _pool(self) -> Pool | None:
        pool = self.pool()
        if pool is None or pool.count != 1 or pool.sides != 20 or pool.tags:
            return pool
        attached = ATTACHED.match(self.text, self.pos)
        # A d20 with a word of its own leaves the one before the roll to the next d20.
        bias = attached[1] if attached else self.bias
        if not bias:
            return pool
        if attached:
            self.pos = attached.end()
        else:
            self.bias = ""
        # Last among the operators: 1d20ro1 with advantage rerolls both dice, then chooses.
        keep = Operator("kh" if bias == "adv" else "kl", "", 1)
        return replace(pool, count=2, operators=(*pool.operators, keep))

    def _bracketed(self) -> Node | None:
        opening = self.skip()
        call = CALL.match(self.text, self.pos)
        start = self.pos
        if call is not None:
            self.pos = call.end()
            return Call(call[1], self._list(")", (call.end() - 1, call.end())), (start, self.pos))
        if opening == "{":
            self.pos += 1
            members = self._list("}", (start, self.pos))
            return Members(members, self.operators(), (start, self.pos))
        if self.at("[["):
            self.pos += 2
            members = self._list("]]", (start, self.pos))
            if len(members) > 1:
                raise suggestions.crowded(self.typed, (start, self.pos))
            return Group(members[0], (start, self.pos))
        if opening != "(":
            return None
        self.pos += 1
        members = self._list(")", (start, self.pos))
        if len(members) > 1:
            return Members(members, self.operators(), (start, self.pos))
        group = Group(members[0], (start, self.pos))
        return self.counted_pool(group) or group

    def _list(self, closing: str, opening: Span) -> tuple[Node, ...]:
        self.deeper(opening[0])
        nodes = [self.expression()]
        while self.take(","):
            nodes.append(self.expression())
        self.expect(closing, opening)
        self.depth -= 1
        return tuple(nodes)

    def _label(self) -> str:
        start = self.pos
        close = self.text.find("]", start)
        if close < 0:
            raise NotationError('This "[" is never closed.', span=(start, start + 1))
        label = readable(self.typed[start + 1 : close])
        if not label:
            raise NotationError("This label is empty.", span=(start, close + 1))
        self.pos = close + 1
        return label

    def puzzled(self) -> NotationError:
        """The refusal of whatever stands here."""
        return suggestions.unexpected(self.typed, self.text, self.pos)
