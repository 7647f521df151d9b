"""Games that compare a total, and look at single dice beside it."""

from modules.dice.rolling.verdicts.played import Played, Verdict, say, when


def total(played: Played) -> Verdict:
    """A total, and success or failure where there is a target."""
    if played.success is None or played.margin is None:
        return say("total", total=played.total)
    code = "success" if played.success else "failure"
    return say(code, total=played.total, margin=max(played.margin, -played.margin))


def damage(played: Played) -> Verdict:
    """Points of damage."""
    return say("damage", count=played.total)


def d20(played: Played) -> Verdict:
    """A total whose d20 may be a natural 20 or 1."""
    kept = [die.face for die in played.groups[0] if die.kept]
    return total(played).beside(when(20 in kept, "natural_20"), when(1 in kept, "natural_1"))


def death_save(played: Played) -> Verdict:
    """D&D 5e: a 20 wakes, a 1 fails twice."""
    face = played.natural
    if face in {1, 20}:
        return say("death_twice" if face == 1 else "death_wakes")
    return say("death_success" if played.total >= 10 else "death_failure")


def pathfinder(played: Played) -> Verdict:
    """Pathfinder 2e: four degrees, moved by a natural 20 or 1."""
    if played.margin is None or played.success is None:
        return d20(played)
    degree = 3 if played.margin >= 10 else 2 if played.margin >= 0 else 0 if played.margin <= -10 else 1
    face = played.natural
    degree = min(3, max(0, degree + (face == 20) - (face == 1)))
    code = ("critical_failure", "failure_of", "success_of", "critical_success")[degree]
    return say(code, when(face == 20, "natural_20"), when(face == 1, "natural_1"), total=played.total)


def masterminds(played: Played) -> Verdict:
    """Mutants & Masterminds 3e: degrees of five, a natural 20 is one better."""
    if played.margin is None:
        return d20(played)
    natural = played.natural == 20
    degree = int(played.margin // 5) + 1 if played.margin >= 0 else -int((-played.margin - 1) // 5) - 1
    degree += natural
    # There is no degree of zero: one better than the first of failure is the first of success.
    degree += natural and degree == 0
    code = "degrees_of_success" if degree > 0 else "degrees_of_failure"
    return say(code, when(natural, "natural_20"), count=abs(degree), total=played.total)


def savage(played: Played) -> Verdict:
    """Savage Worlds: raises by fours; two natural ones are a critical failure."""
    if all(group[0].face == 1 for group in played.groups):
        return say("snake_eyes", total=played.total)
    return savage_extra(played)


def savage_extra(played: Played) -> Verdict:
    """Savage Worlds, without a wild die: 4 or the target succeeds, every four above it are a raise."""
    raises = (played.total - (4 if played.target is None else played.target)) // 4
    if raises < 0:
        return say("failure_of", total=played.total)
    return say("success_raises" if raises else "success_of", total=played.total, count=raises)


def apocalypse(played: Played) -> Verdict:
    """Powered by the Apocalypse: 10 and 7."""
    code = "full_success" if played.total >= 10 else "partial_success" if played.total >= 7 else "miss"
    return say(code, total=played.total)


def cyberpunk(played: Played) -> Verdict:
    """Cyberpunk RED: the first die decides about criticals."""
    face = played.dice[0].face
    told = total(played)
    critical = when(face == 10, "critical_10") or when(face == 1, "critical_1")
    return told.beside(critical)


def cypher(played: Played) -> Verdict:
    """Cypher System: what a natural roll brings."""
    face = played.natural
    codes = {1: "intrusion", 17: "damage_1", 18: "damage_2", 19: "minor_effect", 20: "major_effect"}
    return total(played).beside(when(face in codes, codes.get(face, "")))


def daggerheart(played: Played) -> Verdict:
    """Daggerheart: the higher die says hope or fear; equal ones are a critical success."""
    hope, fear = (group[0].face for group in played.groups[:2])
    if hope == fear:
        return say("hope_critical", total=played.total)
    if played.success is None:
        return say("with_hope" if hope > fear else "with_fear", total=played.total)
    code = "success_with" if played.success else "failure_with"
    return say(f"{code}_{'hope' if hope > fear else 'fear'}", total=played.total)


def fury(played: Played) -> Verdict:
    """Dark Heresy: a ten is Righteous Fury."""
    return say("total", when(played.showing(10), "righteous_fury", count=played.showing(10)), total=played.total)


def fate(played: Played) -> Verdict:
    """Fate: the ladder; three shifts above the target succeed with style."""
    ladder = (
        "terrible",
        "poor",
        "mediocre",
        "average",
        "fair",
        "good",
        "great",
        "superb",
        "fantastic_rung",
        "epic",
        "legendary",
    )
    rung = min(max(played.total, -3), 9)
    code = "below_terrible" if rung < -2 else "beyond_legendary" if rung > 8 else ladder[int(rung) + 2]
    if played.margin is None:
        return say(code, total=played.total)
    shifts = int(played.margin)
    outcome = (
        "fate_style" if shifts >= 3 else "fate_succeeds" if shifts > 0 else "fate_ties" if not shifts else "fate_fails"
    )
    return say(code, say(outcome, count=abs(shifts)), total=played.total)


def feng_shui(played: Played) -> Verdict:
    """Feng Shui 2: two sixes are boxcars."""
    boxcars = all(group[0].face == 6 for group in played.groups)
    return total(played).beside(when(boxcars, "boxcars"))


def age(played: Played) -> Verdict:
    """AGE: any doubles of a test that does not fail give stunt points, as many as the stunt die shows."""
    faces = [die.face for die in played.dice]
    stunt = len(set(faces)) < len(faces) and played.success is not False
    return total(played).beside(when(stunt, "stunt_points", count=played.groups[1][0].face))


def lancer(played: Played) -> Verdict:
    """Lancer: 20 and more is a critical hit, if it hits at all."""
    return total(played).beside(when(played.total >= 20 and played.success is not False, "critical_hit"))


def open_d6(played: Played) -> Verdict:
    """OpenD6: the wild die; on a 1 the complication may instead cost it and the highest die."""
    face = played.groups[-1][0].face
    told = total(played)
    if face == 1:
        highest = max((die.value for die in played.groups[0]), default=0) if len(played.groups) > 1 else 0
        return told.beside(say("wild_complication", total=played.total - 1 - highest))
    return told.beside(when(face == 6, "wild_six"))


def traveller(played: Played) -> Verdict:
    """Traveller: the effect; 8 succeeds where no target is written."""
    effect = played.total - 8 if played.margin is None else played.margin
    if effect >= 0:
        return say("exceptional_effect" if effect >= 6 else "effect_success", total=played.total, effect=effect)
    return say("dismal_effect" if effect <= -6 else "effect_failure", total=played.total, effect=effect)


def ironsworn(played: Played) -> Verdict:
    """Ironsworn: the score against two challenge dice; equal ones are a match."""
    score = min(played.total, 10)
    challenge = [die.face for die in played.groups[1]]
    beaten = sum(score > face for face in challenge)
    match = when(challenge[0] == challenge[1], "match")
    return say(("miss_score", "weak_hit", "strong_hit")[beaten], match, total=score)


def earthdawn(played: Played) -> Verdict:
    """Earthdawn: nothing but ones fails, if there is more than one die."""
    if len(played.dice) > 1 and all(die.face == 1 for die in played.dice):
        return say("rule_of_one", total=played.total)
    return total(played)


def silhouette(played: Played) -> Verdict:
    """Silhouette: nothing but ones is a fumble."""
    if all(die.face == 1 for die in played.dice):
        return say("fumble", total=played.total)
    return total(played)


def darkest_house(played: Played) -> Verdict:
    """The Darkest House: the house acts if its die is higher than every die that counts."""
    used = max((die.face for die in played.groups[0] if die.kept), default=0)
    return total(played).beside(when(played.groups[1][0].face > used, "house_acts"))


def hero_normal(played: Played) -> Verdict:
    """HERO System: STUN is the sum, BODY a count."""
    body = sum((die.face > 1) + (die.face == 6) for die in played.dice)
    return say("stun_and_body", stun=played.total, body=body)


def hero_killing(played: Played) -> Verdict:
    """HERO System: BODY is the sum, STUN its multiple."""
    multiplier = played.groups[-1][0].face
    return say("body_and_stun", body=played.total, stun=played.total * multiplier)


def hero_hit(played: Played) -> Verdict:
    """HERO System: the highest defence that is hit; 3 always hits, 18 always misses."""
    rolled = sum(die.face for die in played.dice)
    if rolled in {3, 18}:
        return say("always_hits" if rolled == 3 else "always_misses")
    return say("hits_defence", total=played.total)
