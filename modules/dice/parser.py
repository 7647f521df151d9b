"""Reads a message: precedence climbing over the flat chains of syntax.py, with every depth bounded."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from modules.dice import advice
from modules.dice.errors import LimitError, NotationError, Span
from modules.dice.limits import Limits
from modules.dice.operators import Operator
from modules.dice.pool_parser import KEYWORD, PoolParser
from modules.dice.scanner import RELATION, SAME_RELATION, readable
from modules.dice.syntax import Call, Chain, Comparison, Group, Labelled, Members, Negative, Node, Pool, Power

CALL = re.compile(r"(floor|ceil|round|abs|min|max) *\(")
_ROLLISH = r"(?:(?:adv|dis)(?![a-z])|[({$]|[0-9]|[adp]*d *[0-9%f({\[]|(?:floor|ceil|round|abs|min|max) *\()"
REPEAT = re.compile(rf" *([0-9]+)(?: *[#x] *[-+]*(?={_ROLLISH})|[#x](?=[a-z])| +(?={_ROLLISH}))")
"""A repeat, where what follows it begins like a roll."""
ROLL_START = re.compile(r"[;,] *(?:(?:adv|dis) +)?[-+ ({]*[adp]*[0-9]* *d *[0-9%(\[]")
"""A separator with dice after it: where a comment ends, so that no roll is swallowed by one."""
ATTACHED = re.compile(r" *(adv|dis)(?= *[-+*/)}])")
"""Advantage in the middle of an expression, said of the die it follows."""
CHECK = re.compile(r"(?:vs|dc|tn)(?![a-z])")
SUMS = ("+", "-")
PRODUCTS = ("//", "*", "/", "%")


@dataclass(frozen=True, slots=True)
class RollSyntax:
    """One roll of a message."""

    expression: Node
    comment: str = ""

    def __str__(self) -> str:
        return f"{self.expression} # {self.comment}" if self.comment else str(self.expression)


@dataclass(frozen=True, slots=True)
class Message:
    """Everything one notation asks for."""

    repeat: int
    rolls: tuple[RollSyntax, ...]

    def __str__(self) -> str:
        rolls = "; ".join(map(str, self.rolls))
        return f"{self.repeat}#{rolls}" if self.repeat != 1 else rolls


def parse(notation: str, limits: Limits | None = None) -> Message:
    """Read a notation.

    Args:
        notation: The text as typed.
        limits: What it may ask for; the defaults if None.

    Raises:
        NotationError: It cannot be read.
        LimitError: It asks for too much.
    """
    return MessageParser(notation, limits or Limits()).message()


class MessageParser(PoolParser):
    """Reads rolls and what stands around them."""

    def __init__(self, typed: str, limits: Limits) -> None:
        super().__init__(typed, limits)
        self.bias = ""

    def message(self) -> Message:
        """Read the whole text."""
        if not self.skip():
            raise NotationError("There is nothing to roll.", suggestion="1d20")
        repeat = self._repeat()
        rolls = [self._roll()]
        while self.skip() in {";", ","} and self.pos < self.end:
            self.pos += 1
            rolls.append(self._roll())
            if len(rolls) > self.limits.rolls:
                raise LimitError(f"One message may hold {self.limits.rolls} rolls.", span=(self.pos - 1, self.pos))
        if self.pos < self.end:
            raise self.puzzled()
        return Message(repeat, tuple(rolls))

    def _repeat(self) -> int:
        found = REPEAT.match(self.text, self.pos)
        if found is None:
            return 1
        count = self.integer(found[1], found.start(1))
        if not 1 <= count <= self.limits.repeats:
            raise LimitError(f"A roll may be repeated 1 to {self.limits.repeats} times.", span=found.span(1))
        self.pos = found.end()
        return count

    def _roll(self) -> RollSyntax:
        self.skip()
        start = self.pos
        bias = self._advantage()
        expression = self._biased(bias, start)
        trailing = self._advantage()
        if trailing and bias:
            raise NotationError("Say adv or dis once: both together cancel out.", span=(self.pos - 3, self.pos))
        if trailing:
            after, self.pos = self.pos, start
            expression = self._biased(trailing, after - 3)
            self._advantage()
        return RollSyntax(self._check(expression), self._comment())

    def _advantage(self) -> str:
        self.skip()
        word = KEYWORD.match(self.text, self.pos)
        if word is None or word[0] not in {"adv", "dis"}:
            return ""
        self.pos = word.end()
        return word[0]

    def _biased(self, bias: str, start: int) -> Node:
        """Read an expression whose first d20 has advantage or disadvantage."""
        self.bias = bias
        expression = self.expression()
        if self.bias:
            raise NotationError(f"{bias} needs a 1d20 to work on.", span=(start, start + 3), suggestion=f"1d20 {bias}")
        return expression

    def _check(self, expression: Node) -> Node:
        self.skip()
        word = CHECK.match(self.text, self.pos)
        if word is None:
            return expression
        self.pos = word.end()
        target = self._sum()
        return Comparison(expression, "vs", target, (expression.span[0], self.pos))

    def _comment(self) -> str:
        """The comment that stands here; it ends where another roll begins."""
        sign = self.skip()
        spaced = self.pos > 0 and self.text[self.pos - 1] == " "
        start = self.pos
        if sign in {"#", "\\"} or (sign == "!" and spaced and self.text.startswith(" ", start + 1)):
            start += 1
        elif not (sign and spaced and advice.begins_comment(self.text, start)):
            return ""
        another = ROLL_START.search(self.text, start)
        self.pos = end = another.start() if another else self.end
        return readable(self.typed[start:end])

    def expression(self) -> Node:
        """Read a sum, and the comparison after it if there is one."""
        left = self._sum()
        self.skip()
        relation = RELATION.match(self.text, self.pos)
        if relation is None:
            return left
        self.pos = relation.end()
        right = self._sum()
        return Comparison(left, SAME_RELATION.get(relation[1], relation[1]), right, (left.span[0], self.pos))

    def _sum(self) -> Node:
        return self._chain(SUMS, self._product)

    def _product(self) -> Node:
        return self._chain(PRODUCTS, self._unary)

    def _chain(self, symbols: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        first = operand()
        rest: list[tuple[str, Node]] = []
        while True:
            self.skip()
            symbol = next((symbol for symbol in symbols if self.at(symbol)), None)
            if symbol is None:
                break
            self.pos += len(symbol)
            rest.append((symbol, operand()))
        return Chain(first, tuple(rest), (first.span[0], self.pos)) if rest else first

    def _unary(self) -> Node:
        sign = self.skip()
        start, negative = self.pos, False
        while sign in {"+", "-"}:
            negative ^= sign == "-"
            self.pos += 1
            sign = self.skip()
        inner = self._power()
        return Negative(inner, (start, self.pos)) if negative else inner

    def _power(self) -> Node:
        base = self._atom()
        self.skip()
        symbol = next((symbol for symbol in ("**", "^") if self.at(symbol)), None)
        if symbol is None:
            return base
        self.deeper(self.pos)
        self.pos += len(symbol)
        exponent = self._unary()
        self.depth -= 1
        return Power(base, exponent, (base.span[0], self.pos))

    def _atom(self) -> Node:
        self.skip()
        atom: Node | None = self._pool() or self.number() or self._bracketed()
        if atom is None:
            raise advice.missing(self.typed, self.text, self.pos)
        labels = []
        while self.skip() == "[":
            labels.append(self._label())
        return Labelled(atom, tuple(labels), (atom.span[0], self.pos)) if labels else atom

    def _pool(self) -> Pool | None:
        pool = self.pool()
        if pool is None or pool.count != 1 or pool.sides != 20 or pool.tags:
            return pool
        attached = ATTACHED.match(self.text, self.pos)
        bias = attached[1] if attached else self.bias
        if not bias:
            return pool
        if attached:
            self.pos = attached.end()
        else:
            self.bias = ""
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
        return advice.unexpected(self.typed, self.text, self.pos)
