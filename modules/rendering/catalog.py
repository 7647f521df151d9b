"""The sentences for the codes of errors and of verdicts, in English; `modules.rendering.language` translates them."""

from string import Formatter
from types import MappingProxyType

from modules.dice.errors import DiceError
from modules.dice.notes import Note
from modules.dice.rolling.verdicts import Verdict
from modules.rendering.language import translated

ENGLISH = MappingProxyType(
    {
        # Reading
        "nothing_to_roll": "There is nothing to roll.",
        "missing_after": 'Something is missing after "{word}".',
        "missing_before": 'Dice or a number should stand before this "{character}".',
        "unjoined": "Something is missing before this: a sign such as +, or ; for a roll of its own.",
        "unknown_word": 'I don\'t know "{word}" here: dice or a number should stand in its place.',
        "unknown_operator": 'I don\'t know "{word}" here.',
        "unreadable": 'I cannot read "{character}" here.',
        "not_closed": 'This "{bracket}" is never closed.',
        "closes_nothing": 'This "{bracket}" closes nothing.',
        "label_empty": "This label is empty.",
        "relation_misplaced": '"{character}" works right after dice, or before a number to compare with.',
        "digit_first": "A number begins with a digit.",
        "comma_in_number": "Numbers are written without commas; rolls are separated by ; or by a comma and a space.",
        "double_brackets": "Double brackets hold one expression; several totals to choose from stand in braces.",
        "advantage_without_d20": "{word} needs a 1d20 to work on.",
        "signed_d20": "A sign before {die} could be advantage, as in Dice Maiden, or only a sign.",
        "saved_unknown": "There is no saved roll of that name.",
        "saved_needs": "It needs a value for ${number}.",
        "saved_loop": "That leads back to itself.",
        "saved_several": "That is more than one expression, so it can only be rolled by itself.",
        "saved_length": "Saved rolls and all, a message may have {limit:,} characters.",
        "shortcut_alone": "{name} is a whole message by itself.",
        "name_not_number": '"{word}" has to be a number here, or a saved roll of that name.',
        "unknown_function": 'There is no function "{word}": there are {functions}.',
        "modified_target": "What stands behind {game} could change its target or its result: change the target itself, "
        "or put it in brackets.",
        "operator_without_dice": '"{operator}" needs dice to work on.',
        "operator_place": 'Several dice could be meant by "{operator}": write it right after the ones you mean.',
        "repeat_form": "repeat() takes a roll and how often to roll it.",
        # Dice and operators
        "sides_missing": "How many sides should this die have?",
        "no_sides": "A die needs at least one side.",
        "die_sides": "A die may have at most {limit:,} sides.",
        "die_sides_rolled": "A die cannot have {sides} sides.",
        "pool_count": "A pool cannot have {count} dice.",
        "face_missing": "A face is missing here: a die such as d[1,2,hit] needs something between its commas.",
        "face_weight": "A face with a weight of 0 never comes up: leave it out.",
        "face_never": "A d{sides} never shows {face}.",
        "tags_without_count": "Tags need the number of dice after them.",
        "tags_exceed_dice": "{tags} tags, but only {dice} dice: a tag stands for one die.",
        "operator_needs_count": '"{operator}" needs a number of dice after it.',
        "operator_needs_value": '"{operator}" needs a value after it.',
        "operator_needs_point": '"{operator}" needs the value to look for after it.',
        "operator_on_set": '"{operator}" works on dice, not on the totals of a set.',
        "set_needs_number": 'On a set "{operator}" needs its number: totals have no highest or lowest face.',
        "needs_success": '"{operator}" needs a count of successes beside it.',
        "endless": "Every face of a d{sides} matches that: it would never end.",
        "unique_count": "{count} dice cannot all differ on a d{sides}.",
        "plot_sides": "A plot die is a d6.",
        "plot_operators": "A plot die takes no operators.",
        "words_compared": "These faces are words: they cannot be compared.",
        "words_ranked": "These faces cannot be compared, so none of them is higher.",
        "shared_first": '"&" is the total of the first roll of the message, so it can only be used in a later one.',
        "one_value": "{name}() takes one value.",
        # Arithmetic
        "division_by_zero": "That divides by zero.",
        "power_not_whole": "Only whole numbers can be powers: roots are not exact.",
        "power_limit": "That power is too large: 10^{exponent} is the limit.",
        "result_limit": "That result is too large to write down.",
        # Limits
        "notation_length": "That is {length:,} characters; a message may have {limit:,}.",
        "roll_count": "A message may hold at most {limit} rolls.",
        "repeat_count": "A roll may be repeated 1 to {limit} times.",
        "number_digits": "That number has {digits} digits; at most {limit} are allowed.",
        "nesting": "That is nested too deeply: at most {limit} levels are allowed.",
        "stack_full": "That is nested too deeply to be rolled from here.",
        "dice_limit": "That is {dice:,} dice; a message may throw at most {limit:,}.",
        "dice_left": "That comes to {dice:,} more dice, and only {left:,} are left.",
        "work_limit": "That is too much work for one message: use fewer dice, terms, operators or repeats.",
        # Odds
        "odds_dice": "Exact odds of {dice:,} dice are too much work: at most {limit:,} dice with these operators.",
        "odds_work": "Exact odds of that are too much work: use fewer dice, sides or operators.",
        "odds_outcomes": "That can come to {outcomes:,} different totals: odds are worked out for at most {limit:,}.",
        "odds_operators": "These operators together have no exact odds here: use fewer of them, or fewer dice.",
        "odds_verdicts": "The verdicts of so many dice are too much work.",
        "odds_condition": "A condition is a sign and a number that the total is compared with, such as >=10.",
        "odds_never": "No total is {relation} {number}.",
        # Given faces and records
        "faces_invalid": '--faces takes whole numbers with commas between them, such as "3,4".',
        "faces_short": "The list of faces is too short: it has {count}, and more dice are thrown.",
        "faces_left": "There are more faces than dice.",
        "face_impossible": "The list of faces says {face} where a die of {sides} sides is thrown.",
        "record_total": "These faces do not come to that total.",
        "record_version": "This roll was written in version {version}, which is not known here.",
        "record_invalid": "This is not a roll.",
        # Notes
        "not_rolled": "Not rolled: {texts}",
        "not_counted": "Not counted: {pool} is the same for every face of a d{sides}, so the total is compared.",
        "advantage_cancels": "Advantage and disadvantage cancel out.",
        "digit_dice": "{dice} is {places} dice of {sides} sides, read as the digits of one number; "
        "1{dice} is one die of {single} sides.",
        "more_dice": "{operator} asks for more dice than the {count} there are.",
        "more_totals": "{operator} asks for more totals than the {count} there are.",
        "rounds_reached": "Too many rounds of extra dice: the rest were not thrown.",
        "dice_reached": "The limit of dice for one message was reached: the remaining extra dice were not thrown.",
    }
)
"""Code of an error or a note → sentence; a name in braces is one of its parameters."""


VERDICTS = MappingProxyType(
    {
        # Totals and checks
        "total": "{total}",
        "success": "success: {total}, by {margin}",
        "failure": "failure: {total}, by {margin}",
        "success_of": "success: {total}",
        "failure_of": "failure: {total}",
        "critical_success": "critical success: {total}",
        "critical_failure": "critical failure: {total}",
        "fumble": "fumble: {total}",
        "critical": "critical",
        "fumbled": "fumble",
        "doubles": "doubles",
        "natural_20": "natural 20",
        "natural_1": "natural 1",
        "against_met": "success against {target}",
        "against_missed": "failure against {target}",
        "critical_hit": "critical hit",
        # Counted dice
        "successes": "{count:success|successes}",
        "no_success": "no success",
        "failed": "failure: {count:success|successes}",
        "hits": "{count:hit|hits}",
        "hits_of": "{count:hit|hits} of {dice}",
        "botch": "botch",
        "damage": "{count} damage",
        "effects": "{count:effect|effects}",
        "complications": "{count:complication|complications}",
        # D&D, Mörk Borg
        "death_wakes": "natural 20: regain 1 hit point",
        "death_twice": "natural 1: two failures",
        "death_success": "success",
        "death_failure": "failure",
        # Call of Cthulhu
        "extreme_success": "extreme success: {total}",
        "hard_success": "hard success: {total}",
        "regular_success": "regular success: {total}",
        # Warhammer Fantasy
        "levels_of_success": "success: {total}, {levels:+d} SL",
        "levels_of_failure": "failure: {total}, {levels:+d} SL",
        # Savage Worlds
        "snake_eyes": "critical failure: snake eyes",
        "success_raises": "success with {count:raise|raises}: {total}",
        # World and Chronicles of Darkness
        "marginal_success": "marginal success: {count:success|successes}",
        "moderate_success": "moderate success: {count:success|successes}",
        "complete_success": "complete success: {count:success|successes}",
        "exceptional_success": "exceptional success: {count:success|successes}",
        "phenomenal_success": "phenomenal success: {count:success|successes}",
        "chance_success": "success",
        "chance_failure": "failure",
        "dramatic_failure": "dramatic failure",
        # Vampire
        "critical_win": "critical: {count:success|successes}",
        "messy_critical": "messy critical: {count:success|successes}",
        "bestial_failure": "bestial failure: {count:success|successes}",
        "bestial_total_failure": "bestial failure, total failure",
        "total_failure": "total failure",
        "bestial_if_failed": "bestial failure if that is not enough",
        # Shadowrun
        "glitch": "glitch: {count:hit|hits}",
        "critical_glitch": "critical glitch",
        # Powered by the Apocalypse, Blades in the Dark, Ironsworn
        "miss": "miss: {total}",
        "partial_success": "partial success: {total}",
        "full_success": "full success: {total}",
        "blades_failure": "failure",
        "blades_partial": "partial success",
        "blades_full": "full success",
        "blades_critical": "critical success",
        "miss_score": "miss: {total}",
        "weak_hit": "weak hit: {total}",
        "strong_hit": "strong hit: {total}",
        "match": "match",
        # Year Zero, Alien
        "banes_if_pushed": "{count:bane|banes} if pushed",
        "panic": "panic",
        # Cyberpunk, Cypher
        "critical_10": "critical success",
        "critical_1": "critical failure",
        "intrusion": "GM intrusion",
        "damage_1": "+1 damage",
        "damage_2": "+2 damage",
        "minor_effect": "minor effect",
        "major_effect": "major effect",
        # Genesys, Star Wars, Cosmere
        "net_success": "success: {count:success|successes}",
        "net_failure": "failure",
        "net": "{count:failure|failures}",
        "advantage": "{count:advantage|advantages}",
        "threat": "{count:threat|threats}",
        "triumph": "{count:triumph|triumphs}",
        "despair": "{count:despair|despairs}",
        "force_points": "{light} light, {dark} dark",
        "opportunity": "opportunity",
        "complication": "complication",
        # Daggerheart
        "hope_critical": "critical success: {total}",
        "with_hope": "{total} with hope",
        "with_fear": "{total} with fear",
        "success_with_hope": "success with hope: {total}",
        "success_with_fear": "success with fear: {total}",
        "failure_with_hope": "failure with hope: {total}",
        "failure_with_fear": "failure with fear: {total}",
        # Fate
        "below_terrible": "{total:+d} (below terrible)",
        "terrible": "{total:+d} (terrible)",
        "poor": "{total:+d} (poor)",
        "mediocre": "{total:+d} (mediocre)",
        "average": "{total:+d} (average)",
        "fair": "{total:+d} (fair)",
        "good": "{total:+d} (good)",
        "great": "{total:+d} (great)",
        "superb": "{total:+d} (superb)",
        "fantastic_rung": "{total:+d} (fantastic)",
        "epic": "{total:+d} (epic)",
        "legendary": "{total:+d} (legendary)",
        "beyond_legendary": "{total:+d} (beyond legendary)",
        "fate_style": "succeeds with style, {count:shift|shifts}",
        "fate_succeeds": "succeeds, {count:shift|shifts}",
        "fate_ties": "tie",
        "fate_fails": "fails, {count:shift|shifts} short",
        # The One Ring, Traveller
        "great_success": "great success: {total}",
        "extraordinary_success": "extraordinary success: {total}",
        "gandalf": "Gandalf rune",
        "eye": "Eye of Sauron",
        "sixes": "{count:six|sixes}",
        "effect_success": "success: {total}, effect {effect:+d}",
        "effect_failure": "failure: {total}, effect {effect:+d}",
        "exceptional_effect": "exceptional success: {total}, effect {effect:+d}",
        "dismal_effect": "exceptional failure: {total}, effect {effect:+d}",
        # Others
        "righteous_fury": "Righteous Fury",
        "boxcars": "boxcars",
        "stunt_points": "{count:stunt point|stunt points}",
        "set": "{width}×{height}",
        "no_set": "no set",
        "wild_complication": "complication, or {total} without the wild and the highest die",
        "wild_six": "wild die explodes",
        "degrees_of_success": "{count:degree|degrees} of success: {total}",
        "degrees_of_failure": "{count:degree|degrees} of failure: {total}",
        "fantastic": "fantastic",
        "ultimate_fantastic": "ultimate fantastic",
        "laser_feelings": "laser feelings",
        "triumph_of_sea": "triumph",
        "conflict": "conflict",
        "disaster": "disaster",
        "twist": "twist",
        "icons": "{count:icon|icons}",
        "glory": "glory",
        "rule_of_one": "failure by the rule of one: {total}",
        "stun_and_body": "{stun} STUN, {body} BODY",
        "body_and_stun": "{body} BODY, {stun} STUN",
        "hits_defence": "hits a defence of up to {total}",
        "house_acts": "the house acts",
        "always_hits": "always hits",
        "always_misses": "always misses",
    }
)
"""Code → what a verdict says; `{count:one|many}` chooses the word by the number."""


class _Plurals(Formatter):
    def format_field(self, value: object, format_spec: str) -> str:
        """One value of a template; a choice of words stands behind its number, and texts are quoted."""
        if isinstance(value, tuple):
            return ", ".join(f'"{text}"' for text in value)
        one, choice, many = format_spec.partition("|")
        return f"{value} {one if value == 1 else many}" if choice else super().format_field(value, format_spec)


def verdict_text(verdict: Verdict) -> str:
    """A verdict and its remarks, with commas between them."""
    told = _Plurals().vformat(translated(VERDICTS[verdict.code]), (), verdict.parameters)
    return ", ".join((told, *map(verdict_text, verdict.remarks)))


def sentence(said: DiceError | Note) -> str:
    """What went wrong or has to be noted, in one or two sentences, without the suggestion."""
    template = ENGLISH.get(said.code)
    # A code without a sentence still says more than nothing.
    told = _Plurals().vformat(translated(template), (), said.parameters) if template else said.code
    return f"{said.inside}: {told}" if isinstance(said, DiceError) and said.inside else told
