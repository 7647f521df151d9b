"""The last errors as an operator reads them: of each command and kind one line, with what the kind means in words."""

from collections.abc import Mapping
from itertools import islice
from types import MappingProxyType
from typing import Final

from modules.telemetry.snapshot import Failure, Snapshot
from modules.web.words import UNKNOWN_TEXT, moment_text

LINES_SHOWN: Final = 6
MEANINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ClientConnectionError": "Discord could not be reached",
        "ClientConnectorError": "Discord could not be reached",
        "ClientOSError": "the connection to Discord broke",
        "DatabaseError": "the database failed",
        "DiscordServerError": "Discord had an outage",
        "Forbidden": "Discord does not allow the answer there",
        "HTTPException": "Discord refused the answer",
        "NotFound": "what the answer belongs to is gone",
        "RateLimited": "Discord's rate limit",
        "RequestBlocked": "sending is paused",
        "ServerDisconnectedError": "the connection to Discord broke",
        "TimeoutError": "it took too long",
        "UnconfirmedSendError": "Discord did not say that it sent the answer",
    }
)
"""By the name of the error's class."""
UNFORESEEN: Final = "a bug; its traceback is in the log"


def failure_rows(snapshot: Snapshot, *, is_operator: bool) -> list[dict[str, str]]:
    """One row for each command and kind of error, the latest first; incidents only for the operator."""
    groups: dict[tuple[str, str], list[Failure]] = {}
    for failure in snapshot.failures:
        groups.setdefault((failure.command, failure.kind), []).append(failure)
    return [
        {
            "time": moment_text(failures[0].at, snapshot.taken_at),
            "command": command,
            "kind": f"{MEANINGS.get(kind, UNFORESEEN)} ({kind})",
            "times": f"\N{MULTIPLICATION SIGN} {len(failures)}" if len(failures) > 1 else "",
            "detail": f"incident {failures[0].incident or UNKNOWN_TEXT}" if is_operator else "",
        }
        for (command, kind), failures in islice(groups.items(), LINES_SHOWN)
    ]
