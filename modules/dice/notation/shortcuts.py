"""Shortcuts for games: rows of shortcuts.toml, each a few letters that stand for a notation."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

Pair = tuple[str, str]
"""Two symbols that cancel each other."""

_PLACE = re.compile(r"\{([a-z]+)(?:=([0-9]+))?\}")
_WORD = re.compile(r"([0-9]*)([a-z]{2,})")


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One row.

    Args:
        name: The letters it is called by.
        system: The game.
        pattern: How it is written: `{n}wod{target=8}`; a number with a default may be left out.
        expansion: The notation it stands for, with the same places.
        example: Something to try.
        meaning: One line for players.
        repeat: How often it rolls by itself.
        cancels: Symbols that cancel in pairs.
        reading: The pattern as a regular expression.
    """

    name: str
    system: str
    pattern: str
    expansion: str
    example: str
    meaning: str
    repeat: int
    cancels: tuple[Pair, ...]
    reading: re.Pattern[str]

    def expanded(self, found: re.Match[str]) -> str:
        """The notation for what was written."""
        defaults = {name: default for name, default in _PLACE.findall(self.pattern) if default}
        # A place left out has matched an empty text, which must not hide its default.
        numbers = defaults | {name: digits for name, digits in found.groupdict().items() if digits}
        return _PLACE.sub(lambda place: numbers[place[1]], self.expansion)


@cache
def shortcuts() -> MappingProxyType[str, tuple[Shortcut, ...]]:
    """Every row under its name, the most telling pattern first."""
    rows = tomllib.loads(files("modules.dice.notation").joinpath("shortcuts.toml").read_text("utf-8"))["shortcut"]
    read = sorted((_shortcut(row) for row in rows), key=_telling, reverse=True)
    return MappingProxyType({row.name: tuple(other for other in read if other.name == row.name) for row in read})


def _telling(row: Shortcut) -> int:
    """How many letters and signs of a pattern are its own."""
    return len(_PLACE.sub("", row.pattern))


def _shortcut(row: dict[str, str | int | list[list[str]]]) -> Shortcut:
    pattern = str(row["pattern"])
    # `split` gives the groups as well: text, name, default, text, and so on.
    pieces = _PLACE.split(pattern)
    reading = "".join(re.escape(part) for part in pieces[:1])
    for place, default, literal in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        reading += f"(?P<{place}>[0-9]{{{0 if default else 1},4}}){re.escape(literal)}"
    name = max(re.findall("[a-z]+", _PLACE.sub("", pattern)), key=len)
    cancels = row.get("cancels", [])
    return Shortcut(
        name,
        str(row["system"]),
        pattern,
        str(row["expands"]),
        str(row["example"]),
        str(row["means"]),
        int(str(row.get("repeat", 1))),
        tuple((str(one), str(other)) for one, other in cancels) if isinstance(cancels, list) else (),
        re.compile(rf"{reading}(?![a-z0-9])"),
    )


def find(text: str, pos: int) -> tuple[Shortcut, re.Match[str]] | None:
    """The shortcut that stands here, and what was written of it."""
    word = _WORD.match(text, pos)
    if word is None:
        return None
    for row in shortcuts().get(word[2], ()):
        found = row.reading.match(text, pos)
        if found is not None:
            return row, found
    return None


def names() -> tuple[str, ...]:
    """Every name, for suggestions."""
    return tuple(shortcuts())
