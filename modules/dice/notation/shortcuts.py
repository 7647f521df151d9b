"""Shortcuts for games: rows of shortcuts.toml, each a few letters that stand for a notation."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import add, mul, sub
from types import MappingProxyType
from typing import Any, NamedTuple

Pair = tuple[str, str]
"""Two symbols that cancel each other."""

_PLACE = re.compile(r"( ?)\{([a-z]+)(?:=([0-9]+))?\}")
_TERM = re.compile(r"\{([a-z]+)(?:([-+*])([a-z]+|[0-9]+))?(?::([0-9]+)\.\.([0-9]+))?\}")
_SIGNED = re.compile(r"[-+]?[0-9]+")
_HEAD = re.compile(r"[0-9.]*([a-z]+)")
_TAIL = re.compile(r" *(?:$|[-+*/;,|&#!<>=)\]}\\\n]|(?:vs?|dc|tn|adv|dis|x|please|pls|thanks|for(?!.*[0-9]))(?![a-z]))")
"""What may follow an ordinary word that is meant as a shortcut."""
_NUMBERED = re.compile("d[0-9%]")
_CALCULATE = MappingProxyType({"+": add, "-": sub, "*": mul})
CLOSE = 0.75
"""How alike a word and a name are, from 0 to 1, where one is taken for a slip of the other."""


class Example(NamedTuple):
    """Something to try, and what comes of it.

    Args:
        roll: What is typed.
        faces: What the dice show.
        says: The answer, without markup.
    """

    roll: str
    faces: tuple[int, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One row.

    Args:
        name: The letters it is called by.
        system: The game.
        source: Where its rule stands: title and edition.
        pattern: How it is written: `{n}wod{target=8}`; a number with a default may be left out.
        also: Other ways to write it, with the same places, other names of the game included.
        expansion: The notation it stands for; `{n+1}` calculates, `{skill:4..16}` keeps within bounds.
        table: What `{table}` stands for, by the number at `{level}` (from 1); a number beyond it is not read.
        meaning: The rule in words.
        examples: Three things to try.
        aliases: Other names of the game, for the search.
        verdict: Its rule in `modules.dice.rolling.verdicts`; a row without one is told as its total.
        dice: What its pools are called, in order.
        apart: How many of the last dice of the only pool are a group of their own: a place, or a number.
        repeat: How often it rolls by itself.
        cancels: Symbols that cancel in pairs.
        plain: Whether it is an ordinary word, which alone is a shortcut only where nothing else can be meant.
    """

    name: str
    system: str
    source: str
    pattern: str
    expansion: str
    meaning: str
    examples: tuple[Example, ...]
    also: tuple[str, ...] = ()
    table: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    verdict: str = "total"
    dice: tuple[str, ...] = ()
    apart: str = ""
    repeat: int = 1
    cancels: tuple[Pair, ...] = ()
    plain: bool = False

    @property
    def example(self) -> str:
        """The first thing to try."""
        return self.examples[0].roll

    @property
    def hint(self) -> str:
        """The rule in a few words: as far as the first semicolon."""
        return self.meaning.partition(";")[0]

    def numbers(self, found: re.Match[str]) -> Mapping[str, int]:
        """The number at each place of what was written, defaults included."""
        places = _PLACE.findall(" ".join((self.pattern, *self.also)))
        defaults = {name: int(default) for _, name, default in places if default}
        # A place left out has matched nothing, which must not hide its default.
        written = {name: sum(map(int, _SIGNED.findall(text))) for name, text in found.groupdict().items() if text}
        return defaults | written

    def expanded(self, found: re.Match[str]) -> str:
        """The notation for what was written."""
        numbers = self.numbers(found)

        def value(place: re.Match[str]) -> str:
            name, sign, other, least, most = place.groups()
            if name == "table":
                return self.table[numbers["level"] - 1]
            number = numbers[name]
            if sign:
                number = max(0, _CALCULATE[sign](number, int(other) if other.isdigit() else numbers[other]))
            return str(min(max(number, int(least)), int(most)) if least else number)

        return _TERM.sub(value, self.expansion)

    def own_dice_end(self, text: str, pos: int) -> int:
        """Where the dice end that stand here, if they are those of its expansion; else -1."""
        own = re.compile(rf" *1?{re.escape(self.expansion.lower().removeprefix('1'))}(?![0-9a-z])").match(text, pos)
        return own.end() if own else -1

    def fits(self, text: str, found: re.Match[str]) -> bool:
        """Whether what stands here can only be this shortcut."""
        if self.table:
            return 1 <= self.numbers(found)["level"] <= len(self.table)
        numbers = self.numbers(found)
        if numbers.get("keep", 0) > numbers.get("n", 0):
            # More kept than rolled: in 2k6 the letter is another language's d.
            return False
        if not self.plain or any(character.isdigit() for character in found[0]):
            return True
        before = text[: found.start()].rstrip(" ")
        if before[-1:] in {"+", "-"}:
            # To what is added to numbered dice a player may have given a game's word, such as proficiency.
            return self.repeat != 1 or _NUMBERED.search(before) is None
        return _TAIL.match(text, found.end()) is not None


class _Spelling(NamedTuple):
    reading: re.Pattern[str]
    row: Shortcut


@cache
def rows() -> tuple[Shortcut, ...]:
    """Every row, in the order of the table."""
    return read(files("modules.dice.notation").joinpath("shortcuts.toml").read_text("utf-8"))


def read(table: str) -> tuple[Shortcut, ...]:
    """The rows of a table in TOML.

    Raises:
        ValueError: A row is incomplete.
    """
    found = []
    for game in tomllib.loads(table)["game"]:
        shared = {key: value for key, value in game.items() if key != "shortcut"}
        for row in game["shortcut"]:
            try:
                found.append(_shortcut(shared | row))
            except KeyError as missing:
                name = row.get("pattern", "without a pattern")
                raise ValueError(f"modules/dice/notation/shortcuts.toml: the row {name} has no {missing}") from None
    return tuple(found)


@cache
def shortcuts() -> MappingProxyType[str, tuple[Shortcut, ...]]:
    """Every row under its name."""
    return MappingProxyType({row.name: tuple(other for other in rows() if other.name == row.name) for row in rows()})


@cache
def _spellings() -> MappingProxyType[str, tuple[_Spelling, ...]]:
    """Every way to write a row, under its first letters; those with the most letters of their own come first."""
    written = [(pattern, row) for row in rows() for pattern in (row.pattern, *row.also)]
    written.sort(key=lambda spelling: len(_PLACE.sub("", spelling[0])), reverse=True)
    found: dict[str, tuple[_Spelling, ...]] = {}
    for pattern, row in written:
        # With 1 for every number the pattern is an example of itself.
        head = re.findall("[a-z]+", _PLACE.sub("1", pattern))[0]
        found[head] = (*found.get(head, ()), _Spelling(_reading(pattern), row))
    return MappingProxyType(found)


def heads() -> Iterable[str]:
    """The letters that shortcuts begin with."""
    return _spellings().keys()


def _reading(pattern: str) -> re.Pattern[str]:
    """The pattern as a regular expression: a space before a number may come or go, except between two numbers."""
    # `split` gives the groups as well: text, space, name, default, text, and so on.
    pieces = _PLACE.split(pattern)
    digits = "[0-9]" if "}{" in pattern else "[0-9]{1,4}"
    reading = _literal(pieces[0])
    for space, place, default, literal in zip(pieces[1::4], pieces[2::4], pieces[3::4], pieces[4::4], strict=True):
        gap = " +" if space and reading.endswith((")", "?")) else " *" if space or not default else ""
        # What is added to a skill changes what to roll at or under, not the roll.
        more = " *(?:[-+][0-9]{1,4})*" if place == "skill" else ""
        number = f"{gap}(?P<{place}>{digits}{more})"
        reading += f"(?:{number})?" if default else number
        reading += _literal(literal)
    return re.compile(rf"{reading}(?![a-z0-9])")


def _literal(text: str) -> str:
    # Where a sign could mean either the roll or its target, neither is taken for granted.
    if text.endswith("[.]"):
        return rf"{_literal(text[:-3])}(?! *[-+])"
    if text.endswith(("+", "-")):
        return rf"{_literal(text[:-1])} *{re.escape(text[-1])}"
    # A plus at the end, as in 10wh4+, is no sign if a number follows.
    if text.endswith("[+]"):
        return rf"{_literal(text[:-3])}\+(?! *[0-9a-z(])"
    return " *".join(re.escape(part) for part in text.split(" "))


def _shortcut(row: dict[str, Any]) -> Shortcut:
    """A row as it stands in the table; lists become tuples, so that it stays as it is."""
    own: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    pattern, system, source = own.pop("pattern"), own.pop("system"), own.pop("source")
    name = max(re.findall("[a-z]+", _PLACE.sub("", pattern)), key=len)
    examples = tuple(Example(roll, tuple(map(int, faces.split())), says) for roll, faces, says in own.pop("examples"))
    own["cancels"] = tuple((one, other) for one, other in own.get("cancels", ()))
    own["also"] = (*own.get("also", ()), *_called(own.pop("called", {}), (pattern, *own.get("also", ()))))
    expansion, meaning = own.pop("expands"), own.pop("means")
    return Shortcut(name, system, source, pattern, expansion, meaning, examples, **own)


def _called(called: Mapping[str, Iterable[str]], patterns: tuple[str, ...]) -> Iterator[str]:
    """Patterns with the other names of a game in the place of its letters."""
    for letters, names in called.items():
        whole = re.compile(rf"(?<![a-z]){letters}(?![a-z])")
        yield from (whole.sub(name, pattern) for name in names for pattern in patterns if whole.search(pattern))


def find(text: str, pos: int) -> tuple[Shortcut, re.Match[str]] | None:
    """The shortcut that stands here, and what was written of it; of several the longest."""
    head = _HEAD.match(text, pos)
    if head is None:
        return None
    best: tuple[Shortcut, re.Match[str]] | None = None
    for reading, row in _spellings().get(head[1], ()):
        found = reading.match(text, pos)
        if found is not None and (best is None or found.end() > best[1].end()) and row.fits(text, found):
            best = row, found
    return best


def names() -> tuple[str, ...]:
    """Every name, for suggestions."""
    return tuple(shortcuts())


def search(text: str, limit: int = 25) -> tuple[Shortcut, ...]:
    """Rows of the games somebody may mean: by name, abbreviation, part of a title, or with a slip of the hand.

    Args:
        text: What was typed so far; nothing gives the rows in the order of their games.
        limit: How many rows at most.
    """
    wanted = text.casefold().strip()
    ranks = [_rank(row, wanted) for row in rows()]
    if min(ranks) == _NO_MATCH:
        # Nothing has these letters: perhaps they are a slip of the hand.
        near = difflib.get_close_matches(wanted, sorted(set().union(*map(_titles, rows()))), 1, CLOSE)
        ranks = [_rank(row, near[0]) for row in rows()] if near else ranks
    order = sorted(range(len(ranks)), key=lambda index: (ranks[index], rows()[index].system.casefold()))
    return tuple(rows()[index] for index in order if ranks[index] < _NO_MATCH)[:limit]


_NO_MATCH = 3


def _titles(row: Shortcut) -> set[str]:
    """What a row may be called, whole and word by word."""
    whole = {row.name, *row.aliases, row.system.casefold()}
    return whole | {word for title in whole for word in re.findall("[a-z0-9]+", title)}


def _rank(row: Shortcut, wanted: str) -> int:
    """How well a row answers: 0 by name, 1 by the beginning of a word, 2 from within one."""
    titles = _titles(row)
    if wanted in titles:
        return 0
    if any(title.startswith(wanted) for title in titles):
        return 1
    return 2 if any(wanted in title for title in titles) else _NO_MATCH
