"""Readers parse the text of a variable, or raise an error that explains what is wrong.

Readers that take arguments return the reader proper. A refusal repeats the text only where it is too short to be a
secret that was pasted into the wrong variable.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from modules.environment.addresses import split_address
from modules.environment.setting import RefusedError, Secret

PASSWORD_LENGTH = 16
"""Least number of characters of a secret that whoever reaches the port may guess at; `openssl rand -hex 16` has 32."""

_N = TypeVar("_N", int, float)
_LONGEST_SHOWN = 20
_LONGEST_PREFIX = 20


def whole(low: int, high: int) -> Callable[[str], int]:
    """Whole numbers from `low` to `high`, both included."""
    return _number(int, low, high, f"a whole number from {low} to {high}")


def seconds(low: float, high: float) -> Callable[[str], float]:
    """Durations in seconds from `low` to `high`, both included; fractions are fine, NaN and infinity are not."""
    return _number(float, low, high, f"a number of seconds from {low:g} to {high:g}")


def rate(low: float, high: float) -> Callable[[str], float]:
    """Things a second from `low` to `high`, both included; fractions are fine, NaN and infinity are not."""
    return _number(float, low, high, f"a number from {low:g} to {high:g}")


def one_of(*options: str) -> Callable[[str], str]:
    """One of the options, in any case, given back as it is spelt here."""
    spelt = {option.lower(): option for option in options}

    def read(text: str) -> str:
        if (found := spelt.get(text.strip().lower())) is None:
            raise RefusedError(f"is {_shown(text)}", "one of " + ", ".join(options))
        return found

    return read


def yes_or_no(text: str) -> bool:
    """A choice.

    Raises:
        RefusedError: It is neither.
    """
    word = text.strip().lower()
    if word not in ("true", "yes", "1", "false", "no", "0"):
        raise RefusedError(f"is {_shown(text)}", "true or false")
    return word in ("true", "yes", "1")


def shaped(pattern: str, wanted: str) -> Callable[[str], str]:
    """Text that matches `pattern` from end to end, without the spaces around it."""

    def read(text: str) -> str:
        # Without ASCII, `\w` and `\d` would take letters and digits of every script.
        if not re.fullmatch(pattern, text.strip(), re.ASCII):
            raise RefusedError(f"is {_shown(text)}", wanted)
        return text.strip()

    return read


def url(*schemes: str) -> Callable[[str], str]:
    """An absolute address with one of the schemes and nothing but host, port and path, kept to the letter."""
    wanted = f"an address such as {schemes[-1]}://discord.example, without user name, password, ? or #"

    def read(text: str) -> str:
        address = text.strip()
        parts, is_complete = split_address(address, wanted)
        if parts.scheme not in schemes or not is_complete:
            raise RefusedError(f"is not an address that begins with {' or '.join(schemes)}:// and names a host", wanted)
        # Not parts.query: a lone ? or # at the end leaves no trace in the parts.
        if "@" in parts.netloc or "?" in address or "#" in address:
            raise RefusedError("carries more than an address", wanted)
        return address

    return read


def host(text: str) -> str:
    """A host name or an IP address to listen on; no port, no brackets.

    Raises:
        RefusedError: It is neither.
    """
    name, version_six = r"[A-Za-z0-9._-]{1,253}", r"[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(%\w+)?"
    return shaped(f"{name}|{version_six}", "an IP address or a host name, without port")(text)


def password(text: str) -> Secret:
    """A secret that people type; what it was is never told.

    Raises:
        RefusedError: It is too short, or has spaces.
    """
    word = text.strip()
    if len(word) < PASSWORD_LENGTH or len(word.split()) > 1:
        raise RefusedError("is too short or has spaces", f"at least {PASSWORD_LENGTH} characters without spaces")
    return Secret(word)


def folder(text: str) -> Path:
    """The path of a folder, there or not.

    Raises:
        RefusedError: It has a character that paths do not have, or is wrapped in quotes.
    """
    if not text.strip().isprintable():
        raise RefusedError("has an invisible or control character", "the path of a folder")
    return Path(_bare(text.strip()))


def prefix(text: str) -> str:
    """What a command starts with. A space at its end is kept: some like to write "nazh roll".

    Raises:
        RefusedError: Nobody could type it, or nobody would: it is wrapped in quotes.
    """
    wanted = f"1 to {_LONGEST_PREFIX} characters that can be typed, not starting with a space"
    if not text.isprintable():
        raise RefusedError("has an invisible or control character", wanted)
    if text.startswith(" ") or len(text) > _LONGEST_PREFIX:
        raise RefusedError(f"is {_shown(text)}", wanted)
    return _bare(text)


def _bare(text: str) -> str:
    """`text`, unless it came with quotes, as a shell takes away and `docker --env-file` does not."""
    if re.fullmatch(r"(['\"]).+\1", text.strip()):
        raise RefusedError("is wrapped in quotes", "the same without them")
    return text


def _number(kind: Callable[[str], _N], low: float, high: float, wanted: str) -> Callable[[str], _N]:
    def read(text: str) -> _N:
        try:
            value = kind(text)
        except ValueError:
            raise RefusedError(f"is {_shown(text)}", wanted) from None
        # In this form NaN is refused as well: it compares with nothing.
        if not low <= value <= high:
            raise RefusedError(f"is {_shown(text)}, out of range", wanted)
        return value

    return read


def _shown(text: str) -> str:
    return repr(text) if len(text) <= _LONGEST_SHOWN else f"a text of {len(text)} characters"
