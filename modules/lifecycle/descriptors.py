"""File descriptors: the limit of the process, and how it is divided.

Discord's connections come before the sidecar's: a flood of sidecar clients must not keep the bot from answering.
"""

import resource
from dataclasses import dataclass
from typing import Final

RESERVED_COUNT: Final = 56
"""For the gateway, the log, state files, the sidecar's own pipes, name look-ups and what Python keeps open."""
SIDECAR_MOST: Final = 100
SIDECAR_LEAST: Final = 32
DISCORD_LEAST: Final = 2
# macOS answers "unlimited" and then refuses more than this.
UNLIMITED_COUNT: Final = 10_240


@dataclass(frozen=True, slots=True)
class DescriptorShares:
    """How the descriptors are divided.

    Attributes:
        limit: The limit of the process (`ulimit -n`).
        discord_wanted: Connections to Discord that were configured.
        discord: Connections to Discord that are granted.
        sidecar: Connections to the sidecar.
    """

    limit: int
    discord_wanted: int
    discord: int
    sidecar: int


def raise_limit() -> int:
    """Raise the soft limit of open files to the hard one, as far as the system allows; returns the limit in force."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = UNLIMITED_COUNT if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            wanted = soft
    return max(soft, wanted)


def share_out(limit: int, discord_wanted: int) -> DescriptorShares:
    """Divide `limit` so that all shares fit into it together.

    Args:
        limit: What `raise_limit` returned.
        discord_wanted: `CONNECTOR_LIMIT`; granted in full wherever the limit allows it.
    """
    free = limit - RESERVED_COUNT
    sidecar = min(SIDECAR_MOST, max(SIDECAR_LEAST, free - discord_wanted))
    return DescriptorShares(limit, discord_wanted, max(DISCORD_LEAST, min(discord_wanted, free - sidecar)), sidecar)
