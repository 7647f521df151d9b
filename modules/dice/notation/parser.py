"""Reads a message: rolls, what stands around and behind them, and the names that stand for more notation."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from modules.dice.errors import DiceError, LimitError, NotationError
from modules.dice.limits import Limits
from modules.dice.notation import shortcuts, suggestions
from modules.dice.notation.dialects import DIALECTS, NAZH, Dialect
from modules.dice.notation.expression_parser import ExpressionParser
from modules.dice.notation.pool_parser import KEYWORD
from modules.dice.notation.scanner import readable
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
        shortcuts: Patterns of the shortcuts it was written with.
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


class MessageParser(ExpressionParser):
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
        super().__init__(typed, limits, dialect)
        self.saved = saved
        self.inside: tuple[str, ...] = (*outer.inside, name) if outer else ()
        self.lengths: list[int] = outer.lengths if outer else []
        self.lengths.append(len(typed))
        self.used: list[shortcuts.Shortcut] = []
        self.written = (0, 0)

    def message(self) -> Message:
        """Read the whole text."""
        if not self.skip():
            raise NotationError("There is nothing to roll.", suggestion="1d20")
        # By itself a saved text may be a whole message: repeats, comments, several rolls.
        alone = SAVED.match(self.typed, self.pos)
        if alone is not None and not self.text[alone.end() :].strip(" "):
            return self._blaming(alone, lambda: self._opened(alone[1]).message())
        repeat = self._repeat()
        rolls = [self._roll()]
        while self.skip() in {";", ","}:
            large = THOUSANDS.match(self.text, self.pos)
            if large is not None and self.text[self.pos - 1].isdigit():
                start = len(self.text[: self.pos].rstrip("0123456789"))
                raise suggestions.thousands(self.typed, (start, large.end()))
            self.pos += 1
            rolls.append(self._roll())
            if len(rolls) > self.limits.rolls:
                raise LimitError(f"One message may hold {self.limits.rolls} rolls.", span=(self.pos - 1, self.pos))
        if self.pos < self.end:
            raise self.puzzled()
        return Message(repeat, tuple(rolls))

    def _repeat(self) -> int:
        # A row such as dndstats is a whole message and brings its own repeat.
        row = shortcuts.find(self.text, self.pos)
        if row is not None:
            return row[0].repeat
        found = REPEAT.match(self.text, self.pos)
        if found is None:
            return 1
        row = shortcuts.find(self.text, found.end())
        if row is None and not self._begins_roll(found):
            return 1
        count = self.integer(found[1], found.start(1))
        if not 1 <= count <= self.limits.repeats:
            raise LimitError(f"A roll may be repeated 1 to {self.limits.repeats} times.", span=found.span(1))
        self.pos = found.end()
        return count

    def _begins_roll(self, repeat: re.Match[str]) -> bool:
        """Whether a roll follows a repeat; a sign after a mere space is arithmetic, and words are a comment."""
        if repeat[2] is None and self.text.startswith(("+", "-"), repeat.end()):
            return False
        return ROLLISH.match(self.text, repeat.end()) is not None

    def _roll(self) -> RollSyntax:
        self.skip()
        start, self.used = self.pos, []
        counted = len(self.lengths)
        bias = self._advantage()
        after_bias = self.pos
        expression = self._biased(bias, start)
        trailing = self._advantage()
        if trailing and bias:
            raise NotationError("Say adv or dis once: both together cancel out.", span=(self.pos - 3, self.pos))
        if trailing:
            # The word came too late for what is read already, so that is read again, and counts once all the same.
            del self.lengths[counted:]
            said, self.pos, self.used = self.pos - 3, after_bias, []
            expression = self._biased(trailing, said)
            self._advantage()
        # A shortcut that is the whole roll needs no parentheses around it.
        if isinstance(expression, Group) and expression.span == self.written:
            expression = expression.inner
        checked = self._check(expression)
        cancels = tuple(dict.fromkeys(pair for row in self.used for pair in row.cancels))
        return RollSyntax(checked, self._comment(), tuple(dict.fromkeys(row.pattern for row in self.used)), cancels)

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
        target = self.sum()
        return Comparison(expression, "vs", target, (expression.span[0], self.pos))

    def _comment(self) -> str:
        """The comment that stands here; it ends where another roll begins."""
        sign = self.skip()
        start = self.pos
        spaced = start > 0 and self.text[start - 1] == " "
        bang = sign == "!" and (self.dialect.bang_comments or (spaced and self.text.startswith(" ", start + 1)))
        if bang or sign in {"#", "\\"}:
            start += 1
        elif not (sign and spaced and suggestions.begins_comment(self.text, start)):
            return ""
        another = ROLL_START.search(self.text, start)
        self.pos = end = another.start() if another else self.end
        return readable(self.typed[start:end])

    def named(self) -> Node | None:
        """Read a saved roll or a shortcut, if one stands here."""
        # In the text as typed: the names of saved rolls keep their capitals.
        saved = SAVED.match(self.typed, self.pos)
        if saved is not None:
            self.pos = saved.end()
            return self._blaming(saved, lambda: self._inner(saved, self._opened(saved[1])))
        found = shortcuts.find(self.text, self.pos)
        if found is None:
            return None
        row, written = found
        if row.repeat != 1 and self.text[: self.pos].strip(" "):
            raise NotationError(
                f"{row.name} is a whole message by itself.", span=written.span(), suggestion=row.example
            )
        self.pos = written.end()
        self.written = written.span()
        self.used.append(row)
        # Without the dialect: expansions are written in our own.
        return self._blaming(written, lambda: self._inner(written, MessageParser(row.expanded(written), self.limits)))

    def _inner(self, written: re.Match[str], inner: "MessageParser") -> Node:
        """What a name stands for, as one term at the place of the name."""
        self.deeper(written.start())
        # Nesting counts on inside, and an adv that still waits for its d20 may find it there.
        inner.depth, inner.bias = self.depth, self.bias
        node = inner.expression()
        if inner.skip():
            raise NotationError("saved_several")
        self.bias = inner.bias
        self.used += inner.used
        self.depth -= 1
        return moved(node if isinstance(node, Pool | Members | Group) else Group(node), written.span())

    def _opened(self, name: str) -> "MessageParser":
        """A parser for the text saved under a name."""
        if name.casefold() in self.inside:
            raise NotationError("saved_loop")
        text = self.saved(name) if self.saved else None
        if text is None:
            raise NotationError("saved_unknown")
        inner = MessageParser(text, self.limits, self.dialect, self.saved, self, name.casefold())
        # All of them together: names that use other names twice could double the text with every level.
        if sum(self.lengths) > self.limits.notation_length:
            raise LimitError("saved_length", limit=self.limits.notation_length)
        return inner

    def _blaming(self, written: re.Match[str], read: Callable[[], Read]) -> Read:
        """Read what a name stands for; whatever is wrong in there is wrong with the name out here."""
        try:
            return read()
        except DiceError as refusal:
            # The innermost saved roll is named in the sentence, and the outermost one is pointed at.
            raise refusal.moved_to(written.span(), inside=self.typed[slice(*written.span())]) from None
