"""Headers, compression and error pages of all responses."""

import gzip
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask import Response, render_template, request
from werkzeug.exceptions import HTTPException

SECURITY_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)

COMPRESSIBLE: Final = frozenset(
    {
        "application/json",
        "application/openmetrics-text",
        "image/svg+xml",
        "text/css",
        "text/html",
        "text/javascript",
        "text/plain",
    }
)
COMPRESSED_FROM_BYTES: Final = 1024


def compress(response: Response) -> Response:
    """Compress the response with gzip where that pays and the client accepts it."""
    if response.status_code not in (200, 304) or response.mimetype not in COMPRESSIBLE:
        return response
    # Said of the plain form, too: a cache in between must not hand one client's form to another.
    response.vary.add("Accept-Encoding")
    if response.status_code == 304:
        return response
    body = response.get_data()
    if len(body) >= COMPRESSED_FROM_BYTES and request.accept_encodings.quality("gzip") > 0:
        response.set_data(gzip.compress(body, compresslevel=1, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def secure(response: Response) -> Response:
    """Add the security headers, and forbid caching unless the route allows it."""
    response.headers.extend(SECURITY_HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.pop("Server", None)
    return response


ERROR_TEXTS: Final[Mapping[int, str]] = MappingProxyType({404: "There is nothing at this address."})
DEFAULT_ERROR_TEXT: Final = "The request was refused."


def refuse(error: HTTPException) -> Response:
    """An error as a page for browsers and one plain line for programs; neither reveals internals."""
    kind = request.accept_mimetypes.best_match(("text/plain", "text/html"), default="text/plain")
    body = f"{error.name}\n"
    if kind == "text/html":
        body = render_template("error.html", error=error, text=ERROR_TEXTS.get(error.code or 0, DEFAULT_ERROR_TEXT))
    response = Response(body, status=error.code, mimetype=kind)
    response.vary.add("Accept")
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response
