"""The answer of a game shortcut, as a player of that game would say it: verdict first, then what each die is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from modules.dice.notation import shortcuts
from modules.dice.notation.parser import parse
from modules.dice.notation.syntax import Comparison, Custom, Pool, Value
from modules.dice.notation.traversal import walk
from modules.dice.rolling.pool_result import Die, PoolResult
from modules.dice.rolling.prepared_roll import adds_up
from modules.dice.rolling.result import Roll
from modules.dice.rolling.verdicts import RULES, Played, Verdict
from modules.rendering.catalog import verdict_text

MODIFIERS = re.compile(r"(?:[-+](?:[0-9]*d[0-9]+|[0-9]+)(?:\[[^\]]*\])?)*")
"""What may be added to a game's roll and still be that roll."""
SYMBOLS = frozenset({"genesys", "force"})
"""Rules for pools that may be put together from several shortcuts."""
FAILURES = frozenset({"failure", "failed", "fails", "botch", "fumble", "miss", "dismal", "no", "1", "twice"})
SUCCESSES = frozenset({"success", "critical", "succeeds", "win", "full", "strong", "wakes"})
"""Words in the codes of verdicts that say how a roll went; the first outweigh the second."""
SHORTCUTS_KEPT = 256
EDGES = MappingProxyType({"1d20": "", "2d20kh1": "adv ", "2d20kl1": "dis "})
"""How the first d20 may be rolled → the word for that."""


class Group(NamedTuple):
    """Dice that the game has one name for.

    Args:
        name: What they are called; empty if they need no name.
        dice: The dice.
        counts: Whether they are part of the result.
        blank: Whether none of their faces is a number.
    """

    name: str
    dice: Sequence[Die]
    counts: bool
    blank: bool = False


class Answer(NamedTuple):
    """What is said about a game's roll.

    Args:
        system: The game.
        verdict: The verdict, with its remarks.
        groups: Its dice.
        modifiers: What was added, as written: `+2`.
        rule: The rule in words.
        source: Where it stands.
        success: Whether the game calls that a success or a failure, where it is either.
    """

    system: str
    verdict: str
    groups: tuple[Group, ...]
    modifiers: str
    rule: str
    source: str
    success: bool | None = None


class Call(NamedTuple):
    """A shortcut as it was used.

    Args:
        row: The shortcut.
        numbers: The numbers it was written with.
        expansion: The notation it stands for.
        pool_count: Pools in that.
    """

    row: shortcuts.Shortcut
    numbers: Mapping[str, int]
    expansion: str
    pool_count: int

    @property
    def apart(self) -> int:
        """How many of the last dice of its only pool are a group of their own."""
        apart = self.row.apart
        return int(apart) if apart.isdigit() else self.numbers.get(apart, 0)


@lru_cache(maxsize=SHORTCUTS_KEPT)
def _call(written: str) -> Call | None:
    found = shortcuts.find(written, 0)
    if found is None or found[0].repeat > 1:
        return None
    row, match = found
    (syntax,) = parse(written).rolls
    pools = [node for node in walk(syntax.expression) if isinstance(node, Pool)]
    return Call(row, row.numbers(match), str(syntax.expression), len(pools))


def calls_of(written: Sequence[str]) -> list[Call | None]:
    """The shortcuts of a roll; None for one that is more than one roll."""
    return [_call(each.casefold()) for each in written]


class Judged(NamedTuple):
    """What a game makes of a roll.

    Args:
        row: The shortcut it was written with, the first of several.
        verdict: The verdict.
        groups: The game's dice.
        added: Dice that were added to them.
        modifiers: What was added, as written.
    """

    row: shortcuts.Shortcut
    verdict: Verdict
    groups: tuple[Group, ...]
    added: tuple[Group, ...]
    modifiers: str


def judge(roll: Roll) -> Judged | None:
    """What the game makes of this roll; None if it is no game's roll, or more than that."""
    calls = calls_of(roll.shortcuts)
    found = _read(roll, calls)
    return judged(roll, [call for call in calls if call], found.modifiers) if found is not None else None


def written(roll: Roll) -> str:
    """A game's roll in the game's own words, as a player could type it: `adv pf2+5 vs 15`; "" if it is no game's."""
    found = _read(roll, calls_of(roll.shortcuts))
    if found is None:
        return ""
    return f"{EDGES[found.die]}{'+'.join(roll.shortcuts)}{roll.expression[found.own_length :]}"


def judged(roll: Roll, calls: Sequence[Call], modifiers: str) -> Judged:
    """What the game makes of a roll that is its own.

    Args:
        roll: The roll.
        calls: The shortcuts it was written with, at least one.
        modifiers: What was added to them.
    """
    told = [pool for pool in roll.pools if not pool.is_set]
    pools = iter(told)
    groups = tuple(group for call in calls for group in _groups(call, tuple(islice(pools, call.pool_count))))
    chosen = [pool for pool in roll.pools if pool.is_set]
    if chosen:
        groups = tuple(group._replace(counts=die.kept) for group, die in zip(groups, chosen[0].dice, strict=True))
    added = tuple(Group("", (*pool.dice, *pool.aside), True) for pool in pools)
    played = Played(roll.total, [group.dice for group in groups], calls[0].numbers, *_checked(roll), roll.tally)
    # Force dice may stand beside others, which then say whether it is a success.
    name = min((call.row.verdict for call in calls), key=lambda rule: rule == "force")
    return Judged(calls[0].row, RULES[name](played), groups, added, modifiers)


def answer(roll: Roll) -> Answer | None:
    """What the game says about this roll; None if it is no game's roll, or more than that."""
    found = judge(roll)
    if found is None:
        return None
    row, verdict = found.row, verdict_text(found.verdict)
    shown = () if _said(verdict, found.groups) else (*found.groups, *found.added)
    success = _success(found.verdict.code)
    success = roll.success if success is None else success
    return Answer(row.system, verdict, shown, found.modifiers, row.meaning, row.source, success)


def _success(code: str) -> bool | None:
    """What the words of a verdict's code say of it; None where it is neither a success nor a failure."""
    words = set(code.split("_"))
    if words & FAILURES:
        return False
    return True if words & SUCCESSES and "partial" not in words else None


def _checked(roll: Roll) -> tuple[Value | None, bool | None, Value | None]:
    """What the total was compared with, whether that succeeded, and by how much."""
    if not roll.checks:
        return None, None, None
    check = roll.checks[-1]
    if roll.success is None and check.relation == ">=":
        # Something was added to a shortcut that is a check by itself: it counts for the check.
        return check.target, roll.total >= check.target, roll.total - check.target
    return check.target, roll.success, roll.margin


def _said(verdict: str, groups: Sequence[Group]) -> bool:
    """Whether the verdict names the only die already."""
    dice = [die for group in groups if not group.name for die in group.dice]
    # A die that was rerolled has more to tell.
    return (
        len(dice) == len(groups) == 1 and not dice[0].steps and re.search(rf"\b{dice[0].value}\b", verdict) is not None
    )


class _Reading(NamedTuple):
    """How a roll is made of a game's notation.

    Args:
        die: The first d20 as it is rolled, a key of `EDGES`.
        own_length: Characters of the expression that are the game's.
        modifiers: What was added, as written.
    """

    die: str
    own_length: int
    modifiers: str


def _read(roll: Roll, calls: Sequence[Call | None]) -> _Reading | None:
    """How the roll is made; None if it is not the game's notation and something added."""
    if not calls or calls[0] is None:
        return None
    verdicts = {call.row.verdict if call else None for call in calls}
    if len(calls) > 1 and not verdicts <= SYMBOLS:
        return None
    own = "+".join(call.expansion for call in calls if call)
    node = roll.node
    text = str(node.left) if isinstance(node, Comparison) else roll.expression
    for die in EDGES:
        variant = own.replace("1d20", die, 1)
        if roll.expression == variant:
            return _Reading(die, len(variant), "")
        for lead in (f"({variant})", variant):
            if text.startswith(lead) and MODIFIERS.fullmatch(text, len(lead)):
                return _Reading(die, len(lead), text[len(lead) :])
    return None


def _groups(call: Call, pools: tuple[PoolResult, ...]) -> Iterator[Group]:
    names = iter(call.row.dice)
    for pool in pools:
        dice = (*pool.dice, *pool.aside)
        blank = isinstance(pool.node, Pool) and isinstance(pool.node.sides, Custom) and not adds_up(pool.node)
        parted = max(0, len(dice) - call.apart)
        yield Group(next(names, ""), dice[:parted], True, blank)
        if parted < len(dice):
            yield Group(next(names, ""), dice[parted:], True, blank)
