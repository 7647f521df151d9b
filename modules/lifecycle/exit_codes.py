"""Exit codes after sysexits.h, so that a platform can tell a configuration error from an outage."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What `main.py` hands to the operating system.

    After `CONFIG` a restart alone does not help.
    """

    OK = 0
    """An orderly stop on request."""
    NOTATION = 65
    """EX_DATAERR: the dice command line could not read its notation."""
    SOFTWARE = 70
    """EX_SOFTWARE: a bug of ours, or an event loop that stayed hung."""
    CONFIG = 78
    """EX_CONFIG: a setting, the token, an intent or a taken port; a person has to change something."""
