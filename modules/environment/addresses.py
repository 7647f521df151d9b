"""Addresses of a proxy and of a database, whose credentials are secret and whose hosts are not."""

from urllib.parse import SplitResult, unquote, urlsplit

from modules.environment.setting import HIDDEN, RefusedError, Secret

_PROXY = "an address such as http://proxy.example:3128 or http://user:password@proxy.example:3128"
_DATABASE = "an address such as postgresql://user:password@db.example:5432/nazh"
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


class DatabaseUrl(ProxyUrl):
    """The same with the name of a database; what follows the `?` is never shown."""

    __slots__ = ()

    @property
    def masked(self) -> str:
        """The address without its credentials and options."""
        return super().masked + urlsplit(str(self)).path


def split_address(address: str, wanted: str) -> tuple[SplitResult, bool]:
    """The parts of an address, and whether it names a host and has neither a space nor a control character in it.

    Raises:
        RefusedError: It cannot be read; the text is not repeated, for it may hold a password.
    """
    try:
        parts = urlsplit(address)
        # A bad port raises only once it is asked for.
        complete = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise RefusedError("is not an address", wanted) from None
    return parts, complete and address.isprintable() and " " not in address


def proxy(text: str) -> ProxyUrl:
    """An HTTP proxy, spoken to by `http` or `https`.

    Raises:
        RefusedError: It is no such address.
    """
    address = text.strip().rstrip("/")
    parts, is_complete = split_address(address, _PROXY)
    if parts.scheme.startswith("socks"):
        raise RefusedError("names a SOCKS proxy, which is not supported", _PROXY)
    if parts.scheme not in ("http", "https") or not is_complete:
        raise RefusedError("is not an address that begins with http:// or https:// and names a host", _PROXY)
    if parts.path or "?" in address or "#" in address:
        raise RefusedError("has a path; write / ? # @ : in a password as %2F %3F %23 %40 %3A", _PROXY)
    if ":" in unquote(parts.username or ""):
        raise RefusedError("has a user name with a colon, which no proxy can read", _PROXY)
    return ProxyUrl(address)


def postgres(text: str) -> DatabaseUrl:
    """A PostgreSQL database; `postgres://` and `postgresql://` mean the same.

    Raises:
        RefusedError: It is no such address.
    """
    address = text.strip()
    parts, is_complete = split_address(address, _DATABASE)
    if parts.scheme not in ("postgres", "postgresql"):
        raise RefusedError("does not begin with postgresql://", f"{_DATABASE}; without one, SQLite in DATA_DIR is used")
    if not is_complete or not parts.path.strip("/") or "#" in address:
        raise RefusedError("names no host and database", _DATABASE)
    return DatabaseUrl(address)
