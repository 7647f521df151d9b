"""Other people's text, made harmless inside ours: it can break no markup, ping nobody and turn no line around."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

# Beside plain markup: < and : begin emoji and timestamps; >, # and - quotes, headings and lists.
_ESCAPED = str.maketrans({mark: f"\\{mark}" for mark in "\\*_~`|>#-[]()<:"})
_COMBINING_RUN = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_WHOLE = re.compile(r"(<(?:@[!&]?|#|a?:\w{2,32}:)[0-9]{15,21}>|<t:-?[0-9]{1,13}(?::[tTdDfFR])?>|(?<!`)`[^`]+`(?!`))")
"""What Discord shows as something else than its letters, and code."""
ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"
ISOLATE = "\N{FIRST STRONG ISOLATE}"
END_ISOLATE = "\N{POP DIRECTIONAL ISOLATE}"


# Fitting a message into its length asks for the same texts several times.
@lru_cache(maxsize=1024)
def escape(text: str) -> str:
    """Text as Discord will show it letter for letter: no markup, no mention, no link preview."""
    quiet = harmless(text)
    if "@" in quiet or "://" in quiet:
        quiet = quiet.replace("@", f"@{ZERO_WIDTH_SPACE}").replace("://", f":{ZERO_WIDTH_SPACE}//")
    return quiet.translate(_ESCAPED)


def comment_text(text: str, length: int) -> str:
    """A comment of at most about `length` characters before escaping.

    Mentions, emoji, times and code stay whole, and stay what they are: that nobody is pinged is for the sender to say.
    """
    if "<" not in text and "`" not in text:
        return escape(shortened(text, length))
    shown: list[str] = []
    for number, part in enumerate(_WHOLE.split(text)):
        # Every other part is one that the pattern found.
        is_whole = number % 2 == 1
        if len(part) > length:
            shown.append("…" if is_whole else escape(shortened(part, length)))
            break
        shown.append(harmless(part) if is_whole else escape(part))
        length -= len(part)
    return "".join(shown)


def harmless(text: str) -> str:
    """Text on one line that cannot reorder its surroundings or pile marks upon them."""
    if text.isascii() and text.isprintable():
        return text
    line = "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in _TURNING.sub("", text))
    calm = _COMBINING_RUN.sub(r"\1", line)
    if any(unicodedata.bidirectional(c) in {"R", "AL"} for c in calm):
        # Their own isolates are gone by now, so nothing inside can close this one.
        return f"{ISOLATE}{calm}{END_ISOLATE}"
    return calm


def shortened(text: str, length: int) -> str:
    """Text of at most `length` characters, with an ellipsis where some are missing."""
    return text if len(text) <= length else f"{text[: max(0, length - 1)]}…"


def fitting(lines: Sequence[str], length: int) -> list[str]:
    """The first lines that together have at most `length` characters, line breaks included."""
    ends = accumulate(len(line) + 1 for line in lines)
    return [line for line, end in zip(lines, ends, strict=True) if end <= length]


def columns(character: str) -> int:
    """How wide a character stands in a fixed-width font."""
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def fixed(character: str) -> str:
    """A character as it may stand inside a code block, where columns have to line up."""
    # Nothing can be escaped inside a code block, so a backtick has to become another character.
    if character == "`":
        return "\N{MODIFIER LETTER GRAVE ACCENT}"
    if character.isspace():
        return " "
    # Of unknown width, or turned around by whoever shows it: the caret would miss its place.
    if unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"} or unicodedata.bidirectional(character) in {
        "R",
        "AL",
        "AN",
    }:
        return "\N{REPLACEMENT CHARACTER}"
    return character if columns(character) else ""
