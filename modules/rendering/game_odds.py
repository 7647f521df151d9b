"""How likely each verdict of a game is.

The game's own rule judges every combination of faces that it could tell apart: dice of a pool in any order, and faces
that count alike in a pool that is counted. The likeliest combinations come first, for where dice explode there is no
last one.
"""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final, NamedTuple

from modules.dice.errors import LimitError
from modules.dice.limits import Limits
from modules.dice.notation.message import Message, RollSyntax
from modules.dice.notation.syntax import Comparison, Pool
from modules.dice.notation.traversal import walk
from modules.dice.odds.budget import OddsBudget
from modules.dice.odds.symbols import tallies_of
from modules.dice.rolling.compiled_message import compile_message
from modules.dice.rolling.verdicts import RULES, Played, Verdict
from modules.rendering.game_throws import COMBINATIONS, Chosen, Looks, MoreError, Queue, Throws
from modules.rendering.games import Call, calls_of, judge, judged

MOST_CUT: Final = Fraction(1, 2_000)
"""The most that may be left out; more is refused."""
NOTED: Final[Mapping[str, frozenset[int]]] = MappingProxyType(
    {
        "alien": frozenset({1}),
        "botchable": frozenset({1}),
        "darkness": frozenset({1}),
        "shadowrun": frozenset({1}),
        "two_d20": frozenset({20}),
        "vampire": frozenset({1, 10}),
        "wrath": frozenset({1, 6}),
        "year_zero": frozenset({1}),
    }
)
"""Faces that the rule of a counted pool looks for, beside those that its operators test."""
FACES_ALONE: Final[Mapping[str, frozenset[int]]] = MappingProxyType(
    {
        "cyberpunk": frozenset({1, 10}),
        "d20": frozenset({1, 20}),
        "earthdawn": frozenset({1}),
        "feng_shui": frozenset({6}),
        "fury": frozenset({10}),
        "open_d6": frozenset({1, 6}),
        "silhouette": frozenset({1}),
    }
)
"""Rules that look at these faces and at no total, unless it is compared with something."""
SILENT: Final = frozenset({"damage", "hero_killing", "hero_normal", "icons", "total"})
"""Rules that tell a number, and how a check went."""
SYMBOLS_ALONE: Final = frozenset({"combat_dice", "force", "genesys"})
"""Rules that look at symbols and nothing else."""
KEPT_ALONE: Final = frozenset({"cthulhu", "d20", "death_save", "masterminds", "mothership", "pathfinder"})
"""Rules that do not look at dropped dice."""

Said = tuple[str, bool]
"""The code of a verdict, and whether it stands as a remark beside another."""


class VerdictOdds(NamedTuple):
    """How likely the verdicts of a game are.

    Attributes:
        verdicts: Probability of each, by its code; together 1, less `cut`.
        remarks: Probability of each remark beside them.
        cut: The probability of everything that was not followed.
    """

    verdicts: Mapping[str, Fraction]
    remarks: Mapping[str, Fraction]
    cut: Fraction

    def as_dict(self) -> dict[str, object]:
        """Everything as plain values, ready for a JSON encoder; fractions are texts."""
        shares = (self.verdicts, self.remarks)
        verdicts, remarks = ({code: str(share) for code, share in each.items()} for each in shares)
        return {"verdicts": verdicts, "remarks": remarks, "cut": float(self.cut)}


def verdict_odds(message: Message, limits: Limits, combinations: int = COMBINATIONS) -> VerdictOdds | None:
    """How likely the verdicts are of the game whose roll a message is; None where there is but one to expect.

    Args:
        message: What was read.
        limits: What may be rolled.
        combinations: About how many combinations may be judged.

    Raises:
        LimitError: There are too many combinations.
        DiceError: Some roll of it would be refused.
    """
    calls = calls_of(message.rolls[0].shortcuts) if len(message.rolls) == 1 else []
    if not calls or calls[0] is None or calls[0].row.verdict in SILENT:
        return None
    found: dict[Said, Fraction] = {}
    rule = calls[0].row.verdict
    if rule in SYMBOLS_ALONE:
        counted = _of_symbols(rule, message.rolls[0])
    else:
        counted = _counted(message, limits, calls[0], combinations)
    for (said, whole), ways in counted.items():
        found[said] = found.get(said, Fraction()) + Fraction(ways, whole)
    verdicts = {code: share for (code, is_remark), share in found.items() if not is_remark}
    remarks = {code: share for (code, is_remark), share in found.items() if is_remark}
    if len(found) < 2:
        return None
    cut = 1 - sum(verdicts.values(), Fraction())
    if cut > MOST_CUT:
        raise LimitError("odds_verdicts")
    return VerdictOdds(verdicts, remarks, cut)


def _source(message: Message, call: Call, combinations: int) -> Chosen:
    """Throws for a roll, as far as the game tells them apart."""
    nodes = list(walk(message.rolls[0].expression))
    pools = [node for node in nodes if isinstance(node, Pool)]
    rule = call.row.verdict
    noted = NOTED.get(rule, frozenset()) | ({call.numbers["number"]} if rule == "lasers" else set())
    faces_alone = rule in FACES_ALONE and not any(isinstance(node, Comparison) for node in nodes)
    if faces_alone:
        noted = FACES_ALONE[rule]
    looks = Looks(frozenset(noted), faces_alone, rule in KEPT_ALONE, rule == "one_roll")
    return Chosen(Throws(pools, looks, combinations), call.apart, is_one_pool=len(pools) == 1 and not call.apart)


def _counted(message: Message, limits: Limits, call: Call, combinations: int) -> dict[tuple[Said, int], int]:
    """Ways of each verdict and remark, by the number of ways in all; empty if it is no roll of the game alone."""
    source, queue = _source(message, call, combinations), Queue()
    roll = compile_message(Message(1, message.rolls), source, limits)
    found: dict[tuple[Said, int], int] = {}
    own: tuple[list[Call], str] | None = None
    # Half of what is rolled may turn out to need more dice.
    for _ in range(combinations * 3 // 2):
        state = queue.next()
        if state is None:
            break
        source.faces, source.read = state.faces, 0
        try:
            (rolled,) = roll()
        except MoreError as more:
            queue.add(state, more, is_merged=source.is_one_pool)
            continue
        if own is None:
            first = judge(rolled)
            if first is None:
                return {}
            own = [each for each in calls_of(rolled.shortcuts) if each], first.modifiers
        for said in _said(judged(rolled, *own).verdict):
            found[said, state.whole] = found.get((said, state.whole), 0) + state.ways
    return found


def _of_symbols(rule: str, syntax: RollSyntax) -> dict[tuple[Said, int], int]:
    """The same for a rule that looks at nothing but symbols."""
    found: dict[tuple[Said, int], int] = {}
    tallies = tallies_of(syntax.expression, syntax.cancels, OddsBudget())
    whole = sum(tallies.values())
    for tally, ways in tallies.items():
        for said in _said(RULES[rule](Played(0, (), {}, None, None, None, dict(tally)))):
            found[said, whole] = found.get((said, whole), 0) + ways
    return found


def _said(verdict: Verdict) -> set[Said]:
    """The codes of a verdict and its remarks; what is said of a check, the check's own chance tells."""
    remarks = {remark.code for remark in verdict.remarks if not remark.code.startswith("against")}
    return {(verdict.code, False), *[(code, True) for code in remarks - {verdict.code}]}
