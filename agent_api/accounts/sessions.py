"""Who is there: opaque tokens, of which only the SHA-256 is kept; a browser's in a cookie, a program's in a header."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select

from agent_api.accounts import cookies, rate_limit
from agent_api.accounts.passwords import Passwords
from agent_api.accounts.user_store import normal_login
from callcenter import audit
from callcenter.audit import AuditAction
from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.records.users import tokens, users
from callcenter.roles import Role
from callcenter.spanish import duration

WRONG = "Usuario o contraseña incorrectos."
SESSION_SECONDS = 12 * 3600


class TokenKind(StrEnum):
    """What carries the token. A cookie's is worth nothing in a header, where no page would have to prove itself."""

    COOKIE = "cookie"
    TOKEN = "token"  # noqa: S105 - the name of a kind


class WrongPassword(Exception):
    """There is no such user, it may not work here, or the password is another: nobody learns which."""


class LockedOut(Exception):
    """Too many attempts for this login, known or not, or from this address. `retry_seconds`: how long to wait."""

    def __init__(self, retry_seconds: int) -> None:
        super().__init__(f"locked out for {retry_seconds} s")
        self.retry_seconds = retry_seconds


@dataclass(frozen=True, slots=True)
class SessionUser:
    """The user that a request comes from. `digest` names its session."""

    login: str
    display_name: str
    role: Role
    extension: str | None
    digest: bytes
    expires_us: int


@dataclass(frozen=True, slots=True)
class Session:
    """A session just opened: the only time the token is seen."""

    token: str
    user: SessionUser


class Sessions:
    """Opens, finds and closes sessions. Every method raises DatabaseProblem."""

    def __init__(self, database: Database, passwords: Passwords, clock: Callable[[], int], secret: bytes) -> None:
        self._database, self._passwords, self._clock, self._secret = database, passwords, clock, secret

    async def open(self, login: str, password: str, *, address: str, kind: TokenKind = TokenKind.TOKEN) -> Session:
        """A new session, with a token that nobody had before. Raises WrongPassword or LockedOut.

        `address`: where the attempt comes from.
        """
        user = await self.prove(login, password, address=address)
        token = token_urlsafe(32)
        expires_us = self._clock() + SESSION_SECONDS * MICROSECONDS
        session_user = SessionUser(
            user.login, user.display_name, Role(user.role), user.extension, digest_of(token), expires_us
        )
        await self._keep(user.id, session_user, kind, address)
        return Session(token, session_user)

    async def prove(self, login: str, password: str, *, address: str) -> Row[Any]:
        """The user whose password it is. Raises WrongPassword or LockedOut."""
        name = normal_login(login)[: audit.LONGEST_WHO]
        await self._count_attempt(name, address)
        user = await self._database.read(lambda connection: connection.execute(_USER, {"asked": name}).first())
        if not await self._passwords.fits(user.password_hash if user else None, password) or user is None:
            raise WrongPassword
        return user

    async def find(self, token: str, kind: TokenKind = TokenKind.TOKEN) -> SessionUser | None:
        """Whose token of this kind it is; None when nobody's, expired, or the user may no longer do what it says."""
        asked = {"digest": digest_of(token), "now": self._clock(), "kinds": [kind.value]}
        return await self._database.read(lambda connection: _session_user(connection, asked))

    async def is_open(self, user: SessionUser) -> bool:
        """Whether the session is still good. While the database is away it counts as such: calls go on."""
        asked = {"digest": user.digest, "now": self._clock(), "kinds": list(TokenKind)}
        try:
            return await self._database.read(lambda connection: _session_user(connection, asked)) is not None
        except DatabaseProblem:
            return True

    def csrf_of(self, user: SessionUser) -> str:
        """What the pages of this session send along with what they do."""
        return cookies.csrf_token(self._secret, user.digest)

    async def close(self, user: SessionUser) -> None:
        """The token is worth nothing any more."""
        async with self._database.transaction() as connection:
            await connection.execute(delete(tokens).where(tokens.c.digest == user.digest))
            await audit.write(connection, user.login, AuditAction.SESSION_CLOSED, self._clock())

    async def _count_attempt(self, login: str, address: str) -> None:
        now = self._clock()
        async with self._database.transaction() as connection:
            wait_seconds = await rate_limit.wait_seconds(connection, login, address, now)
            if not wait_seconds:
                await audit.write(connection, login, AuditAction.SESSION_ATTEMPT, now, {"address": address})
        if wait_seconds:
            raise LockedOut(wait_seconds)

    async def _keep(self, user_id: int, user: SessionUser, kind: TokenKind, address: str) -> None:
        now = self._clock()
        row = {"digest": user.digest, "user_id": user_id, "role": user.role.value, "kind": kind.value}
        async with self._database.transaction() as connection:
            await connection.execute(delete(tokens).where(tokens.c.expires_us <= now))
            await connection.execute(tokens.insert(), {**row, "expires_us": user.expires_us})
            await audit.write(connection, user.login, AuditAction.SESSION_OPENED, now, {"address": address})


def digest_of(token: str) -> bytes:
    """What is kept of a token."""
    return sha256(token.encode()).digest()


_USER = select(users).where(users.c.login == bindparam("asked"), users.c.active)
_CALLER = (
    select(users.c.login, users.c.display_name, users.c.role, users.c.extension, tokens.c.expires_us)
    .join(tokens, tokens.c.user_id == users.c.id)
    .where(tokens.c.digest == bindparam("digest"), tokens.c.expires_us > bindparam("now"))
    .where(users.c.active, users.c.role == tokens.c.role, tokens.c.kind.in_(bindparam("kinds", expanding=True)))
)


def _session_user(connection: Connection, asked: dict[str, Any]) -> SessionUser | None:
    row = connection.execute(_CALLER, asked).first()
    if row is None:
        return None
    return SessionUser(row.login, row.display_name, Role(row.role), row.extension, asked["digest"], row.expires_us)


def too_many(locked: LockedOut) -> str:
    """What somebody reads who must wait."""
    return f"Demasiados intentos. Espere {duration(locked.retry_seconds)} y vuelva a intentar."
