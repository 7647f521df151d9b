"""What each player rolled lately, kept in memory alone."""

from collections.abc import Sequence
from typing import Final

from modules.services.bounded_map import BoundedMap

PLAYERS_KEPT: Final = 5_000
ROLLS_OF_A_PLAYER: Final = 8
LONGEST_KEPT: Final = 100
"""Characters of the longest notation kept: what Discord takes as a suggestion."""


class RecentRolls:
    """The latest notations of each player, each once, the newest first."""

    def __init__(self) -> None:
        self._of_players: BoundedMap[int, tuple[str, ...]] = BoundedMap(PLAYERS_KEPT)

    def note(self, player_id: int, notation: str) -> None:
        """Remember that a player rolled this."""
        if len(notation) <= LONGEST_KEPT:
            others = [each for each in self.of(player_id) if each != notation]
            self._of_players.put(player_id, (notation, *others)[:ROLLS_OF_A_PLAYER])

    def of(self, player_id: int) -> Sequence[str]:
        """What the player rolled lately."""
        return self._of_players.get(player_id) or ()
