"""What holds for every notation there is."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modules.dice.errors import DiceError, LimitError
from modules.dice.limits import Limits
from modules.dice.notation.dialects import DIALECTS
from modules.dice.notation.parser import parse
from modules.dice.rolling.result import Roll
from modules.dice.rolling.source import ScriptedSource
from modules.dice_roll import DiceEngine
from modules.rendering.catalog import sentence
from modules.rendering.dice import PLAIN
from modules.rendering.errors import plain_error, render_error
from modules.rendering.explain import explain
from modules.rendering.rolls import render_roll, render_rolls
from tests.dice.strategies import MESSAGE, PLAIN_SUM, ROLL, SIMPLE, TYPED

ENGINE = DiceEngine()
often = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def rolled(notation: str) -> tuple[Roll, ...]:
    """Roll what the grammar allows; only limits, endless rerolls of rolled dice and rule 7 are excuses."""
    try:
        return ENGINE.roll(notation)
    except LimitError:
        return ()
    except DiceError as refusal:
        excuses = ("never end", "divides by zero", "cannot be compared", "never shows", "cannot have", "could be meant")
        assert any(excuse in sentence(refusal) for excuse in excuses), f"{notation!r}: {sentence(refusal)}"
        return ()


@often
@given(MESSAGE)
def test_whatever_the_grammar_allows_rolls_and_tells_its_story(notation: str) -> None:
    for roll in rolled(notation):
        assert len(roll.pools) >= 0
        assert sum(map(len, (pool.dice for pool in roll.pools))) >= 0
        assert explain(roll)


@often
@given(ROLL)
def test_the_canonical_form_reads_as_the_same_tree(notation: str) -> None:
    for roll in rolled(notation):
        (again,) = parse(roll.expression).rolls
        assert again.expression == roll.node
        assert str(again.expression) == roll.expression


@often
@given(ROLL | PLAIN_SUM | SIMPLE)
def test_simple_pools_come_to_what_the_operators_make_of_their_faces(notation: str) -> None:
    """A record is rolled again without the short way of totals.py."""
    for roll in rolled(notation):
        again = Roll.from_record(roll.record())
        assert [(list(pool.faces), pool.total) for pool in again.pools] == [
            (list(pool.faces), pool.total) for pool in roll.pools
        ]
        assert [pool.as_dict() for pool in again.pools] == [pool.as_dict() for pool in roll.pools]
        assert render_roll(again) == render_roll(roll)


@often
@given(ROLL)
def test_json_loses_nothing(notation: str) -> None:
    for roll in rolled(notation):
        again = Roll.from_json(roll.to_json())
        assert again == roll
        assert hash(again) == hash(roll)
        assert again.as_dict() == roll.as_dict()


@often
@given(ROLL)
def test_faces_replay_the_roll(notation: str) -> None:
    for roll in rolled(notation):
        source = ScriptedSource(roll.faces)
        (again,) = DiceEngine(source=source).roll(notation)
        assert (again.total, again.faces, again.notes) == (roll.total, roll.faces, roll.notes)
        assert not source.left_count


@often
@given(TYPED, st.sampled_from(sorted(DIALECTS)))
def test_any_text_rolls_or_is_refused(typed: str, dialect: str) -> None:
    try:
        rolls = DiceEngine(Limits(dice=500), dialect=dialect).roll(typed)
    except DiceError as refusal:
        assert sentence(refusal)
        if refusal.span is not None:
            start, end = refusal.span
            assert 0 <= start < end <= max(1, len(typed))
        assert len(render_error(refusal, typed)) <= 2000
        assert plain_error(refusal, typed)
    else:
        assert len(render_rolls(rolls)) <= 2000
        assert render_rolls(rolls, style=PLAIN)


@often
@given(MESSAGE, st.integers(60, 400))
def test_answers_keep_within_their_length(notation: str, limit: int) -> None:
    rolls = rolled(notation)
    if rolls:
        assert len(render_rolls(rolls, limit=limit)) <= limit


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
@settings(max_examples=40, deadline=None)
@given(notation=ROLL)
def test_canonical_forms_of_every_dialect_are_ours(dialect: str, notation: str) -> None:
    try:
        message = parse(notation, dialect=dialect)
    except DiceError:
        return
    for syntax in message.rolls:
        assert parse(str(syntax.expression)).rolls[0].expression == syntax.expression
