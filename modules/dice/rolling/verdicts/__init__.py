"""What the dice mean in each game: pure functions from what fell to a verdict, which is a code and its parameters.

The sentences are in `modules.rendering.catalog`. Every public function of the modules named here is a rule; the rows
of shortcuts.toml use its name.
"""

from collections.abc import Mapping
from inspect import getmembers, isfunction
from types import MappingProxyType

from modules.dice.rolling.verdicts import percentile, pools, symbols, totals
from modules.dice.rolling.verdicts.played import Played, Rule, Verdict

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        name: rule
        for module in (percentile, pools, symbols, totals)
        for name, rule in getmembers(module, isfunction)
        if rule.__module__ == module.__name__
    }
)
"""Name in shortcuts.toml → rule."""

__all__ = ["RULES", "Played", "Rule", "Verdict"]
