"""What the reader looks for in a line: regular expressions, each compiled once."""

import re

from modules.dice.notation import shortcuts, suggestions
from modules.dice.notation.phrases import NUMBERS

Found = re.Match[str]
_COUNTS = "|".join(NUMBERS)
_CALL = rf"(?:{'|'.join(suggestions.FUNCTIONS)}) *\("
GLUE = re.compile(
    r"(?:[a-z!]|[0-9]|(?:[<>=\u2265\u2264\u2260]+-?|(?<=[a-z!<>=]))\([-+*0-9 ]+\)"
    r"|[<>=\u2265\u2264\u2260]+(?:-(?=[0-9]))?)*"
)
"""Whatever stands close behind dice."""
CHOSEN = re.compile(r"[)}] *(?:k|d[lh0-9])")
"""The end of a bracket that is chosen from: `(1d4! 1d6!)k1`."""
BRACKETED_POINT = re.compile(r"\[ *([<>=]+ *-?[0-9]+) *\]")
"""A compare point as DiceParser writes it: `r[<=2]`."""
GLUED_SIGN = re.compile(r"[0-9] ?[-+]$")
"""In `d20+5 d8` the 5 belongs to the d20, while in `d20 + 5 d8` it may be a number of dice."""
GLUED_TIMES = re.compile(r"(?<=[0-9])x([0-9]+)$")
GLUED_WORD = re.compile(r"(?:(adv(?:antage)?|dis(?:adv(?:antage)?)?)?(?:(?:vs|dc|tn|v)([0-9]+))?)$")
REPEAT = re.compile(
    rf" *(?P<n>[0-9]+|{_COUNTS})"
    r"(?: *[#x] *(?=\S)|(?: times:?| rolls of| sets of| lots of)(?: of)?:? +"
    r"| +(?=[-+({]*(?:[adp]*[0-9]+d[0-9%f(\[]|[({$])))"
)
BARE_REPEAT = re.compile(r" *([0-9]+) +(?=\([^()0-9;\n]+\) *[0-9]*d[0-9%]|d([3468])\2{1,4}(?![0-9]))")
"""`3 (Stat Roll) 4d6`, or `2 d66`: digit dice have no count."""
ROLLISH = re.compile(rf"[-+ (]*+(?:[0-9]|[adp]*[0-9]*d[0-9%f(\[]|\{{|\$|{_CALL}|\[\[|&|(?:{_COUNTS}|an?) +d[0-9])")
"""How an expression in brackets begins."""
TERM_AHEAD = re.compile(
    rf" *(?:[0-9]+(?:\.[0-9]+)?(?![\w.])|[0-9]*d(?:[0-9%]|f(?![a-z]))|\(? *[0-9$(]|\$[a-z]|{_CALL})"
)
"""What may follow a sign behind words."""
SUM_ONLY = re.compile(r"[-+*/ 0-9().]*")
DICE_AHEAD = re.compile(r"(?<![\w])[adp]*[0-9]*d[0-9%]")
DICE_BEHIND = re.compile(r" ?[0-9]*d[0-9%]")
TIMES_AHEAD = re.compile(r"[0-9]+ times:?(?: of)? +[0-9]*d[0-9%]")
DICE_AFTER = re.compile(r" *[0-9]*d(?:[0-9%]|f(?![a-z]))")
LEADING_DICE = re.compile(r" +[0-9]*d[0-9%]")
TEXT_AFTER = re.compile(r" +[^\W\d_]|%|:[0-9]|[^\W\d_]")
"""What makes a number part of a text."""
STORY = re.compile(r" +[^\W\d_]")
COMPARED_WITH = re.compile(r" +vs +[-(]*[0-9]*d[0-9%]")
NOUN_LEAD = re.compile(r"(?:^|[ ,])(?:my|a|an|the|his|her|their|our|your|this|that|with|w/|using|from|of)$")
COMMAND = re.compile(
    r" *[!/](?=[0-9]*d[0-9%])| *[!/.?$-](?:roll|rr?|dice|throw)(?: +|(?=[0-9]))"
    r"| *(?:roll|r):?(?: +(?=[0-9({$])|(?=[0-9]*d[0-9%]))"
    r"| *rr +(?=[0-9]+ +[-+({]*[0-9]*d[0-9%])"
)
BIASED_AHEAD = re.compile(r" *(?:(?:on|for) +)?(?:(?!and |then )[^\W\d_]+:? +){0,2}[12]?d20(?![0-9])")
"""The dice of which advantage is said before them."""
COMMAND_AGAIN = re.compile(r"[!/](?:roll|rr?) *(?=[0-9]*d(?:[2-9%]|1[0-9]))")
"""The command once more inside a line, before dice."""
BULLET = re.compile(r" *(?:[*\u2022\u2023\u25e6\u25aa\u00b7>] +|(?P<dash>- +)|\(?[0-9]{1,2}(?P<mark>[.)]) +(?=[^\s]))")
PART_END = re.compile(r"[;\n]|,(?= *(?:(?:adv|dis) +)?[-+ (]*[adp]*[0-9]*d[0-9%f(\[])")
"""Where a comment ends that was begun with a sign."""
REPEATED = re.compile(r" *(?P<first>[0-9]+) *,(?P<rest>.*)|(?P<roll>.*), *(?P<last>[0-9]+) *", re.DOTALL)
"""What stands in the brackets of `rr(` or `repeat(`."""
JOINING = frozenset({"and", "then", "und", "dann", "et", "puis", "y", "e", "i", "\u0438"})
"""Words between two rolls."""
JOINER = re.compile(rf"(?:[ ,&|]|[-=]>|\u2192)*(?:(?:{'|'.join(sorted(JOINING))})(?!\w)[ ,]*)*")
"""What stands between two rolls without being a label of the second."""
GLUED_NUMBER = re.compile(r"([0-9]+)(?:([a-z]{2,})(?![\w])|(?:vs|dc|ac|tn|v)[0-9])")
"""A number with a word behind it and no space between them."""
BRACKETS = re.compile(r"[\[\](){}]")
WORD_IN = re.compile(
    r"\[[^\]]*\]|(?<![\w'$])(?!(?:floor|ceil|round|abs|min|max) *\(|(?:adv|dis)(?!\w))(?P<word>[^\W\d_]{3,})(?!\w)"
)
"""A word between dice, or what stands in square brackets."""
ORDINAL = re.compile(r"[0-9]*(?:1st|2nd|3rd|[04-9]th|1[1-3]th)(?!\w)")
COUNTED_GAME = re.compile(r"([0-9]{1,3}) +(?:dice +(?:of +)?)?([a-z]{2,})(?![\w'-])")
"""A number and a word: `12 sr`."""
NOTHING_AFTER = re.compile(r" *(?:$|[,;#\n])")
SUM_OF_DICE = re.compile(r"[-+*/ 0-9().d%]*")
SLASH_LABEL = re.compile(r" *[^\W\d_][\w' ]*:? *[0-9]*d[0-9%]")
DICE_WORD = re.compile(r" +(?:dice|die)(?!\w)(?![^;\n]*(?<![\w])[0-9]*d[0-9%])")
"""Dice of which nobody said what they are."""
TO_HIT = re.compile(r" +to hit\b")
SEPARATOR = re.compile("[,;\n]")
TARGET_NAME = re.compile(r" *(?:dc|ac|tn) *(?=[0-9])")
NAMED_DICE = re.compile(r"\( *(?P<name>[^\W\d][^\W\d' ]*):? +(?=[0-9]*d[0-9%][^()\n;]*\) *[-+*/])")
"""A label before dice, both in brackets to which something is done."""
ASIDE = re.compile(r"\([^()\n;]*\)")
AFTER_ASIDE = re.compile(r" *(?:$|[,;.\n(\[]|[^\W\d_](?!\w*[0-9]))")
"""What may follow dice in brackets that are a roll of their own."""
ARTICLES = frozenset({"a", "an", "the", "my", "another"})
LETTERS = re.compile(r"[^\W\d_]*(?:-[a-z]+)?")
POINT = re.compile(r" *-?[0-9]+(?![0-9.]| *[-+*/]|d[0-9%f(\[])")
"""A number to compare with, with nothing added to it."""
MONEY = re.compile(r" *(?:[gspc]p|gold|silver|copper|platinum|coins?|pieces)(?!\w)")
"""Behind `2d6 x 10` it makes a factor of the number."""
CALL_BRACKET = re.compile(" *\\(")
ARTICLE_AHEAD = re.compile(r" +(?:the|my|a|an|his|her|their)\b")
TARGET_AHEAD = re.compile(r" *([0-9]+)(?: +(?:on|with))?(?: +an?)?(?= +1?d[0-9%])")
STORYTELLER = re.compile("(?!1d)[0-9]+d10>=(?:[2-9]|10)")
"""Dice that are counted where a difficulty is named: their total would be sure to reach it."""
OF_DICE = re.compile(
    r" *(?:out of|of|from|on|with|in)?(?: the| a| my)? *(?=[{(]|[0-9]*d[0-9]|[0-9]+ d[0-9]|[a-z]+ d[0-9])"
)
CHECK_TARGET = re.compile(
    r"\+?(-?[0-9]+)(?![\w.\[]| *(?:[-+*/(] *(?:[-0-9(]|d[0-9])|d[0-9]))(?P<plus>\+?) *([)\]]?)"
    r"(?:(?<= )or (?:(?P<fewer>less|lower|under|below)|(?:more|higher|better|above|over|greater))(?![\w'-]))?"
)
SPAN = re.compile(r" *([0-9]{1,3})-([0-9]{1,3})(?!\w)")
"""What may be a range, which no total is compared with."""
LEADING_TARGET = re.compile(r"([0-9]+)(?= +(?:d[0-9]|[-+] ?[0-9]+(?![\w.])))")
"""A target before dice that have no number of their own, or before a modifier: `dc 10 d20+2`, `dc 10 +2`."""
BONUS_THEN_DICE = re.compile(r"[0-9]+ +[^\W\d_][^-+*/,;\n]*?(?<!\w)[0-9]*d[0-9%]")
"""A number that belongs to a word before the dice: `+2 sword: 1d20+7`."""
DICE_LIST = re.compile(r"1?d[0-9]+!?(?: *(?:,|,? *(?:and|or|&)) *(?:an? |the )?1?d[0-9]+!?)+(?!\w)")
"""Single dice of which one counts: `highest of d8 and d6`."""
ADVANTAGE_SIGN = re.compile(r"[-+](?=(d20|ess[0-9d]\w*|a5e)(?!\w))")
"""A sign that is advantage in Dice Maiden, close before what it is said of."""
SLASHED = re.compile(r"[^/;\n]*d[0-9%][^/;\n]*(?: / [^/;\n]*d[0-9%][^/;\n]*){2,}")
"""Three rolls or more with strokes between them: nobody divides dice by dice by dice."""
ITERATIVE = re.compile(" ?(?=[-+] ?[0-9]+(?![.]|\\w))")
"""What follows the stroke between the bonuses of several attacks: `1d20+11/+6/+1`."""
SAVE = re.compile(r" *(?:(?:str|dex|con|int|wis|cha)\w*|save|saving|half)(?!\w)")
"""Behind the difficulty of somebody else's roll."""
SIGN_AHEAD = re.compile(" *[-+*/]")
LETTER_AHEAD = re.compile(r"-* *(?=[^\W\d])")
MODIFIER = re.compile(r"[0-9]+(?![\w.])")
BRACKETED_MODIFIER = re.compile(r"\( *([-+]) *([0-9]+) *\)")
SPOKEN_MODIFIER = re.compile(rf" +(?:[0-9]+|{_COUNTS})(?![\w.]| *d[0-9%]| [0-9])")
LAST_NUMBER = re.compile(r" *[0-9]+ *(?:$|[-+*/;\n])")
DIGITS = re.compile(r"[0-9]+")
RELATION_TARGET = re.compile(r" *(?:-?[0-9]|[adp]*[0-9]*d[0-9]|\()")
FACTOR = re.compile(r"[*/] ?([0-9]+)$")
DECIMALS = re.compile(r",[0-9]{1,2}(?![\w])")
"""What makes a decimal of a number that something is multiplied with, where a comma does so."""
THOUSANDS = re.compile(r"(?:,[0-9]{3})+(?![0-9])")
SPACED_TEXT = re.compile(" +\\S")
SPACED_SIGN = re.compile(r" +(?:[-+*/;,<>=]|x[0-9])")
LEADING_SIGNS = re.compile(r"[-+ ({]{0,60}")
COUNT_BEFORE_WORD = re.compile(r" *([0-9]+) +(?=[a-z])")


def rollish(text: str, start: int, end: int) -> bool:
    """Whether an expression begins here."""
    if ROLLISH.match(text, start, end):
        return True
    before = LEADING_SIGNS.match(text, start, end)
    return before is not None and (
        text.startswith(("adv ", "dis "), before.end()) or shortcuts.find(text, before.end()) is not None
    )


def repeat_at(text: str, start: int, end: int, *, alone: bool) -> Found | None:
    """How often a roll is made, said before it; `alone` if no words stand before that."""
    found = REPEAT.match(text, start, end)
    if found is not None and rollish(text, found.end(), end):
        return found
    found = BARE_REPEAT.match(text, start, end)
    if found is not None and alone:
        return found
    game = COUNT_BEFORE_WORD.match(text, start, end)
    row = shortcuts.find(text, game.end()) if game else None
    # Of "6 fudge dice" the number is that of the dice.
    if game is None or row is None or DICE_WORD.match(text, row[1].end(), end):
        return None
    # "8 cod 9" are eight dice, "6 sw8" are six rolls.
    return None if shortcuts.find(game[1] + text[game.end() : end], 0) else game
