"""A fuzz target: whatever arrives is a roll or a DiceError. Run by `make fuzz`, never by `make test`."""

import sys
from importlib import import_module
from pathlib import Path

atheris = import_module("atheris")

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["modules.dice"]):
    from modules.dice.errors import DiceError
    from modules.dice.limits import Limits
    from modules.dice.notation.dialects import DIALECTS
    from modules.dice.notation.parser import parse
    from modules.dice.rolling.result import Roll
    from modules.dice_roll import DiceEngine
    from modules.rendering.errors import render_error
    from modules.rendering.rolls import render_rolls

ENGINES = [DiceEngine(Limits(dice=300), dialect=dialect) for dialect in DIALECTS]


def one_input(raw: bytes) -> None:
    """Roll it in some dialect; read back everything that comes out."""
    engine = ENGINES[len(raw) % len(ENGINES)]
    typed = raw.decode("utf-8", "surrogateescape")
    try:
        rolls = engine.roll(typed, saved={"a": "1d6+$b", "b": "2d4", "c": "$c"}.get)
    except DiceError as refusal:
        assert len(render_error(refusal, typed)) <= 2000
        return
    assert len(render_rolls(rolls)) <= 2000
    for roll in rolls[:3]:
        assert parse(roll.expression).rolls[0].expression == roll.node
        assert Roll.from_json(roll.to_json()) == roll


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
