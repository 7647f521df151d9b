"""Reads what people type: lines of dice, numbers and words become rolls in strict notation with their comments.

A line is passed over once. A term is expected (`open`) or has just been read; what stands in between decides: a sign
goes on, dice begin a roll of their own, a phrase acts on the dice, other words wait until it is clear whether they are
a label or a comment. Nothing is judged here that the strict parser judges as well.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from modules.dice.errors import LimitError, NotationError
from modules.dice.limits import Limits
from modules.dice.notation import shortcuts, suggestions
from modules.dice.notation.dialects import Dialect
from modules.dice.notation.draft import Draft, nothing_to_roll
from modules.dice.notation.folding import FoldedText
from modules.dice.notation.free_text import SPEECH, Words
from modules.dice.notation.phrases import LEXER, Phrase, vocabulary
from modules.dice.notation.phrases import number as digits_of
from modules.dice.notation.reading_patterns import BULLET, COMMAND, DICE_AFTER, JOINER, PART_END, Found, repeat_at
from modules.dice.notation.strict import Piece
from modules.dice.notes import Note


class Grammar(NamedTuple):
    """What to do with what stands in a line.

    Args:
        tokens: By the kind of a token.
        phrases: By the kind of a phrase; false if it means nothing where it stands.
    """

    tokens: Mapping[str, Callable[["Reader", Found, int], None]]
    phrases: Mapping[str, Callable[["Reader", Phrase, int, int], bool]]


class Reader:
    """Reads one message.

    Args:
        source: What was typed, folded.
        limits: What it may ask for.
        dialect: How some letters are read.
        is_saved: Whether a roll is saved under a name.
        grammar: What to do with what stands there.
    """

    def __init__(
        self, source: FoldedText, limits: Limits, dialect: Dialect, is_saved: Callable[[str], bool], grammar: Grammar
    ) -> None:
        self.source = source
        self.text = source.text
        self.limits = limits
        self.dialect = dialect
        self.is_saved = is_saved
        self.grammar = grammar
        self.pos, self.end = source.bounds()
        self.drafts: list[Draft] = []
        self.draft = Draft(source, self.pos)
        self.open = True
        self.depth = 0
        self.words: Words | None = None
        self.bound = -1
        """Where the last separator in the waiting words stands; -1 if there is none."""
        self._bound_end = -1
        self.vocabulary = vocabulary()
        self.pairs: dict[int, int] = {}
        """Where each bracket ends, once someone has asked."""
        self._dashes = self.text.count("\n- ") + self.text.startswith("- ", self.pos) > 1

    def read(self) -> list[Draft]:
        """Read all of it.

        Raises:
            NotationError: It cannot be read.
            LimitError: It asks for too much.
        """
        self.begin_part()
        self.tokens()
        self.finish_part()
        if not self.drafts:
            raise nothing_to_roll(self.source)
        return self.drafts

    def tokens(self) -> None:
        """Read tokens up to the end of the part or bracket."""
        while True:
            found = LEXER.match(self.text, self.pos, self.end)
            if found is None:
                return
            self.grammar.tokens[str(found.lastgroup)](self, found, found.start(str(found.lastgroup)))

    def begin_part(self) -> None:
        """Pass over what stands before a roll: a bullet, the command once more, how often it is rolled."""
        line_start = self.pos == 0 or self.text[self.pos - 1] == "\n"
        bullet = BULLET.match(self.text, self.pos, self.end) if line_start or not self.drafts else None
        if bullet is not None and (bullet["dash"] is None or self._dashes):
            if bullet["mark"] is not None:
                self.draft.notes.append(Note("not_rolled", texts=(bullet[0].strip(),)))
            self.pos = bullet.end()
        command = COMMAND.match(self.text, self.pos, self.end)
        if command is not None:
            self.pos = command.end()
        self.draft.start = self.pos
        self._begin_repeat(alone=command is None and self.words is None)

    def _begin_repeat(self, *, alone: bool) -> None:
        found = repeat_at(self.text, self.pos, self.end, alone=alone)
        if found is not None:
            self.set_times(digits_of(found[1]), found.start(1), found.end(1))
            self.draft.repeat_leads = True
            self.pos = found.end()

    def finish_part(self) -> None:
        """End the roll being read."""
        draft = self.draft
        self.finish_words()
        if not draft.pieces and draft.biases:
            draft.add("1d20", draft.start, draft.start, "pool")
        if draft.pending and not draft.pieces:
            text = "".join(piece.text for piece in draft.pending)
            first, last = draft.pending[0].start, draft.pending[-1].end
            raise NotationError("operator_without_dice", span=self.source.span(first, last), operator=text)
        if draft.pieces:
            self.drafts.append(draft)
            if len(self.drafts) > self.limits.rolls:
                raise LimitError("roll_count", span=self.source.span(self.pos - 1, self.pos), limit=self.limits.rolls)
        elif self.drafts:
            self.drafts[-1].join(draft)
        # Before the first roll all that was said belongs to it.
        if self.drafts:
            self.draft = Draft(self.source, self.pos)
        self.open, self.words, self.bound = True, None, -1

    def line(self, found: Found, start: int) -> None:
        """A line break or a semicolon."""
        if self.depth:
            self.raw(found, start)
            return
        self.pos = found.end()
        self.finish_part()
        self.begin_part()

    def say(self, start: int, end: int) -> None:
        """Add to the words that wait."""
        self.pos = end
        if self.words is None:
            self.words = Words(start, end)
        else:
            self.words.end = end

    def finish_words(self) -> None:
        """Words before the next thing that counts, or at the end."""
        words, self.words, self.bound = self.words, None, -1
        if words is None:
            return
        draft = self.draft
        if not draft.pieces:
            if draft.lead is None:
                draft.lead = words
            else:
                draft.comments.append(words)
        elif (self.depth or (draft.labelled and draft.pieces[-1].kind == "pool")) and not self.open:
            draft.label(words)
        else:
            draft.comments.append(words)

    def next_roll(self, start: int) -> None:
        """Dice where none can go on: they begin a roll of their own."""
        words, bound = self.words, self.bound
        lead: Words | None = None
        if words is not None and bound >= 0:
            joiner = JOINER.match(self.text, bound, words.end)
            after = joiner.end() if joiner else bound
            lead = Words(after, words.end) if after < words.end else None
            words.end = bound
            self.words = words if words.end > words.start else None
        elif words is not None and self._leads(words) and not self._text_ends():
            # Here labels stand before their dice.
            lead, self.words = words, None
        self.pos = start
        self.finish_part()
        self.draft.lead = lead

    def _leads(self, words: Words) -> bool:
        """Whether words between two rolls may be the label of the second."""
        draft = self.draft
        if draft.check is not None and draft.check.end <= words.start:
            return True
        return draft.lead is not None and not draft.comments

    def _text_ends(self) -> bool:
        """Whether words stand behind the last term of the part: then they follow their dice."""
        part = PART_END.search(self.text, self.pos, self.end)
        end = part.start() if part else self.end
        return self.text[self.pos : end].rstrip()[-1:].isalpha()

    def spoken(self) -> bool:
        """Whether only words without weight wait here."""
        words = self.words
        return (
            words is None
            or SPEECH.fullmatch(self.text[words.start : words.end].strip(" ,")) is not None
            or not (self.text[words.start : words.end].strip(" ,&|"))
        )

    def _labelled(self) -> bool:
        """Whether the words that wait end in a colon."""
        return self.words is not None and self.text[self.words.start : self.words.end].endswith(":")

    def begin_term(self) -> None:
        """Words before a roll's first term are its label."""
        if self.words is not None:
            if self.draft.pieces:
                self.finish_words()
            else:
                words, self.words, self.bound = self.words, None, -1
                lead = self.draft.lead
                if lead is None:
                    self.draft.lead = words
                elif self.text[lead.end : words.start].strip(" ,;\n"):
                    # What stands between them was read as something else, such as a check.
                    self.draft.comments.append(words)
                else:
                    lead.end = words.end

    def term(self, text: str, start: int, end: int, kind: str) -> None:
        """Add a term."""
        self.begin_term()
        self.draft.add(text, start, end, kind)
        self.pos = end
        self.open = False

    def shortcut(self, start: int) -> bool:
        """Read the game shortcut that stands here, if one does."""
        row = shortcuts.find(self.text, start) if self.open else None
        if row is None or row[1].end() > self.end:
            return False
        if not (self.draft.pieces or self.spoken() or self._labelled()):
            return False
        end = row[1].end()
        if not self.draft.pieces and DICE_AFTER.match(self.text, end, self.end) and not any(row[1].groups()):
            # "pbta 2d6+1" throws the game's own dice, which are written out; any others are of its name.
            end = row[0].own_dice_end(self.text, end)
            if end < 0:
                return False
        self.term(row[1][0], start, end, "name")
        return True

    def unknown(self, start: int, end: int) -> None:
        """Refuse a word in the place of a number."""
        raise suggestions.unknown_name(
            self.source.typed, self.source.span(start, end), self.is_saved(self.text[start:end])
        )

    def keep_words(self) -> None:
        """Words before something that counts are a label or stay a comment, unless they only led up to it."""
        if not self.draft.pieces:
            self.begin_term()
        elif self.words is not None and not self.spoken():
            self.draft.comments.append(self.words)
        self.words, self.bound = None, -1

    def bind(self, start: int, end: int) -> None:
        """Remember where words may part into the comment of this roll and the label of the next."""
        # "and then" is one separator.
        if self.bound < 0 or self.text[self._bound_end : start].strip(" "):
            self.bound = start if not self.open else -1
        self._bound_end = end

    def set_times(self, written: str, start: int, end: int) -> None:
        """Say how often this is rolled."""
        count = int(written[:4])
        if not 1 <= count <= self.limits.repeats:
            raise LimitError("repeat_count", span=self.source.span(start, end), limit=self.limits.repeats)
        self.draft.repeated(count, self.source.slice(start, end))

    def label_last(self) -> None:
        """The words that wait are the label of the last term."""
        words, self.words, self.bound = self.words, None, -1
        if words is not None:
            self.draft.label(words)

    def raw(self, found: Found, start: int) -> None:
        """Something for the strict parser to refuse."""
        self.draft.add(self.text[start : found.end()], start, found.end(), "raw")
        self.pos = found.end()
        self.open = False

    def phrase(self, start: int, beginning: str) -> bool:
        """Act on the phrase that stands here, if one does."""
        found = self.vocabulary.find(self.text, start, self.end, beginning)
        if found is None:
            return False
        phrase, end = found
        return self.grammar.phrases[phrase.kind](self, phrase, start, end)

    def set_check(self, target: str, start: int, end: int, relation: str = "vs") -> None:
        """Say what the total is compared with."""
        self.draft.check = Piece(f" {relation} {target}", start, end, "raw")
