"""`python -m modules.dice_roll`."""

import io
import json
import subprocess
import sys

import pytest

from modules import __version__
from modules.dice.notation.shortcuts import rows
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


def test_explain_shows_each_pool_and_what_each_operator_did(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--explain", "--faces", "1,6,2,3,5", "(2d6r1kh1)*2 + {1d4,2}>=3f1"]) == 0
    assert capsys.readouterr().out == (
        "(2d6r1kh1)*2+{1d4,2}>=3f1 = 13\n"
        "  2d6r1kh1\n"
        "    thrown → 1, 6\n"
        "    r1: reroll while a die shows 1 → 2, 6\n"
        "    kh1: keep the highest → [2], 6\n"
        "  {1d4,2}>=3f1\n"
        "    1d4\n"
        "      thrown → 3\n"
        "    members → 3, 2\n"
        "    >=3: count the dice that show 3 or more, at the end\n"
        "    f1: subtract the dice that show 1, at the end\n"
    )


def test_explain_tells_a_game_s_rule_and_where_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--explain", "--faces", "1,1", "sr2"]) == 0
    assert capsys.readouterr().out.endswith(
        "  verdict: critical glitch\n"
        "  rule: hits at 5 or more; ones on more than half the dice are a glitch, without a hit a critical glitch "
        "(Shadowrun, 5th edition (2013))\n"
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


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["2d6", "+", "3"], "2d6 (3, 4)+3 = 10\n"),
        (["2d6+3", "#", "to", "hit"], "to hit: 2d6 (3, 4)+3 = 10\n"),
        (["-1d6", "-1d4"], "-7 = -1d6 (3)-1d4 (4)\n"),
        (["-1d6", "-", "1d4"], "-7 = -1d6 (3)-1d4 (4)\n"),
        (["1d6", "--dialect", "roll20", "+", "1d4"], "7 = 1d6 (3)+1d4 (4)\n"),
    ],
)
def test_notation_needs_no_quotes(capsys: pytest.CaptureFixture[str], arguments: list[str], printed: str) -> None:
    assert main(["--faces", "3,4", *arguments]) == 0
    assert capsys.readouterr().out == printed


def test_a_pipe_is_read_line_by_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("1+1\n\n2d\n3\n"))
    assert main([]) == 65
    printed = capsys.readouterr()
    assert printed.out == "1+1 = 2\n3 = 3\n"
    assert "How many sides" in printed.err
    monkeypatch.setattr("sys.stdin", io.StringIO("1+1\n"))
    assert main(["--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == 2


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_without_notation_is_told_how_it_works(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal())
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "nothing to roll" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({}, "\x1b["),
        ({"NO_COLOR": "1"}, ""),
        ({"TERM": "dumb"}, ""),
    ],
)
def test_colours_are_for_terminals_that_want_them(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], shown: str
) -> None:
    out, err = Terminal(), Terminal()
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setattr("sys.stderr", err)
    assert main(["--faces", "3,4", "2d6kh1"]) == 0
    assert main(["2d"]) == 65
    for text in (out.getvalue(), err.getvalue()):
        assert ("\x1b[" in text) == bool(shown)


def test_other_streams_have_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--faces", "3,4", "2d6kh1"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_games_are_listed_and_searched_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list-games"]) == 0
    everything = capsys.readouterr().out
    assert all(f"\n{row.system} (" in f"\n{everything}" and row.meaning in everything for row in rows())
    assert main(["--list-games", "vampyre"]) == 0
    found = capsys.readouterr().out
    assert found.startswith("Vampire 5e (Vampire: The Masquerade, 5th edition (2018))\n  2vtm2 ")
    assert main(["--list-games", "qqqqqq"]) == 65
    assert capsys.readouterr().err == "There is no game like qqqqqq.\n"


@pytest.mark.parametrize(("option", "told"), [("--help", "exit codes:"), ("--version", f"Nazh Engine {__version__}")])
def test_help_and_version(capsys: pytest.CaptureFixture[str], option: str, told: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([option])
    assert ended.value.code == 0
    assert told in capsys.readouterr().out


def test_it_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "modules.dice_roll", "1+1"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "1+1 = 2\n")


def test_a_reader_that_goes_early_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "modules.dice_roll", "--list-games"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


def test_odds_are_a_histogram(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--odds", "4d6kh3"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "4d6kh3: mean 12.2446, standard deviation 2.847"
    assert printed[-1].split()[0] == "18"
    assert len(printed) == 18


def test_odds_of_repeats_are_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--odds", "--json", "3#1d4; 1d2"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["expression"] for line in lines] == ["1d4", "1d2"]
    assert lines[0]["counts"] == ["1"] * 4


def test_two_rolls_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--odds", "1d6", "--vs", "1d8"]) == 0
    assert capsys.readouterr().out == "1d6 against 1d8: higher 31.2 %, the same 12.5 %, lower 56.2 %\n"
    assert main(["--odds", "--json", "1d6", "--vs", "1d8"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "one": "1d6",
        "other": "1d8",
        "win": "5/16",
        "tie": "1/8",
        "lose": "9/16",
    }


def test_odds_that_are_too_dear_are_65(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--odds", "900d10kh450"]) == 65
    assert "too much work: at most" in capsys.readouterr().err
    assert main(["--odds", "1d6", "--vs", "1d"]) == 65
    assert capsys.readouterr().err.startswith("1d\n")


def test_vs_needs_odds() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["1d6", "--vs", "1d8"])
    assert ended.value.code == 2


def test_the_verdicts_of_a_game_have_odds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--odds", "pbta"]) == 0
    assert capsys.readouterr().out.endswith("miss 41.7 %, partial success 41.7 %, full success 16.7 %\n")
    assert main(["--odds", "pbta", "--json"]) == 0
    odds, verdicts = map(json.loads, capsys.readouterr().out.splitlines())
    assert odds["expression"] == "2d6"
    assert verdicts == {
        "verdicts": {"miss": "5/12", "partial_success": "5/12", "full_success": "1/6"},
        "remarks": {},
        "cut": 0.0,
    }
    assert main(["--odds", "30alien20"]) == 0
    assert "panic" not in capsys.readouterr().out, "too many combinations"
