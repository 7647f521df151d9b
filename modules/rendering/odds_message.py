"""Odds as a message in Discord: in words what the chart beside it shows."""

from collections.abc import Iterator, Sequence
from typing import Final

from modules.dice.odds.odds import Odds
from modules.rendering.language import translated
from modules.rendering.odds_text import facts, likely_symbols, number, outcome, percent
from modules.rendering.text import escape, shortened

ROLLS_TOLD: Final = 4
"""Different rolls of one message that are told of."""
EXPRESSION_LENGTH: Final = 120
SYMBOLS_TOLD: Final = 8


def odds_message(rolls: Sequence[Odds], target: int | None = None) -> str:
    """The odds of the different rolls of a message.

    Args:
        rolls: At least one.
        target: A total to compare with, if one was asked about.
    """
    blocks = ["\n".join(_block(odds, target)) for odds in rolls[:ROLLS_TOLD]]
    if len(rolls) > ROLLS_TOLD:
        blocks.append("-# " + translated("and {count} more rolls", count=len(rolls) - ROLLS_TOLD))
    return "\n".join(blocks)


def comparison_message(one: Odds, other: Odds) -> str:
    """How two rolls compare, and each of them."""
    against = translated("{one} against {other}", one=f"**{_name(one)}**", other=f"**{_name(other)}**")
    title = f"{against}: {outcome(one, other)}"
    return "\n".join([title, *(f"{_name(odds)}: {facts(odds)[0]}" for odds in (one, other))])


def repeat_line(odds: Odds, best: Odds, repeat: int, target: int | None = None) -> str:
    """What a roll comes to that is rolled several times; what is hoped for may come up once among them."""
    means = {"best": number(best.mean), "sum": number(repeat * odds.mean)}
    line = translated("of {count}: the best has mean {best}, the sum {sum}", count=repeat, **means)
    if odds.success is not None:
        share = 1 - (1 - odds.success) ** repeat
        return f"{line}; " + translated("at least one succeeds: {share}", share=percent(share))
    if target is not None:
        share = best.at_least(target)
        return f"{line}; " + translated("one reaches {target}: {share}", target=number(target), share=percent(share))
    return line


def _block(odds: Odds, target: int | None) -> Iterator[str]:
    yield f"**{_name(odds)}**"
    # Words alone add up to nothing: there is no total to tell of.
    if not odds.tallies or len(odds.outcomes) > 1:
        yield from facts(odds, target)
    for share, shown in likely_symbols(odds, SYMBOLS_TOLD):
        yield f"{share}: {escape(shown)}"
    if len(odds.tallies) > SYMBOLS_TOLD:
        yield "-# " + translated("and {count} more combinations", count=f"{len(odds.tallies) - SYMBOLS_TOLD:,}")


def _name(odds: Odds) -> str:
    return escape(shortened(odds.expression, EXPRESSION_LENGTH))
