"""What a button rolls, and how it travels in a custom id."""

import pytest

from modules.dice.rolling.source import ScriptedSource
from modules.dice_roll import DiceEngine
from modules.services.bounded_map import BoundedMap
from modules.services.roll_specs import Edge, RollSpec, SpecStore, without_secret

ROOM = 94


def test_what_was_not_used_for_longest_is_forgotten() -> None:
    kept: BoundedMap[str, int] = BoundedMap(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert (kept.get("a"), kept.get("b"), kept.get("c"), len(kept)) == (1, None, 3, 2)


@pytest.mark.parametrize(
    ("typed", "notation", "edge"),
    [
        ("", "1d20", Edge.STRAIGHT),
        ("`2d6+3`", "2d6+3", Edge.STRAIGHT),
        ("adv 1d20+5", "1d20+5", Edge.ADVANTAGE),
        ("1d20+5 DIS", "1d20+5", Edge.DISADVANTAGE),
        ("adv 1d20 dis", "adv 1d20 dis", Edge.STRAIGHT),
        ("1d20; 1d20 adv", "1d20; 1d20 adv", Edge.STRAIGHT),
        ("advice", "advice", Edge.STRAIGHT),
        ("adv", "adv", Edge.STRAIGHT),
    ],
)
def test_advantage_is_told_from_the_notation(typed: str, notation: str, edge: Edge) -> None:
    assert RollSpec.of(typed) == RollSpec(notation, edge)


@pytest.mark.parametrize(
    ("notation", "expression", "count"),
    [
        ("1d20+5 to hit", "2d20kh1+5", 1),
        ("d20", "2d20kh1", 1),
        ("6#1d20", "2d20kh1", 6),
        ("6x1d20", "2d20kh1", 6),
        ("3 1d20", "2d20kh1", 3),
        ("1 d20", "2d20kh1", 1),
        ("1d20; 2d6", "2d20kh1", 2),
    ],
)
def test_advantage_reaches_the_first_d20(notation: str, expression: str, count: int) -> None:
    rolls = DiceEngine(source=ScriptedSource([1] * 30)).roll(RollSpec(notation, Edge.ADVANTAGE).text)
    assert rolls[0].expression == expression
    assert len(rolls) == count


@pytest.mark.parametrize(
    ("expression", "takes"),
    [("1d20+5", True), ("2d6+1d20", True), ("2d20kh1", False), ("1d200", False), ("11d20", False), ("a1d20", False)],
)
def test_only_a_single_d20_takes_advantage(expression: str, takes: bool) -> None:
    assert RollSpec(expression).takes_edge(expression) is takes
    assert RollSpec(expression, Edge.ADVANTAGE).takes_edge(expression)


def test_label_and_times_become_notation() -> None:
    assert RollSpec.of("4d6kh3", label=" str;\n2d6 ", times=6) == RollSpec("6#4d6kh3 # str 2d6")


@pytest.mark.parametrize(("notation", "expected"), [("4d6", "3#4d6"), ("6#4d6", "3#4d6"), ("6 x 4d6", "3#4d6")])
def test_repeating_replaces_the_number_of_times(notation: str, expected: str) -> None:
    assert RollSpec(notation).repeated(3).notation == expected
    assert RollSpec(notation).repeated(1).notation == "4d6"


@pytest.mark.parametrize("edge", list(Edge))
@pytest.mark.parametrize("notation", ["1d20", "=1d20", "~1d20", "1d20 # ~:", "é" * 90])
def test_what_fits_is_written_in_full(notation: str, edge: Edge) -> None:
    spec = RollSpec(notation, edge)
    assert SpecStore().unpack(SpecStore().pack(spec, ROOM)) == spec


@pytest.mark.parametrize("notation", ["1d20+" * 30 + "1", "🎲" * 50])
def test_what_does_not_fit_is_kept_under_a_key(notation: str) -> None:
    store, spec = SpecStore(), RollSpec(notation)
    packed = store.pack(spec, ROOM)
    assert len(packed) <= 17
    assert store.unpack(packed) == spec
    assert SpecStore().unpack(packed) is None, "another process knows nothing of it"


@pytest.mark.parametrize("payload", ["", "?1d20", "~", "~0"])
def test_what_is_no_roll_is_none(payload: str) -> None:
    assert SpecStore().unpack(payload) is None


@pytest.mark.parametrize(
    ("typed", "rest", "secret"),
    [
        ("1d20+5 stealth secret", "1d20+5 stealth ", True),
        ("SECRET 1d20", "1d20", True),
        ("secret", "", True),
        ("1d20 secretly", "1d20 secretly", False),
        ("1d20 # the secret", "1d20 # the secret", False),
        ("1d20 secret door", "1d20 secret door", False),
        ("secret door 1d20", "secret door 1d20", False),
        ("1d20 find the secret", "1d20 find the secret", False),
        ("secret adv 1d20", "adv 1d20", True),
    ],
)
def test_the_word_secret_counts_at_either_end(typed: str, rest: str, secret: bool) -> None:
    assert without_secret(typed) == (rest, secret)
