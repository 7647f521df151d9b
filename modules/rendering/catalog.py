"""The sentences for the codes of errors, in English: another language is another catalogue."""

from types import MappingProxyType

from modules.dice.errors import DiceError

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
        "not_to_roll": "Only what is to be rolled belongs here.",
        "has_short_form": '"{phrase}" has a short form here.',
        "not_closed": 'This "{bracket}" is never closed.',
        "closes_nothing": 'This "{bracket}" closes nothing.',
        "label_empty": "This label is empty.",
        "relation_misplaced": '"{character}" works right after dice, or before a number to compare with.',
        "digit_first": "A number begins with a digit.",
        "comma_in_number": "Numbers are written without commas; rolls are separated by ; or by a comma and a space.",
        "double_brackets": "Double brackets hold one expression; several totals to choose from stand in braces.",
        "advantage_twice": "Say adv or dis once: both together cancel out.",
        "advantage_misplaced": "adv and dis stand once, before or after the whole roll.",
        "advantage_without_d20": "{word} needs a 1d20 to work on.",
        "saved_unknown": "There is no saved roll of that name.",
        "saved_loop": "That leads back to itself.",
        "saved_several": "That is more than one expression, so it can only be rolled by itself.",
        "saved_length": "Saved rolls and all, a message may have {limit:,} characters.",
        "shortcut_alone": "{name} is a whole message by itself.",
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
        # Given faces and records
        "faces_invalid": '--faces takes whole numbers with commas between them, such as "3,4".',
        "faces_short": "The list of faces is too short: it has {count}, and more dice are thrown.",
        "faces_left": "There are more faces than dice.",
        "face_impossible": "The list of faces says {face} where a die of {sides} sides is thrown.",
        "record_total": "These faces do not come to that total.",
        "record_version": "This roll was written in version {version}, which is not known here.",
        "record_invalid": "This is not a roll.",
    }
)
"""Code → sentence; a name in braces is a parameter of the error."""


def sentence(error: DiceError) -> str:
    """What went wrong, in one or two sentences, without the suggestion."""
    # A code without a sentence still says more than nothing.
    template = ENGLISH.get(error.code)
    told = template.format_map(error.parameters) if template else error.code
    return f"{error.inside}: {told}" if error.inside else told
