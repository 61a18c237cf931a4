"""What supervisors decided about single days: the one writer of the table calendar_days."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, select

from callcenter.audit import AuditAction, write
from callcenter.database.transactions import Database, upsert
from callcenter.operator_problem import OperatorProblem
from callcenter.records.routing import calendar_days
from callcenter.routing.calendar import DayOverride

LONGEST_NAME = 80
_WHO = 40


class CalendarRefusal(OperatorProblem):
    """A day cannot be changed like that; nothing was."""

    exit_code = 1


class UnreadableName(CalendarRefusal):
    """The name of a day is empty, too long, or cannot be printed."""

    def __init__(self) -> None:
        super().__init__(f"a day needs a printable name of 1 to {LONGEST_NAME} characters")


class DayNotSet(CalendarRefusal):
    """Nothing was decided for that day."""

    def __init__(self, day: date) -> None:
        super().__init__(f"nothing is set for {day.isoformat()}; only days that were set can be removed")
        self.day = day


@dataclass(frozen=True, slots=True)
class DaySet:
    """A decision about a day, by whom and when (microseconds, UTC)."""

    day: date
    decided: DayOverride
    set_by: str
    set_us: int


class CalendarStore:
    """Reads and writes decisions. Every method raises DatabaseProblem."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def days(self) -> tuple[DaySet, ...]:
        """Every decision, in the order of the days."""
        return await self._database.read(_days)

    async def overrides(self) -> dict[date, DayOverride]:
        """Every decision, as `callcenter.routing.calendar.Calendar` takes them."""
        return {each.day: each.decided for each in await self.days()}

    async def set(self, day: date, decided: DayOverride, *, by: str, now_us: int) -> DaySet:
        """Decide about a day, whatever was decided before. Raises UnreadableName."""
        name = decided.name.strip()
        if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
            raise UnreadableName
        row = {"day": day, "holiday": decided.holiday, "name": name, "set_by": by[:_WHO], "set_us": now_us}
        details = {"day": day.isoformat(), "holiday": decided.holiday, "name": name}
        async with self._database.transaction() as connection:
            await upsert(connection, calendar_days, [row])
            await write(connection, by, AuditAction.DAY_SET, now_us, details)
        return DaySet(day, DayOverride(decided.holiday, name), by[:_WHO], now_us)

    async def unset(self, day: date, *, by: str, now_us: int) -> None:
        """Let the rules hold again for a day. Raises DayNotSet."""
        async with self._database.transaction() as connection:
            gone = await connection.execute(delete(calendar_days).where(calendar_days.c.day == day))
            if gone.rowcount == 0:
                raise DayNotSet(day)
            await write(connection, by, AuditAction.DAY_UNSET, now_us, {"day": day.isoformat()})


def _days(connection: Connection) -> tuple[DaySet, ...]:
    rows = connection.execute(select(calendar_days).order_by(calendar_days.c.day))
    return tuple(DaySet(row.day, DayOverride(row.holiday, row.name), row.set_by, row.set_us) for row in rows)
