"""Reports as supervisors want them again. The only writer of `saved_views`."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from agent_api.accounts.sessions import SessionUser
from callcenter.database.transactions import Database
from callcenter.records.saved_views import saved_views
from reports.export.files import request_in
from reports.kinds.request import BadRequest, ReportRequest

log = logging.getLogger(__name__)
LONGEST_NAME = 80
MOST_OF_ONE = 100
_view = saved_views.c


class NoSavedView(LookupError):
    """There is no such view of this person."""


class SavedViewRefused(Exception):
    """A view cannot be kept so; the message says why, in Spanish."""


TAKEN = "Ya tiene una vista con ese nombre: elija otro."
TOO_MANY = f"Tiene {MOST_OF_ONE} vistas guardadas: borre alguna antes de guardar otra."


@dataclass(frozen=True, slots=True)
class NewView:
    """What is to be kept. `shared`: every supervisor sees it."""

    name: str
    report: str
    request: ReportRequest
    shared: bool = False


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view. Only its owner changes it. `request` is None where it was kept by a Troncal that wrote otherwise."""

    id: int
    owner: str
    name: str
    report: str
    request: ReportRequest | None
    shared: bool


class SavedViews:
    """Keeps them. Every method raises DatabaseProblem."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        self._database, self._clock = database, clock

    async def seen_by(self, user: SessionUser) -> list[SavedView]:
        """One's own, then those that others share, each by name."""
        seen = select(saved_views).where(or_(_view.owner == user.login, _view.shared))
        ordered = seen.order_by(_view.owner != user.login, _view.name, _view.id)
        rows = await self._database.long_read(lambda connection: connection.execute(ordered).all())
        return [_saved(row) for row in rows]

    async def save(self, new: NewView, user: SessionUser) -> int:
        """Keep it; the number of the view. Raises SavedViewRefused."""
        row = {
            "owner": user.login,
            "name": new.name,
            "report": new.report,
            "asked": new.request.model_dump(mode="json", exclude_defaults=True),
            "shared": new.shared,
            "changed_us": self._clock(),
        }

        def kept(connection: Connection) -> int:
            own = connection.execute(select(_view.id).where(_view.owner == user.login)).all()
            if len(own) >= MOST_OF_ONE:
                raise SavedViewRefused(TOO_MANY)
            return int(connection.execute(insert(saved_views).values(row).returning(_view.id)).scalar_one())

        try:
            return await self._database.write(kept)
        except IntegrityError as error:
            raise SavedViewRefused(TAKEN) from error

    async def change(self, view_id: int, user: SessionUser, *, name: str, shared: bool) -> None:
        """Another name, or for others. Raises NoSavedView and SavedViewRefused."""
        changed = update(saved_views).where(*_own(view_id, user))
        row: dict[str, Any] = {"name": name, "shared": shared, "changed_us": self._clock()}
        try:
            found = await self._database.write(lambda connection: connection.execute(changed.values(row)).rowcount)
        except IntegrityError as error:
            raise SavedViewRefused(TAKEN) from error
        if not found:
            raise NoSavedView

    async def remove(self, view_id: int, user: SessionUser) -> None:
        """Raises NoSavedView."""
        gone = delete(saved_views).where(*_own(view_id, user))
        if not await self._database.write(lambda connection: connection.execute(gone).rowcount):
            raise NoSavedView


def _own(view_id: int, user: SessionUser) -> tuple[Any, ...]:
    return _view.id == view_id, _view.owner == user.login


def _saved(row: Any) -> SavedView:
    try:
        request = request_in(row.asked)
    except BadRequest as error:
        log.error("saved view %d of %s cannot be read: %s", row.id, row.owner, error)
        request = None
    return SavedView(row.id, row.owner, row.name, row.report, request, row.shared)
