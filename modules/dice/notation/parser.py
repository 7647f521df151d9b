"""Reads a message: what people type becomes rolls in strict notation, and those become trees.

A message without words goes straight to the strict parser; only what that does not understand is read as a sentence.
"""

import re
from collections.abc import Callable

from modules.dice.errors import DiceError, LimitError, NotationError, Span
from modules.dice.limits import Limits
from modules.dice.notation.dialects import DIALECTS, NAZH, Dialect
from modules.dice.notation.draft import SPEECH, Draft
from modules.dice.notation.folding import FoldedText
from modules.dice.notation.message import Message, RollSyntax
from modules.dice.notation.phrases import vocabulary
from modules.dice.notation.roll_parser import SAVED, RollParser
from modules.dice.notation.sentence import drafts_of
from modules.dice.notation.syntax import Members, Number, Pool
from modules.dice.notation.traversal import walk

PLAIN = re.compile(
    r"(?![ +]*[0-9]+ +[a-z0-9({$])"
    r"(?:[-+*/%^(){}0-9$.]|[a-z_](?<! [a-z])|[<>=!](?<![a-z!] [<>=!])"
    r"|(?<!,) (?! *[!,])(?<![a-ce-z!] (?=[0-9]))|(?<![*/][0-9]),(?![0-9]{3}))+",
    re.IGNORECASE,
)
"""A message the strict parser may try first: no letters and no exclamation mark behind a space."""
COMMENTED = re.compile(
    r"(?=\S*d[0-9%])[0-9a-z]*[0-9](?:[-+*/0-9a-z()\[\]>=<%!]| [-+*/] (?=[0-9(d]))*(?= [a-z])", re.IGNORECASE
)
"""Such a message with words behind it."""

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
        return self._plain(typed) or self._sentence(typed)

    def _plain(self, typed: str) -> Message | None:
        """A message without words, or with nothing but a comment behind it; None if it has to be read closely."""
        head, comment = typed, ""
        if PLAIN.fullmatch(typed) is None:
            found = COMMENTED.match(typed)
            if found is None or vocabulary().silent.fullmatch(typed, found.end()) is None:
                return None
            head, comment = found[0], typed[found.end() :].strip(",.- ")
            comment = "" if SPEECH.fullmatch(comment.lower()) else comment
        parser = RollParser(head, self)
        names, length = len(self.names), self.length
        try:
            node = parser.whole()
        except NotationError as refusal:
            if refusal.inside:
                raise
            # The close reading refuses it with the better reason.
            del self.names[names:]
            self.length = length
            return None
        if head is not typed and (parser.used or isinstance(node, Number)):
            # The words may belong to a shortcut, as in "12 sr".
            return None
        repeat = parser.used[0][0].repeat if parser.used else 1
        return Message(repeat, (parser.syntax(node, comment, ()),))

    def _sentence(self, typed: str) -> Message:
        source = FoldedText(typed)
        try:
            return self._read(source)
        except NotationError as refusal:
            suggestion = vocabulary().foreign(source.text[slice(*source.bounds())]) or refusal.suggestion
            # What was typed is never the better way to type it.
            refusal.suggestion = suggestion if suggestion != source.text.strip() else None
            raise

    def _read(self, source: FoldedText) -> Message:
        drafts = drafts_of(source, self.limits, self.dialect, self._is_saved)
        first = drafts[0]
        repeat = first.repeat if first.repeat_leads or len(drafts) == 1 else 1
        rolls: list[RollSyntax] = []
        for draft in drafts:
            syntax, own = self._roll(draft)
            if len(drafts) == 1 and repeat == 1:
                repeat, own = own, 1
            rolls += [syntax] * (own if repeat != 1 else own * draft.repeat)
        return Message(repeat, tuple(rolls))

    def _is_saved(self, name: str) -> bool:
        return self.saved is not None and self.saved(name) is not None

    def _roll(self, draft: Draft) -> tuple[RollSyntax, int]:
        strict = draft.finish()
        parser = RollParser(strict.text, self)
        try:
            node = parser.whole()
        except DiceError as refusal:
            raise refusal.moved_to(strict.span(*refusal.span) if refusal.span else None) from None
        if not strict.verbatim:
            for part in walk(node):
                part.span = strict.span(*part.span)
                for operator in part.operators if isinstance(part, Pool | Members) else ():
                    operator.span = strict.span(*operator.span)
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
