"""As much of Kibana's query language as our documents use, run over lines in memory; anything else is a ValueError."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Test = Callable[[Mapping[str, Any]], bool]
_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\(|\)|>=|<=|>|<|:|[^\s()":<>]+)')
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    ">=": lambda seen, wanted: seen >= wanted,
    "<=": lambda seen, wanted: seen <= wanted,
    ">": lambda seen, wanted: seen > wanted,
    "<": lambda seen, wanted: seen < wanted,
}


def run(query: str, lines: list[str]) -> list[str]:
    """The lines that a query finds.

    Raises:
        ValueError: it is not well-formed, or uses something this does not know.
    """
    tokens = _tokens(query)
    test = _either(tokens)
    if tokens:
        raise ValueError(f"not understood from here: {' '.join(tokens)}")
    return [line for line in lines if test(json.loads(line))]


def _tokens(query: str) -> list[str]:
    found: list[str] = []
    at = 0
    while query[at:].strip():
        match = _TOKEN.match(query, at)
        if match is None:
            raise ValueError(f"not a word of the language: {query[at:]}")
        found.append(match[1])
        at = match.end()
    return found


def _either(tokens: list[str]) -> Test:
    tests = [_both(tokens)]
    while tokens and tokens[0].lower() == "or":
        tokens.pop(0)
        tests.append(_both(tokens))
    return lambda fields: any(test(fields) for test in tests)


def _both(tokens: list[str]) -> Test:
    tests = [_single(tokens)]
    while tokens and tokens[0].lower() == "and":
        tokens.pop(0)
        tests.append(_single(tokens))
    return lambda fields: all(test(fields) for test in tests)


def _single(tokens: list[str]) -> Test:
    first = _pop(tokens)
    if first.lower() == "not":
        test = _single(tokens)
        return lambda fields: not test(fields)
    if first == "(":
        test = _either(tokens)
        _expect(tokens, ")")
        return test
    return _field(first, tokens)


def _field(name: str, tokens: list[str]) -> Test:
    sign = _pop(tokens)
    if sign in _COMPARE:
        wanted = float(_pop(tokens))
        return lambda fields: name in fields and _COMPARE[sign](float(fields[name]), wanted)
    if sign != ":":
        raise ValueError(f"a field is followed by : or a comparison, not by {sign}")
    values = _values(tokens)
    return lambda fields: name in fields and any(_matches(str(fields[name]), value) for value in values)


def _values(tokens: list[str]) -> list[str]:
    first = _pop(tokens)
    if first != "(":
        return [first]
    values = [_pop(tokens)]
    while tokens and tokens[0].lower() == "or":
        tokens.pop(0)
        values.append(_pop(tokens))
    _expect(tokens, ")")
    return values


def _matches(seen: str, wanted: str) -> bool:
    """Quoted: the same words in a row. Bare: the whole value, where a star stands for anything."""
    if wanted.startswith('"'):
        return str(json.loads(wanted)).lower() in seen.lower()
    return re.fullmatch(".*".join(map(re.escape, wanted.split("*"))), seen) is not None


def _pop(tokens: list[str]) -> str:
    if not tokens:
        raise ValueError("the query ends too early")
    return tokens.pop(0)


def _expect(tokens: list[str], wanted: str) -> None:
    if _pop(tokens) != wanted:
        raise ValueError(f"{wanted} is missing")
