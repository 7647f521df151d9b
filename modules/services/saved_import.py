"""Saved rolls from text: our own JSON, Avrae's snippets and aliases, Dice Maiden's aliases, plain lists."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from modules.dice.errors import DiceError
from modules.dice_roll import DiceEngine
from modules.services.names import NAME
from modules.services.readings import Reader
from modules.storage.records import SavedRoll

FORMAT: Final = "nazh-saved-rolls"
LINES_READ: Final = 500

_AVRAE_ALIAS: Final = re.compile(r"\W?(?:serv)?alias\s+(\S+)\s+\W?(?:r|roll)\s+(.+)", re.IGNORECASE)
_AVRAE_SNIPPET: Final = re.compile(r"\W?(?:serv)?snippet\s+(\S+)\s+-[bd]\s+(\"[^\"]+\"|\S+)\s*", re.IGNORECASE)
_AVRAE: Final = re.compile(r"\W?(?:serv)?(?:alias|snippet)\s", re.IGNORECASE)
_PLAIN: Final = re.compile(r"[`*!/]{0,3}([^\s=:`]+)`?\s*(?:=>|->|→|=|:|\t)\s*(?:[!/](?:r|roll)\s+)?`?([^`]+)`?")
_POSITION: Final = re.compile(r"%([1-9])%")
_SCRIPT: Final = re.compile(r"\{\{|<\w|%\*?%|&\S+&")


class Entry(NamedTuple):
    """One saved roll to be, or what became of a line.

    Attributes:
        line: As it stood in the text.
        name: Of the roll.
        notation: What it rolls, as we write it; "" where the line could not be translated.
        why: Why not.
    """

    line: str
    name: str = ""
    notation: str = ""
    why: str = ""


def export_json(rolls: Sequence[SavedRoll]) -> str:
    """Saved rolls as a file that `entries` reads."""
    listed = [{"name": each.name, "notation": each.notation} for each in rolls]
    return json.dumps({"format": FORMAT, "version": 1, "rolls": listed}, indent=2, ensure_ascii=False)


def entries(text: str) -> list[Entry]:
    """Every saved roll in a text, and every line that is none."""
    stripped = text.strip().removeprefix("\ufeff")
    found = _of_json(stripped) if stripped.startswith(("{", "[")) else None
    if found is not None:
        return found
    lines = (line.strip() for line in stripped.splitlines())
    return [_of_line(line) for line in lines if line and not line.startswith(("```", "//"))][:LINES_READ]


def _of_json(text: str) -> list[Entry] | None:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return [_checked(Entry(f"{name}: {notation}", name, notation), "nazh") for name, notation in _pairs(read)][
        :LINES_READ
    ]


def _pairs(read: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - anybody's JSON
    """Names and notations: a list of objects, or an object of texts."""
    if isinstance(read, dict):
        read = read.get("rolls", read)
    if isinstance(read, dict):
        read = [{"name": name, "notation": notation} for name, notation in read.items()]
    for each in read if isinstance(read, list) else ():
        if isinstance(each, dict):
            yield str(each.get("name", "")), str(each.get("notation", each.get("commands", "")))


def _of_line(line: str) -> Entry:
    for pattern, dialect in ((_AVRAE_ALIAS, "avrae"), (_AVRAE_SNIPPET, "avrae"), (_PLAIN, "maiden")):
        found = pattern.fullmatch(line)
        if found is not None and (pattern is not _PLAIN or not _AVRAE.match(line)):
            notation = _POSITION.sub(r"$\1", found[2].strip('" '))
            if _SCRIPT.search(notation):
                return Entry(line, why="a program, not a roll")
            return _checked(Entry(line, found[1], notation), dialect)
    return Entry(line, why="not a name and dice")


def _checked(entry: Entry, dialect: str) -> Entry:
    """The entry in our own notation, if it is one."""
    if NAME.fullmatch(entry.name) is None:
        return entry._replace(notation="", why="not a name that can be used")
    if "$" in entry.notation:
        return entry  # what stands for it is known only to the player
    for each in dict.fromkeys(("nazh", dialect) if dialect == "maiden" else (dialect,)):
        try:
            return entry._replace(notation=Reader(DiceEngine(dialect=each)).canonical(entry.notation))
        except DiceError:
            continue
    return entry._replace(notation="", why="I cannot read its dice")
