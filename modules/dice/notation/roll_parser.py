"""Reads one roll of strict notation, and the names in it that stand for more notation."""

import re
from collections.abc import Callable, Sequence

from modules.dice.errors import DiceError, NotationError, Span
from modules.dice.limits import Limits
from modules.dice.notation import shortcuts
from modules.dice.notation.dialects import NAZH, Dialect
from modules.dice.notation.expression_parser import Parser
from modules.dice.notation.message import Message, RollSyntax
from modules.dice.notation.operator_parser import KEYWORD
from modules.dice.notation.scanner import Scanner
from modules.dice.notation.settling import settled
from modules.dice.notation.syntax import Comparison, Group, Members, Node, Pool
from modules.dice.notation.traversal import moved
from modules.dice.notes import Note

CHECK = re.compile(r"(?:vs|dc|tn)(?![a-z])")
SAVED = re.compile(r"\$([^\W\d][\w-]*)")


def _unsaved(name: str, span: Span) -> Message:
    raise NotationError("saved_unknown", span=span, inside=f"${name}")


class RollParser(Parser):
    """Reads one roll of strict notation: advantage, an expression, a check.

    Args:
        text: The notation.
        limits: What it may ask for.
        dialect: How some letters are read.
        opened: Gives the message saved under a name that stands at a place.
    """

    __slots__ = ("opened", "used", "written")

    def __init__(
        self, text: str, limits: Limits, dialect: Dialect = NAZH, opened: Callable[[str, Span], Message] = _unsaved
    ) -> None:
        super().__init__(Scanner(text, limits, dialect))
        self.opened = opened
        self.used: list[tuple[shortcuts.Shortcut, str]] = []
        self.written = (0, 0)

    def whole(self) -> Node:
        """Read all of the text."""
        scanner = self.scanner
        word = KEYWORD.match(scanner.text, scanner.pos)
        bias = ""
        if word is not None and word[0] in {"adv", "dis"}:
            self.bias = bias = word[0]
            scanner.pos = word.end()
        node = self.expression()
        if self.bias:
            raise NotationError("advantage_without_d20", span=(0, 3), suggestion=f"1d20 {bias}", word=bias)
        # A shortcut that is the whole roll needs no parentheses around it.
        if isinstance(node, Group) and node.span == self.written:
            node = node.inner
        if scanner.pos < scanner.end:
            node = self._checked(node)
        if scanner.pos < scanner.end and scanner.skip():
            raise scanner.unexpected()
        return node

    def _checked(self, node: Node) -> Node:
        self.scanner.skip()
        check = CHECK.match(self.scanner.text, self.scanner.pos)
        if check is None:
            return node
        self.scanner.pos = check.end()
        target = self.sum()
        return Comparison(node, "vs", target, (node.span[0], self.scanner.pos))

    def syntax(self, node: Node, comment: str, notes: Sequence[Note]) -> RollSyntax:
        """The roll that was read."""
        if not self.used:
            node, note = settled(node)
            return RollSyntax(node, comment, (), (), (*notes, note) if note else tuple(notes))
        if settled(node)[0] is not node:
            # Alone it would be compared when the canonical text is read again.
            node = Group(node, node.span)
        cancels = tuple(dict.fromkeys(pair for row, _ in self.used for pair in row.cancels))
        return RollSyntax(node, comment, tuple(written for _, written in self.used), cancels, tuple(notes))

    def named(self) -> Node | None:
        """Read a saved roll or a shortcut, if one stands here."""
        scanner = self.scanner
        # In the text as typed: the names of saved rolls keep their capitals.
        saved = SAVED.match(scanner.typed, scanner.pos)
        if saved is not None:
            scanner.pos = saved.end()
            return self._saved(saved)
        found = shortcuts.find(scanner.text, scanner.pos)
        if found is None:
            return None
        row, written = found
        if row.repeat != 1 and (scanner.pos or scanner.text[written.end() :].strip(" ")):
            raise NotationError("shortcut_alone", span=written.span(), suggestion=row.example, name=row.name)
        scanner.pos = written.end()
        self.written = written.span()
        self.used.append((row, " ".join(written[0].split())))
        return self._expanded(row, written)

    def _expanded(self, row: shortcuts.Shortcut, written: re.Match[str]) -> Node:
        # Without the dialect: expansions are written in our own.
        inner = RollParser(row.expanded(written), self.scanner.limits, NAZH, self.opened)
        try:
            node = self._inside(inner, written.span())
        except DiceError as refusal:
            raise refusal.moved_to(written.span(), inside=written[0]) from None
        return _as_term(node, written.span())

    def _inside(self, inner: "RollParser", span: Span) -> Node:
        """Read what a name stands for; nesting counts on, and an adv that waits for its d20 may find it there."""
        self.scanner.deeper(span[0])
        inner.scanner.depth, inner.bias = self.scanner.depth, self.bias
        node = inner.expression()
        self.bias = inner.bias
        self.scanner.depth -= 1
        return node

    def _saved(self, written: re.Match[str]) -> Node:
        message = self.opened(written[1], written.span())
        (roll, *others) = message.rolls
        if others or message.repeat != 1 or roll.comment:
            raise NotationError("saved_several", span=written.span(), inside=written[0])
        # Read as a tree of its own, and once more where advantage is still to be placed in it.
        inner = RollParser(str(roll.expression), self.scanner.limits, NAZH, self.opened)
        node = self._inside(inner, written.span())
        if inner.scanner.pos < inner.scanner.end:
            raise NotationError("saved_several", span=written.span(), inside=written[0])
        self.used += inner.used
        return _as_term(node, written.span())


def _as_term(node: Node, span: Span) -> Node:
    """What a name stands for, as one term at the place of the name."""
    return moved(node if isinstance(node, Pool | Members | Group) else Group(node), span)
