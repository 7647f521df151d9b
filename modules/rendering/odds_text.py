"""Odds as text: the numbers in words, and a histogram that fits the terminal."""

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final, NamedTuple

from modules.dice.notation.syntax import Value
from modules.dice.odds.odds import Odds, digits
from modules.dice.rolling.pool_state import RELATIONS
from modules.rendering.catalog import VERDICTS
from modules.rendering.game_odds import VerdictOdds
from modules.rendering.language import translated

BLOCKS = " ▏▎▍▌▋▊▉█"
"""Eighths of a character, from none to all."""
ROWS = 24
"""The most bars of a histogram: beyond that, neighbours share one."""
RARE = 1 / 20_000
"""What comes up, or fails to, less often than this is told as one in so many."""

VAST = 10**15
"""From here on a number that is not whole is told by its first digits."""
MANY = 10**9
"""Above this a number of times is told by its first digits."""
TAIL = Fraction(1, 1_000)
"""Where totals share bars, this much of the rolls at either end shares the bar at that end."""


class Aim(NamedTuple):
    """What a total is hoped to be.

    Attributes:
        relation: One of `=`, `!=`, `>`, `<`, `>=`, `<=`, `vs`.
        number: What it is compared with.
    """

    relation: str
    number: Value

    def is_met(self, total: Value) -> bool:
        """Whether a total is one of those."""
        return RELATIONS[self.relation](total, self.number)

    def told(self, odds: Odds) -> str:
        """How likely that is, in words."""
        words = translated(_RELATION_WORDS[self.relation], number=number(self.number))
        return f"{words}: {percent(odds.chance(self.relation, self.number))}"


_RELATION_WORDS: Final = MappingProxyType(
    {
        "vs": "{number} or more",
        ">=": "{number} or more",
        "<=": "{number} or less",
        ">": "more than {number}",
        "<": "less than {number}",
        "=": "exactly {number}",
        "!=": "not {number}",
    }
)


def percent(share: Fraction) -> str:
    """A probability for people: `23.1 %`; what is rare as `1 in 46,656`. Only what is certain is `100 %`."""
    chance = float(share)
    if share and chance < RARE:
        return one_in(share)
    if share != 1 and chance > 1 - RARE:
        return translated("all but {rest}", rest=one_in(1 - share))
    return f"{100 * chance:{'.4g' if chance < 0.01 else '.5g' if chance >= 0.9995 else '.1f'}} %"


def one_in(share: Fraction) -> str:
    """A probability, not 0, as one in so many: `1 in 46,656`."""
    times = round(1 / share)
    # A decimal, for hundreds of dice leave the range of a float.
    return translated("1 in {times}", times=f"{times:,}" if times < MANY else f"{Decimal(times):.2g}")


def number(value: Value) -> str:
    """A total, decimal where it is not whole."""
    if value.denominator == 1:
        return f"{int(value):,}"
    return decimal(float(value), 4)


def decimal(value: float, digits: int) -> str:
    """A number to so many digits, but to the ones where it is larger: `12.24`, `20,270`."""
    return f"{value:,.{digits}g}" if abs(value) < 10**digits or abs(value) >= VAST else f"{value:,.0f}"


def outlook(odds: Odds) -> str:
    """What to expect of a roll, in a clause: `5 to 15, average 10`, or the chance of its check."""
    if odds.success is not None:
        return translated("{chance} to succeed", chance=percent(odds.success))
    low, high, mean = odds.outcomes[0], odds.outcomes[-1], odds.mean
    average = f"{float(mean):,.2f}".rstrip("0").rstrip(".") if abs(mean) < MANY else number(round(mean))
    if odds.cut:
        return translated("{low} or more, average {average}", low=number(low), average=average)
    return translated("{low} to {high}, average {average}", low=number(low), high=number(high), average=average)


def facts(odds: Odds, target: Value | None = None) -> list[str]:
    """The odds in words, a few of them a line.

    Args:
        odds: The odds.
        target: A total to compare with, if one was asked about.
    """
    mean, deviation = decimal(float(odds.mean), 6), decimal(odds.standard_deviation, 4)
    lines = [translated("mean {mean}, standard deviation {deviation}", mean=mean, deviation=deviation), _range(odds)]
    if odds.success is not None:
        lines.append(translated("success: {chance}", chance=percent(odds.success)))
    if target is not None:
        shares = {"more": odds.at_least, "less": odds.at_most, "exactly": odds.exactly}
        told = {name: percent(share(target)) for name, share in shares.items()}
        english = "{target} or more: {more}, or less: {less}, exactly: {exactly}"
        lines.append(translated(english, target=number(target), **told))
    if odds.cut:
        lines.append(f"{translated(odds.method)}: {float(odds.cut):.1g}")
    return lines


def _range(odds: Odds) -> str:
    """From where to where totals go, and where most of them are."""
    low, high = number(odds.outcomes[0]), number(odds.outcomes[-1])
    if low == high:
        return translated("always {low}", low=low)
    quartiles = ", ".join(number(odds.quantile(Fraction(quarter, 4))) for quarter in (1, 2, 3))
    # Dice that explode have no highest total.
    english = (
        "{low} or more, {likely}, quartiles {quartiles}"
        if odds.cut
        else "{low} to {high}, {likely}, quartiles {quartiles}"
    )
    return translated(english, low=low, high=high, likely=_likeliest(odds), quartiles=quartiles)


def _likeliest(odds: Odds) -> str:
    """The most likely total, or those next to each other that are as likely."""
    modes, share = odds.modes, percent(odds.exactly(odds.mode))
    if len(modes) == len(odds.outcomes):
        return translated("all equally likely ({share} each)", share=share)
    english = "most likely {mode} ({share})"
    if len(modes) > 1 and modes[-1] - modes[0] == len(modes) - 1:
        english = "most likely {mode} to {last} ({share} each)"
    return translated(english, mode=number(modes[0]), last=number(modes[-1]), share=share)


def histogram(odds: Odds, width: int = 80, rows: int = ROWS) -> str:
    """One bar for each total, or for each stretch of neighbouring totals.

    Args:
        odds: The odds.
        width: Characters of a line.
        rows: The most bars.
    """
    stretches = list(_stretches(odds, rows))
    names = [_name(first, last) for first, last, _ in stretches]
    shares = [percent(share) for _, _, share in stretches]
    room = max(8, width - max(map(len, names)) - max(map(len, shares)) - 3)
    most = max(share for _, _, share in stretches)
    return "\n".join(
        f"{name:>{max(map(len, names))}} {_bar(share / most, room):<{room}} {text:>{max(map(len, shares))}}".rstrip()
        for name, (_, _, share), text in zip(names, stretches, shares, strict=True)
    )


def _stretches(odds: Odds, rows: int) -> Iterable[tuple[Value, Value, Fraction]]:
    """First and last total of each bar, and its probability."""
    places = range(len(odds.outcomes))
    if len(places) <= rows:
        yield from (_stretch(odds, place, place + 1) for place in places)
        return
    first = bisect_left(odds.outcomes, odds.quantile(TAIL))
    last = bisect_left(odds.outcomes, odds.quantile(1 - TAIL)) + 1
    if first:
        yield _stretch(odds, 0, first)
    size = -(-(last - first) // (rows - 2))
    for start in range(first, last, size):
        yield _stretch(odds, start, min(start + size, last))
    if last < len(places):
        yield _stretch(odds, last, len(places))


def _stretch(odds: Odds, first: int, last: int) -> tuple[Value, Value, Fraction]:
    return odds.outcomes[first], odds.outcomes[last - 1], Fraction(sum(odds.counts[first:last]), odds.denominator)


def _name(first: Value, last: Value) -> str:
    return number(first) if first == last else f"{number(first)}–{number(last)}"


def _bar(share: Fraction, room: int) -> str:
    eighths = int(share * room * 8)
    return BLOCKS[8] * (eighths // 8) + BLOCKS[eighths % 8].strip()


def likely_symbols(odds: Odds, rows: int) -> list[tuple[str, str]]:
    """The most likely combinations of symbols: probability and symbols."""
    whole = sum(odds.tallies.values())
    ranked = sorted(odds.tallies.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(percent(Fraction(count, whole)), _tally(tally)) for tally, count in ranked[:rows]]


def symbols(odds: Odds, rows: int = ROWS) -> str:
    """The most likely combinations of symbols, and how many more there are."""
    lines = [f"{share:>12}  {shown}" for share, shown in likely_symbols(odds, rows)]
    more = len(odds.tallies) - rows
    return "\n".join([*lines, *([translated("and {count} more combinations", count=f"{more:,}")] if more > 0 else [])])


def _tally(tally: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{count} {word}" for word, count in tally) or translated("nothing")


def verdict_line(odds: VerdictOdds) -> str:
    """The verdicts of a game, the likeliest first, and what is said beside them."""
    parts = [_ranked(odds.verdicts) if len(odds.verdicts) > 1 else "", _ranked(odds.remarks)]
    told = "; ".join(filter(None, parts))
    return translated("≈ {told} ({share} left out)", told=told, share=percent(odds.cut)) if odds.cut else told


def verdict_name(code: str) -> str:
    """A verdict without its numbers: `success with raises`."""
    # Where numbers stand behind a colon or a comma, all that matters stands before.
    told = re.split(r"[:,] (?:or )?\{", translated(VERDICTS[code]))[0]
    words = re.sub(r"\{[^}]*\}", "", re.sub(r"\{\w+:[^}|+]*\|([^}]*)\}", r"\1", told)).strip(" ()×,")
    words = re.sub("(?: of| up to| against)+$", "", words)
    return words if any(map(str.isalpha, words)) else code.replace("_", " ")


def _ranked(shares: Mapping[str, Fraction]) -> str:
    ranked = sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join([f"{verdict_name(code)} {percent(share)}" for code, share in ranked])


def render_odds(odds: Odds, width: int = 80, target: Value | None = None) -> str:
    """Words and histogram of one roll; combinations of symbols where it has them."""
    parts = [symbols(odds)] if odds.tallies else []
    # Words alone add up to nothing: there is no total to tell of.
    if not odds.tallies or len(odds.outcomes) > 1:
        first, *more = facts(odds, target)
        parts = ["\n".join([f"{odds.expression}: {first}", *more]), histogram(odds, width), *parts]
    else:
        parts = [f"{odds.expression}:", *parts]
    return "\n".join(parts)


def render_versus(one: Odds, other: Odds) -> str:
    """How two independent rolls compare."""
    against = translated("{one} against {other}", one=one.expression, other=other.expression)
    return f"{against}: {outcome(one, other)}"


def outcome(one: Odds, other: Odds) -> str:
    """How often one roll is higher than, the same as and lower than another."""
    win, tie, loss = one.versus(other)
    return translated(
        "higher {win}, the same {tie}, lower {loss}", win=percent(win), tie=percent(tie), loss=percent(loss)
    )


def versus_json(one: Odds, other: Odds) -> str:
    """The same for machines; probabilities are fractions as text."""
    win, tie, loss = map(digits, one.versus(other))
    return json.dumps({"one": one.expression, "other": other.expression, "win": win, "tie": tie, "lose": loss})
