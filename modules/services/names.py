"""Names in notation: saved rolls as `$attack` or `$attack(7, 2)`, values of characters as `1d20+str`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from modules.dice.errors import NotationError
from modules.dice.notation.parser import SavedRolls

NAME: Final = re.compile(r"[^\W\d][\w-]{0,31}")
"""The name of a saved roll."""
VALUE_NAME: Final = re.compile(r"[^\W\d]\w{0,31}")
"""The name of a value: a hyphen in it would be a minus."""

_PARAMETER: Final = re.compile(r"\$([1-9])(?!\d)(?:=([\w.]+))?")
_CALL: Final = re.compile(r"\$([^\W\d][\w-]*)\(([^()]*)\)")
_WORD: Final = re.compile(
    # What stands in brackets is a label, and what follows a dollar is looked up by the parser.
    r"\[[^\]]*\]|\$[\w-]+|(?P<sign>[-+]?)(?P<space>\s*)(?<![\w$.])(?P<name>[^\W\d]\w*)"
)
_ARGUMENT: Final = re.compile(r"\d\w*,?")
_CHANGE: Final = re.compile(r"[-+*/<>=]|(?:vs|dc)\b", re.IGNORECASE)
_SEVERAL: Final = re.compile(r"[#;\n]")
_UNFINISHED: Final = re.compile(r"(?:(?P<saved>\$)|(?:^|[-+*/(,])\s*(?=[^\W\d]))(?P<begun>[\w-]*)$")
_REPEAT: Final = re.compile(r"\s*\d+\s*#")
_BEFORE: Final = re.compile(r"(?:^|[-+*/(,;{]|\d\s*#|\b(?:adv|dis|vs|dc))\s*$", re.IGNORECASE)
_BEHIND: Final = re.compile(r"\s*(?:$|[-+*/),;}<>=]|vs\b|adv\b|dis\b)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[-+]?\d{1,9}")


class Meant(NamedTuple):
    """A notation in which names stand for something.

    Attributes:
        text: What to roll.
        saved: Where `$name` is looked up; None where no name stands in it.
        labels: Names of values, which stand in brackets behind their numbers.
    """

    text: str
    saved: SavedRolls | None = None
    labels: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """What names mean to one player in one place.

    Attributes:
        saved: Notations of saved rolls, by their names in lower case.
        values: Numbers and notations of the character who is played, by their names as the player wrote them.
    """

    saved: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    _values: dict[str, tuple[str, str]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        known = {name.casefold(): (name, value) for name, value in self.values.items()}
        object.__setattr__(self, "_values", known)

    def value(self, name: str) -> str | None:
        """A value by its name."""
        known = self._values.get(name.casefold())
        return known[1] if known is not None else None

    def meant(self, typed: str) -> Meant:
        """A notation as it is to be rolled: values filled in, calls and other names left to the parser."""
        text = self._filled(typed)
        if "$" not in text:
            # Filled in or not, no name is left in it.
            return Meant(text, labels=list(self.values))
        calls: dict[str, str] = {}

        def called(found: re.Match[str]) -> str:
            alias = _alias(found[0], calls)
            calls[alias] = found[0]
            return f"${alias}"

        text = _CALL.sub(called, text)

        def look_up(name: str) -> str | None:
            call = _CALL.fullmatch(calls.get(name.casefold(), ""))
            if call is None:
                return self._notation(name, ())
            return self._notation(call[1], [each.strip() for each in call[2].split(",")])

        return Meant(text, look_up, list(self.values))

    def completions(self, typed: str) -> list[str]:
        """What is typed with the name at its end completed: `2d6+$at` to `2d6+$attack`, and `1d20+st` to `1d20+str`."""
        found = _UNFINISHED.search(typed)
        if found is None:
            return []
        begun = found["begun"].casefold()
        known = [*self.saved, *self.values] if found["saved"] else self.values
        names = [name for name in known if name.casefold().startswith(begun) and name.casefold() != begun]
        return [typed[: found.start("begun")] + name for name in names]

    def _notation(self, name: str, arguments: Sequence[str]) -> str | None:
        """What a name stands for, with its parameters and the values in it."""
        key = name.casefold()
        notation = self.saved.get(key)
        if notation is not None:
            return self._filled(with_arguments(notation, arguments))
        known = self._values.get(key)
        return self._filled(known[1]) if known is not None else None

    def _filled(self, text: str) -> str:
        """A text in which numbers stand in the place of their names, and `$name` in that of other values."""
        if not self._values:
            return text

        def put(found: re.Match[str]) -> str:
            known = self._values.get((found["name"] or "").casefold())
            if known is None or not _stands_alone(text, found):
                return found[0]
            name, value = known
            if _NUMBER.fullmatch(value) is None:
                return f"{found['sign']}{found['space']}${name}"
            number, sign = int(value), found["sign"]
            if sign and number < 0:
                number, sign = -number, "-" if sign == "+" else "+"
            return f"{sign}{found['space']}{number}[{name}]"

        repeat = _REPEAT.match(text)
        comment = text.find("#", repeat.end() if repeat else 0)
        end = len(text) if comment < 0 else comment
        return _WORD.sub(put, text[:end]) + text[end:]


def called(name: str, notation: str, rest: str) -> str:
    """What `!name rest` rolls: with arguments, with a modifier, with advantage, or with a comment.

    Args:
        name: Of a saved roll or a value.
        notation: What it stands for.
        rest: What was typed behind it.
    """
    words, arguments = rest.split(), list[str]()
    while words and len(arguments) < parameter_count(notation) and _ARGUMENT.fullmatch(words[0]):
        arguments.append(words.pop(0).rstrip(","))
    left, call = " ".join(words), f"${name}({', '.join(arguments)})" if arguments else f"${name}"
    if left.casefold() in {"adv", "dis"}:
        return f"{left} {call} # {name}"
    if _CHANGE.match(left):
        return f"{call} {left}" if "#" in left else f"{call} {left} # {name}"
    try:
        filled = with_arguments(notation, arguments)
    except NotationError:
        return call  # which the parser refuses, with a caret
    # Several rolls, or one with words of its own, have nothing added to them.
    return filled if _SEVERAL.search(filled) else f"{filled} # {left.removeprefix('#').strip() or name}"


def with_arguments(notation: str, arguments: Sequence[str]) -> str:
    """A saved notation with something in the place of `$1` and `$2=4`.

    Raises:
        NotationError: A parameter without a default was left out.
    """

    def put(found: re.Match[str]) -> str:
        position = int(found[1])
        given = arguments[position - 1] if position <= len(arguments) else ""
        if not given and found[2] is None:
            raise NotationError("saved_needs", number=position)
        return given or found[2]

    return _PARAMETER.sub(put, notation)


def parameter_count(notation: str) -> int:
    """How many parameters a saved notation takes."""
    return max((int(found[1]) for found in _PARAMETER.finditer(notation)), default=0)


def tried(notation: str) -> str:
    """A notation of the same length with a number in the place of each parameter, to be read before it is saved."""
    return _PARAMETER.sub(lambda found: (found[2] or "1").rjust(len(found[0])), notation)


def _stands_alone(text: str, found: re.Match[str]) -> bool:
    """Whether a word stands where a number could, and is no word of a comment."""
    start, end = found.start("name"), found.end("name")
    before = text[: found.start()] + found["sign"]
    if _BEFORE.search(before.rstrip()) is None or text[end : end + 1] in {"(", "["}:
        return False
    # At the very start, words are as likely a comment.
    is_first = not text[:start].strip()
    return not is_first or _BEHIND.match(text, end) is not None


def _alias(call: str, taken: Mapping[str, str]) -> str:
    """A name of the same length in the place of a call, so that errors point at the right place."""
    letters = [each if each.isalnum() else "_" for each in call[1:]]
    for filler in "_xyz":
        alias = "".join(letters[:-1]).casefold() + filler
        if taken.get(alias, call) == call:
            return alias
    return "".join(letters) + str(len(taken))
