"""Games whose dice show symbols."""

from modules.dice.rolling.verdicts.played import Played, Verdict, say, when
from modules.dice.rolling.verdicts.totals import total


def genesys(played: Played) -> Verdict:
    """Genesys and Star Wars: net symbols."""
    tally = played.tally
    symbols = ("advantage", "threat", "triumph", "despair")
    beside = [when(tally.get(symbol), symbol, count=tally.get(symbol, 0)) for symbol in symbols]
    if "light" in tally or "dark" in tally:
        beside.append(force(played))
    if tally.get("success"):
        return say("net_success", *beside, count=tally["success"])
    return say("net_failure", when(tally.get("failure"), "net", count=tally.get("failure", 0)), *beside)


def force(played: Played) -> Verdict:
    """Star Wars: Force points."""
    return say("force_points", light=played.tally.get("light", 0), dark=played.tally.get("dark", 0))


def combat_dice(played: Played) -> Verdict:
    """2d20: damage and effects."""
    effects = played.tally.get("effect", 0)
    return say("damage", when(effects, "effects", count=effects), count=played.tally.get("damage", 0))


def cosmere(played: Played) -> Verdict:
    """Cosmere: opportunities and complications, from the plot die and from the d20."""
    told, face = total(played), played.natural
    opportunity = played.tally.get("opportunity", 0) + (face == 20)
    complication = played.tally.get("complication", 0) + (face == 1)
    return told.beside(when(opportunity, "opportunity"), when(complication, "complication"))


def marvel(played: Played) -> Verdict:
    """Marvel Multiverse: the M on the Marvel die is fantastic, between two sixes ultimately so."""
    told = total(played)
    if played.groups[1][0].face != 1:
        return told
    ultimate = all(group[0].face == 6 for group in (played.groups[0], played.groups[2]))
    return told.beside(say("ultimate_fantastic" if ultimate else "fantastic"))


def one_ring(played: Played) -> Verdict:
    """The One Ring 2e: Gandalf always succeeds; sixes make it great or extraordinary."""
    feat, sixes = played.groups[0][0].face, sum(die.face == 6 for die in played.groups[1])
    rune = when(feat == 12, "gandalf") or when(feat == 11, "eye")
    if played.success is None and feat != 12:
        return say("total", rune, when(sixes, "sixes", count=sixes), total=played.total)
    if feat != 12 and not played.success:
        return say("failure_of", rune, total=played.total)
    code = "success_of" if not sixes else "great_success" if sixes == 1 else "extraordinary_success"
    return say(code, rune, total=played.total)
