"""Static files, read once at the start: a request can neither leave the folder nor wait for the disk."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from flask import Response, request

YEAR_SECONDS: Final = 365 * 24 * 3600
# Not mimetypes: what it knows differs between machines, and a type it calls otherwise is not compressed.
MEDIA_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".css": "text/css; charset=utf-8",
        ".ico": "image/x-icon",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".svg": "image/svg+xml",
        ".txt": "text/plain; charset=utf-8",
    }
)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file; `digest` changes whenever its content does."""

    body: bytes
    media_type: str
    digest: str

    def response(self, version: str | None) -> Response:
        """The file, or 304 where the client has it already.

        A browser that asked for this very version may keep it for good; any other keeps it, and asks each time.
        """
        response = Response(self.body, content_type=self.media_type)
        # Weak: the same file also leaves compressed, in other bytes.
        response.set_etag(self.digest, weak=True)
        is_final = version == self.digest
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable" if is_final else "no-cache"
        if request.if_none_match.contains_weak(self.digest):
            response.status_code = 304
        return response


def load_assets(folder: Path) -> Mapping[str, Asset]:
    """Every file directly in `folder`, by name."""
    return {path.name: _load(path) for path in sorted(folder.iterdir()) if path.is_file()}


def _load(path: Path) -> Asset:
    body = path.read_bytes()
    media_type = MEDIA_TYPES.get(path.suffix, "application/octet-stream")
    return Asset(body, media_type, hashlib.sha256(body).hexdigest()[:12])
