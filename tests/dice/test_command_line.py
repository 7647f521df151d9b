"""`python -m modules.dice_roll`."""

import io
import json
import subprocess
import sys

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


def test_faces_that_no_die_needs_are_mentioned(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--faces", "3,4,5", "2d6"]) == 0
    assert capsys.readouterr() == ("2d6 (3, 4) = 7\n", "There are more faces than dice: 1 not used.\n")


def test_explain_shows_the_tree_and_each_operator(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--explain", "--faces", "1,6,2,3,5", "(2d6r1kh1)*2 + {1d4,2}>=3f1"]) == 0
    assert capsys.readouterr().out == (
        "(2d6r1kh1)*2+{1d4,2}>=3f1 = 13\n"
        "  Chain: (2d6r1kh1)*2+{1d4,2}>=3f1\n"
        "    Chain: (2d6r1kh1)*2\n"
        "      Group: (2d6r1kh1)\n"
        "        Pool: 2d6r1kh1\n"
        "          thrown -> 1, 6\n"
        "          r1: reroll while a die shows 1 -> 2, 6\n"
        "          kh1: keep the highest -> [2], 6\n"
        "      Number: 2\n"
        "    Set: {1d4,2}>=3f1\n"
        "      Pool: 1d4\n"
        "        thrown -> 3\n"
        "      Number: 2\n"
        "      members -> 3, 2\n"
        "      >=3: count the dice that show 3 or more, at the end\n"
        "      f1: subtract the dice that show 1, at the end\n"
    )


def test_explain_shortens_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--explain", "40d6kh50"]) == 0
    printed = capsys.readouterr().out
    assert "… and 10 more" in printed
    assert "note: kh50 asks for more dice than the 40 there are." in printed


def test_dialects_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--dialect", "maiden", "1+2*3"]) == 0
    assert capsys.readouterr().out == "(1+2)*3 = 9\n"


def test_standard_input_is_answered_line_by_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("2\n2d\n3; 4\n"))
    assert main(["-"]) == 65
    printed = capsys.readouterr()
    assert [json.loads(line)["total"] for line in printed.out.splitlines()] == [2, 3, 4]
    assert "How many sides" in printed.err
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["-"]) == 0


def test_it_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "modules.dice_roll", "1+1"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "1+1 = 2\n")
