"""Which dice a pool may consist of when its operators have thrown all they throw.

A configuration is a number of groups of dice, those of one group alike and independent, with a coefficient: the number
of ways in which the pool comes to be made so. Operators split groups by what matches and add groups of extra dice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from math import comb, prod
from types import MappingProxyType

from modules.dice.odds.branching import (
    CHAIN_CUT,
    CHANGING,
    CONDITIONAL,
    Change,
    Operators,
    base_of,
    change_of,
    changed,
    split,
)
from modules.dice.odds.budget import OddsBudget
from modules.dice.odds.counts import Counts
from modules.dice.rolling.die_types import Kind
from modules.dice.rolling.pool_state import Matcher, matches_of

CONFIGURATION_STEPS = 8
"""Steps of one configuration that an operator makes."""
LONGEST = 4_000
"""The most extra dice that are followed; before that, any budget is spent."""


@dataclass(slots=True)
class Group:
    """Dice that are alike.

    Args:
        part: Counts of the value of one of them; they need not add up to the denominator.
        count: How many.
        distinct: Whether no two of them show the same value, each set of values being as likely.
    """

    part: Counts
    count: int
    distinct: bool = False


@dataclass(slots=True)
class Configuration:
    """What a pool may consist of.

    Args:
        ways: How often it does, besides what the counts of its groups say.
        groups: Its dice.
        denominator: What ways and counts together are divided by.
    """

    ways: int
    groups: list[Group]
    denominator: int


Spread = list[Configuration]
Splits = Iterator[tuple[int, list[Group], list[Group], int]]
"""Ways, dice that do not match, dice that do, how many those are."""


Step = Callable[[Kind, Configuration, Matcher], Iterator[Configuration]]
"""What an operator makes of one configuration."""


class NotSpreadError(Exception):
    """These operators cannot be followed group by group."""


def spread(kind: Kind, start: Spread, families: list[Operators], budget: OddsBudget) -> Spread:
    """The configurations after these operators.

    Raises:
        NotSpreadError: An operator asks for more than groups tell.
    """
    found = start
    for place, family in enumerate(families):
        found = _applied(kind, found, family, budget, is_first=place == 0)
    return found


def _applied(kind: Kind, found: Spread, family: Operators, budget: OddsBudget, *, is_first: bool) -> Spread:
    name = family[0].name
    if any(group.distinct for configuration in found for group in configuration.groups):
        raise NotSpreadError
    if name in CHANGING:
        change = change_of(kind, family, budget)
        return [_changed(configuration, change, budget) for configuration in found]
    matches = matches_of(family, kind)
    if name in {"u", "uo"}:
        return _unique(kind, found, name, is_first=is_first)
    step = _filtered(name) if name in CONDITIONAL else _STEPS[name]
    spread_out: dict[object, Configuration] = {}
    for configuration in found:
        for made in step(kind, configuration, matches):
            budget.charge(CONFIGURATION_STEPS + made.denominator.bit_length() / 300)
            _put(spread_out, made)
    return list(spread_out.values())


def _put(found: dict[object, Configuration], made: Configuration) -> None:
    """Add a configuration; dice that are alike become one group, configurations that are alike become one."""
    alike: dict[object, Group] = {}
    for group in made.groups:
        key = (tuple(group.part.items()), group.part.denominator)
        count = group.count + (alike[key].count if key in alike else 0)
        alike[key] = Group(group.part, count)
    # In any order: groups differ in their dice, not in their places.
    whole = frozenset((key, group.count) for key, group in alike.items()), made.denominator
    if whole in found:
        found[whole].ways += made.ways
    else:
        found[whole] = Configuration(made.ways, list(alike.values()), made.denominator)


def _changed(configuration: Configuration, change: Change, budget: OddsBudget) -> Configuration:
    groups, denominator = [], configuration.denominator
    for group in configuration.groups:
        part = changed(group.part, change, budget)
        groups.append(Group(part, group.count))
        # What a group is divided by is part of the configuration's denominator.
        denominator = denominator * part.denominator**group.count // group.part.denominator**group.count
    return Configuration(configuration.ways, groups, denominator)


def splits(configuration: Configuration, matches: Matcher) -> Splits:
    """Every way in which dice match or do not, by their number in each group."""
    if any(group.distinct for group in configuration.groups):
        raise NotSpreadError
    parts = [(group.count, *split(group.part, matches)) for group in configuration.groups]
    ranges = [_numbers(count, hits, rest) for count, hits, rest in parts]
    for numbers in product(*ranges):
        ways = prod(comb(count, number) for number, (count, _, _) in zip(numbers, parts, strict=True))
        chosen = list(zip(numbers, parts, strict=True))
        others = [Group(rest, count - number) for number, (count, _, rest) in chosen if count > number]
        matched = [Group(hits, number) for number, (_, hits, _) in chosen if number]
        yield ways, others, matched, sum(numbers)


def _numbers(count: int, hits: Counts, rest: Counts) -> range:
    """How many of so many dice may match."""
    return range(0 if rest else count, count + 1 if hits else 1)


def _filtered(name: str) -> Step:
    """Keep or drop what matches."""

    def step(_kind: Kind, configuration: Configuration, matches: Matcher) -> Iterator[Configuration]:
        for ways, others, matched, _ in splits(configuration, matches):
            kept, gone = (matched, others) if name == "k" else (others, matched)
            weight = prod(sum(group.part.counts) ** group.count for group in gone)
            yield Configuration(configuration.ways * ways * weight, kept, configuration.denominator)

    return step


def _exploded(less: int) -> Step:
    """A chain for every match: each ends with a throw that does not match, after any number of throws that do."""

    def step(kind: Kind, configuration: Configuration, matches: Matcher) -> Iterator[Configuration]:
        base = base_of(kind)
        hits, rest = (part.mapped(lambda value: value - less) for part in split(base, matches))
        chance = sum(hits.counts) / base.denominator
        for ways, others, matched, number in splits(configuration, matches):
            for extra in range(_longest(number, chance) + 1):
                groups = [*others, *matched]
                groups += [Group(rest, number)] if number else []
                groups += [Group(hits, extra)] if extra else []
                arrangements = comb(number + extra - 1, extra) if number else 1
                denominator = configuration.denominator * base.denominator ** (number + extra)
                yield Configuration(configuration.ways * ways * arrangements, groups, denominator)

    return step


def _longest(chains: int, chance: float) -> int:
    """How many extra matches of all chains together have to be followed."""
    if not chains or not chance:
        return 0
    number, term = 0, (1 - chance) ** chains
    while number < LONGEST:
        # Terms of a negative binomial distribution fall at least as fast as this from here on.
        ratio = chance * (chains + number) / (number + 1)
        if ratio < 1 and term * ratio / (1 - ratio) < CHAIN_CUT:
            break
        number, term = number + 1, term * ratio
    return number


def _added_once(sign: int) -> Step:
    """One more die for every match."""

    def step(kind: Kind, configuration: Configuration, matches: Matcher) -> Iterator[Configuration]:
        base = base_of(kind).mapped(lambda value: sign * value)
        for ways, others, matched, number in splits(configuration, matches):
            groups = [*others, *matched, *([Group(base, number)] if number else [])]
            denominator = configuration.denominator * base.denominator**number
            yield Configuration(configuration.ways * ways, groups, denominator)

    return step


def _one_added(kind: Kind, configuration: Configuration, matches: Matcher) -> Iterator[Configuration]:
    """One more die where anything matches."""
    base = base_of(kind)
    for ways, others, matched, number in splits(configuration, matches):
        extra = [Group(base, 1)] if number else []
        denominator = configuration.denominator * (base.denominator if number else 1)
        yield Configuration(configuration.ways * ways, [*others, *matched, *extra], denominator)


def _gathered(_kind: Kind, configuration: Configuration, matches: Matcher) -> Iterator[Configuration]:
    """The first match gains 1 for every other."""
    for ways, others, matched, number in splits(configuration, matches):
        values = {value for group in matched for value in group.part.outcomes}
        # Which of several different matches is the first is known only where all dice are alike.
        if number > 1 and len(configuration.groups) > 1 and len(values) > 1:
            raise NotSpreadError
        groups = [*others, *matched]
        if number > 1:
            first = matched[0]
            further = [Group(first.part, first.count - 1)] if first.count > 1 else []
            groups = [*others, Group(first.part.shifted(number - 1), 1), *further, *matched[1:]]
        yield Configuration(configuration.ways * ways, groups, configuration.denominator)


def _unique(kind: Kind, found: Spread, name: str, *, is_first: bool) -> Spread:
    """Dice that all differ: the first different values of a row of throws, so each set of them is as likely."""
    (group,) = found[0].groups if len(found) == 1 and len(found[0].groups) == 1 else (None,)
    if not is_first or group is None or kind.ends or group.part.denominator != kind.sides:
        raise NotSpreadError
    sides, count = kind.sides, group.count
    one = Counts(range(1, sides + 1), [1] * sides, sides)
    if name == "u":
        return [Configuration(1, [Group(one, count, distinct=True)], comb(sides, count))]
    made = []
    for different in range(1, min(count, sides) + 1):
        # Rolls that show exactly so many values, for one set of them; each other die is thrown once more.
        again = count - different
        groups = [Group(one, different, distinct=True), *([Group(one, again)] if again else [])]
        made.append(Configuration(_onto(count, different), groups, sides ** (count + again)))
    return made


def _onto(count: int, values: int) -> int:
    """Ways in which `count` dice show each of so many values at least once."""
    return sum((-1) ** left * comb(values, left) * (values - left) ** count for left in range(values + 1))


_STEPS: MappingProxyType[str, Step] = MappingProxyType(
    {
        "!": _exploded(0),
        "!p": _exploded(1),
        "!o": _added_once(1),
        "i": _added_once(-1),
        "ra": _one_added,
        "g": _gathered,
    }
)
