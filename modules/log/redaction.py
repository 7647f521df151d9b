"""Redaction: known secrets, and text that looks like one, are replaced before anything is written.

Every pattern is linear in the length of the text, since matching holds the interpreter's lock while the event loop
waits. Where in doubt a pattern takes too much: a lost word costs less than a leaked token.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote, quote_plus

REDACTED = "[redacted]"
"""Replaces a secret."""

_VALUE = r"""(?:b?(?P<q>["'])(?:\\.|(?!(?P=q))[^\\\n])*(?P=q)?|[^\s"',;&)}]+)"""
_KEYS = r"(?:token|password|passwd|secret|api[_-]?key)"
_SCHEMES = r"(?:bot|bearer|basic|digest|token)"

_PATTERNS = tuple(
    (needles, re.compile(pattern), replacement)
    for needles, pattern, replacement in (
        # A password in a URL; a sloppy one has an @ of its own, so the last one before the path ends it.
        (("://",), r"(://[^\s:/@]*:)[^\s/]+(?=@)", rf"\1{REDACTED}"),
        (
            ("authorization",),
            rf"""(?i)(authorization\\*(?:["']\s*,|["']?\s*[:=])\s*\\*)(?:{_SCHEMES}\s+)?{_VALUE}""",
            rf"\1{REDACTED}",
        ),
        (
            ("token", "passw", "secret", "api"),
            rf"""(?i)({_KEYS}(?:\\*["']?\s*=|\\*["']\s*:)\s*\\*){_VALUE}""",
            rf"\1{REDACTED}",
        ),
        (
            ("bot", "bearer", "basic", "digest", "token"),
            rf"(?i)\b({_SCHEMES}\s+)(?=\S*\d)(?=\S*[a-z])[\w.~+/=-]{{16,}}",
            rf"\1{REDACTED}",
        ),
        (
            ("webhooks", "interactions"),
            r"""(?i)((?:webhooks|interactions)(?:/|%2F)\d+(?:/|%2F))[^\s/?#&%"'<>]+""",
            rf"\1{REDACTED}",
        ),
        # An interaction token on its own: the word "interaction" in base64.
        (("aw50zxjhy3rpb2",), r"aW50ZXJhY3Rpb2[\w=-]{20,}", REDACTED),
        # Webhook tokens and other long keys, wherever they stand. Hashes in hexadecimal are spared.
        (("",), r"(?a)(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{60,}", REDACTED),
    )
)
"""What must be in the text, in lower case, for the pattern to be worth a try; the pattern; its replacement."""

_TOKEN_CORE = re.compile(r"(?a)(?<=[\w-]{20})\.[\w-]{5,8}\.[\w-]{25,}")
_TOKEN = re.compile(r"(?a)[\w-]{20,30}\.[\w-]{5,8}\.[\w-]{25,}")
"""A bot token. The core is looked for first: unlike the whole it is tried at dots only."""

_SHORTEST_BARE = 34
"""A secret of letters and digits alone is at least so long, unless it is one that is known."""

_LONGEST_REMEMBERED = 64
"""Names, and the messages that come over and over, are scanned once."""

_SECRET_NAME = re.compile(rf"(?i){_KEYS}$|authorization$|cookie$")
"""Names of fields whose text is never shown."""


class Redactor:
    """Replaces secrets in text and in plain values.

    Args:
        secrets: Values known to be secret, found in their percent-encoded and escaped spellings too.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spellings = {spelling for secret in secrets if secret.strip() for spelling in _spellings(secret)}
        # An alternation takes the first that fits: of two spellings the shorter would leave a rest of the longer.
        longest_first = sorted(spellings, key=lambda spelling: (-len(spelling), spelling))
        self._known = re.compile("|".join(map(re.escape, longest_first))) if spellings else None
        self._numbers = {secret for secret in spellings if secret.isdecimal()}
        self._name = lru_cache(maxsize=1024)(self._name_of)
        self._short = lru_cache(maxsize=1024)(self._scanned)

    def text(self, text: str) -> str:
        """`text` without its secrets."""
        return self._short(text) if len(text) <= _LONGEST_REMEMBERED else self._scanned(text)

    def _scanned(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(REDACTED, text)
        if len(text) < _SHORTEST_BARE and text.isalnum():
            return text
        lowered = text.lower()
        for needles, pattern, replacement in _PATTERNS:
            for needle in needles:
                if needle in lowered:
                    text = pattern.sub(replacement, text)
                    break
        return _TOKEN.sub(REDACTED, text) if _TOKEN_CORE.search(text) else text

    def value(self, value: object) -> object:
        """`value` without its secrets; mappings and lists are searched through, keys included.

        Args:
            value: None, a number, a text, or mappings and lists of these.
        """
        if isinstance(value, int | float):
            return REDACTED if self._numbers and str(value) in self._numbers else value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return self.fields(value)
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        return value

    def fields(self, fields: Mapping[str, object]) -> dict[str, object]:
        """Named values without their secrets; what is called a password is one, whatever it looks like."""
        clean: dict[str, object] = {}
        for key, item in fields.items():
            name, is_secret = self._name(str(key))
            if isinstance(item, str):
                clean[name] = REDACTED if is_secret else self.text(item)
            else:
                clean[name] = self.value(item)
        return clean

    def _name_of(self, key: str) -> tuple[str, bool]:
        """A name without its secrets, and whether it is one that secrets go by."""
        return self._scanned(key), _SECRET_NAME.search(key) is not None


def _spellings(secret: str) -> set[str]:
    """How a secret looks in an address, in JSON, and in a `repr` whose quotes are or are not its own."""
    in_json = (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    # `repr` escapes single quotes only in a text that holds both kinds, as the text around a secret may.
    in_repr = (repr(secret)[1:-1], repr(secret + "'\"")[1:-4], ascii(secret)[1:-1])
    return {secret, quote(secret, safe=""), quote_plus(secret), *in_json, *in_repr}
