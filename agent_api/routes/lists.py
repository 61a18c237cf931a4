"""Lists that supervisors load for campaigns, and of payments."""

from collections.abc import Awaitable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request

from agent_api.campaigns.lists_schemas import ColumnsSaid, ListView, list_view
from agent_api.schemas import Detail
from agent_api.web.access import Supervisor
from agent_api.web.errors import documented
from agent_api.web.guards import UPLOAD_PATH, UPLOAD_TYPE
from agent_api.web.parts import Parts, Wired
from backoffice.extracts.files.refusals import ExtractRefused
from dialer.lists.model import ListKind
from dialer.lists.store import LoadRefused
from dialer.lists.uploads import LONGEST_NAME, UploadedList

router = APIRouter(prefix=UPLOAD_PATH, tags=["lists"])

NOT_A_FILE = f"El archivo se envía tal como es, con Content-Type: {UPLOAD_TYPE}."
NO_LIST = "No existe esta carga."
LOADING = "La lista se está cargando."
CANCELLING = "La lista se descarta: no se carga nada de ella."
UNDOING = "La carga se está deshaciendo."
READ_AGAIN = "Se guardó qué columna es cada una; la lista se lee de nuevo."

_LAST_ID = 2**63 - 1
Number = Annotated[int, Path(ge=1, le=_LAST_ID, examples=[7])]
_DECIDED = documented(401, 403, 409, 422, 503)
_FILE: dict[str, Any] = {
    "requestBody": {
        "description": "The file itself, as it is; 50 MB at most",
        "required": True,
        "content": {UPLOAD_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("", responses=_DECIDED, openapi_extra=_FILE)
async def upload(
    request: Request,
    user: Supervisor,
    parts: Wired,
    kind: ListKind,
    file_name: Annotated[str, Query(min_length=1, max_length=4 * LONGEST_NAME)],
    campaign: Annotated[int | None, Query(ge=1, le=_LAST_ID)] = None,
) -> ListView:
    """Upload a list; it is read at once, and nothing is loaded before somebody has looked at what was read."""
    if request.headers.get("content-type") != UPLOAD_TYPE:
        raise HTTPException(422, NOT_A_FILE)
    declared = request.headers.get("content-length", "")
    size = int(declared) if declared.isdecimal() and len(declared) < 16 else None
    asked = UploadedList(kind, campaign, file_name, user.login)
    number = await _unless_refused(parts.list_uploads.take(asked, request.stream(), size))
    return await _view(parts, number)


@router.get("/{number}", responses=documented(401, 403, 409, 422, 503))
async def one(_user: Supervisor, parts: Wired, number: Number) -> ListView:
    """How far a load is."""
    return await _view(parts, number)


@router.post("/{number}/load", responses=_DECIDED)
async def load(user: Supervisor, parts: Wired, number: Number) -> Detail:
    """Load what was read: all of it. It is decided when this answers, and goes on whatever happens."""
    await _unless_refused(parts.lists.load(number, user.login))
    return Detail(detail=LOADING)


@router.post("/{number}/cancel", responses=_DECIDED)
async def cancel(user: Supervisor, parts: Wired, number: Number) -> Detail:
    """Do not load it."""
    await _unless_refused(parts.lists.cancel(number, user.login))
    return Detail(detail=CANCELLING)


@router.post("/{number}/undo", responses=_DECIDED)
async def undo(user: Supervisor, parts: Wired, number: Number) -> Detail:
    """Take a whole load back: customers that no other list has leave the campaign."""
    await _unless_refused(parts.lists.undo(number, user.login))
    return Detail(detail=UNDOING)


@router.put("/{number}/columns", responses=_DECIDED)
async def columns(user: Supervisor, parts: Wired, number: Number, said: ColumnsSaid) -> Detail:
    """Say which column is what, for this list and each with the same header from now on."""
    await _unless_refused(parts.lists.say_columns(number, said.fields, user.login))
    return Detail(detail=READ_AGAIN)


async def _view(parts: Parts, number: int) -> ListView:
    found = await parts.lists.find(number)
    if found is None:
        raise HTTPException(409, NO_LIST)
    return list_view(found)


async def _unless_refused(work: Awaitable[Any]) -> Any:
    """What it gives; a refusal is the answer, in the words that it has."""
    try:
        return await work
    except (LoadRefused, ExtractRefused) as refused:
        raise HTTPException(409, str(refused)) from None
