"""Wallboards, which nobody logs in at: each has a link with a secret, and the link can be revoked.

Of the secret only the SHA-256 is kept, as of sessions. The only writer of `wallboard_links`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import select, update

from agent_api.accounts.sessions import SessionUser, digest_of
from agent_api.board.wallboard_schemas import WallboardLinkView
from callcenter import audit
from callcenter.audit import AuditAction
from callcenter.database.transactions import Database
from callcenter.records.users import wallboard_links

_SECRET_BYTES = 32
_link = wallboard_links.c


class NoWallboardLink(Exception):
    """There is no such link that still works."""


@dataclass(frozen=True, slots=True)
class WallboardLink:
    """A link that works. `key` names it without opening anything."""

    key: str
    name: str
    made_by: str
    made_us: int


@dataclass(frozen=True, slots=True)
class NewWallboardLink:
    """A link just made: the only time that its secret is seen."""

    link: WallboardLink
    secret: str


class Wallboards:
    """Makes, finds and revokes links. Every method raises DatabaseProblem."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        self._database, self._clock = database, clock

    async def make(self, who: SessionUser, name: str) -> NewWallboardLink:
        """A new link for one screen."""
        secret, now = token_urlsafe(_SECRET_BYTES), self._clock()
        digest = digest_of(secret)
        row = {"digest": digest, "name": name, "made_by": who.login, "made_us": now, "revoked_us": None}
        async with self._database.transaction() as connection:
            await connection.execute(wallboard_links.insert(), row)
            await audit.write(
                connection, who.login, AuditAction.WALLBOARD_LINK_MADE, now, {"name": name, "link": digest.hex()}
            )
        return NewWallboardLink(WallboardLink(digest.hex(), name, who.login, now), secret)

    async def listed(self) -> tuple[WallboardLink, ...]:
        """Those that work, the newest first."""
        wanted = select(wallboard_links).where(_link.revoked_us.is_(None)).order_by(_link.made_us.desc())
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return tuple(_wallboard_link(row) for row in rows)

    async def revoke(self, who: SessionUser, key: str) -> None:
        """From now on it opens nothing. Raises NoWallboardLink."""
        now = self._clock()
        its = update(wallboard_links).where(_link.digest == _digest(key), _link.revoked_us.is_(None))
        async with self._database.transaction() as connection:
            if not (await connection.execute(its.values(revoked_us=now))).rowcount:
                raise NoWallboardLink
            await audit.write(connection, who.login, AuditAction.WALLBOARD_LINK_REVOKED, now, {"link": key})

    async def find(self, secret: str) -> WallboardLink:
        """Whose secret it is. Raises NoWallboardLink."""
        return await self._found(digest_of(secret))

    async def still_works(self, link: WallboardLink) -> bool:
        """Whether a link that was found has not been revoked since."""
        try:
            await self._found(_digest(link.key))
        except NoWallboardLink:
            return False
        return True

    async def _found(self, digest: bytes) -> WallboardLink:
        wanted = select(wallboard_links).where(_link.digest == digest, _link.revoked_us.is_(None))
        row = await self._database.read(lambda connection: connection.execute(wanted).first())
        if row is None:
            raise NoWallboardLink
        return _wallboard_link(row)


def _digest(key: str) -> bytes:
    try:
        return bytes.fromhex(key)
    except ValueError:
        raise NoWallboardLink from None


def _wallboard_link(row: Any) -> WallboardLink:
    return WallboardLink(row.digest.hex(), row.name, row.made_by, row.made_us)


def wallboard_link_view(link: WallboardLink) -> WallboardLinkView:
    """A link for programs and pages."""
    return WallboardLinkView(key=link.key, name=link.name, made_by=link.made_by, made_us=link.made_us)
