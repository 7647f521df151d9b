"""`python -m modules.dice_roll`."""

import json

import pytest

from modules.dice_roll import main


def test_a_roll_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--faces", "3,4", "2d6+3"]) == 0
    assert capsys.readouterr().out == "2d6 (3, 4)+3 = 10\n"


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", "--faces", "3,4", "1d6; 1d8"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["expression"], line["total"], line["faces"]) for line in lines] == [("1d6", 3, [3]), ("1d8", 4, [4])]


def test_bad_notation_is_a_caret_on_stderr_and_65(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["4d6hk3"]) == 65
    printed = capsys.readouterr()
    assert not printed.out
    assert printed.err == '4d6hk3\n   ^^\nI don\'t know "hk" here. Did you mean kh3 (keep the 3 highest)?\n'


@pytest.mark.parametrize("faces", ["3", "3,x", "3,9"])
def test_faces_that_do_not_fit_are_65(capsys: pytest.CaptureFixture[str], faces: str) -> None:
    assert main(["--faces", faces, "2d6"]) == 65
    assert capsys.readouterr().err
