"""One roll while its line is being read: strict notation in pieces, and the words around it."""

import re
from types import MappingProxyType

from modules.dice.errors import NotationError, Span
from modules.dice.notation import suggestions
from modules.dice.notation.folding import FoldedText, label_text
from modules.dice.notation.free_text import SPEECH, Words, comment_text, unrolled
from modules.dice.notation.strict import Piece, Strict
from modules.dice.notes import Note

WRITTEN = re.compile(r"\S")
TWENTY = re.compile(r"(?:1?d20|2d20(?!.*k))(?![0-9])")
"""The dice that advantage is said of."""
ALREADY = MappingProxyType(
    {"adv": re.compile("2d20(?:kh?1|kh|k(?![hl]))(?![0-9])"), "dis": re.compile("2d20kl1?(?![0-9])")}
)
"""Dice that have what is said of them."""
COUNTING = re.compile(r"c[sf]|t[0-9]|(?<![a-z!])[<>=]")
"""Where an operator begins that looks at the dice advantage has chosen."""
COUNTS = re.compile("(tl?|[<>=]+)([0-9]+)")
SINGLE = re.compile("1?d[0-9]+!?")
POOL = re.compile("([0-9]*)d([0-9]*)")
TWICE = 2
BARE_END = re.compile(r"(?:[0-9%\])]|df(?:\.1)?)[a-z!]*[a-z!](?<!d[fp])$")


class Draft:
    """One roll, piece by piece.

    Args:
        source: The line it is read from.
        start: Where its part of the line begins.
    """

    def __init__(self, source: FoldedText, start: int) -> None:
        self.source = source
        self.start = start
        self.pieces: list[Piece] = []
        self.lead: Words | None = None
        self.comments: list[Words] = []
        self.notes: list[Note] = []
        self.biases: list[tuple[str, Span]] = []
        self.repeat = 1
        self.times = ""
        self.repeat_leads = False
        self.check: Piece | None = None
        self.pending: list[Piece] = []
        self.labelled = False
        self.factor = ""
        self.implied = False
        """Whether its d20 was not written."""
        self.rounding = ""

    @property
    def last(self) -> Piece | None:
        """The piece read last."""
        return self.pieces[-1] if self.pieces else None

    def add(self, text: str, start: int, end: int, kind: str) -> Piece:
        """Add a piece."""
        # The name of a saved roll may have a hyphen in it.
        if text[:1] == "-" and self.pieces and self.pieces[-1].text[:1] == "$":
            text = f" {text}"
        piece = Piece(text, start, end, kind)
        self.pieces.append(piece)
        return piece

    def is_number(self) -> bool:
        """Whether there is nothing but a number with words that nobody marked as a comment."""
        explicit = any(words.explicit for words in self.comments)
        kinds = [piece.kind for piece in self.pieces if piece.kind != "sign"]
        return kinds == ["number"] and self.check is None and not explicit

    def is_single_die(self) -> bool:
        """Whether there is nothing but one die."""
        beside = self.lead or self.comments or self.check or self.repeat != 1
        return not beside and len(self.pieces) == 1 and SINGLE.fullmatch(self.pieces[0].text) is not None

    def pools(self) -> list[Piece]:
        """The dice so far."""
        return [piece for piece in self.pieces if piece.kind == "pool"]

    def operate(self, text: str, start: int, end: int) -> None:
        """Add operators that stand apart from their dice.

        Raises:
            NotationError: There are no dice, or several pools they could belong to.
        """
        target = self._last_term()
        if target is not None and target.kind == "pool" and not self._belongs_elsewhere(target, text):
            if text.strip("!") == "" and target.text.endswith(text):
                # Said in letters and in words: the dice explode all the same.
                return
            # Close to a bare operator it would be read as part of it.
            target.text += f" {text}" if BARE_END.search(target.text) else text
        elif target is not None and target.kind == "close":
            self._operate_bracket(target, text, start, end)
        else:
            self._operate_only(text, start, end)

    def count(self, text: str, start: int, end: int) -> None:
        """Add operators; what they would count of single dice with something added, their total has to meet."""
        counts = COUNTS.fullmatch(text)
        pools = self.pools()
        single = len(self.pieces) > 1 and pools and all(_below(pool.text, counts) for pool in pools)
        game = not pools and any(piece.kind == "name" for piece in self.pieces)
        if counts and self.check is None and (game or (single and self._last_term() is not pools[-1])):
            relation = {"t": ">=", "tl": "<="}.get(counts[1], counts[1])
            self.check = Piece(f" {relation}{counts[2]}", start, end, "raw")
        else:
            self.operate(text, start, end)

    def add_set(self, members: str, operators: str, start: int, end: int) -> None:
        """Add a set with its operators."""
        opened = len(self.pieces)
        self.add("{", start, start, "open")
        self.add(members, start, end, "raw")
        self.add("}" + operators, end, end, "close").opened = opened

    def choose_repeat(self) -> None:
        """Make one roll of a repeated one, from which the better or the worse is to be taken."""
        pools = self.pools()
        if len(pools) == 1 and SINGLE.fullmatch(pools[0].text):
            pools[0].text = f"{self.repeat}{pools[0].text.lstrip('1')}"
        elif self.repeat == TWICE:
            text, end = "".join(piece.text for piece in self.pieces), self.pieces[-1].end
            self.pieces = []
            self.add_set(f"{text},{text}", "", self.start, end)
        else:
            return
        self.repeat = 1

    def _belongs_elsewhere(self, target: Piece, text: str) -> bool:
        """Whether the dice right before have nothing to choose from, while others have."""
        single = re.match(r"1?d", target.text) is not None
        return single and text[0] in "kd" and len(self.pools()) > 1

    def _last_term(self) -> Piece | None:
        return next((piece for piece in reversed(self.pieces) if piece.kind != "label"), None)

    def _operate_bracket(self, closing: Piece, text: str, start: int, end: int) -> None:
        opening = self.pieces[closing.opened]
        at = self.pieces.index(closing)
        inside = [piece for piece in self.pieces[closing.opened : at] if piece.kind == "pool"]
        if (
            closing.text.startswith("}")
            or opening.text not in {"(", "[["}
            or any(piece.text == "," for piece in self.pieces[closing.opened : at])
        ):
            closing.text += text
        elif not inside:
            self.add(text, start, end, "raw")
        elif len(inside) == 1:
            inside[0].text += text
            if at == closing.opened + 2:
                del self.pieces[at], self.pieces[closing.opened]
        else:
            opening.text, closing.text = "{", "}" + text

    def _operate_only(self, text: str, start: int, end: int) -> None:
        pools = self.pools()
        if len(pools) == 1:
            pools[0].text += text
            return
        if not pools:
            raise NotationError("operator_without_dice", span=self.source.span(start, end), operator=text)
        raise NotationError(
            "operator_place",
            span=self.source.span(start, end),
            suggestion=" or ".join(f"{pool.text}{text}" for pool in pools[:3]),
            operator=text,
        )

    def label(self, words: Words) -> None:
        """Turn words after a term into its label."""
        text = label_text(comment_text(self.source, words, lead=words is self.lead))
        if text and not SPEECH.fullmatch(text.lower()):
            self.add(f"[{text}]", words.start, words.end, "label")
            self.labelled = True

    def bias(self) -> str:
        """Advantage, worked into the dice where that can be done here; else the word that stands before the roll."""
        kinds = {kind for kind, _ in self.biases}
        if len(kinds) > 1:
            self.notes.append(Note("advantage_cancels"))
        if len(kinds) != 1:
            return ""
        (kind,) = kinds
        keep = "kh1" if kind == "adv" else "kl1"
        for piece in self.pools():
            if ALREADY[kind].match(piece.text):
                return ""
            found = TWENTY.match(piece.text)
            if found is not None:
                rest = piece.text[found.end() :]
                counting = COUNTING.search(rest)
                cut = counting.start() if counting else len(rest)
                chosen = f"2d20{rest[:cut]}{keep}"
                # What was asked of one die is asked of the one that is chosen, not counted.
                piece.text = (
                    f"({chosen}){rest[cut:]}" if rest[cut : cut + 1] in {"<", ">", "="} else chosen + rest[cut:]
                )
                return ""
        return f"{kind} "

    def repeated(self, count: int, said: str) -> None:
        """Say how often this is rolled; of two numbers the last counts."""
        if self.repeat != 1:
            self.notes.append(Note("not_rolled", texts=(self.times,)))
        self.repeat, self.times = count, said

    def join(self, story: "Draft") -> None:
        """Take over the words, the check and the notes of a part without a roll."""
        self.notes += story.notes
        if self.check is None:
            self.check = story.check
        elif story.check is not None:
            self.notes.append(Note("not_rolled", texts=(story.check.text.strip(),)))
        if not (story.lead or story.comments):
            return
        words = story.lead or story.comments[0]
        end = story.comments[-1].end if story.comments else words.end
        if self.comments:
            self.comments[-1].end = end
        else:
            self.comments.append(Words(words.start, end))

    def finish(self) -> Strict:
        """The strict notation."""
        pieces = [*self.pieces, *([self.check] if self.check else [])]
        at = next((at for at, piece in enumerate(pieces) if piece.text.startswith(" vs")), 0)
        if at and pieces[0].kind == "sign" and {piece.kind for piece in pieces[:at]} == {"sign", "number"}:
            # A modifier that is checked is that of a d20.
            self.pieces.insert(0, Piece("1d20", self.start, self.start, "pool"))
        prefix = self.bias()
        if self.factor:
            if len(self.pieces) > 1:
                self.pieces.insert(0, Piece("(", self.start, self.start, "open"))
                self.factor = f"){self.factor}"
            self.add(self.factor, self.pieces[-1].start, self.pieces[-1].end, "raw")
        if self.rounding:
            self.pieces.insert(0, Piece(f"{self.rounding}(", self.start, self.start, "open"))
            self.add(")", self.pieces[-1].start, self.pieces[-1].end, "close")
        if self.check is not None:
            self.pieces.append(self.check)
        return Strict(prefix, self.pieces, self.source, self.biases[0][1] if prefix else (0, 0))

    def _parts(self) -> list[Words]:
        return [self.lead, *self.comments] if self.lead else self.comments

    def comment(self) -> str:
        """The words beside the roll, as they are shown."""
        texts = (comment_text(self.source, words, lead=words is self.lead) for words in self._parts())
        return " ".join(text for text in texts if text)

    def told(self) -> list[Note]:
        """The notes, with what stands in the words that could be taken for something to roll."""
        found = tuple(text for words in self._parts() for text in unrolled(self.source, words))
        return [*self.notes, Note("not_rolled", texts=found)] if found else self.notes


def _below(pool: str, counts: re.Match[str] | None) -> bool:
    """Whether dice are one die, or none of them can show what is to be counted."""
    found = POOL.match(pool)
    if found is None or counts is None or found[1] in {"", "1"}:
        return found is not None
    return bool(found[2]) and counts[1] in {"t", ">="} and int(counts[2]) > int(found[2][:15])


def nothing_to_roll(source: FoldedText) -> NotationError:
    """The refusal of a message without anything to roll."""
    first = WRITTEN.search(source.text)
    if first is None:
        return NotationError("nothing_to_roll", suggestion="1d20")
    spoken = SPEECH.match(source.text, first.start())
    if spoken is not None and "roll" in spoken[0]:
        return NotationError("nothing_to_roll", span=source.span(*spoken.span()), suggestion="1d20")
    refusal = suggestions.missing(source.text, source.text, first.start())
    length = refusal.span[1] - refusal.span[0] if refusal.span else 1
    return refusal.moved_to(source.span(first.start(), min(first.start() + length, len(source.text))))
