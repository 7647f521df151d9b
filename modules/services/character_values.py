"""Values of characters as people write them: `str 3, prof 2, atk 1d20+str+prof`, and files of them."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from modules.dice.errors import DiceError
from modules.dice_roll import DiceEngine
from modules.services.names import VALUE_NAME, Names
from modules.storage.records import Character, TemplateValue

VALUES_AT_MOST: Final = 80
VALUE_LENGTH: Final = 200
"""Characters of the longest notation that a value may be."""

_PAIR: Final = re.compile(r"[\"']?([^\W\d]\w*)[\"']?(?:\s*[=:,]\s*|\s+|$)(.*)", re.DOTALL)
_BOUNDS: Final = re.compile(r"(?:(-?\d+)\s*(?:\.\.|to|-)\s*(-?\d+))?\s*(?:=\s*(.+))?")
_RESERVED: Final = re.compile(
    r"d|df|kh?|kl|d[hl]|x|vs|dc|tn|adv|dis|min|max|floor|ceil|round|abs|sum|secret", re.IGNORECASE
)
_NUMBER: Final = re.compile(r"[-+]?\d{1,9}")


class Fault(Exception):  # noqa: N818 - a fact about a text
    """What is wrong with a value.

    Attributes:
        sentence: For the catalogue of translations, with `name` in braces.
        name: What it is about.
        parameters: What else the sentence names.
    """

    def __init__(self, sentence: str, name: str, **parameters: object) -> None:
        super().__init__(sentence)
        self.sentence, self.name, self.parameters = sentence, name, parameters


def parse_values(text: str) -> dict[str, str]:
    """Values by name, in the order written; an empty one is to be removed.

    Args:
        text: Pairs on lines of their own, or separated by commas.

    Raises:
        Fault: Something is no pair.
    """
    values: dict[str, str] = {}
    for part in _parts(text):
        found = _PAIR.fullmatch(part)
        if found is None:
            raise Fault("I cannot read `{name}`; a value is a name and a number or dice, like `str 3`.", part[:60])
        values[found[1]] = found[2].strip().strip("\"'")
    return values


def merged(before: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    """Values with changes made to them, whatever the case of their names."""
    known = {name.casefold(): name for name in before}
    values = dict(before)
    for name, value in changes.items():
        key = known.get(name.casefold(), name)
        if value:
            values[key] = value
        else:
            values.pop(key, None)
    return values


def check(values: Mapping[str, str], saved: Mapping[str, str], template: Sequence[TemplateValue] = ()) -> None:
    """See whether every value can be rolled, and is within the bounds of the guild.

    Args:
        values: All of a character's.
        saved: Saved rolls that may stand in them, by name in lower case.
        template: What the guild asks for.

    Raises:
        Fault: One cannot, or is not.
    """
    if len(values) > VALUES_AT_MOST:
        raise Fault("A character has at most {most} values.", "", most=VALUES_AT_MOST)
    names, engine = Names(saved, values), DiceEngine()
    for name, value in values.items():
        if VALUE_NAME.fullmatch(name) is None or _is_notation(name, engine):
            raise Fault("`{name}` means something else in notation; please take another name.", name)
        meant = names.meant(f"${name}")
        try:
            engine.roll(meant.text, saved=meant.saved)
        except DiceError:
            raise Fault("`{name}`: `{value}` is neither a number nor dice.", name, value=value[:60]) from None
        if len(value) > VALUE_LENGTH:
            raise Fault("`{name}` is too long.", name)
    bounds = {each.name.casefold(): each for each in template}
    for name, value in values.items():
        limit = bounds.get(name.casefold())
        if limit is not None and _NUMBER.fullmatch(value) and not _is_within(int(value), limit):
            raise Fault("`{name}` is {low} to {high} on this server.", name, low=limit.minimum, high=limit.maximum)


def parse_template(text: str) -> list[TemplateValue]:
    """What a guild asks for: `str 1..20 = 10, dex 1..20 = 10, name`.

    Raises:
        Fault: Something is no value of a template.
    """
    found: list[TemplateValue] = []
    for part in _parts(text):
        name, _, rest = part.partition(" ")
        bounds = _BOUNDS.fullmatch(rest.strip())
        if VALUE_NAME.fullmatch(name) is None or bounds is None:
            raise Fault("I cannot read `{name}`; a template is written like `str 1..20 = 10, dex 1..20`.", part[:60])
        low, high = (int(each) if each else None for each in (bounds[1], bounds[2]))
        found.append(TemplateValue(name, low, high, bounds[3]))
    return found[:VALUES_AT_MOST]


def template_text(template: Sequence[TemplateValue]) -> str:
    """A template as `parse_template` reads it."""
    return ", ".join(
        each.name
        + (f" {each.minimum}..{each.maximum}" if each.minimum is not None and each.maximum is not None else "")
        + (f" = {each.default}" if each.default else "")
        for each in template
    )


def to_json(character: Character) -> str:
    """A character as a file that `from_file` reads."""
    return json.dumps({"name": character.name, "values": character.values}, indent=1, ensure_ascii=False)


def to_csv(character: Character) -> str:
    """A character's values as a file for spreadsheets, which `from_file` reads too."""
    text = io.StringIO()
    csv.writer(text).writerows([("name", character.name), *character.values.items()])
    return text.getvalue()


def from_file(text: str) -> tuple[str, dict[str, str]]:
    """Name and values of a character in a file; the name is "" where there is none.

    Raises:
        Fault: It is no character.
    """
    stripped = text.strip().removeprefix("\ufeff")
    if stripped.startswith("{"):
        return _from_json(stripped)
    rows = [row for row in csv.reader(io.StringIO(stripped)) if len(row) == 2]
    values = {name.strip(): value.strip() for name, value in rows} if rows else parse_values(stripped)
    name = next((values.pop(key) for key in list(values) if key.casefold() == "name"), "")
    return name, values


def _from_json(text: str) -> tuple[str, dict[str, str]]:
    try:
        read: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise Fault("That is not a file of a character.", "") from None
    values = read.get("values", {})
    if not isinstance(values, dict):
        raise Fault("That is not a file of a character.", "")
    return str(read.get("name", "")), {str(name): str(value) for name, value in values.items()}


def _parts(text: str) -> list[str]:
    """Lines, and what commas outside brackets separate."""
    parts = re.split(r"\n|;|,(?![^{(\[]*[})\]])", text)
    return [part.strip() for part in parts if part.strip()]


def _is_notation(name: str, engine: DiceEngine) -> bool:
    """Whether a name can be rolled already, or is an operator."""
    if _RESERVED.fullmatch(name):
        return True
    for text in (name, f"1d20+{name}", f"1d20 {name}"):
        try:
            (roll, *_) = engine.roll(text)
        except DiceError:
            continue
        if not (text.startswith("1d20 ") and roll.comment):
            return True
    return False


def _is_within(number: int, limit: TemplateValue) -> bool:
    return (limit.minimum is None or number >= limit.minimum) and (limit.maximum is None or number <= limit.maximum)
