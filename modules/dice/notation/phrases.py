"""What stands in a line that people type: dice, numbers, signs, words, and the phrases of phrases.toml.

Everything is one regular expression, so that a line is read in one pass; the name of the group that matched says
what was found.
"""

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from modules.dice.notation.operators import ON_FACE, OPERATORS, SPELLINGS, Takes

NUMBERS = MappingProxyType(
    {
        word: str(number)
        for number, word in enumerate(
            ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
        )
    }
)
"""Number words → digits."""
_PLURALS = MappingProxyType({f"{word}{'es' if word == 'six' else 's'}": digits for word, digits in NUMBERS.items()})
_SIDED = MappingProxyType({**NUMBERS, "twenty": "20", "hundred": "100"})
_ENDS = r"(?![a-z0-9]|[.,]?[0-9])"
_NUMBER = rf"(?:[0-9]{{1,15}}|{'|'.join(NUMBERS)}){_ENDS}"
_FACE = rf"(?:[0-9]{{1,15}}(?:'?s)?|{'|'.join((*_PLURALS, *NUMBERS))})"
_NEXT = r"(?: *(?:, *(?:(?:and|or) +)?|(?:and|or|&) +|/ *|-(?=[0-9]))| +(?:to|through) +|(?<=s) +(?=[0-9]+'?s))"
_RANGE = re.compile(r"([0-9]{1,4})(?:-| +(?:to|through) +)([0-9]{1,4})")
_NOT_TIMES = r"(?! +times\b)"
SLIPPED = MappingProxyType({"adv": "adv", "avd": "adv", "dis": "dis"})
"""How advantage begins, however it goes on → the word it is looked for under."""
_AND = re.compile(" +and +| *[,&] *")
RANGE_KEPT = 20
"""Faces read of a range."""
SAID = re.compile(rf"[0-9]+|\b(?:{'|'.join((*_PLURALS, *NUMBERS))})\b")
"""A number in a phrase, in digits or as a word."""
_SIGN = "(?:>=|<=|==|!=|<>|[=><\u2265\u2264\u2260])"
_COUNTS = "|".join(NUMBERS)
DICE = (
    r"(?P<tags>[adp]+(?=[0-9]+d))?"
    rf"(?:(?P<count>[0-9]+)?(?:(?P<sign>d)|(?<![\w])[w\u043a\u0434](?=(?:[468]|1[02]|20|100)(?!\w))|(?<=[0-9])(?:[wk\u043a\u0434]|t(?=(?:[34681]|1[02]|20|100)(?![0-9]))))"
    r"(?P<sides>[0-9]+|%|f(?:\.[12]|ate)?(?![a-z])|f(?=k[hl]|d[lh])|p(?![a-z])|(?=[\[(]))"
    rf"|(?P<spaced>[0-9]+|(?:{_COUNTS})(?= )) *d *(?P<width>[0-9]+|%|f(?![a-z])|(?= *[\[(]))(?:'?s(?![a-z]))?"
    rf"|(?:(?P<many>[0-9]+|{_COUNTS}) +)?(?P<sided>[0-9]+|{'|'.join(_SIDED)})[- ]sided (?:dice|die|d)(?![a-z]))"
)
WORD = r"(?![\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209f\u2150-\u215f])[^\W\d_]\w*(?:['\u2019.-](?=[^\W\d_])\w+)*"
_SPACE = re.compile(r" ([?*])?")
_MACRO = re.compile(r"\{([a-z]+)\}")
_WORDS = re.compile(r"[^\W\d_]+(?:-[a-z]+)?|0")
_ESCAPES = re.compile(r"\\x20|\\b|\\w")
_MARKS = MappingProxyType({"[(": "(", "- ": "-", "- *": "-"})
_PLACE = re.compile(r"\{([0-9])(?:=([0-9]))?\}")
_RUN = re.compile(r"([a-z])\1*")
_LETTERED = re.compile("([0-9]+) *([a-z]+)")
_EDGE = "(?!(?<=[a-z0-9])[a-z0-9])"
"""The end of a whole word."""
OPAQUE = r"<(?:[@#:]|[at]:)[^<>\s]*>|:[a-z]\w*:|https?://\S+|@[^\s,;]+"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One row of phrases.toml.

    Args:
        kind: What it is: an operator, a sign, advantage, a check, a number of times.
        means: The notation it stands for; {n} and {m} are the numbers said, {-} is how many dashes; & parts what is
            said on the two sides of "and".
        once: The notation where the phrase says "once".
        default: The number understood where none is said.
        weak: Whether it counts only right after dice.
    """

    kind: str
    means: str
    once: str
    default: str
    weak: bool

    def expanded(self, said: str) -> str:
        """The notation for what was said."""
        if "&" in self.means:
            parts = zip(self.means.split("&"), _AND.split(said, maxsplit=1), strict=True)
            return "".join(replace(self, means=means).expanded(part) for means, part in parts)
        said = _RANGE.sub(_listed, said) if self.means.count("|") else said
        numbers = [number(word) for word in SAID.findall(said) if word != "once"]
        template = self.once if self.once and said.endswith("once") else self.means
        if self.default and not numbers:
            numbers = [self.default]
        first, *rest = template.split("|")
        text = (first.replace("{n}", numbers[0]) if numbers else first).replace("{-}", str(said.count("-")))
        return text + "".join(rest[0].replace("{m}", other) for other in numbers[1:] if rest)


def _listed(found: re.Match[str]) -> str:
    """A range of faces, face by face."""
    return " ".join(map(str, range(int(found[1]), min(int(found[2]), int(found[1]) + RANGE_KEPT) + 1)))


def number(word: str) -> str:
    """The digits of a number in digits or words, singular or plural."""
    return NUMBERS.get(word) or _PLURALS.get(word) or _SIDED.get(word) or word


class Vocabulary:
    """The phrases, ready to be looked for.

    Args:
        data: phrases.toml as read.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        face = _FACE + _ENDS + _NOT_TIMES
        macros = {"n": _NUMBER + _NOT_TIMES, "face": face, "often": _NUMBER}
        macros |= {"faces": f"(?:{_FACE}{_NEXT})*{face}", "several": f"(?:{_FACE}{_NEXT})+{face}"}
        for name, words in data["words"].items():
            macros[name] = _filled(words, macros)
        self._rows = [
            (
                Phrase(kind, row["means"], row.get("once", ""), str(row.get("n", "")), row.get("weak", False)),
                _filled(row["says"], macros),
            )
            for kind, rows in data["phrases"].items()
            for row in rows
        ]
        # A phrase may begin with any word of its pattern, as far as this knows: too many are harmless.
        self.beginnings: dict[str, list[int]] = {}
        for at, (_, says) in enumerate(self._rows):
            for beginning in {
                *_WORDS.findall(_ESCAPES.sub("", says)),
                *(_MARKS[mark] for mark in _MARKS if says.startswith(mark)),
            }:
                self.beginnings.setdefault(beginning, []).append(at)
        self._compiled = cache(self._compile)
        meant = "|".join((*data["comments"]["noted"], *filter(str.isalpha, SPELLINGS), *NUMBERS, *_PLURALS))
        self.noted = re.compile(rf"(?<![a-z'-])(?:{meant})(?![a-z'-])")
        telling = "|".join((meant, *data["comments"]["telling"], *_WORDS.findall(macros["high"] + macros["low"])))
        self.silent = re.compile(rf"(?: (?!(?:{telling})(?![a-z'-]))[a-z]+(?:['-][a-z]+)*[,.!?]?)+ *", re.IGNORECASE)
        """Words that mean nothing here, and nothing else."""

        self._foreign = [(re.compile(row["says"]), row["means"]) for row in data["foreign"]["rows"]]

    def foreign(self, message: str) -> str | None:
        """Our spelling of a whole message in another bot's, if it is a known one."""
        for spelling, means in self._foreign:
            found = spelling.fullmatch(message)
            if found is not None and isinstance(means, dict):
                runs = _RUN.sub(lambda run: f"{len(run[0])}{run[1]}", message)
                written = runs if message.isalpha() else message
                return "+".join(f"{count}{means[letters]}" for count, letters in _LETTERED.findall(written))
            if found is not None:
                return _PLACE.sub(partial(_written, found), means)
        return None

    def find(self, text: str, start: int, end: int, beginning: str) -> tuple[Phrase, int] | None:
        """The phrase that stands at a place, and where it ends.

        Args:
            text: Folded text.
            start: Where to look.
            end: Where the part being read ends.
            beginning: The word that stands there; a digit is 0, and a mark is itself.
        """
        rows = self.beginnings.get(beginning) or self.beginnings.get(SLIPPED.get(beginning[:3], ""))
        if rows is None:
            return None
        found = self._compiled(tuple(rows)).match(text, start, end)
        if found is None:
            return None
        return self._rows[int(str(found.lastgroup)[1:])][0], found.end()

    def _compile(self, rows: tuple[int, ...]) -> re.Pattern[str]:
        return re.compile(
            "|".join(
                f"(?P<p{at}>{says}){'' if phrase.kind == 'check' else _EDGE}"
                for at in rows
                for phrase, says in (self._rows[at],)
            )
        )


def _written(found: re.Match[str], place: re.Match[str]) -> str:
    """What stands in a place of a foreign spelling, or what is understood there."""
    return found[int(place[1])] or place[2] or ""


@cache
def vocabulary() -> Vocabulary:
    """The phrases, read once."""
    return Vocabulary(tomllib.loads(files("modules.dice.notation").joinpath("phrases.toml").read_text("utf-8")))


def _filled(says: str, macros: dict[str, str]) -> str:
    spaced = _SPACE.sub(lambda space: " *" if space[1] else " +", says)
    return _MACRO.sub(lambda place: macros[place[1]], spaced)


def _operators() -> str:
    """A whole word that reads as operators."""
    plain, numbered = [], []
    for spelling in sorted(SPELLINGS, key=len, reverse=True):
        spec = OPERATORS[SPELLINGS[spelling][0]]
        # "!pl1" is "!" and then "pl1".
        name = re.escape(spelling) + ("(?![lh][0-9])" if spelling.endswith("!p") else "")
        numbered += [name] * (spec.takes is not Takes.NOTHING)
        plain += [name] * (not spec.needed and spelling not in ON_FACE and bool(SPELLINGS[spelling][0]))
    point = rf"(?:{_SIGN} *-?)?(?:[0-9]+|\([-+*0-9 ]+\))"
    # The number may stand behind a space, where the word is an operator and nothing else.
    spaced = "|".join(name for name in numbered if name not in {"x", "i", "p", r"\!"})
    one = rf"(?:{'|'.join(numbered)}){point}|{_SIGN}-?[0-9]+|(?:{'|'.join(plain)})"
    # Never tried in another way: a row of exclamation marks could be parted in very many.
    return rf"(?>(?:{spaced}) +(?:{_SIGN} *)?[0-9]++(?!d[0-9%])|{one})(?>{one})*+(?![\w'(])"


OPERATOR_WORD = re.compile(_operators())
BARE = frozenset({"k", "kh", "kl", "d", "dl", "dh"})
"""Operators that may stand behind a space without a number."""
LEXER = re.compile(
    " *(?:"
    + "|".join(
        (
            r"(?P<line>[;\n])",
            r"(?P<arrow>(?:[-=]>|\u2192)(?= *[^\W\d_]| *[0-9]*d[0-9%]))",
            rf"(?P<dice>{DICE})",
            r"(?P<times>x ?[0-9]+(?![\w=])|[0-9]+ ?x(?= ?[0-9]*d[0-9%]|(?! ?\d|\w)))",
            r"(?P<number>[0-9]++(?:\.[0-9]++)?(?![a-z_]))",
            rf"(?P<opaque>{OPAQUE})",
            rf"(?P<word>{WORD})",
            r"(?P<mixed>[0-9]+[a-z]\w*|\$[^\W\d][\w-]*)",
            rf"(?P<relation>{_SIGN}+)",
            r"(?P<explicit>#(?![0-9])|\\|//(?! *(?:[-+0-9({$&\[]|[adp]*[0-9]*d *[0-9%f(\[]|[a-z]+ *[(0-9]))|!)",
            r"(?P<symbol>\*\*|//|[-+*/%^])",
            r"(?P<opening>\[\[|[(\[{])",
            r"(?P<closing>[)\]}])",
            r"(?P<soft>,|\|+|&+)",
            r"(?P<other>.)",
        )
    )
    + ")"
)
"""What stands next in a line; the group says what it is."""
