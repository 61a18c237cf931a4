"""How Troncal opens PostgreSQL: every connection is held to time, and tried before it is used again.

A server that was restarted is not noticed. One that falls silent (a firewall that forgets, a machine that hangs) sends
nothing at all, not even a refusal: whatever is asked of it has a limit on both sides, the server's own
(`statement_timeout`) and ours, which is a little longer. So that a firewall has nothing to forget the server sends TCP
keepalives, and by them gives up, with its locks, a client that is gone.
"""

from typing import Any

import asyncpg
from sqlalchemy import URL, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from callcenter.database.problems import DatabaseUnavailable

# A statement of a look-up or of a commit; long reads have a limit of their own, each.
ANSWER_SECONDS = 10.0
# What the network and our own loop may add before a server that keeps its limit counts as silent.
GRACE_SECONDS = 2.0
PING_SECONDS = 2.0
CLOSE_SECONDS = 1.0
# What the driver raises by itself, outside of a statement of SQLAlchemy's.
DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_KEEPALIVES = {"tcp_keepalives_idle": "15", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}


class _ClosesInTime(asyncpg.Connection):  # type: ignore[misc]
    """Says good-bye, but does not wait for ever to hear it."""

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await super().close(timeout=CLOSE_SECONDS if timeout is None else timeout)


def postgresql_engine(url: URL, wait_seconds: float, answer_seconds: float | None, connections: int) -> AsyncEngine:
    """So many connections and, in a rush, as many again. `answer_seconds`: for each statement; None: no limit."""
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=connections,
        pool_timeout=wait_seconds,
        connect_args={
            "connection_class": _ClosesInTime,
            "timeout": wait_seconds,
            "command_timeout": None if answer_seconds is None else answer_seconds + GRACE_SECONDS,
            "server_settings": _server_settings(wait_seconds, answer_seconds),
        },
    )
    event.listen(engine.sync_engine, "checkout", _try)
    event.listen(engine.sync_engine, "handle_error", _notice_silence)
    return engine


def _server_settings(wait_seconds: float, answer_seconds: float | None) -> dict[str, str]:
    return {
        "application_name": "troncal",
        "lock_timeout": str(int(wait_seconds * 1000)),
        "statement_timeout": str(int((answer_seconds or 0) * 1000)),
        "timezone": "UTC",
        "jit": "off",
        **_KEEPALIVES,
    }


def _try(connection: Any, record: Any, _: object) -> None:
    """SQLAlchemy's own ping would wait as long as for a statement, and only for the connection that it tries."""
    if record.fresh:
        return
    try:
        connection.run_async(lambda driver: driver.fetchrow(";", timeout=PING_SECONDS))
    except (OSError, *DRIVER_ERRORS) as error:
        connection.driver_connection.terminate()
        raise InvalidatePoolError from error


def _notice_silence(context: ExceptionContext) -> DatabaseUnavailable | None:
    """The driver's own time-out, and that it was cut off in mid-word, are no errors of the database to SQLAlchemy: it
    would use the connection again.
    """
    is_of_driver = isinstance(context.original_exception, TimeoutError | asyncpg.InternalClientError)
    if not is_of_driver or context.connection is None:
        return None
    connection: Any = context.connection.connection.driver_connection
    connection.terminate()
    context.is_disconnect = True
    return DatabaseUnavailable(f"{context.connection.engine.url!r} does not answer")
