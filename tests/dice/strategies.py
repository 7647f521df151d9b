"""Notation written from the grammar: every text these give is valid."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

SIDES = st.sampled_from(["2", "3", "4", "6", "8", "10", "12", "20", "100", "1000", "%", "F", "F.1"])
CUSTOM = st.sampled_from(["[1,2,3]", "[2*3/-1]", "[0,10,20]"])
WORDED = st.sampled_from(["[hit,miss]", "[hit*2,-]", "[a+b,a,1]"])
RELATION = st.sampled_from([">=", "<=", ">", "<", "=", "!="])
LABEL = st.sampled_from(["", "", "", "[fire]", "[Fire & Eis]", "[\N{GAME DIE}][x]"])
COMMENT = st.sampled_from(["", "", " # to hit", " to hit", " \\ why", " ! loud"])
SPACE = st.sampled_from(["", "", " "])


def _number(low: int, high: int) -> SearchStrategy[str]:
    return st.integers(low, high).map(str)


OPERATOR = st.one_of(
    st.sampled_from(["kh", "kl", "km", "k", "dl", "dh", "d", "pl", "ph"]).flatmap(
        lambda name: _number(1, 4).map(lambda number: name + number)
    ),
    st.tuples(st.sampled_from(["k", "p"]), RELATION, _number(1, 6)).map("".join),
    st.sampled_from(
        [
            "r1",
            "rr1",
            "r<2",
            "ro1",
            "ro<=2",
            "ra1",
            "!",
            "!>=2",
            "x",
            "e2",
            "x!=1",
            "!!!=2",
            "!o",
            "xo2",
            "!!",
            "!p",
            "!!p",
            "i",
            "i1",
        ]
    ),
    st.tuples(st.sampled_from(["mi", "min", "ma", "max"]), _number(1, 6)).map("".join),
    st.sampled_from(["uo", "g", "g5", "s", "sa", "sd", "cs2", "cf1", "cs>=2", "b1", "b"]),
)
COUNTING = st.one_of(
    st.just(""),
    st.tuples(
        st.sampled_from(["t2", "tl1", " >=2", " <2"]),
        st.sampled_from(["", "f1", "f"]),
        st.sampled_from(["", "ds2", "pr2", "c"]),
    ).map("".join),
)
FINITE_DICE = frozenset({"F", "F.1"})


def _pool(parts: tuple[str, str, list[str], str]) -> str:
    count, sides, operators, counting = parts
    if operators and counting.startswith(" "):
        counting = ""
    if sides in FINITE_DICE:
        operators, counting = [op for op in operators if op[:2] in {"kh", "kl", "km", "dl", "dh", "uo", "sd"}], ""
    spaced = "".join(operator if operator == "!" else f" {operator}" for operator in operators)
    # After a space a word of operators has a number for each: "uot2" would be a comment.
    apart = " " if operators and not operators[-1][-1].isdigit() else ""
    return f"{count}d{sides}{spaced}{apart}{counting.strip()}"


POOL = st.one_of(
    st.tuples(_number(1, 9), SIDES, st.lists(OPERATOR, max_size=3), COUNTING).map(_pool),
    st.tuples(_number(1, 5), CUSTOM).map("d".join),
    st.tuples(_number(1, 5), WORDED).map("d".join),
    st.sampled_from(
        ["d6", "ad2d20", "d1d20kh1", "a1d6", "dF", "2dP", "p1d6", "ap2d6", "(1d4)d6", "2d(1d6)", "(1+1)d(2d4)r1"]
    ),
)
ATOM = st.one_of(
    POOL,
    POOL,
    _number(0, 999),
    st.sampled_from(["1.5", "0.25", "sw8", "4wod8", "2boost", "fate", "coc+1"]),
)


def _compound(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    listed = st.lists(inner, min_size=2, max_size=3).map(", ".join)
    setwise = st.sampled_from(["", "kh1", "kl1", "dl1", ">=5", "mi3", "sd", "k>=3"])
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", " - ", "*", " + ", " % 7 + "]), inner).map("".join),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"({text})/2"),
        inner.map(lambda text: f"-({text})"),
        st.tuples(listed, setwise).map(lambda pair: f"{{{pair[0]}}}{pair[1]}"),
        st.tuples(st.sampled_from(["floor", "ceil", "round", "abs"]), inner).map(lambda pair: f"{pair[0]}({pair[1]})"),
        st.tuples(st.sampled_from(["min", "max"]), listed).map(lambda pair: f"{pair[0]}({pair[1]})"),
        st.tuples(inner, RELATION, _number(0, 30)).map(lambda parts: f"(({parts[0]}) {parts[1]} {parts[2]})"),
        _number(0, 6).map(lambda number: f"2^{number}"),
    )


EXPRESSION = st.recursive(st.tuples(ATOM, LABEL).map("".join), _compound, max_leaves=6)
CHECK = st.sampled_from(["", "", " vs 12", " dc 2d6", " tn 3"])
CHECKED = st.tuples(EXPRESSION, CHECK).map("".join)
ROLL = st.tuples(CHECKED, COMMENT).map("".join)
MESSAGE = st.tuples(
    st.sampled_from(["", "", "", "2#", "3x", "2 # "]), st.lists(CHECKED, min_size=1, max_size=3).map("; ".join), COMMENT
).map("".join)
TYPED = st.one_of(
    st.text(max_size=60),
    st.text("0123456789dDkhlpra!?<>=()[]{}+-*/%^#;,.$ FPmiuxoestcfbv\u2212\u00d7\u0660\U0001f3b2\u202e\0", max_size=80),
    st.tuples(MESSAGE, st.integers(0, 200), st.text(max_size=3)).map(
        lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] :]
    ),
)
"""Anything a keyboard, a cat or an enemy may send."""

PLAIN_SUM = st.lists(
    st.tuples(_number(1, 9), st.sampled_from(["d4", "d6", "d20", "d1000"]), LABEL).map("".join) | _number(0, 99),
    min_size=1,
    max_size=5,
).map("+".join)
"""Plain dice and numbers, added up."""

SIMPLE = st.lists(
    st.from_regex(r"\A[1-9]?d([2-9]|20|100|255|300)(((kh?|kl|dl|dh)[0-6])|!|(>=|<=|>|<|=)[0-9]{1,3})?\Z"),
    min_size=1,
    max_size=3,
).map("-".join)
"""The shapes that totals.py knows, and their borders."""
