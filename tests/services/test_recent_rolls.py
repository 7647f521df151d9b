from modules.services.recent_rolls import LONGEST_KEPT, ROLLS_OF_A_PLAYER, RecentRolls


def test_each_notation_is_kept_once_and_the_newest_comes_first() -> None:
    recent = RecentRolls()
    for notation in ("1d6", "2d6", "1d6", "x" * (LONGEST_KEPT + 1)):
        recent.note(1, notation)
    assert recent.of(1) == ("1d6", "2d6")
    assert recent.of(2) == ()


def test_only_the_latest_are_kept() -> None:
    recent = RecentRolls()
    for number in range(20):
        recent.note(1, f"{number}d6")
    assert len(recent.of(1)) == ROLLS_OF_A_PLAYER
    assert recent.of(1)[0] == "19d6"
