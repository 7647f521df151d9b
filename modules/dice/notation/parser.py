"""Reads a message: what people type becomes rolls in strict notation, and those become trees.

A message without words goes straight to the strict parser; only what that does not understand is read as a sentence.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from modules.dice.errors import DiceError, LimitError, NotationError, Span
from modules.dice.limits import Limits
from modules.dice.notation import shortcuts
from modules.dice.notation.dialects import DIALECTS, NAZH, Dialect
from modules.dice.notation.draft import Draft
from modules.dice.notation.expression_parser import Parser
from modules.dice.notation.folding import FoldedText
from modules.dice.notation.phrases import vocabulary
from modules.dice.notation.operator_parser import KEYWORD
from modules.dice.notation.scanner import Scanner
from modules.dice.notation.sentence import drafts_of
from modules.dice.notation.settling import counts_one_die, settled
from modules.dice.notation.shortcuts import Pair
from modules.dice.notation.syntax import Comparison, Group, Members, Node, Pool
from modules.dice.notation.traversal import moved, walk

PLAIN = re.compile(
    r"(?![ +]*[0-9]+ +[a-z0-9({$])"
    r"(?:[-+*/%^(){}0-9$.]|[a-z_](?<! [a-z])|[<>=!](?<![a-z!] [<>=!])|(?<!,) (?! *[!,])|,(?![0-9]{3}))+",
    re.IGNORECASE,
)
"""A message the strict parser may try first: no letters and no exclamation mark behind a space."""
COMMENTED = re.compile(r"[0-9a-z]*[0-9](?:[-+*/0-9a-z()\[\]>=<%!]| [-+*/] (?=[0-9(d]))*(?= [a-z])", re.IGNORECASE)
"""Such a message with words behind it."""
CHECK = re.compile(r"(?:vs|dc|tn)(?![a-z])")
SAVED = re.compile(r"\$([^\W\d][\w-]*)")

SavedRolls = Callable[[str], str | None]
"""Gives the notation saved under a name, or None."""


@dataclass(slots=True, unsafe_hash=True)
class RollSyntax:
    """One roll of a message.

    Args:
        expression: What is rolled.
        comment: The words beside it.
        shortcuts: The game shortcuts it was written with, as they were typed.
        cancels: Symbols of theirs that cancel in pairs.
        notes: What the reader has to say about it: what was not rolled, what was read in an unexpected way.
    """

    expression: Node
    comment: str = ""
    shortcuts: tuple[str, ...] = ()
    cancels: tuple[Pair, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.expression} # {self.comment}" if self.comment else str(self.expression)


@dataclass(slots=True, unsafe_hash=True)
class Message:
    """Everything one notation asks for."""

    repeat: int
    rolls: tuple[RollSyntax, ...]

    def __str__(self) -> str:
        rolls = "; ".join(map(str, self.rolls))
        return f"{self.repeat}#{rolls}" if self.repeat != 1 else rolls


def parse(
    notation: str, limits: Limits | None = None, *, dialect: str = "nazh", saved: SavedRolls | None = None
) -> Message:
    """Read a notation.

    Args:
        notation: The text as typed.
        limits: What it may ask for; the defaults if None.
        dialect: A name of `DIALECTS`.
        saved: Where `$name` is looked up; None where there are no saved rolls.

    Raises:
        NotationError: It cannot be read.
        LimitError: It asks for too much.
        KeyError: There is no such dialect.
    """
    return MessageParser(limits or Limits(), DIALECTS[dialect], saved).message(notation)


class MessageParser:
    """Reads a message and everything saved under the names in it.

    Args:
        limits: What they may ask for together.
        dialect: How some letters are read.
        saved: Where `$name` is looked up.
    """

    __slots__ = ("dialect", "length", "limits", "names", "saved")

    def __init__(self, limits: Limits, dialect: Dialect = NAZH, saved: SavedRolls | None = None) -> None:
        self.limits = limits
        self.dialect = dialect
        self.saved = saved
        self.names: list[str] = []
        self.length = 0

    def message(self, typed: str) -> Message:
        """Read a message, or the text saved under a name."""
        if len(typed) > self.limits.notation_length:
            raise LimitError("notation_length", length=len(typed), limit=self.limits.notation_length)
        self.length += len(typed)
        alone = SAVED.fullmatch(typed.strip()) if "$" in typed else None
        if alone is not None:
            # By itself a saved text may be a whole message: repeats, comments, several rolls.
            start = typed.index("$")
            return self.opened(alone[1], (start, start + len(alone[0])))
        return self._plain(typed) or self._sentence(typed)

    def _plain(self, typed: str) -> Message | None:
        """A message without words, or with nothing but a comment behind it; None if it has to be read closely."""
        head, comment = typed, ""
        if PLAIN.fullmatch(typed) is None:
            found = COMMENTED.match(typed)
            if found is None or vocabulary().silent.fullmatch(typed, found.end()) is None:
                return None
            head, comment = found[0], typed[found.end() :].strip(",.- ")
        parser = RollParser(head, self)
        names, length = len(self.names), self.length
        try:
            node = parser.whole()
        except NotationError as refusal:
            if refusal.inside:
                raise
            # The close reading refuses it with the better reason.
            del self.names[names:]
            self.length = length
            return None
        if parser.used and comment:
            # The words may belong to the shortcut.
            return None
        repeat = parser.used[0][0].repeat if parser.used else 1
        return Message(repeat, (parser.syntax(node, comment, ()),))

    def _sentence(self, typed: str) -> Message:
        source = FoldedText(typed)
        try:
            return self._read(source)
        except NotationError as refusal:
            suggestion = vocabulary().foreign(source.text[slice(*source.bounds())]) or refusal.suggestion
            # What was typed is never the better way to type it.
            refusal.suggestion = suggestion if suggestion != source.text.strip() else None
            raise

    def _read(self, source: FoldedText) -> Message:
        drafts = drafts_of(source, self.limits, self.dialect, self._is_saved)
        first = drafts[0]
        repeat = first.repeat if first.repeat_leads or len(drafts) == 1 else 1
        rolls: list[RollSyntax] = []
        for draft in drafts:
            syntax, own = self._roll(draft)
            if len(drafts) == 1 and repeat == 1:
                repeat, own = own, 1
            rolls += [syntax] * (own if repeat != 1 else own * draft.repeat)
        return Message(repeat, tuple(rolls))

    def _is_saved(self, name: str) -> bool:
        return self.saved is not None and self.saved(name) is not None

    def _roll(self, draft: Draft) -> tuple[RollSyntax, int]:
        strict = draft.finish()
        parser = RollParser(strict.text, self)
        try:
            node = parser.whole()
        except DiceError as refusal:
            raise refusal.moved_to(strict.span(*refusal.span) if refusal.span else None) from None
        if not strict.verbatim:
            for part in walk(node):
                part.span = strict.span(*part.span)
                for operator in part.operators if isinstance(part, Pool | Members) else ():
                    operator.span = strict.span(*operator.span)
        repeat = parser.used[0][0].repeat if len(parser.used) == 1 else 1
        if repeat != 1 and draft.repeat != 1:
            row = parser.used[0][0]
            raise NotationError(
                "shortcut_alone", span=strict.span(*parser.written), suggestion=row.example, name=row.name
            )
        return parser.syntax(node, draft.comment(), draft.told()), repeat

    def opened(self, name: str, span: Span) -> Message:
        """The message saved under a name.

        Raises:
            NotationError: There is none, it leads back to itself, or cannot be read.
            LimitError: All texts together are too long.
        """
        try:
            if name.casefold() in self.names:
                raise NotationError("saved_loop")
            text = self.saved(name) if self.saved else None
            if text is None:
                raise NotationError("saved_unknown")
            # All of them together: names that use other names twice could double the text with every level.
            if self.length + len(text) > self.limits.notation_length:
                raise LimitError("saved_length", limit=self.limits.notation_length)
            self.names.append(name.casefold())
            message = self.message(text)
        except DiceError as refusal:
            # The innermost saved roll is named in the sentence, and the outermost one is pointed at.
            raise refusal.moved_to(span, inside=f"${name}") from None
        self.names.pop()
        return message


class RollParser:
    """Reads one roll of strict notation: advantage, an expression, a check.

    Args:
        text: The notation.
        message: Limits, dialect and saved rolls.
        dialect: How letters are read, if not as in the message.
    """

    __slots__ = ("message", "parser", "scanner", "used", "written")

    def __init__(self, text: str, message: MessageParser, dialect: Dialect | None = None) -> None:
        self.scanner = Scanner(text, message.limits, dialect or message.dialect)
        self.parser = Parser(self.scanner, self.named)
        self.message = message
        self.used: list[tuple[shortcuts.Shortcut, str]] = []
        self.written = (0, 0)

    def whole(self) -> Node:
        """Read all of the text."""
        scanner, parser = self.scanner, self.parser
        word = KEYWORD.match(scanner.text)
        bias = ""
        if word is not None and word[0] in {"adv", "dis"}:
            parser.bias = bias = word[0]
            scanner.pos = word.end()
        node = parser.expression()
        if parser.bias:
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
        target = self.parser.sum()
        return Comparison(node, "vs", target, (node.span[0], self.scanner.pos))

    def syntax(self, node: Node, comment: str, notes: Sequence[str]) -> RollSyntax:
        """The roll that was read."""
        if not self.used:
            node, note = settled(node)
            return RollSyntax(node, comment, (), (), (*notes, note) if note else tuple(notes))
        if counts_one_die(node):
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
        inner = RollParser(row.expanded(written), self.message, NAZH)
        try:
            node = self._inside(inner, written.span())
        except DiceError as refusal:
            raise refusal.moved_to(written.span(), inside=written[0]) from None
        return self._term(node, written.span())

    def _inside(self, inner: "RollParser", span: Span) -> Node:
        """Read what a name stands for; nesting counts on, and an adv that waits for its d20 may find it there."""
        self.scanner.deeper(span[0])
        inner.scanner.depth, inner.parser.bias = self.scanner.depth, self.parser.bias
        node = inner.parser.expression()
        self.parser.bias = inner.parser.bias
        self.scanner.depth -= 1
        return node

    def _saved(self, written: re.Match[str]) -> Node:
        message = self.message.opened(written[1], written.span())
        (roll, *others) = message.rolls
        if others or message.repeat != 1 or roll.comment:
            raise NotationError("saved_several", span=written.span(), inside=written[0])
        # Read as a tree of its own, and once more where advantage is still to be placed in it.
        inner = RollParser(str(roll.expression), self.message, NAZH)
        node = self._inside(inner, written.span())
        if inner.scanner.pos < inner.scanner.end:
            raise NotationError("saved_several", span=written.span(), inside=written[0])
        self.used += inner.used
        return self._term(node, written.span())

    def _term(self, node: Node, span: Span) -> Node:
        """What a name stands for, as one term at the place of the name."""
        return moved(node if isinstance(node, Pool | Members | Group) else Group(node), span)
