"""Reports `/informes`: the catalogue, each report, the files that are made, and what every figure counts."""

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from agent_api.accounts.sessions import SessionUser
from agent_api.pages.rendering import render
from agent_api.pages.report_words import ReportForm, exports_shown, view_words
from agent_api.pages.visitors import SupervisorVisitor
from agent_api.reports.catalogue_reports import Wanted
from agent_api.web.parts import Parts, Wired
from agent_api.web.reports import Words, refusals, wanted_by_words
from callcenter.instants import as_datetime
from reports.catalogue import CATALOGUE, UnknownReport, find
from reports.kinds.kind import ReportGroup, ReportKind
from reports.kinds.request import OFFERED_FIRST, ReportRequest, RequestWords

router = APIRouter(include_in_schema=False)


@router.get("/informes")
async def catalogue(request: Request, visitor: SupervisorVisitor, parts: Wired) -> HTMLResponse:
    """Every report, under its group; saved views on top."""
    views = [view_words(each, visitor.login) for each in await parts.reports.saved_views.seen_by(visitor)]
    groups = [(group.value, kinds) for group in ReportGroup if (kinds := _of(group))]
    return render(
        request,
        "reports/catalogue.html",
        views=views,
        groups=groups,
        by_mail=parts.reports.scheduled is not None,
        **exports_shown(parts.reports.exports.of(visitor)),
    )


@router.get("/informes/glosario")
async def glossary(request: Request, _visitor: SupervisorVisitor) -> HTMLResponse:
    """What every figure of every report counts."""
    return render(request, "reports/glossary.html", kinds=CATALOGUE)


@router.get("/informes/parte/archivos")
async def exports(request: Request, visitor: SupervisorVisitor, parts: Wired) -> HTMLResponse:
    """The files that the visitor asked for, and how far they are."""
    return render(request, "reports/exports.html", **exports_shown(parts.reports.exports.of(visitor)))


@router.get("/informes/{name}")
async def report(request: Request, visitor: SupervisorVisitor, parts: Wired, words: Words, name: str) -> HTMLResponse:
    """One report with its filters; without any days those that it is mostly looked at for."""
    kind = _kind(name)
    typed = words if words.says_days else words.of_period(OFFERED_FIRST[kind.period])
    try:
        wanted = wanted_by_words(parts, name, typed)
        with refusals():
            shown = await parts.reports.catalogue.shown(wanted, visitor)
    except HTTPException as refused:
        return _refused(request, parts, visitor, kind, typed, refused)
    kept, seen = (_as_data(each) for each in (wanted.request, wanted.request.of_days(wanted.asked)))
    return _page(request, parts, visitor, kind, typed, wanted, report=shown, kept=kept, seen=seen, problem="")


def _refused(
    request: Request, parts: Parts, visitor: SessionUser, kind: ReportKind, typed: RequestWords, why: HTTPException
) -> HTMLResponse:
    """The form as it was filled in, and what is wrong with it."""
    more: dict[str, Any] = {
        "report": None,
        "kept": None,
        "seen": None,
        "problem": why.detail,
        "status": why.status_code,
    }
    return _page(request, parts, visitor, kind, typed, None, **more)


def _page(
    request: Request,
    parts: Parts,
    visitor: SessionUser,
    kind: ReportKind,
    typed: RequestWords,
    wanted: Wanted | None,
    **more: Any,
) -> HTMLResponse:
    today = as_datetime(parts.clock(), parts.centre.zone).date()
    form = ReportForm(kind, typed, wanted, parts.centre, today)
    files = exports_shown(parts.reports.exports.of(visitor))
    return render(request, "reports/report.html", kind=kind, form=form, **files, **more)


def _as_data(request: ReportRequest) -> dict[str, Any]:
    return request.model_dump(mode="json", exclude_defaults=True)


def _of(group: ReportGroup) -> list[ReportKind]:
    return [kind for kind in CATALOGUE if kind.group is group]


def _kind(name: str) -> ReportKind:
    try:
        return find(name)
    except UnknownReport:
        raise HTTPException(404) from None
