"""Guards discord.py's private table of event parsers.

discord.py is pinned; `tests/discord_api/compat/test_socket.py` fails when a new version changes any of this.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import discord

NAMELESS: Final = "event without a name"
"""Stands for an event whose `t` is no text."""

Parser = Callable[[Any], None]
Dropped = Callable[[str, Exception | None], None]


class MalformedReadyError(Exception):
    """READY could not be read, so that the session is of no use."""


class EventParsers(dict[str, Parser]):
    """What reads each event; an event that cannot be read is left out, instead of ending the process.

    Args:
        parsers: Those of discord.py.
        dropped: Called with the name of each event that was left out, and the error if there was one.
        seen: Called with the name of each event in metrics: its own if discord.py knows it, else one of two.
    """

    def __init__(self, parsers: Mapping[str, Parser], dropped: Dropped, seen: Callable[[str], None]) -> None:
        super().__init__({event: _guarded(event, parse, dropped) for event, parse in parsers.items()})
        self._dropped, self._seen = dropped, seen

    def __getitem__(self, event: object) -> Parser:
        """The parser of an event, which discord.py looks up once for each that arrives.

        Raises:
            KeyError: discord.py has none and passes over the event.
        """
        if isinstance(event, str):
            self._seen(event if event in self else "OTHER")
            return super().__getitem__(event)
        self._seen("malformed")
        self._dropped(NAMELESS, None)
        raise KeyError(NAMELESS)


def guard_events(client: discord.Client, dropped: Dropped, seen: Callable[[str], None]) -> None:
    """Have events counted, and those that discord.py's parsers fail on left out, instead of ending the process.

    Args:
        client: The client, before it connects.
        dropped: Called with the name of each event that was left out, `NAMELESS` for want of one, and the error if any.
        seen: Called with the name of each event in metrics.
    """
    client._connection.parsers = EventParsers(client._connection.parsers, dropped, seen)


def _guarded(event: str, parse: Parser, dropped: Dropped) -> Parser:
    def guarded(payload: Any) -> None:  # noqa: ANN401 - whatever Discord sent
        try:
            parse(payload)
        except Exception as error:
            if event == "READY":
                raise MalformedReadyError from error
            dropped(event, error)

    return guarded
