"""Reports by mail `/informes/correo`: what goes out to whom, and how it went the last time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from agent_api.pages.rendering import render
from agent_api.pages.report_words import request_words, view_words
from agent_api.pages.visitors import SupervisorVisitor
from agent_api.reports.saved_views import SavedView
from agent_api.reports.scheduled_reports import HowOften, ScheduledReport
from agent_api.reports.scheduled_schemas import MOST_RECIPIENTS, scheduled_view
from agent_api.web.parts import Wired

router = APIRouter(include_in_schema=False)

NO_MAIL = "En este centro no se envían informes por correo."
HOW_OFTEN: Mapping[HowOften, str] = {
    HowOften.DAILY: "Cada día",
    HowOften.WEEKLY: "Cada semana",
    HowOften.MONTHLY: "Cada mes",
}
_FORMS = {"pdf": "PDF", "xlsx": "Planilla (XLSX)", "csv": "CSV"}


@dataclass(frozen=True, slots=True)
class ScheduledWords:
    """One that goes out, as the page shows it. `other`: the same, but stopped; where it is stopped, going out."""

    id: int
    title: str
    about: str
    address: str
    how_often: str
    form: str
    recipients: tuple[str, ...]
    enabled: bool
    last_run_us: int | None
    last_problem: str
    other: dict[str, Any]


@router.get("/informes/correo")
async def scheduled_reports(request: Request, visitor: SupervisorVisitor, parts: Wired) -> HTMLResponse:
    """What goes out, and a form for more of the visitor's views."""
    if parts.reports.scheduled is None:
        raise HTTPException(409, NO_MAIL)
    kept = [_words(each) for each in await parts.reports.scheduled.listed()]
    views = [
        _offered(each, visitor.login) for each in await parts.reports.saved_views.seen_by(visitor) if _is_relative(each)
    ]
    words = {how_often.value: text for how_often, text in HOW_OFTEN.items()}
    values: dict[str, Any] = {"scheduled": kept, "views": views, "how_often": words, "most": MOST_RECIPIENTS}
    return render(request, "reports/scheduled.html", **values)


def _is_relative(view: SavedView) -> bool:
    return view.request is not None and view.request.period is not None


def _offered(view: SavedView, login: str) -> dict[str, Any]:
    assert view.request is not None
    words = view_words(view, login)
    asked = {"report": view.report, "asked": view.request.model_dump(mode="json", exclude_defaults=True)}
    return {"name": words.name, "about": words.about, "asked": asked}


def _words(kept: ScheduledReport) -> ScheduledWords:
    what = kept.what
    found = request_words(what.report, what.request)
    order = scheduled_view(kept).model_dump(mode="json", exclude={"id", "made_by", "last_run_us", "last_problem"})
    return ScheduledWords(
        id=kept.id,
        title=found.title if found else what.report,
        about=f"{found.days if found else 'ya no se puede hacer'}; de {kept.made_by}",
        address=found.address if found else "/informes",
        how_often=HOW_OFTEN[what.how_often],
        form=_FORMS[what.form.value],
        recipients=what.recipients,
        enabled=what.enabled,
        last_run_us=kept.last_run_us,
        last_problem=kept.last_problem,
        other={**order, "enabled": not what.enabled},
    )
