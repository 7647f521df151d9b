"""Games that count dice or look for the highest."""

from collections import Counter

from modules.dice.rolling.verdicts.played import Played, Verdict, against, say, when


def successes(played: Played) -> Verdict:
    """A number of successes."""
    return say("successes" if played.total > 0 else "no_success", against(played), count=played.total)


def hits(played: Played) -> Verdict:
    """How many of the dice reach their value."""
    return say("hits_of", against(played), count=played.total, dice=len(played.dice))


def darkness(played: Played) -> Verdict:
    """World of Darkness 20th: ones take successes away; ones without any success are a botch."""
    if not any(die.value >= played.numbers.get("target", 6) for die in played.dice) and played.showing(1):
        return say("botch", count=played.total)
    if played.total <= 0:
        return say("failed", count=played.total)
    degrees = ("marginal_success", "moderate_success", "complete_success", "exceptional_success", "phenomenal_success")
    return say(degrees[min(int(played.total), 5) - 1], against(played), count=played.total)


def chronicles(played: Played) -> Verdict:
    """Chronicles of Darkness: five successes are exceptional."""
    if played.total >= 5:
        return say("exceptional_success", against(played), count=played.total)
    return successes(played)


def chance(played: Played) -> Verdict:
    """Chronicles of Darkness: the chance die."""
    face = played.dice[0].face
    return say("chance_success" if face == 10 else "dramatic_failure" if face == 1 else "chance_failure")


def vampire(played: Played) -> Verdict:
    """Vampire 5e: pairs of tens are critical; hunger dice make that messy, and a failure bestial."""
    beast = len(played.groups) > 1 and played.showing(1, 1)
    if played.success is False or played.total == 0:
        if played.total == 0:
            return say("bestial_total_failure" if beast else "total_failure", against(played))
        return say("bestial_failure" if beast else "failed", against(played), count=played.total)
    if played.showing(10) >= 2:
        messy = len(played.groups) > 1 and played.showing(10, 1)
        return say("messy_critical" if messy else "critical_win", against(played), count=played.total)
    warning = when(beast and played.target is None, "bestial_if_failed")
    return say("successes", warning, against(played), count=played.total)


def botchable(played: Played) -> Verdict:
    """Exalted, Storypath: ones without a success are a botch."""
    if played.total == 0 and played.showing(1):
        return say("botch", count=0)
    return successes(played)


def shadowrun(played: Played) -> Verdict:
    """Shadowrun 5e: ones on more than half the dice are a glitch, without a hit a critical one."""
    if played.showing(1) * 2 > len(played.dice):
        return say("glitch" if played.total else "critical_glitch", against(played), count=played.total)
    return say("hits", against(played), count=played.total)


def blades(played: Played) -> Verdict:
    """Blades in the Dark: the highest die; two sixes are critical, but not where the lower of two counts."""
    if played.numbers and played.showing(6) >= 2:
        return say("blades_critical")
    return say("blades_full" if played.total >= 6 else "blades_partial" if played.total >= 4 else "blades_failure")


def wildsea(played: Played) -> Verdict:
    """The Wildsea: the highest die that is not cut; doubles among those left are a twist."""
    faces = sorted((die.face for die in played.dice), reverse=True)[played.numbers.get("cut", 0) :]
    code = "triumph_of_sea" if played.total >= 6 else "conflict" if played.total >= 4 else "disaster"
    return say(code, when(len(set(faces)) < len(faces), "twist"))


def year_zero(played: Played) -> Verdict:
    """Year Zero: sixes succeed, ones hurt once the roll is pushed."""
    ones = played.showing(1)
    return successes(played).beside(when(ones, "banes_if_pushed", count=ones))


def alien(played: Played) -> Verdict:
    """Alien: a 1 on a stress die means panic."""
    return successes(played).beside(when(played.showing(1, 1), "panic"))


def two_d20(played: Played) -> Verdict:
    """2d20 games: every 20 is a complication."""
    twenties = played.showing(20)
    return successes(played).beside(when(twenties, "complications", count=twenties))


def lasers(played: Played) -> Verdict:
    """Lasers & Feelings: exactly the number is special."""
    exact = played.showing(played.numbers["number"])
    return successes(played).beside(when(exact, "laser_feelings", count=exact))


def icons(played: Played) -> Verdict:
    """Wrath & Glory without a wrath die."""
    return say("icons", against(played), count=played.total)


def wrath(played: Played) -> Verdict:
    """Wrath & Glory: icons; the wrath die brings glory or a complication."""
    beside = when(played.showing(6, -1), "glory") or when(played.showing(1, -1), "complication")
    return say("icons", against(played), beside, count=played.total)


def one_roll(played: Played) -> Verdict:
    """One-Roll Engine: the widest set, then the others."""
    matches = [(width, face) for face, width in Counter(die.face for die in played.dice).items() if width > 1]
    if not matches:
        return say("no_set")
    first, *others = (say("set", width=width, height=face) for width, face in sorted(matches, reverse=True))
    return say("set", *others, **first.parameters)
