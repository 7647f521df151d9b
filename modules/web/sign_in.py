"""Operator sign-in with one token: server-side sessions, constant-time comparison, a rate limit on wrong tokens.

The right token is always accepted, however many wrong ones came before it: behind a proxy everybody may have the same
address, and a limit that also holds for the right token lets any visitor lock the operator out.
"""

import hashlib
import hmac
import logging
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

logger = logging.getLogger(__name__)

COOKIE: Final = "nazh_operator"
SESSION_SECONDS: Final = 12 * 3600
SESSIONS_KEPT: Final = 64
WRONG_PER_MINUTE: Final = 5
# For those who try from many addresses.
WRONG_PER_MINUTE_OF_ALL: Final = 60
ADDRESSES_KEPT: Final = 256
SAME_SITE: Final = frozenset({"same-origin", "none"})


def is_same(given: str, expected: str) -> bool:
    """Whether both are equal, in a time that tells nothing of where or at what length they differ."""
    digests = (hashlib.sha256(text.encode("utf-8", "replace")).digest() for text in (given, expected))
    return hmac.compare_digest(*digests)


class Sessions:
    """Open sessions: random ids, kept in memory by their digest. A restart ends them all.

    Used by the sidecar's only thread, so there is no lock.

    Args:
        clock: Monotonic clock, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends_at: OrderedDict[bytes, float] = OrderedDict()

    def open(self) -> str:
        """A new session's id; beyond `SESSIONS_KEPT` the oldest session ends."""
        session = secrets.token_urlsafe(32)
        self._ends_at[_digest(session)] = self._clock() + SESSION_SECONDS
        if len(self._ends_at) > SESSIONS_KEPT:
            self._ends_at.popitem(last=False)
        return session

    def is_open(self, session: str) -> bool:
        """Whether a session has this id, has not been closed and is not too old."""
        return self._ends_at.get(_digest(session), 0.0) > self._clock()

    def close(self, session: str) -> None:
        """End a session, wherever copies of its id are kept."""
        self._ends_at.pop(_digest(session), None)


class WrongTokens:
    """Counts wrong tokens within the last minute, by address and in all; it remembers few addresses.

    Args:
        clock: Monotonic clock, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._of_all: deque[float] = deque(maxlen=WRONG_PER_MINUTE_OF_ALL)
        self._by_address: OrderedDict[str, deque[float]] = OrderedDict()
        self._silent_until = 0.0

    def count(self, address: str) -> int:
        """Count one more; returns for how many seconds a wrong token from `address` is one too many, 0 if it is not."""
        mine = self._by_address.setdefault(address, deque(maxlen=WRONG_PER_MINUTE))
        self._by_address.move_to_end(address)
        if len(self._by_address) > ADDRESSES_KEPT:
            self._by_address.popitem(last=False)
        wait_seconds = max(self._wait_seconds(mine), self._wait_seconds(self._of_all))
        # What is refused already is not counted: a minute after the last one that was, the address may try again.
        for attempts in () if wait_seconds else (mine, self._of_all):
            attempts.append(self._clock())
        if wait_seconds:
            self._warn()
        return wait_seconds

    def _wait_seconds(self, attempts: deque[float]) -> int:
        if len(attempts) < (attempts.maxlen or 0):
            return 0
        # Rounded up: whoever waits so long may really try.
        return max(0, int(attempts[0] + 60 - self._clock() + 0.999))

    def _warn(self) -> None:
        now = self._clock()
        if now >= self._silent_until:
            self._silent_until = now + 60
            logger.warning("too many wrong dashboard tokens within a minute: somebody may be guessing")


class SignIn:
    """Signs the operator in and out.

    Args:
        token: The shared secret; None disables signing in.
        clock: Monotonic clock, in seconds; times sessions and wrong tokens.
    """

    def __init__(self, token: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._token = token
        self._sessions = Sessions(clock)
        self._wrong = WrongTokens(clock)

    @property
    def is_enabled(self) -> bool:
        """Whether anyone can sign in at all."""
        return self._token is not None

    def is_operator(self) -> bool:
        """Whether the current request carries the cookie of an open session."""
        cookie = request.cookies.get(COOKIE)
        return cookie is not None and self._sessions.is_open(cookie)

    def blueprint(self) -> Blueprint:
        """The routes `/login` and `/logout`; without a token they do not exist."""
        pages = Blueprint("sign_in", __name__)
        if self.is_enabled:
            pages.add_url_rule("/login", "login", self._form, methods=["GET"], provide_automatic_options=False)
            pages.add_url_rule("/login", "sign_in", self._sign_in, methods=["POST"], provide_automatic_options=False)
            pages.add_url_rule("/logout", "logout", self._sign_out, methods=["POST"], provide_automatic_options=False)
        return pages

    def _form(self) -> str:
        return render_template("login.html", message=None)

    def _sign_in(self) -> WerkzeugResponse:
        _refuse_other_sites()
        if not is_same(request.form.get("token", ""), self._token or ""):
            wait_seconds = self._wrong.count(request.remote_addr or "")
            return _too_many(wait_seconds) if wait_seconds else _wrong()
        answer = redirect("/", 303)
        answer.set_cookie(
            COOKIE,
            self._sessions.open(),
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="Strict",
            # Over plain HTTP a browser drops a Secure cookie, and nobody could sign in.
            secure=request.is_secure,
        )
        return answer

    def _sign_out(self) -> WerkzeugResponse:
        _refuse_other_sites()
        self._sessions.close(request.cookies.get(COOKIE, ""))
        answer = redirect("/", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=request.is_secure)
        return answer


def _refuse_other_sites() -> None:
    # curl, old browsers and any browser over plain HTTP leave it out: that must not lock the operator out.
    if request.headers.get("Sec-Fetch-Site", "none") not in SAME_SITE:
        abort(403)


def _wrong() -> Response:
    return Response(render_template("login.html", message="That is not the token."), status=403)


def _too_many(wait_seconds: int) -> Response:
    text = f"That is not the token, and too many were wrong. Try again in {wait_seconds} s."
    answer = Response(render_template("login.html", message=text), status=429)
    answer.headers["Retry-After"] = str(wait_seconds)
    return answer


def _digest(session: str) -> bytes:
    return hashlib.sha256(session.encode("utf-8", "replace")).digest()
