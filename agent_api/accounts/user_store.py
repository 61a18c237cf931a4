"""Users as they are written: made, given another password, and the demo's; each with its row in the audit log."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from agent_api.accounts.passwords import AccountError, Passwords
from callcenter import audit
from callcenter.audit import AuditAction
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.records.users import tokens, user_queues, users
from callcenter.roles import Role

T = TypeVar("T")


LONGEST_LOGIN = 40


DEMO_SUPERVISOR, DEMO_ADMIN = "supervisor", "admin"


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to be. `extension` is the agent's phone, None for users without one.

    `queues`: penalty by queue; None: as the centre file has it for the extension.
    """

    login: str
    display_name: str
    role: Role
    extension: str | None = None
    queues: Mapping[str, int] | None = None


def normal_login(text: str) -> str:
    """A login as it is kept and compared."""
    return text.strip().lower()


async def create_user(
    database: Database, passwords: Passwords, new: NewUser, password: str, *, by: str, now_us: int
) -> int:
    """Make the user and return its id. Raises AccountError when login or extension are taken or wrong."""
    login = normal_login(new.login)
    if not 1 <= len(login) <= LONGEST_LOGIN or not login.isprintable():
        raise AccountError(f"El usuario debe tener de 1 a {LONGEST_LOGIN} caracteres.")
    kept = await passwords.hash(password)
    return await seeing_others(lambda: _insert(database, new, login, kept, by=by, now_us=now_us))


async def seeing_others(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` makes of one transaction that looks whether a login or an extension is free, and takes it.

    Where somebody else took it between the look and the taking, it looks again, and says whose it is.
    """
    try:
        return await work()
    except IntegrityError:
        return await work()


async def _insert(database: Database, new: NewUser, login: str, kept: str, *, by: str, now_us: int) -> int:
    async with database.transaction() as connection:
        if await connection.scalar(select(users.c.id).where(users.c.login == login)):
            raise AccountError(f"El usuario {login} ya existe.")
        await refuse_taken_extension(connection, login, new.extension)
        row = {"login": login, "password_hash": kept, "display_name": new.display_name, "role": new.role.value}
        made = await connection.execute(users.insert(), {**row, "extension": new.extension, "active": True})
        assert made.inserted_primary_key is not None
        user_id = int(made.inserted_primary_key[0])
        await keep_queues(connection, user_id, new.queues)
        details = {"login": login, "role": new.role.value, "extension": new.extension}
        await audit.write(connection, by, AuditAction.USER_CREATED, now_us, details)
    return user_id


async def change_password(
    database: Database, passwords: Passwords, login: str, password: str, *, by: str, now_us: int
) -> None:
    """A new password; every session of the user ends. Raises AccountError when there is no such user."""
    kept = await passwords.hash(password)
    name = normal_login(login)
    async with database.transaction() as connection:
        user_id = await connection.scalar(select(users.c.id).where(users.c.login == name))
        if user_id is None:
            raise AccountError(f"No existe el usuario {name}.")
        await connection.execute(update(users).where(users.c.id == user_id).values(password_hash=kept))
        await connection.execute(delete(tokens).where(tokens.c.user_id == user_id))
        await audit.write(connection, by, AuditAction.PASSWORD_CHANGED, now_us, {"login": name})


async def create_demo_users(
    database: Database, passwords: Passwords, centre: Centre, password_of: Callable[[str], str], *, now_us: int
) -> tuple[str, ...]:
    """A user an extension of the centre, login = extension, a supervisor and an administrator; returns the logins made.

    Extensions that serve no queue are supervisors'. `password_of` gives each login its password. Users that are there
    already stay as they are.
    """
    extensions = [_demo_user(agent.extension, bool(agent.queues)) for agent in centre.agents]
    others = [
        NewUser(DEMO_SUPERVISOR, "Supervisión", Role.SUPERVISOR),
        NewUser(DEMO_ADMIN, "Administración", Role.ADMIN),
    ]
    async with database.reading() as connection:
        rows = await connection.execute(select(users.c.login, users.c.extension))
        taken = {name for row in rows for name in row if name is not None}
    missing = [user for user in (*extensions, *others) if user.login not in taken]
    for user in missing:
        await create_user(database, passwords, user, password_of(user.login), by="troncal", now_us=now_us)
    return tuple(user.login for user in missing)


def _demo_user(extension: str, serves: bool) -> NewUser:
    if serves:
        return NewUser(extension, f"Agente {extension}", Role.AGENT, extension)
    return NewUser(extension, f"Supervisión {extension}", Role.SUPERVISOR, extension)


async def keep_queues(connection: AsyncConnection, user_id: int, queues: Mapping[str, int] | None) -> None:
    """Write down the queues of a user who has none of its own yet."""
    rows = [{"user_id": user_id, "queue": queue, "penalty": penalty} for queue, penalty in (queues or {}).items()]
    if rows:
        await connection.execute(user_queues.insert(), rows)


async def refuse_taken_extension(connection: AsyncConnection, login: str, extension: str | None) -> None:
    """Raises AccountError when the extension is another user's."""
    if extension is None:
        return
    others = select(users.c.login).where(users.c.extension == extension, users.c.login != login)
    owner = await connection.scalar(others)
    if owner is not None:
        raise AccountError(f"El anexo {extension} ya es del usuario {owner}.")
