"""The address of an HTTP proxy, whose credentials are secret and whose host is not."""

from urllib.parse import unquote, urlsplit

from modules.environment.setting import HIDDEN, RefusedError, Secret

_WANTED = "an address such as http://proxy.example:3128 or http://user:password@proxy.example:3128"
_SHORTEST_PART = 6
"""Characters of a password that is looked for in log lines; a shorter one would black out half of them."""


class ProxyUrl(Secret):
    """An address that may have a user name and a password in it."""

    __slots__ = ()

    @property
    def masked(self) -> str:
        """The address without its credentials."""
        parts = urlsplit(str(self))
        credentials, at, host = parts.netloc.rpartition("@")
        return f"{parts.scheme}://{HIDDEN if credentials else ''}{at}{host}"

    @property
    def parts(self) -> tuple[str, ...]:
        """The password, as it is written in the address and as it is; and the whole, if it has one."""
        password = urlsplit(str(self)).password or ""
        if not password:
            return ()
        spellings = {password, unquote(password)}
        return (str(self), *sorted(each for each in spellings if len(each) >= _SHORTEST_PART))


def proxy(text: str) -> ProxyUrl:
    """An HTTP proxy, spoken to by `http` or `https`.

    Raises:
        RefusedError: It is no such address; the text is not repeated, for it may hold a password.
    """
    address = text.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        # A bad port raises only once it is asked for.
        complete = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise RefusedError("is not an address", _WANTED) from None
    if parts.scheme.startswith("socks"):
        raise RefusedError("names a SOCKS proxy, which is not supported", _WANTED)
    if parts.scheme not in ("http", "https") or not complete or not address.isprintable() or " " in address:
        raise RefusedError("is not an address that begins with http:// or https:// and names a host", _WANTED)
    if parts.path or "?" in address or "#" in address:
        raise RefusedError("has a path; write / ? # @ : in a password as %2F %3F %23 %40 %3A", _WANTED)
    if ":" in unquote(parts.username or ""):
        raise RefusedError("has a user name with a colon, which no proxy can read", _WANTED)
    return ProxyUrl(address)
