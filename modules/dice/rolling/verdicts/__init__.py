"""What the dice mean in each game: pure functions from what fell to a verdict, which is a code and its parameters.

The sentences are in `modules.rendering.catalog`. A rule is registered here under the name that the rows of
shortcuts.toml use: the name of its function.
"""

from collections.abc import Mapping
from types import MappingProxyType

from modules.dice.rolling.verdicts import percentile, played, pools, symbols, totals
from modules.dice.rolling.verdicts.played import Played, Rule, Seen, Verdict

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.__name__: rule
        for rule in (
            played.total,
            played.damage,
            played.successes,
            played.hits,
            percentile.cthulhu,
            percentile.delta_green,
            percentile.mothership,
            percentile.warhammer,
            percentile.gurps,
            pools.darkness,
            pools.chronicles,
            pools.chance,
            pools.vampire,
            pools.botchable,
            pools.shadowrun,
            pools.blades,
            pools.year_zero,
            pools.alien,
            pools.two_d20,
            pools.lasers,
            pools.wildsea,
            pools.icons,
            pools.wrath,
            pools.one_roll,
            symbols.genesys,
            symbols.force,
            symbols.combat_dice,
            symbols.cosmere,
            symbols.marvel,
            symbols.one_ring,
            totals.d20,
            totals.death_save,
            totals.pathfinder,
            totals.masterminds,
            totals.savage,
            totals.savage_extra,
            totals.apocalypse,
            totals.cyberpunk,
            totals.cypher,
            totals.daggerheart,
            totals.fury,
            totals.fate,
            totals.feng_shui,
            totals.age,
            totals.lancer,
            totals.open_d6,
            totals.traveller,
            totals.ironsworn,
            totals.earthdawn,
            totals.silhouette,
            totals.darkest_house,
            totals.hero_normal,
            totals.hero_killing,
            totals.hero_hit,
        )
    }
)
"""Name in shortcuts.toml → rule."""

__all__ = ["RULES", "Played", "Rule", "Seen", "Verdict"]
