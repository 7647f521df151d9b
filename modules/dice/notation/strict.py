"""Strict notation in pieces, with the way back to what was typed."""

from modules.dice.errors import Span
from modules.dice.notation.folding import FoldedText
from modules.dice.notation.syntax import Members, Node, Pool
from modules.dice.notation.traversal import children

_OPERATED = (Pool, Members)


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
        self._starts: list[int] = []
        self._ends: list[int] = []
        self.text = prefix + "".join([piece.text for piece in pieces])

    @property
    def verbatim(self) -> bool:
        """Whether every place in the notation is the same place in what was typed."""
        return self._source.text.startswith(self.text) and not self._prefix and self._source.typed.isascii()

    def span(self, start: int, end: int) -> Span:
        """Where a stretch of the notation was typed."""
        prefix = len(self._prefix)
        if end <= prefix or not self.text:
            return self._said
        if not self._starts:
            self._find_places()
        starts, last = self._starts, len(self._starts) - 1
        # Compared, not clamped: this is asked for every node.
        first, final = start - prefix if start > prefix else 0, end - prefix - 1
        place = starts[first if first < last else last]
        behind = self._ends[final if final < last else last]
        return self._source.span(place, behind if behind > place else place + 1)

    def relocate(self, node: Node) -> None:
        """Let a tree that was read from the notation point into what was typed."""
        waiting = [node]
        while waiting:
            part = waiting.pop()
            part.span = self.span(*part.span)
            for operator in part.operators if isinstance(part, _OPERATED) else ():
                operator.span = self.span(*operator.span)
            waiting += children(part)

    def _find_places(self) -> None:
        """Where each character was typed, and where what it belongs to ends."""
        for piece in self._pieces:
            length = len(piece.text)
            # Only what was typed just so has a place for each of its characters.
            if length == piece.end - piece.start:
                self._starts += range(piece.start, piece.end)
                self._ends += range(piece.start + 1, piece.end + 1)
            else:
                self._starts += [piece.start] * length
                self._ends += [piece.end] * length
