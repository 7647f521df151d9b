"""Odds as a message in Discord: in words what the chart beside it shows."""

from collections.abc import Iterator, Sequence
from typing import Final

from modules.dice.odds.odds import Odds
from modules.rendering.language import translated
from modules.rendering.odds_text import Aim, facts, likely_symbols, number, outcome
from modules.rendering.text import escape, shortened

ROLLS_TOLD: Final = 4
"""Different rolls of one message that are told of."""
EXPRESSION_LENGTH: Final = 120
SYMBOLS_TOLD: Final = 8


def odds_message(rolls: Sequence[Odds], aim: Aim | None = None) -> str:
    """The odds of the different rolls of a message.

    Args:
        rolls: At least one.
        aim: What the total is hoped to be, if that was asked.
    """
    blocks = ["\n".join(_block(odds, aim)) for odds in rolls[:ROLLS_TOLD]]
    if len(rolls) > ROLLS_TOLD:
        blocks.append("-# " + translated("and {count} more rolls", count=len(rolls) - ROLLS_TOLD))
    return "\n".join(blocks)


def comparison_message(one: Odds, other: Odds) -> str:
    """How two rolls compare, and each of them."""
    against = translated("{one} against {other}", one=f"**{_name(one)}**", other=f"**{_name(other)}**")
    title = f"{against}: {outcome(one, other)}"
    return "\n".join([title, *(f"{_name(odds)}: {facts(odds)[0]}" for odds in (one, other))])


def repeat_line(odds: Odds, best: Odds, repeat: int) -> str:
    """What a roll comes to that is rolled several times."""
    return translated(
        "of {count}: the best has mean {best}, the sum {sum}",
        count=repeat,
        best=number(best.mean),
        sum=number(repeat * odds.mean),
    )


def _block(odds: Odds, aim: Aim | None) -> Iterator[str]:
    yield f"**{_name(odds)}**"
    # Words alone add up to nothing: there is no total to tell of.
    if not odds.tallies or len(odds.outcomes) > 1:
        target = aim.number if aim is not None and odds.success is None else None
        yield from facts(odds, target)
    for share, shown in likely_symbols(odds, SYMBOLS_TOLD):
        yield f"{share}: {escape(shown)}"
    if len(odds.tallies) > SYMBOLS_TOLD:
        yield "-# " + translated("and {count} more combinations", count=f"{len(odds.tallies) - SYMBOLS_TOLD:,}")


def _name(odds: Odds) -> str:
    return escape(shortened(odds.expression, EXPRESSION_LENGTH))
