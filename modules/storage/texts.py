"""Texts that either database can hold."""

import re
from typing import Final

REPLACEMENT: Final = "\ufffd"

_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """`text` with a replacement character for NUL, which PostgreSQL refuses, and for halves of surrogate pairs."""
    return _UNSTORABLE.sub(REPLACEMENT, text)
