"""Reads dice: tags, count, sides and the operators that follow."""

import re
from abc import abstractmethod
from types import MappingProxyType

from modules.dice.errors import LimitError, NotationError
from modules.dice.notation import suggestions
from modules.dice.notation.operators import MATCHING, ON_FACE, OPERATORS, SHORT, SPELLINGS, Operator, Spec, Takes
from modules.dice.notation.scanner import SAME_RELATION, Cursor, readable
from modules.dice.notation.syntax import Custom, Face, Group, Node, Pool, Special

POOL = re.compile(r"([adp]+(?=[0-9]+d))?(?:([0-9]+)? *d *([0-9]+|[(\[])|([0-9]*)d(%|f\.1|f|p))")
"""Tags, count and sides. Letters for sides stand close to the d, or every comment could be dice."""
SIDES = re.compile(r" *d *([0-9]+|[(\[])|d(%|f\.1|f|p)")
"""What turns parentheses into a count."""
FACE = re.compile(r" *(.*?) *(?:\* *([0-9]+) *)?", re.DOTALL)
NAME = re.compile(
    "|".join(
        f"{re.escape(name)}(?![lh] *[0-9])" if name.endswith("!p") else re.escape(name)
        for name in sorted(SPELLINGS, key=len, reverse=True)
    )
)
"""The longest operator name that stands here; `!pl1` is `!` and then `pl1`."""
SIGN = r"(?:>=|<=|==|!=|<>|[=><\u2265\u2264\u2260])"
COMPARED = re.compile(rf"(?:(?<= ){SIGN} *|{SIGN} +)-?[0-9]+d[0-9]|{SIGN} *-?[0-9]+d(?:[%fp]| *[(\[])")
"""A relation with dice behind it, which compares totals. With no space around the relation `>=8d1` counts and drops."""
POINT = re.compile(rf"(?! *(?:{COMPARED.pattern})) *(?:({SIGN}) *(-?[0-9]+)|([0-9]+))")
COUNTED = re.compile(rf"(?! *(?:{COMPARED.pattern})) *((?!!){SIGN}) *(-?[0-9]+)")
CHUNK = re.compile(r"(?:[a-z0-9!]|[<>=\u2265\u2264\u2260]-?)+")
WORD = re.compile(r"[a-z]{3,}[0-9]*")
"""Letters that are either all operators or none."""
KEYWORD = re.compile(r"(?:adv|dis|vs|dc|tn)(?![a-z])")
"""Words that end a list of operators."""
OPERATOR_STARTS = frozenset(name[0] for name in SPELLINGS) | frozenset("><=\u2265\u2264\u2260")
LETTERED = MappingProxyType({"f": Special("F"), "f.1": Special("F.1"), "p": Special("P")})


class PoolParser(Cursor):
    """Reads pools and operators; expressions in parentheses come from the parser built on it."""

    @abstractmethod
    def expression(self) -> Node:
        """Read one expression."""

    def pool(self) -> Pool | None:
        """Read the dice that stand here, if any do.

        Raises:
            NotationError: They cannot be thrown.
            LimitError: A number is too long, or there are too many sides.
        """
        found = POOL.match(self.text, self.pos)
        if found is None:
            return None
        tags, count, sides, glued, letter = found.groups()
        start, written = found.start(), count or glued
        counted = self.integer(written, found.start(2 if count else 4)) if written else 1
        if tags and len(tags) > counted:
            raise NotationError(
                f"{len(tags)} tags, but only {counted} dice: a tag stands for one die.", span=found.span(1)
            )
        return self._finished(start, counted, tags or "", sides, letter, found.end())

    def counted_pool(self, count: Group) -> Pool | None:
        """Read the `d6` of `(1d4)d6`, if it follows."""
        found = SIDES.match(self.text, self.pos)
        if found is None:
            return None
        return self._finished(count.span[0], count, "", found[1], found[2], found.end())

    def _finished(
        self, start: int, count: int | Group, tags: str, sides: str | None, letter: str | None, end: int
    ) -> Pool:
        self.pos = end
        # The % is in no table: what it means is for the dialect to say.
        read = self._sides(sides) if sides else LETTERED.get(letter or "", self.dialect.percent)
        operators = self.operators()
        return Pool(count, read, operators, tags, (start, self.pos))

    def _sides(self, written: str) -> int | Custom | Group:
        start = self.pos - len(written)
        if written == "[":
            return self._faces(start)
        if written == "(":
            self.deeper(start)
            inner = self.expression()
            self.expect(")", (start, start + 1))
            self.depth -= 1
            return Group(inner, (start, self.pos))
        sides = self.integer(written, start)
        if sides < 1:
            raise NotationError("A die needs at least one side.", span=(start, self.pos), suggestion="d6")
        return self._within(sides, start)

    def _within(self, sides: int, start: int) -> int:
        if sides > self.limits.sides:
            raise LimitError(
                f"A die of {sides:,} sides is too round: {self.limits.sides:,} are the limit.", span=(start, self.pos)
            )
        return sides

    def _faces(self, start: int) -> Custom:
        close = self.text.find("]", self.pos)
        if close < 0:
            raise NotationError('This "[" is never closed.', span=(start, start + 1))
        faces, begin = [], self.pos
        for part in re.split(r"[,/]", self.text[self.pos : close]):
            faces.append(self._face(begin, begin + len(part)))
            begin += len(part) + 1
        self.pos = close + 1
        self._within(sum(face.weight for face in faces), start)
        return Custom(tuple(faces))

    def _face(self, start: int, end: int) -> Face:
        found = FACE.fullmatch(self.text, start, end)
        if found is None or not found[1]:
            raise NotationError(
                "A face is missing here: a die such as d[1,2,hit] needs something between its commas.",
                span=(start, max(end, start + 1)),
            )
        weight = self.integer(found[2], found.start(2)) if found[2] else 1
        if not weight:
            raise NotationError("A face with a weight of 0 never comes up: leave it out.", span=(start, end))
        if re.fullmatch(r"-?[0-9]+", found[1]):
            digits = found[1].lstrip("-")
            value = self.integer(digits, found.end(1) - len(digits))
            return Face(-value if found[1].startswith("-") else value, weight)
        return Face(readable(self.typed[slice(*found.span(1))]), weight)

    def operators(self) -> tuple[Operator, ...]:
        """Read every operator that follows; a word that is none is left standing."""
        found: list[Operator] = []
        sure = 0
        while True:
            before = self.pos
            if self.skip() not in OPERATOR_STARTS or KEYWORD.match(self.text, self.pos):
                break
            # Everything before `sure` was seen to be operators when the first of them was looked at.
            if self.pos >= sure:
                sure = self._spaced(self.pos) if self.pos > before else self._glued()
                if not sure:
                    break
            operator = self._operator()
            if operator is None:
                break
            found.append(operator)
        return tuple(found)

    def _glued(self) -> int:
        """Where the operators end that stand close to what is before them.

        Raises:
            NotationError: Three letters or more, and not all of them operators.
        """
        word = WORD.match(self.text, self.pos)
        if word is None:
            # Too short to be a word: one operator is read, then the next is looked at anew.
            return self.pos + 1
        if not self._consumed(self.pos, word.end()):
            raise suggestions.unknown_operator(self.typed[slice(*word.span())], word.span())
        return word.end()

    def _spaced(self, pos: int) -> int:
        """Where the operators after a space end; 0 if they are none but the beginning of a comment.

        A bare word of letters (`i`, `r`, `u`) right before other words belongs to them: "2d6 I attack".

        Raises:
            NotationError: It is neither: it looks like an operator that does not exist.
        """
        while True:
            chunk = CHUNK.match(self.text, pos)
            if chunk is None or KEYWORD.match(self.text, pos):
                return pos if chunk else 0
            word, after = chunk[0], chunk.end()
            if word[0] == "!" and (self.dialect.bang_comments or (word == "!" and self.text.startswith(" ", after))):
                return 0
            if not word[0].isalpha():
                return after if self.dialect.counts_dice or word[0] == "!" else 0
            if not self._consumed(pos, after):
                if suggestions.LOOKS_LIKE_OPERATOR.fullmatch(word):
                    raise suggestions.unknown_operator(self.typed[pos:after], (pos, after))
                return 0
            pos = self.end - len(self.text[after:].lstrip(" "))
            if not word.isalpha() or not self.text[pos : pos + 1].isalpha():
                return after

    def _consumed(self, pos: int, end: int) -> bool:
        """Whether everything up to `end` reads as operators that have what they need."""
        start = pos
        while pos < end:
            if pos > start and COMPARED.match(self.text, pos):
                return True
            counted = COUNTED.match(self.text, pos, end)
            if counted is not None:
                pos = counted.end()
                continue
            found = NAME.match(self.text, pos, end)
            if found is None:
                return False
            spec = OPERATORS[SPELLINGS[found[0]][0]]
            # Without an end: the number may stand behind a space, and so beyond this word.
            point = None if spec.takes is Takes.NOTHING else POINT.match(self.text, found.end())
            pos = found.end() if point is None else point.end()
            # More letters after a bare keep or drop make another word of it, such as "kick".
            if point is None and (spec.needed or found[0] in ON_FACE or (spec.takes is Takes.COUNT and pos < end)):
                return False
        return True

    def _operator(self) -> Operator | None:
        start = self.pos
        if COMPARED.match(self.text, start):
            return None
        counted = COUNTED.match(self.text, start)
        if counted is not None and not self.dialect.counts_dice:
            return None
        if counted is not None:
            self.pos = counted.end()
            return self._pointed("", counted[1], counted[2], start)
        found = NAME.match(self.text, start)
        if found is None or (found[0][0] == "!" and self.dialect.bang_comments):
            return None
        spelling = found[0]
        name, relation = self.dialect.spellings.get(spelling) or SPELLINGS[spelling]
        spec = OPERATORS[name]
        self.pos = found.end()
        if spec.takes is Takes.NOTHING:
            return Operator(name, span=(start, self.pos))
        point = POINT.match(self.text, self.pos)
        if point is None:
            return self._bare(spelling, name, spec, start)
        self.pos = point.end()
        if point[3] is not None:
            return self._plain(name, relation, point[3], start)
        if name in MATCHING and spelling in SHORT:
            return self._pointed(MATCHING[name], point[1], point[2], start)
        if spec.takes is not Takes.POINT or not name:
            raise suggestions.needs_number(spelling, name, (start, self.pos))
        return self._pointed(name, point[1], point[2], start)

    def _bare(self, spelling: str, name: str, spec: Spec, start: int) -> Operator:
        """An operator with nothing after it."""
        letter_follows = self.text[self.pos : self.pos + 1].isalpha()
        if spec.takes is Takes.COUNT and letter_follows:
            end = suggestions.word_end(self.text, start)
            raise suggestions.unknown_operator(self.typed[start:end], (start, end))
        if spec.needed or spelling in ON_FACE or not name:
            raise suggestions.needs_number(spelling, name, (start, self.pos))
        return Operator(name, "", spec.default, (start, self.pos))

    def _plain(self, name: str, relation: str, digits: str, start: int) -> Operator:
        """An operator with a number that has no sign before it."""
        number = self.integer(digits, self.pos - len(digits))
        if OPERATORS[name].takes is Takes.POINT:
            relation = relation or "="
        return Operator(name, relation, number, (start, self.pos))

    def _pointed(self, name: str, relation: str, written: str, start: int) -> Operator:
        """An operator with a compare point."""
        digits = written.lstrip("-")
        number = self.integer(digits, self.pos - len(digits))
        plain = SAME_RELATION.get(relation, relation)
        meant = self.dialect.relations.get(plain, plain)
        return Operator(name, meant, -number if written != digits else number, (start, self.pos))
