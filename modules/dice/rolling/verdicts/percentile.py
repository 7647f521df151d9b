"""Games that roll at or under a skill."""

from modules.dice.rolling.verdicts.played import Played, Verdict, doubles, say, when


def cthulhu(played: Played) -> Verdict:
    """Call of Cthulhu 7e: 01 critical; a fifth, a half, the skill; fumble from 96 below 50, else on 100."""
    rolled = played.total
    if rolled == 1:
        return say("critical_success", total=rolled)
    # The target is at most 99: a 100 is never a success.
    skill = played.numbers.get("percent", played.target)
    if rolled == 100 or (skill is not None and skill < 50 and rolled >= 96):
        return say("fumble", total=rolled)
    if skill is None:
        return say("total", total=rolled)
    for code, share in (("extreme_success", 5), ("hard_success", 2), ("regular_success", 1)):
        if rolled <= skill // share:
            return say(code, total=rolled)
    return say("failure_of", total=rolled)


def delta_green(played: Played) -> Verdict:
    """Delta Green: 01 and doubles that succeed are critical, 100 and doubles that fail are fumbles."""
    rolled = played.total
    success = bool(played.success) and rolled != 100
    if rolled == 1 or doubles(rolled):
        return say("critical_success" if success or rolled == 1 else "fumble", total=rolled)
    return say("success_of" if success else "failure_of", total=rolled)


def mothership(played: Played) -> Verdict:
    """Mothership 1e: doubles are critical, 90 and more fail."""
    if played.success is None:
        return say("total", when(doubles(played.total), "doubles"), total=played.total)
    success = played.success and played.total < 90
    if doubles(played.total):
        return say("critical_success" if success else "critical_failure", total=played.total)
    return say("success_of" if success else "failure_of", total=played.total)


def warhammer(played: Played) -> Verdict:
    """WFRP 4e: success levels; 01 to 05 always succeed, 96 and more always fail; doubles are critical."""
    rolled, skill = int(played.total), played.numbers["skill"]
    levels = skill // 10 - rolled // 10
    success = rolled <= 5 or (rolled <= skill and rolled < 96)
    levels = max(levels, 1) if rolled <= 5 else min(levels, -1) if rolled >= 96 else levels
    double = when(doubles(rolled), "critical" if success else "fumbled")
    return say("levels_of_success" if success else "levels_of_failure", double, total=rolled, levels=levels)


def gurps(played: Played) -> Verdict:
    """GURPS 4e: low rolls are critical, from skill 15 more of them; 18, often 17, and ten above the skill are bad."""
    rolled, skill = played.total, played.numbers["skill"]
    margin = skill - rolled
    if rolled <= 4 or (rolled == 5 and skill >= 15) or (rolled == 6 and skill >= 16):
        return say("critical_success", total=rolled)
    if rolled == 18 or (rolled == 17 and skill <= 15) or margin <= -10:
        return say("critical_failure", total=rolled)
    return say("success" if margin >= 0 and rolled < 17 else "failure", total=rolled, margin=max(margin, -margin))
