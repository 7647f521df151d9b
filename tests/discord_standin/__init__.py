"""A Discord on loopback, for tests that want a real wire: REST and gateway, with faults on command."""

from .clock import ManualClock, SystemClock
from .core import Settings
from .standin import DiscordStandin

__all__ = ["DiscordStandin", "ManualClock", "Settings", "SystemClock"]
