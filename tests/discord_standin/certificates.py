"""A certificate for the loopback address, and the authority that a bot has to trust for it."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme

from .server import HOST


@dataclass(frozen=True, slots=True)
class Certificate:
    """What it takes to be spoken to over TLS.

    Attributes:
        context: for the stand-in, as `DiscordStandin(tls=...)`.
        authority: in PEM, for whoever is to trust it.
    """

    context: ssl.SSLContext
    authority: bytes

    def trusted_by_environment(self, folder: Path) -> dict[str, str]:
        """Environment variables that make a process trust it, by a file in `folder`."""
        path = folder / "authority.pem"
        path.write_bytes(self.authority)
        return {"SSL_CERT_FILE": str(path)}


def loopback_certificate() -> Certificate:
    """A new authority, and what it certifies."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(HOST).configure_cert(context)
    return Certificate(context, authority.cert_pem.bytes())
