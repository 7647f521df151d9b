"""One operator, one token: a signed cookie, comparisons that take the same time, and few tries a minute."""

import hashlib
import hmac
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, abort, redirect, render_template, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response as WerkzeugResponse

COOKIE: Final = "nazh_operator"
COOKIE_SECONDS: Final = 12 * 3600
OPERATOR: Final = "operator"
TRIES_PER_MINUTE: Final = 5
# For those who try from many addresses.
TRIES_PER_MINUTE_OF_ALL: Final = 60
ADDRESSES_KEPT: Final = 256
SAME_SITE: Final = frozenset({"same-origin", "none"})


def is_same(given: str, expected: str) -> bool:
    """Whether both are equal, in a time that tells nothing of where or at what length they differ."""
    digests = (hashlib.sha256(text.encode("utf-8", "replace")).digest() for text in (given, expected))
    return hmac.compare_digest(*digests)


class TryLimiter:
    """Counts wrong tries within the last minute, by address and of all together; it remembers few addresses.

    Args:
        clock: Seconds that only ever grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._of_all: deque[float] = deque(maxlen=TRIES_PER_MINUTE_OF_ALL)
        self._by_address: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_seconds(self, address: str) -> int:
        """How long `address` has to wait before its next try; 0 when it may try now."""
        mine = self._by_address.get(address, deque[float](maxlen=TRIES_PER_MINUTE))
        return max(self._left(mine), self._left(self._of_all))

    def failed(self, address: str) -> None:
        """Remember a wrong try."""
        tries = self._by_address.setdefault(address, deque[float](maxlen=TRIES_PER_MINUTE))
        self._by_address.move_to_end(address)
        if len(self._by_address) > ADDRESSES_KEPT:
            self._by_address.popitem(last=False)
        tries.append(self._clock())
        self._of_all.append(self._clock())

    def _left(self, tries: deque[float]) -> int:
        if len(tries) < (tries.maxlen or 0):
            return 0
        # Rounded up: whoever waits so long may really try.
        return max(0, int(tries[0] + 60 - self._clock() + 0.999))


class Gate:
    """Knows whether a request comes from the operator.

    Args:
        token: The shared secret; None closes the gate for good. A new token ends every session signed with the old one.
        limiter: Counts wrong tries.
    """

    def __init__(self, token: str | None, limiter: TryLimiter) -> None:
        self._token = token
        self._limiter = limiter
        key = hashlib.sha256(f"nazh dashboard {token}".encode()).digest()
        self._serializer = URLSafeTimedSerializer(key, salt="sign-in", signer_kwargs={"digest_method": hashlib.sha256})

    @property
    def is_there(self) -> bool:
        """Whether anyone can sign in at all."""
        return self._token is not None

    def is_operator(self) -> bool:
        """Whether the current request carries a valid cookie."""
        cookie = request.cookies.get(COOKIE)
        if self._token is None or cookie is None:
            return False
        try:
            return bool(self._serializer.loads(cookie, max_age=COOKIE_SECONDS) == OPERATOR)
        except BadSignature:
            return False

    def blueprint(self) -> Blueprint:
        """The routes `/login` and `/logout`; without a token they do not exist."""
        pages = Blueprint("sign_in", __name__)
        if self.is_there:
            pages.add_url_rule("/login", "login", self._form, methods=["GET"], provide_automatic_options=False)
            pages.add_url_rule("/login", "sign_in", self._sign_in, methods=["POST"], provide_automatic_options=False)
            pages.add_url_rule("/logout", "logout", self._sign_out, methods=["POST"], provide_automatic_options=False)
        return pages

    def _form(self) -> str:
        return render_template("login.html", message=None)

    def _sign_in(self) -> WerkzeugResponse:
        _refuse_other_sites()
        # Before the token is compared: a limit that the right token passes would not slow down a guesser.
        address = request.remote_addr or ""
        wait_seconds = self._limiter.wait_seconds(address)
        if wait_seconds:
            return _refusal(f"Too many tries. Try again in {wait_seconds} s.", 429, wait_seconds)
        if not is_same(request.form.get("token", ""), self._token or ""):
            self._limiter.failed(address)
            return _refusal("That is not the token.", 403)
        answer = redirect("/", 303)
        answer.set_cookie(
            COOKIE,
            self._serializer.dumps(OPERATOR),
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="Strict",
            # Over plain HTTP a browser drops a Secure cookie, and nobody could sign in.
            secure=request.is_secure,
        )
        return answer

    def _sign_out(self) -> WerkzeugResponse:
        _refuse_other_sites()
        answer = redirect("/", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=request.is_secure)
        return answer


def _refuse_other_sites() -> None:
    # curl, old browsers and any browser over plain HTTP leave it out: that must not lock the operator out.
    if request.headers.get("Sec-Fetch-Site", "none") not in SAME_SITE:
        abort(403)


def _refusal(message: str, status: int, wait_seconds: int = 0) -> Response:
    answer = Response(render_template("login.html", message=message), status=status)
    if wait_seconds:
        answer.headers["Retry-After"] = str(wait_seconds)
    return answer
