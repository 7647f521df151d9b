"""Reads a message: what people type becomes rolls in strict notation, and those become trees.

A message without words goes straight to the strict parser; only what that does not understand is read as a sentence.
"""

import re
from collections.abc import Callable

from modules.dice.errors import DiceError, LimitError, NotationError, Span
from modules.dice.limits import Limits
from modules.dice.notation import shortcuts
from modules.dice.notation.dialects import DIALECTS, NAZH, Dialect
from modules.dice.notation.draft import Draft
from modules.dice.notation.folding import FoldedText
from modules.dice.notation.free_text import SPEECH
from modules.dice.notation.message import Message, RollSyntax
from modules.dice.notation.phrases import vocabulary
from modules.dice.notation.reading import Reader
from modules.dice.notation.roll_parser import SAVED, RollParser
from modules.dice.notation.sentence import GRAMMAR

PLAIN = re.compile(
    r"(?![ +]*[0-9]+ +[a-z0-9({$]|[-+](?:d20(?![0-9])|ess|a5e))"
    r"(?:[-+*^(){}0-9$.]|/(?! ?[-+])|(?:(?<=d)%|%(?! ))|[a-z_](?<! [a-z])|[<>=!](?<![a-z!] [<>=!])"
    r"|(?<!,) (?! *[!,]|/ )(?<![a-ce-z!] (?=[0-9]))|(?<![*/][0-9]),(?![0-9]{3})|(?<=[])0-9!])\[[a-z](?: ?[a-z0-9])*])+",
    re.IGNORECASE,
)
"""A roll the strict parser may try first: no letters and no exclamation mark behind a space, but in a label."""
NAMED = re.compile(r"(?!adv |dis )[a-z]{3,}(?= *[-+])", re.IGNORECASE)
"""A word before a sign: a label, or a game."""
COMMENTED = re.compile(
    r"(?=\S*d[0-9%])[0-9a-z]*[0-9](?:[-+*0-9a-z()\[\]>=<%!]|/(?!\+)| [-+*/] (?=[0-9(d]))*(?= [a-z]| *#)", re.IGNORECASE
)
"""Such a roll with words behind it."""
EXPLICIT = re.compile(r" *#((?: ?[a-z])+) *", re.IGNORECASE)
"""Words that are a comment whatever they mean."""

Head = tuple[int, int, str | None]
"""Where a roll stands in the text, and what the words behind it say; None if there are none."""
SavedRolls = Callable[[str], str | None]
"""Gives the notation saved under a name, or None."""


def parse(
    notation: str, limits: Limits | None = None, *, dialect: str = "nazh", saved: SavedRolls | None = None
) -> Message:
    """Read a notation.

    Args:
        notation: The text as typed.
        limits: What it may ask for; the defaults if None.
        dialect: A name of `DIALECTS`.
        saved: Where `$name` is looked up; None where there are no saved rolls.

    Raises:
        NotationError: It cannot be read.
        LimitError: It asks for too much.
        KeyError: There is no such dialect.
    """
    return MessageParser(limits or Limits(), DIALECTS[dialect], saved).message(notation)


class MessageParser:
    """Reads a message and everything saved under the names in it.

    Args:
        limits: What they may ask for together.
        dialect: How some letters are read.
        saved: Where `$name` is looked up.
    """

    __slots__ = ("dialect", "length", "limits", "names", "saved")

    def __init__(self, limits: Limits, dialect: Dialect = NAZH, saved: SavedRolls | None = None) -> None:
        self.limits = limits
        self.dialect = dialect
        self.saved = saved
        self.names: list[str] = []
        self.length = 0

    def message(self, typed: str) -> Message:
        """Read a message, or the text saved under a name."""
        if len(typed) > self.limits.notation_length:
            raise LimitError("notation_length", length=len(typed), limit=self.limits.notation_length)
        self.length += len(typed)
        alone = SAVED.fullmatch(typed.strip()) if "$" in typed else None
        if alone is not None:
            # By itself a saved text may be a whole message: repeats, comments, several rolls.
            start = typed.index("$")
            return self.opened(alone[1], (start, start + len(alone[0])))
        return self.plain(typed) or self.sentence(typed)

    def plain(self, typed: str) -> Message | None:
        """Rolls without words, or with nothing but comments behind them; None if they have to be read closely."""
        heads = _heads(typed)
        names, length = len(self.names), self.length
        try:
            message = self._strictly(typed, heads) if 0 < len(heads) <= self.limits.rolls else None
        except NotationError as refusal:
            if refusal.inside:
                raise
            # The close reading refuses it with the better reason.
            message = None
        if message is None:
            del self.names[names:]
            self.length = length
        return message

    def _strictly(self, typed: str, heads: list[Head]) -> Message | None:
        rolls: list[RollSyntax] = []
        repeat = 1
        for start, end, comment in heads:
            parser = RollParser(typed[:end], self.limits, self.dialect, self.opened)
            parser.scanner.pos = start
            node = parser.whole()
            if parser.used:
                # The words may belong to a shortcut, as in "12 sr"; and one that repeats is only rolled alone.
                if comment is not None or len(heads) > 1:
                    return None
                repeat = parser.used[0][0].repeat
            rolls.append(parser.syntax(node, comment or "", ()))
        return Message(repeat, tuple(rolls))

    def sentence(self, typed: str) -> Message:
        """Whatever people type."""
        source = FoldedText(typed)
        try:
            return self._read(source)
        except NotationError as refusal:
            if (meant := vocabulary().foreign(source.text[slice(*source.bounds())])) is not None:
                refusal.suggestion, refusal.meaning = meant, None
            raise

    def _read(self, source: FoldedText) -> Message:
        drafts = Reader(source, self.limits, self.dialect, self._is_saved, GRAMMAR).read()
        first = drafts[0]
        if len(drafts) == 1 and first.is_number() and first.comment():
            # An answer of 2 to "2 yellow" would be taken for a roll.
            last = first.pieces[-1]
            raise NotationError("nothing_to_roll", span=source.span(last.start, last.end))
        # A number before the first roll is for all of them, unless another has a number of its own.
        for_all = first.repeat_leads and all(draft.repeat == 1 for draft in drafts[1:])
        repeat = first.repeat if for_all or len(drafts) == 1 else 1
        rolls: list[RollSyntax] = []
        for draft in drafts:
            syntax, own = self._roll(draft)
            if len(drafts) == 1 and repeat == 1:
                repeat, own = own, 1
            times = 1 if draft is first and repeat != 1 else draft.repeat
            if repeat * own * times > self.limits.repeats:
                raise LimitError(
                    "repeat_count", span=source.span(draft.start, draft.start + 1), limit=self.limits.repeats
                )
            rolls += [syntax] * (own * times)
        return Message(repeat, tuple(rolls))

    def _is_saved(self, name: str) -> bool:
        return self.saved is not None and self.saved(name) is not None

    def _roll(self, draft: Draft) -> tuple[RollSyntax, int]:
        strict = draft.finish()
        parser = RollParser(strict.text, self.limits, self.dialect, self.opened)
        try:
            node = parser.whole()
        except DiceError as refusal:
            raise refusal.moved_to(strict.span(*refusal.span) if refusal.span else None) from None
        if not strict.verbatim:
            strict.relocate(node)
        repeat = parser.used[0][0].repeat if len(parser.used) == 1 else 1
        if repeat != 1 and draft.repeat != 1:
            row = parser.used[0][0]
            raise NotationError(
                "shortcut_alone", span=strict.span(*parser.written), suggestion=row.example, name=row.name
            )
        return parser.syntax(node, draft.comment(), draft.told()), repeat

    def opened(self, name: str, span: Span) -> Message:
        """The message saved under a name.

        Raises:
            NotationError: There is none, it leads back to itself, or cannot be read.
            LimitError: All texts together are too long.
        """
        try:
            if name.casefold() in self.names:
                raise NotationError("saved_loop")
            text = self.saved(name) if self.saved else None
            if text is None:
                raise NotationError("saved_unknown")
            # All of them together: names that use other names twice could double the text with every level.
            if self.length + len(text) > self.limits.notation_length:
                raise LimitError("saved_length", limit=self.limits.notation_length)
            self.names.append(name.casefold())
            message = self.message(text)
        except DiceError as refusal:
            # The innermost saved roll is named in the sentence, and the outermost one is pointed at.
            raise refusal.moved_to(span, inside=f"${name}") from None
        self.names.pop()
        return message


def _heads(typed: str) -> list[Head]:
    """The rolls the strict parser may try first; none if there is anything else."""
    heads: list[Head] = []
    start = 0
    for part in typed.split(";"):
        text, end = part.lstrip(" "), start + len(part)
        start = end - len(text)
        if PLAIN.fullmatch(text):
            name = NAMED.match(text)
            if name is not None and shortcuts.find(name[0].lower(), 0) is None:
                return []
            heads.append((start, end, None))
        else:
            found = COMMENTED.match(text)
            comment = _comment(text, found.end()) if found else None
            if found is None or comment is None:
                return []
            heads.append((start, start + found.end(), comment))
        start = end + 1
    return heads


def _comment(text: str, start: int) -> str | None:
    """What the words say that stand from `start` on; None if they have to be read closely."""
    explicit = EXPLICIT.fullmatch(text, start)
    if explicit is not None:
        return explicit[1].strip()
    if vocabulary().silent.fullmatch(text, start) is None:
        return None
    said = text[start:].strip(",.- ")
    return "" if SPEECH.fullmatch(said.lower()) else said
