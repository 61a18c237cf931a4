"""Which months are closed, so that their detail may go."""

from collections.abc import Awaitable, Callable

from callcenter.database.transactions import Database
from reports.periods.month import Month

IsClosed = Callable[[Database, Month], Awaitable[bool]]
