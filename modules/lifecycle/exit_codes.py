"""Why the process ended, in the words of sysexits.h, so that a platform can tell a typo from an outage."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What `main.py` hands to the operating system.

    `CONFIG` never heals by itself, so a restart alone is of no use.
    """

    OK = 0
    """Stopped because it was asked to, with nothing lost."""
    NOTATION = 65
    """EX_DATAERR: the dice command line could not read its notation."""
    SOFTWARE = 70
    """EX_SOFTWARE: a bug of ours, or an event loop that hung beyond hope."""
    CONFIG = 78
    """EX_CONFIG: a setting, the token, an intent or a taken port; a person has to change something."""
