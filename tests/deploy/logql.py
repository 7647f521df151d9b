"""As much of Loki's query language as our dashboards and documents use, run over lines in memory.

Anything else is refused with a ValueError, so a query can never pass unread. It follows Loki where that matters here:
`| json` turns dots in keys into underscores, a label that is missing compares as empty, numbers compare as numbers.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

STREAM = {"service_name": "nazh-engine"}
_STRING = r'"(?:[^"\\]|\\.)*"|`[^`]*`'
_SELECTOR = re.compile(r"\{([^{}]*)\}")
_MATCHER = re.compile(rf"\s*(\w+)\s*(=~|!~|!=|=)\s*({_STRING})\s*(?:,|$)")
_STAGES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("line", re.compile(rf"\s*(\|=|!=|\|~|!~)\s*({_STRING})")),
    ("json", re.compile(r"\s*\|\s*json\b")),
    ("format", re.compile(rf"\s*\|\s*line_format\s+({_STRING})")),
    ("unwrap", re.compile(r"\s*\|\s*unwrap\s+(\w+)")),
    ("text", re.compile(rf"\s*\|\s*(\w+)\s*(=~|!~|!=|=)\s*({_STRING})")),
    ("number", re.compile(r"\s*\|\s*(\w+)\s*(>=|<=|==|!=|>|<)\s*([0-9.]+)")),
)
_TEXT: Mapping[str, Callable[[str, str], bool]] = {
    "=": lambda seen, wanted: seen == wanted,
    "!=": lambda seen, wanted: seen != wanted,
    "=~": lambda seen, wanted: re.fullmatch(wanted, seen) is not None,
    "!~": lambda seen, wanted: re.fullmatch(wanted, seen) is None,
    "|=": lambda seen, wanted: wanted in seen,
    "|~": lambda seen, wanted: re.search(wanted, seen) is not None,
}
_NUMBER: Mapping[str, Callable[[float, float], bool]] = {
    ">=": lambda seen, wanted: seen >= wanted,
    "<=": lambda seen, wanted: seen <= wanted,
    "==": lambda seen, wanted: seen == wanted,
    "!=": lambda seen, wanted: seen != wanted,
    ">": lambda seen, wanted: seen > wanted,
    "<": lambda seen, wanted: seen < wanted,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line and what is known of it."""

    line: str
    labels: Mapping[str, str]


def ingested(line: str) -> Entry:
    """The line as Alloy hands it to Loki."""
    return Entry(line, {**STREAM, "level": str(json.loads(line)["log.level"])})


def pipelines(query: str) -> list[str]:
    """Every log pipeline of a query: from its selector to the range or the end."""
    starts = [match.start() for match in _SELECTOR.finditer(re.sub(_STRING, lambda s: "_" * len(s[0]), query))]
    if not starts:
        raise ValueError(f"no stream selector in {query}")
    return [_until_range(query[start:]) for start in starts]


def _until_range(text: str) -> str:
    masked = re.sub(_STRING, lambda s: "_" * len(s[0]), text)
    return text[: masked.index("[")] if "[" in masked else text


def run(query: str, lines: list[str]) -> list[Entry]:
    """The entries that the query's first pipeline lets through.

    Raises:
        ValueError: it uses something this does not know, or unwraps what is no number.
    """
    pipeline = pipelines(query)[0]
    selector = _SELECTOR.match(pipeline)
    assert selector is not None
    found = [entry for entry in map(ingested, lines) if _selected(selector[1], entry)]
    rest = pipeline[selector.end() :]
    while rest.strip():
        name, match = _next_stage(rest)
        found = [changed for entry in found if (changed := _STEPS[name](match, entry)) is not None]
        rest = rest[match.end() :]
    return found


def grouped_by(query: str) -> set[str]:
    """Every label a query groups by."""
    return {label.strip() for group in re.findall(r"\bby\s*\(([^)]*)\)", query) for label in group.split(",")}


def _next_stage(rest: str) -> tuple[str, re.Match[str]]:
    for name, pattern in _STAGES:
        if match := pattern.match(rest):
            return name, match
    raise ValueError(f"this part of the query is not known here: {rest}")


def _selected(matchers: str, entry: Entry) -> bool:
    if _MATCHER.sub("", matchers).strip():
        raise ValueError(f"not a stream selector: {matchers}")
    return all(_TEXT[sign](entry.labels.get(name, ""), _said(text)) for name, sign, text in _MATCHER.findall(matchers))


def _said(quoted: str) -> str:
    return quoted[1:-1] if quoted.startswith("`") else str(json.loads(quoted))


def _line(match: re.Match[str], entry: Entry) -> Entry | None:
    sign, wanted = match[1], _said(match[2])
    seen = wanted in entry.line if sign == "!=" else _TEXT[sign](entry.line, wanted)
    return entry if seen is not (sign == "!=") else None


def _json(_: re.Match[str], entry: Entry) -> Entry:
    fields = {re.sub(r"\W", "_", name): str(value) for name, value in json.loads(entry.line).items()}
    return Entry(entry.line, {**fields, **entry.labels})


def _format(match: re.Match[str], entry: Entry) -> Entry:
    line = re.sub(r"\{\{\s*\.(\w+)\s*\}\}", lambda name: entry.labels[name[1]], _said(match[1]))
    return Entry(line, entry.labels)


def _unwrap(match: re.Match[str], entry: Entry) -> Entry | None:
    float(entry.labels.get(match[1], "0"))
    return entry if match[1] in entry.labels else None


def _text_label(match: re.Match[str], entry: Entry) -> Entry | None:
    return entry if _TEXT[match[2]](entry.labels.get(match[1], ""), _said(match[3])) else None


def _number_label(match: re.Match[str], entry: Entry) -> Entry | None:
    seen = entry.labels.get(match[1])
    return entry if seen is not None and _NUMBER[match[2]](float(seen), float(match[3])) else None


_STEPS: Mapping[str, Callable[[re.Match[str], Entry], Entry | None]] = {
    "line": _line,
    "json": _json,
    "format": _format,
    "unwrap": _unwrap,
    "text": _text_label,
    "number": _number_label,
}
