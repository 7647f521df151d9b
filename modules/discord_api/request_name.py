"""How a REST request is called in log lines and faults: its method and route, without ids and tokens."""

import re
from typing import Final

import yarl
from discord.http import Route

_ID: Final = re.compile(r"(?<=/)\d{5,}(?=/|$)")
_TOKEN: Final = re.compile(r"(?P<owner>/(?:webhooks|interactions)/\{id\})/[^/]+")


def request_name(method: str, url: yarl.URL) -> str:
    """The name of one request, such as `PUT /applications/{id}/commands`.

    Args:
        method: GET, POST and the like.
        url: Its address below the REST endpoint in use.
    """
    path = _ID.sub("{id}", url.path.removeprefix(yarl.URL(Route.BASE).path))
    return f"{method} " + _TOKEN.sub(r"\g<owner>/{token}", path)
