"""The answers Discord gives instead of what was asked for."""

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """A refusal on its way to the client.

    Attributes:
        status: HTTP status.
        code: Discord's own code in the body; 0 where it has none.
        message: Discord's sentence.
        errors: the tree of faulty fields of an invalid form, or None.
    """

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def body(self) -> Json:
        """The JSON Discord sends with it."""
        body: Json = {"message": self.message, "code": self.code}
        return body if self.errors is None else {**body, "errors": self.errors}


class RateLimitError(ApiError):
    """A 429 of Discord's own (not Cloudflare's): waiting `retry_after_seconds` helps."""

    def __init__(self, retry_after_seconds: float, scope: str, headers: dict[str, str]) -> None:
        super().__init__(429, 0, "You are being rate limited.")
        self.retry_after_seconds = retry_after_seconds
        self.scope = scope
        self.headers = headers

    def body(self) -> Json:
        """The body discord.py reads `retry_after` and `global` from."""
        retry_after = round(self.retry_after_seconds, 3)
        return {"message": self.message, "retry_after": retry_after, "global": self.scope == "global"}


def unauthorized() -> ApiError:
    """The token is missing or wrong."""
    return ApiError(401, 0, "401: Unauthorized")


def not_found() -> ApiError:
    """No such route."""
    return ApiError(404, 0, "404: Not Found")


def method_not_allowed() -> ApiError:
    """The route is there, the method is not."""
    return ApiError(405, 0, "405: Method Not Allowed")


def unknown(what: str) -> ApiError:
    """A thing that does not exist, by Discord's name for it."""
    return ApiError(404, UNKNOWN_CODES[what], f"Unknown {what}")


def invalid_form(field: str, code: str, message: str) -> ApiError:
    """One field of the body is wrong; `field` is a dotted path, as `embeds.0.title`."""
    errors: Json = {"_errors": [{"code": code, "message": message}]}
    for name in reversed(field.split(".")):
        errors = {name: errors}
    return ApiError(400, 50035, "Invalid Form Body", errors)


UNKNOWN_CODES = {
    "Application": 10002,
    "Channel": 10003,
    "Guild": 10004,
    "Member": 10007,
    "Message": 10008,
    "User": 10013,
    "Emoji": 10014,
    "Webhook": 10015,
    "interaction": 10062,
    "application command": 10063,
}
"""Discord's codes for "there is no such thing"."""
