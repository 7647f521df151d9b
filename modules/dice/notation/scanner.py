"""Strict notation as the parser sees it: in small letters, with a position in it."""

import re
import unicodedata
from fractions import Fraction
from types import MappingProxyType

from modules.dice.errors import LimitError, NotationError, Span
from modules.dice.limits import Limits
from modules.dice.notation import suggestions
from modules.dice.notation.dialects import NAZH, Dialect
from modules.dice.notation.syntax import Number

# Not str.lower(): it makes two characters of U+0130, and all positions behind it would be off.
_LOWER = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})

NUMBER = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
RELATION = re.compile(r"(>=|<=|==|!=|<>|[=><\u2265\u2264\u2260])")
SAME_RELATION = MappingProxyType({"==": "=", "<>": "!=", "\u2265": ">=", "\u2264": "<=", "\u2260": "!="})
"""Other spellings of a relation → ours."""


def readable(text: str) -> str:
    """Free text with its spaces collapsed and control characters made visible."""
    words = " ".join(text.split())
    if words.isprintable():
        return words
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in {"Cc", "Cs"} else c for c in words)


class Scanner:
    """A position in the typed text.

    Args:
        typed: The notation as typed.
        limits: What is allowed.
        dialect: How some letters are read.

    Raises:
        LimitError: The text is too long.
    """

    __slots__ = ("depth", "dialect", "end", "limits", "pos", "text", "typed")

    def __init__(self, typed: str, limits: Limits, dialect: Dialect = NAZH) -> None:
        if len(typed) > limits.notation_length:
            raise LimitError("notation_length", length=len(typed), limit=limits.notation_length)
        self.typed = typed
        self.text = typed.lower() if typed.isascii() else typed.translate(_LOWER)
        self.end = len(typed)
        self.pos = 0
        self.limits = limits
        self.dialect = dialect
        self.depth = 0

    def skip(self) -> str:
        """Pass over spaces and give the character that follows, or an empty string at the end."""
        text, pos, end = self.text, self.pos, self.end
        while pos < end:
            character = text[pos]
            if character != " ":
                self.pos = pos
                return character
            pos += 1
        self.pos = pos
        return ""

    def take(self, word: str) -> bool:
        """Pass over spaces and `word`, if it comes next."""
        self.skip()
        found = self.text.startswith(word, self.pos)
        if found:
            self.pos += len(word)
        return found

    def expect(self, closing: str, opening: Span) -> None:
        """Pass over a closing bracket.

        Raises:
            NotationError: Something else stands here; the span is the bracket left open, or what is in the way.
        """
        if self.take(closing):
            return
        if self.pos >= self.end:
            raise NotationError("not_closed", span=opening, bracket=self.typed[slice(*opening)])
        raise self.unexpected()

    def unexpected(self) -> NotationError:
        """The refusal of whatever stands here."""
        return suggestions.unexpected(self.typed, self.text, self.pos)

    def deeper(self, start: int) -> None:
        """Enter one level of nesting.

        Raises:
            LimitError: Too deep.
        """
        self.depth += 1
        if self.depth > self.limits.nesting:
            raise LimitError("nesting", span=(start, start + 1), limit=self.limits.nesting)

    def integer(self, digits: str, start: int) -> int:
        """The value of typed digits.

        Raises:
            LimitError: More digits than a number may have.
        """
        if len(digits) > self.limits.digits:
            span = (start, start + len(digits))
            raise LimitError("number_digits", span=span, digits=len(digits), limit=self.limits.digits)
        return int(digits)

    def number(self) -> Number | None:
        """The number that stands here, if one does."""
        found = NUMBER.match(self.text, self.pos)
        if found is None:
            return None
        whole, places = found.groups()
        start, self.pos = found.span()
        if places is None:
            return Number(self.integer(whole, start), (start, self.pos))
        scaled = Fraction(self.integer(whole + places, start), 10 ** len(places))
        return Number(int(scaled) if scaled.denominator == 1 else scaled, (start, self.pos))
