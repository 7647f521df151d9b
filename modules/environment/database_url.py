"""The address of a PostgreSQL database, whose credentials are secret and whose host is not."""

from urllib.parse import urlsplit

from modules.environment.proxy import ProxyUrl
from modules.environment.setting import HIDDEN, RefusedError

_WANTED = "an address such as postgresql://user:password@db.example:5432/nazh"


class DatabaseUrl(ProxyUrl):
    """An address with a user name and a password in it; what follows the `?` is never shown."""

    __slots__ = ()

    @property
    def masked(self) -> str:
        """The address without its credentials and options."""
        parts = urlsplit(str(self))
        credentials, at, host = parts.netloc.rpartition("@")
        return f"{parts.scheme}://{HIDDEN if credentials else ''}{at}{host}{parts.path}"


def postgres(text: str) -> DatabaseUrl:
    """A PostgreSQL database; `postgres://` and `postgresql://` mean the same.

    Raises:
        RefusedError: It is no such address; the text is not repeated, for it may hold a password.
    """
    address = text.strip()
    try:
        parts = urlsplit(address)
        # A bad port raises only once it is asked for.
        complete = bool(parts.hostname) and parts.port != 0 and parts.path.strip("/")
    except ValueError:
        raise RefusedError("is not an address", _WANTED) from None
    if parts.scheme not in ("postgres", "postgresql"):
        raise RefusedError("does not begin with postgresql://", f"{_WANTED}; without one, SQLite in DATA_DIR is used")
    if not complete or not address.isprintable() or " " in address or "#" in address:
        raise RefusedError("names no host and database", _WANTED)
    return DatabaseUrl(address)
