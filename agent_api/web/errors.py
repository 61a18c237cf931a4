"""Every error in Spanish, as `{"detail": ...}` or as a page for a person; what went wrong inside stays in the log."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from agent_api.reports.making import NO_ROOM
from agent_api.schemas import Detail
from backoffice.systems import SystemUnavailable
from callcenter.database.problems import DatabaseProblem, ReadTooLong
from reports.export.running import NoRoomForReport

log = logging.getLogger(__name__)
ErrorPage = Callable[[Request, int, str], Response]

NO_DATABASE = "La base de datos no responde. Intente de nuevo en un momento."
TOO_LONG = "La búsqueda tardó demasiado y se detuvo. Acote el período o agregue otro dato."
DEFECT = "Ocurrió un error interno y quedó registrado. Intente de nuevo; si se repite, avise a soporte."

# What documents each status; the route's own texts are as clear and more exact.
EXAMPLES = {
    401: "Su sesión no existe o venció: ingrese de nuevo.",
    403: "Su usuario no tiene permiso para esto.",
    409: "Su estado actual no permite esta orden.",
    422: "El dato reason falta.",
    429: "Demasiados intentos. Espere 15 min 00 s y vuelva a intentar.",
    503: NO_DATABASE,
    504: "La central no confirmó la orden a tiempo: no se sabe si se cumplió.",
}
_MEANINGS = {
    401: "No session, or wrong user or password",
    403: "The role may not",
    409: "Refused; nothing changed",
    422: "The request is not as described",
    429: "Too many attempts",
    503: "A part of the service is away; nothing changed",
    504: "The outcome is not known",
}
_STANDARD = {404: "No existe esta dirección.", 405: "Esta dirección no admite ese método."}
_FAULTS = {
    "missing": "falta",
    "string_too_short": "es demasiado corto",
    "string_too_long": "es demasiado largo",
    "too_short": "tiene muy pocos elementos",
    "too_long": "tiene demasiados elementos",
    "json_invalid": "no es JSON válido",
    "string_type": "debe ser un texto",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route, for its description."""
    return {
        status: {
            "model": Detail,
            "description": _MEANINGS[status],
            "content": {"application/json": {"example": {"detail": EXAMPLES[status]}}},
        }
        for status in statuses
    }


def install(app: FastAPI, page: ErrorPage) -> None:
    """Answer every error in this way. `page` makes the answer for a person: request, status, and what to say."""
    answers = _Answers(page)
    app.add_exception_handler(HTTPException, answers.http)
    app.add_exception_handler(RequestValidationError, answers.not_valid)
    app.add_exception_handler(DatabaseProblem, answers.no_database)
    app.add_exception_handler(SystemUnavailable, answers.no_system)
    app.add_exception_handler(NoRoomForReport, answers.no_room)
    app.add_exception_handler(Exception, answers.defect)


@dataclass(frozen=True, slots=True)
class _Answers:
    """What each kind of error is answered with."""

    page: ErrorPage

    async def http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        detail = _STANDARD.get(error.status_code, error.detail)
        return self._answer(request, error.status_code, detail, error.headers)

    async def not_valid(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return self._answer(request, 422, " ".join(_fault(entry) for entry in error.errors()[:3]))

    async def no_database(self, request: Request, error: Exception) -> Response:
        log.error("%s %s: %s", request.method, request.url.path, error)
        return self._answer(request, 503, TOO_LONG if isinstance(error, ReadTooLong) else NO_DATABASE)

    async def no_system(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, SystemUnavailable)
        log.error("%s %s: %s", request.method, request.url.path, error)
        return self._answer(request, 503, f"{error.system} no responde. Intente de nuevo en un momento.")

    async def no_room(self, request: Request, error: Exception) -> Response:
        log.error("%s %s: %s", request.method, request.url.path, error)
        return self._answer(request, 503, NO_ROOM)

    async def defect(self, request: Request, error: Exception) -> Response:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return self._answer(request, 500, DEFECT)

    def _answer(self, request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
        if _is_seen_by_a_person(request) and status >= 400:
            page = self.page(request, status, detail)
            page.headers.update(headers or {})
            return page
        return JSONResponse({"detail": detail}, status, headers)


def _is_seen_by_a_person(request: Request) -> bool:
    """Whether the answer becomes the page in front of somebody, and not a part of one."""
    return not request.url.path.startswith("/api") and "text/html" in request.headers.get("accept", "")


def _fault(entry: Any) -> str:
    place = [str(part) for part in entry["loc"][1:] if entry["type"] != "json_invalid"]
    what = _FAULTS.get(entry["type"], "no es válido")
    return f"El dato {'.'.join(place)} {what}." if place else f"El contenido {what}."
