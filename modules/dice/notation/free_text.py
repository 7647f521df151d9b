"""The words around a roll: what is shown of them, and what in them could be taken for something to roll."""

import re
import unicodedata
from collections.abc import Iterator

from modules.dice.notation.folding import FoldedText
from modules.dice.notation.phrases import vocabulary
from modules.dice.notation.scanner import readable

SPEECH = re.compile(
    r"(?:(?:please|pls|can|could|may|i|i'd|i'll|i'm|we|you|want|wanna|would|like|need|have|let|lets|let's|me|us|to|get"
    r"|gimme|give|do|make|up|now|ok|okay|just|so|hey|go|a|an|the|my|some|another|of|and|then|also|with|for|going|gonna|bot"
    r"|is|it|its|it's|thanks|thank|you|plus|rolls?|rolling|throw|throwing|dice|die)(?![\w'-])[ ,:.!?]*)+"
)
"""What people say to a person before the dice."""
ROLL_VERB = re.compile(
    r"(?:(?:please|pls|can|could|may|i|i'd|i'll|i'm|we|you|want|wanna|would|like|need|let|lets|let's|me|us|to|get|just"
    r"|gonna|going|ok|okay|now|hey|and|then|bot)[ ,]+)*[!/.]?(?:roll|rolling|throw|throwing|r)(?![\w'-])[ :]*"
    r"(?:(?:me|us|a|an|the|my|some|for)(?![\w'-]) *)*"
)
"""A request that other words follow: `please roll me a` is not part of the comment."""
BONUS_WORDS = re.compile(
    r" *(?:bonus|modifier|mod|penalty|and|to|for|on|at|with|vs|because|due|adv|dis|(?:dis)?advantage)(?!\w)"
)
"""Words behind a number that make it one to add, whatever stands before it."""
NUMBERED = re.compile(
    r"(?<!\w)[a-z]+[0-9]\w*"
    r"|(?:(?<![\w.])[-+*/] ?)?(?<!\w)(?:[0-9]*d[0-9%]+|[0-9]+)(?:[\w.,:/+-]*[\w+])?(?: +[a-z][\w'-]*)?"
)
"""A number in free text, with its sign and the word it belongs to."""
OPAQUE = re.compile(r"<[^<>\s]+>|:[a-z]\w*:|https?://\S+")
_MARKS = frozenset({"Ps", "Pe", "Pi", "Pf", "Po", "Pd"})
BRACKET = re.compile(r"[()\[\]]")
FRONT = re.compile(r"(?:[-=]>|\u2192|[\s,;.|&\N{EN DASH}\N{EM DASH}-]|[:/](?=\s|$))+")
EMOJI_BEHIND = re.compile(r":\w+:$")
"""What stands around a comment without being part of it."""


def trimmed(text: str) -> str:
    """Free text without the commas, dashes and colons around it."""
    text = text.strip(" ,;|&\n")
    front = FRONT.match(text)
    text = text[front.end() :] if front else text
    text = text.rstrip(" ,;|&/-\N{EN DASH}\N{EM DASH}")
    return text if EMOJI_BEHIND.search(text) else text.rstrip(" :")


class Words:
    """Free text beside a roll.

    Args:
        start: Where it begins.
        end: Where it ends.
        explicit: Whether a comment sign stands before it: then nothing in it is meant to be rolled.
    """

    __slots__ = ("end", "explicit", "start")

    def __init__(self, start: int, end: int, *, explicit: bool = False) -> None:
        self.start = start
        self.end = end
        self.explicit = explicit


def comment_text(source: FoldedText, words: Words, *, lead: bool = False) -> str:
    """Words as they are shown; of those that lead up to a roll without what is said to the bot.

    Args:
        source: The line they stand in.
        words: Where they stand.
        lead: Whether they lead up to a roll.
    """
    text = readable(source.slice(words.start, words.end))
    if words.explicit:
        return text if text.strip("!?. ") else ""
    text = trimmed(_without_speech(text) if lead else text)
    # Brackets around all of it, not around its first and last word.
    if (text[:1], text[-1:]) in {("(", ")"), ("[", "]")} and not BRACKET.search(text, 1, len(text) - 1):
        text = trimmed(text[1:-1])
    elif len(BRACKET.findall(text)) == 1:
        # Its partner was read as part of something else.
        text = trimmed(text.strip("()[]"))
    if SPEECH.fullmatch(text.lower()):
        return ""
    return text if any(not _is_mark(character) for character in text) else ""


def _is_mark(character: str) -> bool:
    """Whether a character alone says nothing: brackets, quotes and whatever else ends or parts sentences."""
    return character in " ~" or (unicodedata.category(character) in _MARKS and character not in "#%&*/@\\")


def _without_speech(text: str) -> str:
    lowered = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    if SPEECH.fullmatch(lowered):
        return ""
    verb = ROLL_VERB.match(lowered)
    return text[verb.end() :] if verb else text


def unrolled(source: FoldedText, words: Words) -> Iterator[str]:
    """What stands in words that could be taken for something to roll, in the order written."""
    if words.explicit:
        return
    text = OPAQUE.sub(lambda found: "\0" * len(found[0]), source.text[words.start : words.end])
    spans = [found.span() for found in NUMBERED.finditer(text)]
    whole = text.strip(" ,.")
    for found in vocabulary().noted.finditer(text):
        prose = len(found[0]) == 1 and found[0] != whole
        if not prose and found[0] != "one" and not any(first <= found.start() < last for first, last in spans):
            spans.append(found.span())
    for first, last in sorted(spans):
        yield readable(source.slice(words.start + first, words.start + last))
