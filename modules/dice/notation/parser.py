"""Reads a message: rolls, what stands around and behind them, and the names that stand for more notation."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from modules.dice.errors import DiceError, LimitError, NotationError
from modules.dice.limits import Limits
from modules.dice.notation import shortcuts, suggestions
from modules.dice.notation.dialects import DIALECTS, NAZH, Dialect
from modules.dice.notation.expression_parser import Parser
from modules.dice.notation.operator_parser import KEYWORD
from modules.dice.notation.scanner import Scanner, readable
from modules.dice.notation.shortcuts import Pair
from modules.dice.notation.syntax import Comparison, Group, Members, Node, Pool
from modules.dice.notation.traversal import moved

REPEAT = re.compile(r" *([0-9]+)(?: *([#x]) *| +)")
ROLLISH = re.compile(
    r"[-+ ]*(?:(?:adv|dis)(?![a-z])|[({$]|[0-9]|[adp]*[0-9]*d *[0-9%fp({\[]|(?:floor|ceil|round|abs|min|max) *\()"
)
"""How a roll begins, where a comment might stand as well."""
ROLL_START = re.compile(r"[;,] *(?:(?:adv|dis) +)?[-+ ({]*[adp]*[0-9]* *d *[0-9%(\[]")
"""A separator with dice after it: where a comment ends, so that no roll is swallowed by one."""
CHECK = re.compile(r"(?:vs|dc|tn)(?![a-z])")
THOUSANDS = re.compile(r"(?:,[0-9]{3})+(?![0-9])")
SAVED = re.compile(r"\$([^\W\d][\w-]*)")

SavedRolls = Callable[[str], str | None]
"""Gives the notation saved under a name, or None."""
Read = TypeVar("Read")


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
    return MessageParser(notation, limits or Limits(), DIALECTS[dialect], saved).message()


class MessageParser:
    """Reads rolls and what stands around them.

    Args:
        typed: The notation as typed.
        limits: What it may ask for.
        dialect: How some letters are read.
        saved: Where `$name` is looked up.
        outer: The parser of the text this one was saved for, if any.
        name: The name it was saved under.
    """

    def __init__(
        self,
        typed: str,
        limits: Limits,
        dialect: Dialect = NAZH,
        saved: SavedRolls | None = None,
        outer: "MessageParser | None" = None,
        name: str = "",
    ) -> None:
        self.scanner = Scanner(typed, limits, dialect)
        self.parser = Parser(self.scanner, self.named)
        self.saved = saved
        self.inside: tuple[str, ...] = (*outer.inside, name) if outer else ()
        self.lengths: list[int] = outer.lengths if outer else []
        self.lengths.append(len(typed))
        self.used: list[tuple[shortcuts.Shortcut, str]] = []
        self.written = (0, 0)

    def message(self) -> Message:
        """Read the whole text."""
        if not self.scanner.skip():
            raise NotationError("nothing_to_roll", suggestion="1d20")
        # By itself a saved text may be a whole message: repeats, comments, several rolls.
        alone = SAVED.match(self.scanner.typed, self.scanner.pos)
        if alone is not None and not self.scanner.text[alone.end() :].strip(" "):
            return self._blaming(alone, lambda: self._opened(alone[1]).message())
        repeat = self._repeat()
        rolls = [self._roll()]
        while self.scanner.skip() in {";", ","}:
            large = THOUSANDS.match(self.scanner.text, self.scanner.pos)
            if large is not None and self.scanner.text[self.scanner.pos - 1].isdigit():
                start = len(self.scanner.text[: self.scanner.pos].rstrip("0123456789"))
                raise suggestions.thousands(self.scanner.typed, (start, large.end()))
            self.scanner.pos += 1
            rolls.append(self._roll())
            if len(rolls) > self.scanner.limits.rolls:
                span = (self.scanner.pos - 1, self.scanner.pos)
                raise LimitError("roll_count", span=span, limit=self.scanner.limits.rolls)
        if self.scanner.pos < self.scanner.end:
            raise self.scanner.unexpected()
        return Message(repeat, tuple(rolls))

    def _repeat(self) -> int:
        # A row such as dndstats is a whole message and brings its own repeat.
        row = shortcuts.find(self.scanner.text, self.scanner.pos)
        if row is not None:
            return row[0].repeat
        found = REPEAT.match(self.scanner.text, self.scanner.pos)
        if found is None:
            return 1
        row = shortcuts.find(self.scanner.text, found.end())
        if row is None and not self._begins_roll(found):
            return 1
        count = self.scanner.integer(found[1], found.start(1))
        if not 1 <= count <= self.scanner.limits.repeats:
            raise LimitError("repeat_count", span=found.span(1), limit=self.scanner.limits.repeats)
        self.scanner.pos = found.end()
        return count

    def _begins_roll(self, repeat: re.Match[str]) -> bool:
        """Whether a roll follows a repeat; a sign after a mere space is arithmetic, and words are a comment."""
        if repeat[2] is None and self.scanner.text.startswith(("+", "-"), repeat.end()):
            return False
        return ROLLISH.match(self.scanner.text, repeat.end()) is not None

    def _roll(self) -> RollSyntax:
        self.scanner.skip()
        start, self.used = self.scanner.pos, []
        counted = len(self.lengths)
        bias = self._advantage()
        after_bias = self.scanner.pos
        expression = self._biased(bias, start)
        trailing = self._advantage()
        if trailing and bias:
            raise NotationError(
                "Say adv or dis once: both together cancel out.", span=(self.scanner.pos - 3, self.scanner.pos)
            )
        if trailing:
            # The word came too late for what is read already, so that is read again, and counts once all the same.
            del self.lengths[counted:]
            said, self.scanner.pos, self.used = self.scanner.pos - 3, after_bias, []
            expression = self._biased(trailing, said)
            self._advantage()
        # A shortcut that is the whole roll needs no parentheses around it.
        if isinstance(expression, Group) and expression.span == self.written:
            expression = expression.inner
        checked = self._check(expression)
        cancels = tuple(dict.fromkeys(pair for row, _ in self.used for pair in row.cancels))
        return RollSyntax(checked, self._comment(), tuple(written for _, written in self.used), cancels)

    def _advantage(self) -> str:
        self.scanner.skip()
        word = KEYWORD.match(self.scanner.text, self.scanner.pos)
        if word is None or word[0] not in {"adv", "dis"}:
            return ""
        self.scanner.pos = word.end()
        return word[0]

    def _biased(self, bias: str, start: int) -> Node:
        """Read an expression whose first d20 has advantage or disadvantage."""
        self.parser.bias = bias
        expression = self.parser.expression()
        if self.parser.bias:
            raise NotationError(f"{bias} needs a 1d20 to work on.", span=(start, start + 3), suggestion=f"1d20 {bias}")
        return expression

    def _check(self, expression: Node) -> Node:
        self.scanner.skip()
        word = CHECK.match(self.scanner.text, self.scanner.pos)
        if word is None:
            return expression
        self.scanner.pos = word.end()
        target = self.parser.sum()
        return Comparison(expression, "vs", target, (expression.span[0], self.scanner.pos))

    def _comment(self) -> str:
        """The comment that stands here; it ends where another roll begins."""
        sign = self.scanner.skip()
        start = self.scanner.pos
        spaced = start > 0 and self.scanner.text[start - 1] == " "
        bang = sign == "!" and (
            self.scanner.dialect.bang_comments or (spaced and self.scanner.text.startswith(" ", start + 1))
        )
        if bang or sign in {"#", "\\"}:
            start += 1
        elif not (sign and spaced and suggestions.begins_comment(self.scanner.text, start)):
            return ""
        another = ROLL_START.search(self.scanner.text, start)
        self.scanner.pos = end = another.start() if another else self.scanner.end
        return readable(self.scanner.typed[start:end])

    def named(self) -> Node | None:
        """Read a saved roll or a shortcut, if one stands here."""
        # In the text as typed: the names of saved rolls keep their capitals.
        saved = SAVED.match(self.scanner.typed, self.scanner.pos)
        if saved is not None:
            self.scanner.pos = saved.end()
            return self._blaming(saved, lambda: self._inner(saved, self._opened(saved[1])))
        found = shortcuts.find(self.scanner.text, self.scanner.pos)
        if found is None:
            return None
        row, written = found
        if row.repeat != 1 and self.scanner.text[: self.scanner.pos].strip(" "):
            raise NotationError(
                f"{row.name} is a whole message by itself.", span=written.span(), suggestion=row.example
            )
        self.scanner.pos = written.end()
        self.written = written.span()
        self.used.append((row, " ".join(written[0].split())))
        # Without the dialect: expansions are written in our own.
        return self._blaming(
            written, lambda: self._inner(written, MessageParser(row.expanded(written), self.scanner.limits))
        )

    def _inner(self, written: re.Match[str], inner: "MessageParser") -> Node:
        """What a name stands for, as one term at the place of the name."""
        self.scanner.deeper(written.start())
        # Nesting counts on inside, and an adv that still waits for its d20 may find it there.
        inner.scanner.depth, inner.parser.bias = self.scanner.depth, self.parser.bias
        node = inner.parser.expression()
        if inner.scanner.skip():
            raise NotationError("saved_several")
        self.parser.bias = inner.parser.bias
        self.used += inner.used
        self.scanner.depth -= 1
        return moved(node if isinstance(node, Pool | Members | Group) else Group(node), written.span())

    def _opened(self, name: str) -> "MessageParser":
        """A parser for the text saved under a name."""
        if name.casefold() in self.inside:
            raise NotationError("saved_loop")
        text = self.saved(name) if self.saved else None
        if text is None:
            raise NotationError("saved_unknown")
        inner = MessageParser(text, self.scanner.limits, self.scanner.dialect, self.saved, self, name.casefold())
        # All of them together: names that use other names twice could double the text with every level.
        if sum(self.lengths) > self.scanner.limits.notation_length:
            raise LimitError("saved_length", limit=self.scanner.limits.notation_length)
        return inner

    def _blaming(self, written: re.Match[str], read: Callable[[], Read]) -> Read:
        """Read what a name stands for; whatever is wrong in there is wrong with the name out here."""
        try:
            return read()
        except DiceError as refusal:
            # The innermost saved roll is named in the sentence, and the outermost one is pointed at.
            raise refusal.moved_to(written.span(), inside=self.scanner.typed[slice(*written.span())]) from None
