"""A typed line as the reader sees it: small letters, plain signs and spaces, and the way back to what was typed."""

import re
import unicodedata

from modules.dice.errors import Span

_ASCII = str.maketrans(dict.fromkeys("\t\x0b\x0c\r", " ") | {chr(code): chr(code + 32) for code in range(65, 91)})
_SIGNS = {
    # By name, many of them could not be told apart: minus, dashes and hyphens; pluses; times; divided by.
    **dict.fromkeys("\u2212\u2013\u2014\u2011\u2010\u2796", "-"),
    "\u2795": "+",
    **dict.fromkeys("\u00d7\u2715\u2716\u2217\u22c5", "*"),
    **dict.fromkeys("\u00f7\u2797\u2044\u2215", "/"),
    "\u2019": "'",
    "\u3001": ",",
    **dict.fromkeys("\u2267\u2a7e", "\u2265"),
    **dict.fromkeys("\u2266\u2a7d", "\u2264"),
    **dict.fromkeys("\u2028\u2029", "\n"),
    # Zero width, and parts of an emoji: a plus sign as an emoji is a plus sign.
    **dict.fromkeys("\ufe0f\u20e3\u200b\ufeff", ""),
}
_WRAPPERS = (
    *((mark, mark) for mark in ("```", "`", "**", "__", "||", "~~", "*", "_", '"', "'")),
    *(
        ("\u201c", "\u201d"),
        ("\u201e", "\u201c"),
        ("\u00ab", "\u00bb"),
        ("\u00bb", "\u00ab"),
        ("\u2039", "\u203a"),
        ("\u2018", "'"),
    ),
)
"""What may stand around a whole message."""
_MARKED = re.compile(
    r"(?<![\w)\]`*|_~])(\*\*|\|\||__|~~|`)(?=[^\s*|_~`])([^*|_~`]*?[0-9]*d[0-9%][^*|_~`]*)(?<=\S)\1(?![\w(\[$!])"
)
"""Dice in Discord's marks for bold, hidden, underlined or struck text and code."""
_MARKS = ("**", "||", "__", "~~", "`")
_OPENINGS = frozenset(opening[0] for opening, _ in _WRAPPERS)


class FoldedText:
    """A typed text and its folded form.

    Args:
        typed: What was typed.
    """

    __slots__ = ("_places", "text", "typed")

    def __init__(self, typed: str) -> None:
        self.typed = typed
        self._places: list[int] | None = None
        if typed.isascii():
            self.text = typed.translate(_ASCII)
        else:
            self.text = self._fold(typed)
        # Looked for first: most texts have no marks, and the pattern is slow to find that out.
        if any(opening in self.text for opening in _MARKS):
            self.text = _MARKED.sub(_unmarked, self.text)

    def _fold(self, typed: str) -> str:
        folded, places = list[str](), list[int]()
        for place, character in enumerate(typed):
            plain = _folded(character)
            if character == "\u30fc" and folded and folded[-1].isdigit():
                # The key beside the digits of a Japanese keyboard.
                plain = "-"
            folded.append(plain)
            places += [place] * len(plain)
        self._places = [*places, len(typed)]
        return "".join(folded)

    def span(self, start: int, end: int) -> Span:
        """Where a stretch of the folded text was typed."""
        if self._places is None:
            return start, end
        return self._places[start], self._places[end - 1] + 1 if end > start else self._places[start]

    def slice(self, start: int, end: int) -> str:
        """A stretch of the folded text as it was typed."""
        first, last = self.span(start, end)
        if self._places is not None and last < len(self.typed) and not _folded(self.typed[last]):
            last += 1
        return self.typed[first:last]

    def bounds(self) -> Span:
        """The text without the space, quotes and code marks around all of it."""
        start, end = _trimmed(self.text, 0, len(self.text))
        while self.text[start : start + 1] in _OPENINGS:
            for opening, closing in _WRAPPERS:
                inner_start, inner_end = start + len(opening), end - len(closing)
                if (
                    inner_end > inner_start
                    and self.text.startswith(opening, start)
                    and self.text.startswith(closing, inner_end)
                    and closing not in self.text[inner_start:inner_end]
                ):
                    start, end = _trimmed(self.text, inner_start, inner_end)
                    break
            else:
                break
        return start, end


def _unmarked(found: re.Match[str]) -> str:
    """The dice without the marks, as long as before: every place stays where it was."""
    blank = " " * len(found[1])
    return f"{blank}{found[2]}{blank}"


def _trimmed(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


def _folded(character: str) -> str:
    plain = _SIGNS.get(character)
    if plain is not None:
        return plain
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if character == "\n":
        return character
    if character.isspace() or unicodedata.category(character) == "Cf":
        return " "
    if character.isdigit() and unicodedata.decomposition(character).startswith(("<super>", "<sub>")):
        # The 2 of "2d6²" is no digit of the sides.
        return character
    # Letters and signs in other widths; whatever else would become several characters stays as it is.
    plain = unicodedata.normalize("NFKC", character)
    plain = _SIGNS.get(plain, plain).lower()
    return plain if len(plain) == 1 else character


_UNSAFE = re.compile("[\\[\\]]")


def label_text(text: str) -> str:
    """Free text as it may stand in a label."""
    return _UNSAFE.sub(lambda bracket: "(" if bracket[0] == "[" else ")", text)
