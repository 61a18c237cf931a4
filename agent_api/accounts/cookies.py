"""The session of a browser: a cookie that no script can read, and the proof that a request comes from our own page.

A browser sends the cookie with whatever any page makes it ask. So what changes something needs two proofs more: a
token that only our own pages hold, and the browser's word that the request comes from one of them.
"""

import hashlib
import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

# The prefix makes the browser keep it to this host, this path and encrypted connections (or its own machine).
NAME = "__Host-troncal"
CSRF_HEADER, CSRF_FIELD = "X-CSRF-Token", "csrf"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def set_cookie(answer: Response, token: str, seconds: int) -> None:
    """Have the browser keep the token."""
    answer.set_cookie(NAME, token, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def clear_cookie(answer: Response) -> None:
    """Have the browser forget it."""
    answer.delete_cookie(NAME, path="/", secure=True, httponly=True, samesite="lax")


def is_kept(request: Request) -> bool:
    """Whether a browser keeps the cookie that comes over this connection: encrypted, or from its own machine."""
    return request.url.scheme == "https" or _is_own_machine(request.url.hostname or "")


def _is_own_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def token_in(connection: HTTPConnection) -> str | None:
    """The token that came with the request."""
    return connection.cookies.get(NAME)


def csrf_token(secret: bytes, session_digest: bytes) -> str:
    """What the pages of one session send along with what they do."""
    return hmac.new(secret, b"csrf" + session_digest, hashlib.sha256).hexdigest()


async def csrf_fits(request: Request, wanted: str) -> bool:
    """Whether the token came along, in the header or in the field of a form."""
    sent = request.headers.get(CSRF_HEADER)
    if sent is None and request.headers.get("content-type", "").startswith(_FORMS):
        field = (await request.form()).get(CSRF_FIELD)
        sent = field if isinstance(field, str) else None
    return sent is not None and hmac.compare_digest(sent.encode(), wanted.encode())


def is_from_own_page(connection: HTTPConnection) -> bool:
    """Whether the browser says that the request comes from a page of this origin.

    Pages with `Referrer-Policy: no-referrer` post their forms with `Origin: null`, so `Sec-Fetch-Site` is asked first.
    """
    site = connection.headers.get("sec-fetch-site")
    return site == "same-origin" if site is not None else origin_is_own(connection)


def origin_is_own(connection: HTTPConnection) -> bool:
    """Whether `Origin` names the host that was asked. Of a websocket every browser sends it."""
    origin, host = connection.headers.get("origin"), connection.headers.get("host", "")
    return origin is not None and bool(host) and urlsplit(origin).netloc.lower() == host.lower()
