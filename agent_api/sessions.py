"""Who is there: opaque tokens, of which only the SHA-256 is kept, and the lock-out after wrong passwords.

An attempt is written down before the password is tried, so attempts at the same time count too. The audit log
is the counter: attempts since the last success, within the last minutes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import Connection, bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from agent_api import audit
from agent_api.accounts import Passwords, normal_login
from agent_api.audit import Deed
from callcenter.clock import MICROSECONDS
from callcenter.database import Database
from callcenter.records.people import Role, audit_log, tokens, users

SESSION_SECONDS = 12 * 3600
ATTEMPTS = 5
LOCKED_SECONDS = 15 * 60


class WrongPassword(Exception):
    """There is no such user, it may not work here, or the password is another: nobody learns which."""


class LockedOut(Exception):
    """Too many attempts for this login, known or not. `retry_seconds`: until one more may be made."""

    def __init__(self, retry_seconds: int) -> None:
        super().__init__(f"locked out for {retry_seconds} s")
        self.retry_seconds = retry_seconds


@dataclass(frozen=True, slots=True)
class Caller:
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
    caller: Caller


class Sessions:
    """Opens, finds and closes sessions. Every method raises DatabaseProblem."""

    def __init__(self, database: Database, passwords: Passwords, clock: Callable[[], int]) -> None:
        self._database, self._passwords, self._clock = database, passwords, clock

    async def open(self, login: str, password: str) -> Session:
        """Raises WrongPassword or LockedOut."""
        name = normal_login(login)[: audit.LONGEST_WHO]
        await self._count_attempt(name)
        user = await self._database.read(lambda connection: connection.execute(_USER, {"asked": name}).first())
        if not await self._passwords.fits(user.password_hash if user else None, password) or user is None:
            raise WrongPassword
        token = token_urlsafe(32)
        expires_us = self._clock() + SESSION_SECONDS * MICROSECONDS
        caller = Caller(user.login, user.display_name, Role(user.role), user.extension, digest_of(token), expires_us)
        await self._keep(user.id, caller)
        return Session(token, caller)

    async def find(self, token: str) -> Caller | None:
        """Whose token it is; None when it is nobody's, expired, or the user may no longer do what it says."""
        return await self.find_digest(digest_of(token))

    async def find_digest(self, digest: bytes) -> Caller | None:
        """As `find`, for a session that is known."""
        now = self._clock()
        return await self._database.read(lambda connection: _caller(connection, digest, now))

    async def close(self, caller: Caller) -> None:
        """The token is worth nothing any more."""
        async with self._database.transaction() as connection:
            await connection.execute(delete(tokens).where(tokens.c.digest == caller.digest))
            await audit.write(connection, caller.login, Deed.SESSION_CLOSED, self._clock())

    async def _count_attempt(self, login: str) -> None:
        now = self._clock()
        async with self._database.transaction() as connection:
            begun_us = await _first_of_too_many(connection, login, now)
            if begun_us is None:
                await audit.write(connection, login, Deed.SESSION_ATTEMPT, now)
        if begun_us is not None:
            left_us = begun_us + LOCKED_SECONDS * MICROSECONDS - now
            raise LockedOut(max(1, -(-left_us // MICROSECONDS)))

    async def _keep(self, user_id: int, caller: Caller) -> None:
        now = self._clock()
        row = {"digest": caller.digest, "user_id": user_id, "role": caller.role.value}
        async with self._database.transaction() as connection:
            await connection.execute(delete(tokens).where(tokens.c.expires_us <= now))
            await connection.execute(tokens.insert(), {**row, "expires_us": caller.expires_us})
            await audit.write(connection, caller.login, Deed.SESSION_OPENED, now)


def digest_of(token: str) -> bytes:
    """What is kept of a token."""
    return sha256(token.encode()).digest()


_USER = select(users).where(users.c.login == bindparam("asked"), users.c.active)
_CALLER = (
    select(users.c.login, users.c.display_name, users.c.role, users.c.extension, tokens.c.expires_us)
    .join(tokens, tokens.c.user_id == users.c.id)
    .where(tokens.c.digest == bindparam("digest"), tokens.c.expires_us > bindparam("now"))
    .where(users.c.active, users.c.role == tokens.c.role)
)


def _caller(connection: Connection, digest: bytes, now_us: int) -> Caller | None:
    row = connection.execute(_CALLER, {"digest": digest, "now": now_us}).first()
    if row is None:
        return None
    return Caller(row.login, row.display_name, Role(row.role), row.extension, digest, row.expires_us)


async def _first_of_too_many(connection: AsyncConnection, login: str, now_us: int) -> int | None:
    """When the oldest of the last ATTEMPTS was made, if they are that many; else None."""
    of_login = audit_log.c.who == login
    opened = (of_login, audit_log.c.what == Deed.SESSION_OPENED.value)
    last_success = select(func.max(audit_log.c.when_us)).where(*opened)
    since_us = max(now_us - LOCKED_SECONDS * MICROSECONDS, await connection.scalar(last_success) or 0)
    attempts = (
        select(audit_log.c.when_us)
        .where(of_login, audit_log.c.what == Deed.SESSION_ATTEMPT.value, audit_log.c.when_us > since_us)
        .order_by(audit_log.c.when_us.desc())
        .limit(ATTEMPTS)
    )
    made = (await connection.scalars(attempts)).all()
    return made[-1] if len(made) == ATTEMPTS else None
