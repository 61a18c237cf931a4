"""What can be wrong with the database, in the operator's terms, and how the drivers' codes say it."""

from typing import ClassVar

from sqlalchemy.exc import DBAPIError, IntegrityError

from callcenter.operator_problem import OperatorProblem


class DatabaseProblem(OperatorProblem):
    """What an operator must hear about; `__cause__` is what the driver said.

    `brief`: the same for whoever may not know the address and the paths that the message names.
    """

    brief: ClassVar[str] = "the database cannot be used"


class BadAddress(DatabaseProblem, ValueError):
    """The setting names no database that Troncal can use."""

    brief = "the setting names no database"


class DatabaseUnavailable(DatabaseProblem):
    """The database does not answer, is not there, or cannot be read or written."""

    brief = "the database does not answer, or is read-only"


class DatabaseBusy(DatabaseProblem):
    """Others held a lock or every connection for too long. Trying again later is right."""

    brief = "the database is locked or busy"


class DiskFull(DatabaseProblem):
    """There is no room to write. Nothing of the transaction was kept."""

    brief = "the disk of the database is full"


class ReadTooLong(DatabaseProblem):
    """A long read took longer than it may. Asking for less, a shorter period, is right."""


class SchemaMismatch(DatabaseProblem):
    """The tables are not those of this version of the program."""


# SQLite's primary result codes (sqlite3.h).
_SQLITE_KINDS: dict[int, type[DatabaseProblem]] = {
    5: DatabaseBusy,  # SQLITE_BUSY
    6: DatabaseBusy,  # SQLITE_LOCKED
    8: DatabaseUnavailable,  # SQLITE_READONLY
    9: ReadTooLong,  # SQLITE_INTERRUPT
    10: DatabaseUnavailable,  # SQLITE_IOERR
    11: DatabaseUnavailable,  # SQLITE_CORRUPT
    13: DiskFull,  # SQLITE_FULL
    14: DatabaseUnavailable,  # SQLITE_CANTOPEN
    26: DatabaseUnavailable,  # SQLITE_NOTADB
}

# PostgreSQL's SQLSTATE, the whole code before its class of two characters.
_SQLSTATE_KINDS: dict[str, type[DatabaseProblem]] = {
    "53100": DiskFull,
    "25006": DatabaseUnavailable,  # read_only_sql_transaction: a standby, or a server that was set so
    "53300": DatabaseBusy,  # too_many_connections
    "55P03": DatabaseBusy,  # lock_not_available
    "40001": DatabaseBusy,  # serialization_failure
    "40P01": DatabaseBusy,  # deadlock_detected
    "57014": ReadTooLong,  # query_canceled, by statement_timeout
    "57P01": DatabaseUnavailable,  # admin_shutdown
    "57P02": DatabaseUnavailable,  # crash_shutdown
    "57P03": DatabaseUnavailable,  # cannot_connect_now
    "3D000": DatabaseUnavailable,  # no such database
    "58030": DatabaseUnavailable,  # io_error
    "08": DatabaseUnavailable,  # connection exceptions
    "28": DatabaseUnavailable,  # the user or its password is refused
}


def problem_of(error: DBAPIError) -> type[DatabaseProblem] | None:
    """What to call a driver's error; None for a fault of the statement or its data."""
    sqlite_code = getattr(error.orig, "sqlite_errorcode", None)
    if sqlite_code is not None:
        return _SQLITE_KINDS.get(sqlite_code & 0xFF)
    state = getattr(error.orig, "sqlstate", None) or ""
    kind = _SQLSTATE_KINDS.get(state) or _SQLSTATE_KINDS.get(state[:2])
    return kind or (DatabaseUnavailable if error.connection_invalidated else None)


def is_doubtful(error: DBAPIError) -> bool:
    """Whether the connection is not to be used again. What a constraint forbids is the fault of the data; after
    anything else nobody knows: SQLite's stays read-only, once it was opened so, whatever has become of the disk since.
    """
    return not isinstance(error, IntegrityError)
