"""The reports of the catalogue: which there are, each as data or as a file, and files that are made meanwhile."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import Response, StreamingResponse

from agent_api.reports.exports import MOST_OF_ONE, Export, NoExport, TooManyExports
from agent_api.reports.making import again, pieces, size_of
from agent_api.reports.report_schemas import (
    ExportList,
    ExportOrdered,
    ExportView,
    ReportData,
    ReportList,
    export_view,
    report_view,
)
from agent_api.schemas import Detail
from agent_api.web.access import Supervisor
from agent_api.web.errors import documented
from agent_api.web.parts import Parts, Wired
from agent_api.web.reports import Words, refusals, wanted_by_request, wanted_by_words
from reports.catalogue import CATALOGUE
from reports.export.order import ExportForm
from reports.render.media import MEDIA_TYPES

router = APIRouter(prefix="/api/reports", tags=["reports"])

NO_EXPORT = "Este archivo ya no está: pídalo de nuevo."
NOT_READY = "El archivo todavía no está listo."
TOO_MANY = f"Tiene {MOST_OF_ONE} archivos en preparación o listos: quite alguno antes de pedir otro."
CANCELLED = "Se dejó de preparar el archivo."
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FILES = {media_type: _BINARY for form, media_type in MEDIA_TYPES.items() if form != "json"}
_NOT_FOUND: dict[int | str, dict[str, Any]] = {
    404: {
        "model": Detail,
        "description": "No such report, or no such form",
        "content": {"application/json": {"example": {"detail": "No existe esta dirección."}}},
    }
}
_REPORT: dict[int | str, dict[str, Any]] = {
    200: {"model": ReportData, "description": "The report", "content": _FILES},
    **_NOT_FOUND,
    **documented(401, 403, 422, 503),
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": _FILES},
    **documented(401, 403, 409, 422, 503),
}
Key = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,40}$", examples=["k3Jq0vZbX2sW9tYp"])]


@router.get("", responses=documented(401, 403, 503))
async def listed(_user: Supervisor) -> ReportList:
    """Every report, and what each can be asked for."""
    return ReportList(reports=tuple(report_view(kind) for kind in CATALOGUE))


@router.get("/exports", responses=documented(401, 403, 503))
async def exports(user: Supervisor, parts: Wired) -> ExportList:
    """One's own files, made or being made."""
    return ExportList(exports=tuple(export_view(each) for each in parts.reports.exports.of(user)))


@router.post("/exports", responses={**documented(401, 403, 409, 422, 503), **_NOT_FOUND})
async def start(user: Supervisor, parts: Wired, order: ExportOrdered) -> ExportView:
    """Begin to make a file; look at how far it is, take it, or give it up."""
    wanted = wanted_by_request(parts, order.report, order.asked)
    try:
        return export_view(await parts.reports.exports.start(wanted, ExportForm(order.form), user))
    except TooManyExports:
        raise HTTPException(409, TOO_MANY) from None


@router.get("/exports/{key}", responses=documented(401, 403, 409, 422, 503))
async def progress(user: Supervisor, parts: Wired, key: Key) -> ExportView:
    """How far a file is."""
    return export_view(_export(parts, key, user))


@router.delete("/exports/{key}", responses=documented(401, 403, 409, 422, 503))
async def cancel(user: Supervisor, parts: Wired, key: Key) -> Detail:
    """Give it up, or take it away."""
    try:
        await parts.reports.exports.cancel(key, user)
    except NoExport:
        raise HTTPException(409, NO_EXPORT) from None
    return Detail(detail=CANCELLED)


@router.get("/exports/{key}/file", response_class=Response, responses=_FILE)
async def result(user: Supervisor, parts: Wired, key: Key) -> Response:
    """The file, once it is made; it may be taken more than once."""
    export = _export(parts, key, user)
    if export.file is None:
        raise HTTPException(409, export.problem or NOT_READY)
    file = again(export.file)
    return StreamingResponse(pieces(file), 200, headers_of(export.name, size_of(file)), MEDIA_TYPES[export.form.value])


@router.get("/{name}.{form}", response_class=Response, responses=_REPORT)
async def report(user: Supervisor, parts: Wired, words: Words, name: str, form: str) -> Response:
    """The report: `json` for programs, `xlsx`, `pdf`, `csv` for people. Its days: `from` and `to`, or another way."""
    media_type = MEDIA_TYPES.get(form)
    if media_type is None:
        raise HTTPException(404)
    wanted = wanted_by_words(parts, name, words)
    with refusals():
        file = await parts.reports.catalogue.file(wanted, ExportForm(form), user)
    return StreamingResponse(pieces(file), 200, headers_of(f"{wanted.stem}.{form}", size_of(file)), media_type)


def headers_of(name: str, size: int) -> dict[str, str]:
    """Those of a file that is taken along and kept by nobody on the way."""
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(size),
        "Cache-Control": "no-store",
    }


def _export(parts: Parts, key: str, user: Supervisor) -> Export:
    try:
        return parts.reports.exports.find(key, user)
    except NoExport:
        raise HTTPException(409, NO_EXPORT) from None
