"""Who may work here, with what role, extension and queues: looked up and changed by administrators.

A user's own queues, where there are any, stand in place of those that the centre file gives the extension.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent_api.accounts.passwords import AccountError, Passwords
from agent_api.accounts.user_schemas import ServedQueue, UserView
from agent_api.accounts.user_store import (
    NewUser,
    change_password,
    create_user,
    keep_queues,
    refuse_taken_extension,
    seeing_others,
)
from callcenter import audit
from callcenter.audit import AuditAction
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.records.users import tokens, user_queues, users
from callcenter.roles import Role

NO_SUCH_USER = "No existe el usuario {login}."
NOT_THE_CENTRES = "El anexo {extension} no está en la configuración del centro."
NO_SUCH_QUEUES = "No existen estas colas: {queues}."
NOT_YOURSELF = "No puede cambiar su propio rol ni desactivarse: pídalo a otra persona de administración."
NO_ADMIN_LEFT = "Tiene que quedar por lo menos una persona de administración activa."


@dataclass(frozen=True, slots=True)
class User:
    """A user as kept. `queues`: penalty by queue; None: as the centre file has it for the extension."""

    login: str
    display_name: str
    role: Role
    extension: str | None
    active: bool
    queues: dict[str, int] | None


class Users:
    """Finds and changes users. Changes raise AccountError with what is wrong; every method raises DatabaseProblem."""

    def __init__(self, database: Database, passwords: Passwords, centre: Centre, clock: Callable[[], int]) -> None:
        self._database, self._passwords, self._centre, self._clock = database, passwords, centre, clock

    async def listed(self) -> tuple[User, ...]:
        """Everybody, by login."""
        return await self._database.read(_everybody)

    async def find(self, login: str) -> User | None:
        """One user."""
        return await self._database.read(lambda connection: _one(connection, login))

    async def queues_of(self, login: str) -> dict[str, int]:
        """The penalty by queue of what a user serves: the user's own, or else those of the extension."""
        user = await self.find(login)
        if user is None or user.queues is None:
            return self.queues_of_extension(user.extension if user else None)
        return {queue: penalty for queue, penalty in user.queues.items() if queue in self._centre.queues_by_name}

    def queues_of_extension(self, extension: str | None) -> dict[str, int]:
        """What the centre file gives an extension."""
        own = (agent for agent in self._centre.agents if agent.extension == extension)
        return next((dict(agent.queues) for agent in own), {})

    async def create(self, new: NewUser, password: str, *, by: str) -> None:
        """A new user."""
        self._check(new.extension, new.queues)
        made = (self._database, self._passwords, new, password)
        await create_user(*made, by=by, now_us=self._clock())

    async def change(self, wanted: User, *, by: str) -> bool:
        """Make the user `wanted.login` so. True when its sessions ended: role, extension or access changed."""
        self._check(wanted.extension, wanted.queues)
        return await seeing_others(lambda: self._change(wanted, by))

    async def _change(self, wanted: User, by: str) -> bool:
        async with self._database.transaction() as connection:
            before = await _locked(connection, wanted.login)
            if by == wanted.login and (wanted.role, wanted.active) != (before.role, before.active):
                raise AccountError(NOT_YOURSELF)
            await refuse_taken_extension(connection, wanted.login, wanted.extension)
            await _keep(connection, wanted)
            await _require_an_admin(connection)
            ends = _rights(before) != _rights(wanted)
            if ends:
                await _end_sessions(connection, wanted.login)
            details = {"login": wanted.login, "changes": _changes(before, wanted)}
            await audit.write(connection, by, AuditAction.USER_CHANGED, self._clock(), details)
        return ends

    async def set_password(self, login: str, password: str, *, by: str) -> None:
        """A new password; the user's sessions end."""
        of = (self._database, self._passwords, login, password)
        await change_password(*of, by=by, now_us=self._clock())

    def _check(self, extension: str | None, queues: Mapping[str, int] | None) -> None:
        if extension is not None and all(agent.extension != extension for agent in self._centre.agents):
            raise AccountError(NOT_THE_CENTRES.format(extension=extension))
        unknown = [queue for queue in queues or () if queue not in self._centre.queues_by_name]
        if unknown:
            raise AccountError(NO_SUCH_QUEUES.format(queues=", ".join(unknown)))


_USER = select(users.c.login, users.c.display_name, users.c.role, users.c.extension, users.c.active).order_by("login")
_QUEUES = select(users.c.login, user_queues.c.queue, user_queues.c.penalty).join_from(users, user_queues)


def _everybody(connection: Connection) -> tuple[User, ...]:
    return _with_queues(connection.execute(_USER).all(), connection.execute(_QUEUES).all())


def _one(connection: Connection, login: str) -> User | None:
    of_login = users.c.login == login
    found = connection.execute(_USER.where(of_login)).all()
    return next(iter(_with_queues(found, connection.execute(_QUEUES.where(of_login)).all())), None)


def _with_queues(user_rows: Iterable[Any], queue_rows: Iterable[Any]) -> tuple[User, ...]:
    queues: dict[str, dict[str, int]] = {}
    for row in sorted(queue_rows, key=lambda row: (row.penalty, row.queue)):
        queues.setdefault(row.login, {})[row.queue] = row.penalty
    return tuple(
        User(row.login, row.display_name, Role(row.role), row.extension, row.active, queues.get(row.login))
        for row in user_rows
    )


async def _locked(connection: AsyncConnection, login: str) -> User:
    """The user as it is. Until the end of the transaction nobody else changes users: the last administrator stays."""
    await connection.execute(select(users.c.id).order_by(users.c.id).with_for_update())
    found = await connection.run_sync(_one, login)
    if found is None:
        raise AccountError(NO_SUCH_USER.format(login=login))
    return found


async def _keep(connection: AsyncConnection, wanted: User) -> None:
    user_id = await connection.scalar(select(users.c.id).where(users.c.login == wanted.login))
    assert user_id is not None
    row = {"display_name": wanted.display_name, "role": wanted.role.value, "active": wanted.active}
    await connection.execute(update(users).where(users.c.id == user_id).values(**row, extension=wanted.extension))
    await connection.execute(delete(user_queues).where(user_queues.c.user_id == user_id))
    await keep_queues(connection, user_id, wanted.queues)


async def _require_an_admin(connection: AsyncConnection) -> None:
    admins = select(func.count()).select_from(users).where(users.c.active, users.c.role == Role.ADMIN.value)
    if not await connection.scalar(admins):
        raise AccountError(NO_ADMIN_LEFT)


async def _end_sessions(connection: AsyncConnection, login: str) -> None:
    of_login = select(users.c.id).where(users.c.login == login).scalar_subquery()
    await connection.execute(delete(tokens).where(tokens.c.user_id == of_login))


def _rights(user: User) -> User:
    """What a session was opened with."""
    return replace(user, display_name="", queues=None)


def _changes(before: User, wanted: User) -> dict[str, list[Any]]:
    """What was and what is, by field."""
    old, new = asdict(before), asdict(wanted)
    return {name: [old[name], new[name]] for name in old if old[name] != new[name]}


def user_view(user: User, accounts: Users) -> UserView:
    """A user for programs and pages, with the queues that it serves."""
    queues = accounts.queues_of_extension(user.extension) if user.queues is None else user.queues
    return UserView(
        login=user.login,
        display_name=user.display_name,
        role=user.role,
        extension=user.extension,
        active=user.active,
        queues=tuple(ServedQueue(queue=queue, penalty=penalty) for queue, penalty in queues.items()),
        own_queues=user.queues is not None,
    )
