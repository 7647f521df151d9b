"""Strict notation in pieces, with the way back to what was typed."""

from modules.dice.errors import Span
from modules.dice.notation.folding import FoldedText


class Piece:
    """A piece of strict notation and where it was typed.

    Args:
        text: The notation.
        start: Where it was typed.
        end: Where that ends.
        kind: pool, number, name, open, close, sign, label or raw.
    """

    __slots__ = ("end", "kind", "opened", "start", "text")

    def __init__(self, text: str, start: int, end: int, kind: str) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.kind = kind
        self.opened = 0


class Strict:
    """Strict notation with the way back to what was typed.

    Args:
        prefix: Advantage that only the strict parser can place.
        pieces: What it is made of.
        source: The line.
        said: Where that advantage was typed.
    """

    def __init__(self, prefix: str, pieces: list[Piece], source: FoldedText, said: Span) -> None:
        self._said = said
        self._prefix = prefix
        self._pieces = pieces
        self._source = source
        self.text = prefix + "".join([piece.text for piece in pieces])

    @property
    def verbatim(self) -> bool:
        """Whether every place in the notation is the same place in what was typed."""
        return self._source.text.startswith(self.text) and not self._prefix and self._source.typed.isascii()

    def span(self, start: int, end: int) -> Span:
        """Where a stretch of the notation was typed."""
        if end <= len(self._prefix):
            return self._said
        first, last = self._typed(start, at_end=False), self._typed(end, at_end=True)
        return self._source.span(first, max(last, first + 1))

    def _typed(self, place: int, *, at_end: bool) -> int:
        offset = len(self._prefix)
        for piece in self._pieces:
            length = len(piece.text)
            if place < offset + length or (at_end and place <= offset + length):
                inside = place - offset
                # Only what was typed just so has a place for each of its characters.
                if length == piece.end - piece.start and inside >= 0:
                    return piece.start + inside
                return piece.end if at_end else piece.start
            offset += length
        return self._pieces[-1].end if self._pieces else 0
