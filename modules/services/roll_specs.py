"""What a button rolls: a notation as a player typed it, with or without advantage."""

import hashlib
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

from modules.services.bounded_map import BoundedMap

DEFAULT_NOTATION: Final = "1d20"
LONG_SPECS_KEPT: Final = 2_000
"""Notations too long for a button's custom id that are remembered; each has at most some 2,000 characters."""

_REPEAT: Final = re.compile(r"\s*(\d+)(?:\s*[#x]\s*|\s+(?=\d))", re.IGNORECASE)
_LEADING_EDGE: Final = re.compile(r"(adv|dis)\s+", re.IGNORECASE)
_TRAILING_EDGE: Final = re.compile(r"\s+(adv|dis)$", re.IGNORECASE)
_SEVERAL: Final = re.compile(r"[;,\n#]")
_SINGLE_D20: Final = re.compile(r"(?<![\w.])1d20(?!\d)")
_SECRET: Final = re.compile(
    # Before dice, or at the very end; "secret door" and "find the secret" are words of a comment.
    r"^\s*secret(?:\s*$|\s+(?=[-+({\[\d]|d[\d%f]|adv\b|dis\b))|(?<=\s)(?<!\bthe\s)(?<!\ba\s)secret\s*$",
    re.IGNORECASE,
)
_KEY: Final = "~"


class Edge(StrEnum):
    """How the first d20 is rolled; the value is its letter in a custom id."""

    STRAIGHT = "="
    ADVANTAGE = "+"
    DISADVANTAGE = "-"


_WORDS: Final = ((Edge.ADVANTAGE, "adv"), (Edge.DISADVANTAGE, "dis"))


@dataclass(frozen=True, slots=True)
class RollSpec:
    """A roll that can be rolled again.

    Attributes:
        notation: As typed, without advantage.
        edge: Advantage, disadvantage or neither.
    """

    notation: str = DEFAULT_NOTATION
    edge: Edge = Edge.STRAIGHT

    @classmethod
    def of(cls, typed: str, *, label: str = "", times: int = 1) -> Self:
        """The roll that a player asks for.

        Args:
            typed: Notation, perhaps in Discord's marks for code; a d20 where it is empty.
            label: Becomes the comment.
            times: How often to roll it.
        """
        # Copied from help, a notation comes in Discord's marks for code, which are nothing that was asked for.
        notation = typed.strip("` \n") or DEFAULT_NOTATION
        edge = Edge.STRAIGHT
        if _SEVERAL.search(notation) is None:
            notation, edge = _without_edge(notation)
        if label := re.sub(r"[\s;]+", " ", label).strip():
            notation = f"{notation} # {label}"
        return cls(f"{times}#{notation}" if times > 1 else notation, edge)

    @property
    def text(self) -> str:
        """The notation to roll."""
        for edge, word in _WORDS:
            if self.edge is edge:
                repeat = _REPEAT.match(self.notation)
                if repeat is None:
                    return f"{word} {self.notation}"
                return f"{repeat[1]}#{word} {self.notation[repeat.end() :]}"
        return self.notation

    def with_edge(self, edge: Edge) -> Self:
        """The same roll with advantage, disadvantage or neither."""
        return replace(self, edge=edge)

    def repeated(self, times: int) -> Self:
        """The same roll so many times, however often it was rolled so far."""
        once = _REPEAT.sub("", self.notation, count=1) if _REPEAT.match(self.notation) else self.notation
        return replace(self, notation=f"{times}#{once}" if times > 1 else once)

    def takes_edge(self, expression: str) -> bool:
        """Whether advantage means something to it; told the canonical notation of its first roll."""
        return self.edge is not Edge.STRAIGHT or _SINGLE_D20.search(expression) is not None


class SpecStore:
    """Rolls as text of limited length, for custom ids: in full where they fit, else by a key kept in memory."""

    def __init__(self) -> None:
        self._long: BoundedMap[str, RollSpec] = BoundedMap(LONG_SPECS_KEPT)

    def pack(self, spec: RollSpec, room: int) -> str:
        """The roll in at most `room` characters, 17 at least."""
        text = f"{spec.edge}{spec.notation}"
        # Outside the basic plane a character counts twice with some of those who count.
        if len(text.encode("utf-16-le")) // 2 <= room:
            return text
        key = hashlib.sha256(text.encode()).hexdigest()[:16]
        self._long.put(key, spec)
        return _KEY + key

    def unpack(self, payload: str) -> RollSpec | None:
        """The roll; None where only its key is left, or it is no roll."""
        if payload.startswith(_KEY):
            return self._long.get(payload[1:])
        try:
            return RollSpec(payload[1:], Edge(payload[:1]))
        except ValueError:
            return None


def _without_edge(notation: str) -> tuple[str, Edge]:
    for pattern in (_LEADING_EDGE, _TRAILING_EDGE):
        found = pattern.match(notation) if pattern is _LEADING_EDGE else pattern.search(notation)
        rest = notation[: found.start()] + notation[found.end() :] if found else ""
        # Twice is for the engine to refuse, and a word alone has nothing to give advantage to.
        if found and rest and not (_LEADING_EDGE.match(rest) or _TRAILING_EDGE.search(rest)):
            return rest, Edge.ADVANTAGE if found[1].lower() == "adv" else Edge.DISADVANTAGE
    return notation, Edge.STRAIGHT


def without_secret(typed: str) -> tuple[str, bool]:
    """What a message asks for without the word `secret` at either end, and whether it stood there."""
    found = _SECRET.search(typed)
    # In an explicit comment every word is only a word.
    if found is None or "#" in typed[: found.start()]:
        return typed, False
    return typed[: found.start()] + typed[found.end() :], True
