"""Days and times as people type them, in UTC: what a history begins and ends with."""

import re
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from discord import app_commands

from modules.commands.refusal import Refusal
from modules.rendering.language import translated
from modules.rendering.text import comment_text

DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)
EARLIEST: Final = datetime(2015, 1, 1, tzinfo=UTC)
"""Discord's own beginning; nothing was rolled before."""
SHOWN_LENGTH: Final = 40
UNREADABLE: Final = (
    "I cannot read “{typed}” as a time. Write a day like `2026-11-25`, `25.11.2026`, `today` or `yesterday`, a time "
    "like `2026-11-25T18:00`, or `12h`, `7d`, `2w` for so long ago. All of it is in UTC."
)
BACKWARDS: Final = "`since` has to be before `until`."
OFFERED: Final = (
    ("today", "Today"),
    ("yesterday", "Yesterday"),
    ("12h", "12 hours ago"),
    ("7d", "7 days ago"),
    ("30d", "30 days ago"),
)

_AGO: Final = re.compile(r"(\d{1,4})\s*(min|minutes?|h|hours?|d|days?|w|weeks?)(?:\s+ago)?")
_UNITS: Final = MappingProxyType({"m": MINUTE, "h": timedelta(hours=1), "d": DAY, "w": timedelta(weeks=1)})
_MENTION: Final = re.compile(r"<t:(\d{1,12})(?::[a-z])?>")
_IN_TEXT: Final = re.compile(r"(?:^|\s)(since|until):\s*(\S+)(?=\s|$)", re.IGNORECASE)


class Period(NamedTuple):
    """A stretch of time; None where it is open.

    Attributes:
        since: Its first moment.
        until: The first moment after it.
    """

    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of(cls, since: str, until: str, now: datetime) -> "Period":
        """From the beginning of what `since` names to the end of what `until` names; "" leaves it open.

        Raises:
            Refusal: One of them cannot be read, or the end comes before the beginning.
        """
        period = cls(_named(since, now)[0] if since.strip() else None, _named(until, now)[1] if until.strip() else None)
        if period.since is not None and period.until is not None and period.since >= period.until:
            raise Refusal(BACKWARDS)
        return period


def taken_from(text: str) -> tuple[str, str, str]:
    """What stands behind `since:` and `until:` in a text, and the text without them."""
    found = {name.casefold(): value for name, value in _IN_TEXT.findall(text)}
    return found.get("since", ""), found.get("until", ""), _IN_TEXT.sub("", text).strip()


def offers(typed: str, now: datetime) -> list[app_commands.Choice[str]]:
    """What to suggest while a person types: the usual words, or how what is typed is read."""
    text = typed.strip()
    offered = [
        app_commands.Choice(name=translated(label), value=value)
        for value, label in OFFERED
        if text.casefold() in f"{value} {label}".casefold()
    ]
    try:
        read = _named(text, now)[0]
    except Refusal:
        return offered
    shown = translated("{time} UTC", time=f"{read:%Y-%m-%d %H:%M}")
    return [app_commands.Choice(name=shown, value=text), *(each for each in offered if each.value != text)]


def _named(typed: str, now: datetime) -> tuple[datetime, datetime]:
    """The first moment of what a text names, and the first one after it."""
    text = typed.strip().casefold()
    try:
        begin, length = _read(text, now.astimezone(UTC))
        return max(begin, EARLIEST), max(begin + length, EARLIEST)
    except (ValueError, OverflowError):
        raise Refusal(translated(UNREADABLE, typed=comment_text(typed.strip(), SHOWN_LENGTH))) from None


def _read(text: str, now: datetime) -> tuple[datetime, timedelta]:
    """When that begins, and how long it lasts.

    Raises:
        ValueError, OverflowError: It names no time.
    """
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if text in ("today", "yesterday"):
        return (today if text == "today" else today - DAY), DAY
    if ago := _AGO.fullmatch(text):
        return now - int(ago[1]) * _UNITS[ago[2][0]], timedelta()
    if mention := _MENTION.fullmatch(text):
        return datetime.fromtimestamp(int(mention[1]), UTC), MINUTE
    if "." in text:
        return datetime.strptime(text, "%d.%m.%Y").replace(tzinfo=UTC), DAY
    found = datetime.fromisoformat(text.upper())
    zoned = found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return zoned, (MINUTE if ":" in text else DAY)
