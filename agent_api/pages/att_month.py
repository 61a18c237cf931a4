"""The month for the ATT `/informes/att`: its figures, the calls behind each, and its closing."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from agent_api.pages.rendering import HEADERS, render
from agent_api.pages.report_words import exports_shown
from agent_api.pages.visitors import SupervisorVisitor
from agent_api.reports.att_months import CALLS_AT_ONCE
from agent_api.web.access import Supervisor
from agent_api.web.parts import Parts, Wired
from callcenter.instants import as_datetime
from callcenter.level.formulas import LevelVerdict, ServiceLevelCounts, still_needed
from callcenter.spanish import month_name, percentage
from reports.att.calls import ALL, FIGURES, MEASURED, AskedCalls
from reports.att.closing import MonthNotOver, ReasonMissing
from reports.att.document import VERDICTS, percent_of, target_of
from reports.att.figures import AttReport, Part
from reports.att.making import MonthNow, document_of
from reports.periods.month import BadMonth, Month
from reports.render.shown import shown

router = APIRouter(include_in_schema=False)

NO_RULE = "Ese mes es anterior a la primera regla del nivel de servicio: no hay informe."
_LINKED = ("registered", "answered", "within", "abandoned")
_TONES: dict[LevelVerdict | None, str] = {LevelVerdict.ACCEPTED: "good", LevelVerdict.OBSERVED: "bad"}
MonthText = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of figures: `cells` are what it says and the address of the calls behind it.

    An address is empty where no list has just those. `tone`: that of the verdict, as in the styles.
    """

    name: str
    title: str
    cells: tuple[tuple[int, str], ...]
    level: str
    verdict: str
    tone: str


@router.get("/informes/att")
async def att_month(
    request: Request, visitor: SupervisorVisitor, parts: Wired, mes: MonthText = "", falta: MonthText = ""
) -> HTMLResponse:
    """The month that is asked for, else the last one that is over."""
    month = _month(parts, mes)
    now = await _found(parts, month)
    fault = {"motivo": "Escriba por qué hace falta una versión nueva.", "mes": "El mes todavía no terminó."}
    values = {**_values(parts, month, now), **exports_shown(parts.reports.exports.of(visitor))}
    return render(request, "att/page.html", **values, fault=fault.get(falta, ""))


@router.post("/informes/att/cierre")
async def close(request: Request, user: Supervisor, parts: Wired) -> Response:
    """Close the month, and back to it."""
    form = await request.form()
    month = _month(parts, str(form.get("mes", "")))
    back = {"mes": str(month)}
    try:
        await parts.reports.att_months.close(month, user, str(form.get("motivo", ""))[:200])
    except ReasonMissing:
        back["falta"] = "motivo"
    except MonthNotOver:
        back["falta"] = "mes"
    except LookupError:
        raise HTTPException(404, NO_RULE) from None
    return RedirectResponse(f"/informes/att?{urlencode(back)}", 303, HEADERS)


@router.get("/informes/att/llamadas")
async def calls(
    request: Request,
    visitor: SupervisorVisitor,
    parts: Wired,
    mes: MonthText,
    cifra: Annotated[str, Query(max_length=40)],
    linea: Annotated[str, Query(max_length=64)] = MEASURED,
    dia: Annotated[int | None, Query(ge=1, le=31)] = None,
    hora: Annotated[int | None, Query(ge=0, le=24)] = None,
    desde: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> HTMLResponse:
    """The calls behind a figure, a page of them."""
    month = _month(parts, mes)
    if cifra not in FIGURES:
        raise HTTPException(404)
    asked = AskedCalls(cifra, linea, dia, hora)
    try:
        listed, number = await parts.reports.att_months.calls(month, asked, visitor, desde)
    except LookupError:
        raise HTTPException(404, NO_RULE) from None
    more = {"mes": str(month), "cifra": cifra, "linea": linea, "desde": desde + CALLS_AT_ONCE}
    more |= {name: value for name, value in (("dia", dia), ("hora", hora)) if value is not None}
    return render(
        request,
        "att/calls.html",
        listed=listed,
        number=number,
        first=desde + 1,
        month=str(month),
        heading=_heading(month, asked),
        older=f"/informes/att/llamadas?{urlencode(more)}" if desde + len(listed) < number else "",
        lines=parts.centre.lines_by_number,
    )


def _month(parts: Parts, text: str) -> Month:
    """Raises 422 for what is no month."""
    today = as_datetime(parts.clock(), parts.centre.zone).date()
    last = today.replace(day=1) - timedelta(days=1)
    try:
        return Month.parse(text, today) if text else Month(last.year, last.month)
    except BadMonth as error:
        raise HTTPException(422, str(error)) from None


async def _found(parts: Parts, month: Month) -> MonthNow:
    try:
        return await parts.reports.att_months.now(month)
    except LookupError:
        raise HTTPException(404, NO_RULE) from None


def _heading(month: Month, asked: AskedCalls) -> str:
    line = {MEASURED: "líneas medidas", ALL: "todas las líneas"}.get(asked.line, f"línea {asked.line}")
    day = f", día {asked.day}" if asked.day is not None else ""
    hour = f", de {asked.hour:02}:00 a {asked.hour + 1:02}:00" if asked.hour is not None else ""
    return f"{FIGURES[asked.figure]}, {line}, {month_name(month.first_day)}{day}{hour}"


# -- what the template shows --------------------------------------------------------------------------------


def _values(parts: Parts, month: Month, now: MonthNow) -> dict[str, Any]:
    made = as_datetime(parts.clock(), parts.centre.zone)
    report, today = now.report, made.date()
    document = shown(document_of(now, parts.centre, made))
    tables = {part["title"]: part for part in document["parts"] if part["kind"] == "table"}
    is_over = Month(today.year, today.month) > month
    return {
        "month": str(month),
        "title": month_name(month.first_day).capitalize(),
        "neighbours": _neighbours(month, today),
        "report": document,
        "asked": {"first_day": f"{month.first_day}", "last_day": f"{_after(month) - timedelta(days=1)}"},
        "levels": [_level(part, len(report.parts) > 1) for part in report.parts],
        "others": document["key_figures"][len(report.parts) :],
        "charts": [part for part in document["parts"] if part["kind"] == "chart"],
        "beside": [table for title, table in tables.items() if not title.startswith(("Por ", "Definiciones"))],
        "definitions": tables["Definiciones"],
        "sections": [_section(month, report, part) for part in report.parts],
        "internal": _internal(month, report),
        "needed": _needed(report) if not is_over else "",
        "closed": now.closed,
        "changed": now.changed,
        "is_over": is_over,
    }


def _neighbours(month: Month, today: date) -> dict[str, str]:
    before = month.first_day - timedelta(days=1)
    after = _after(month)
    found = {"Mes anterior": f"{before:%Y-%m}"}
    if after <= today:
        found["Mes siguiente"] = f"{after:%Y-%m}"
    return found


def _after(month: Month) -> date:
    return (month.first_day + timedelta(days=32)).replace(day=1)


def _level(part: Part, is_dated: bool) -> dict[str, str]:
    level, verdict = percent_of(part, part.measured), part.verdict(part.measured)
    return {
        "title": "Nivel de servicio" + (_dates(part) if is_dated else ""),
        "value": "sin datos" if level is None else percentage(level),
        "verdict": VERDICTS[verdict],
        "tone": _TONES.get(verdict, ""),
        "target": target_of(part),
    }


def _dates(part: Part) -> str:
    return f" del {part.first_day.day} al {part.last_day.day}"


def _needed(report: AttReport) -> str:
    """Of a month that goes on: how many calls more bring the level to the target."""
    rule, counts = report.parts[-1].rule, report.parts[-1].measured
    if rule is None or not counts.registered:
        return ""
    needed = still_needed(counts, rule.target_percent, rule.formula)
    if needed == 0:
        return "La meta está alcanzada hasta ahora."
    if needed is None:
        return "La meta ya no se alcanza este mes."
    return f"Para llegar a la meta faltan {needed} llamadas más, todas atendidas en el plazo."


def _section(month: Month, report: AttReport, part: Part) -> dict[str, Any]:
    """Calls are listed of the whole month, of a day, or of an hour of all days: of a part only its days have theirs."""
    is_part = len(report.parts) > 1
    dated = f" ({_dates(part).strip()})" if is_part else ""
    lines = [
        _row(month, part, line.number or line.queue, line.name + (" *" if line.measured else ""), line.counts)
        for line in part.lines
        if line.number or line.counts.entries
    ]
    totals = [
        _row(month, part, MEASURED, "Líneas medidas", part.measured),
        _row(month, part, ALL, "Todas las líneas", part.everything),
    ]
    days = [_row(month, part, MEASURED, "", each.counts, str(each.at), dia=each.at) for each in part.days]
    hours = [_row(month, part, MEASURED, "", e.counts, _hours(e.at), hora=e.at) for e in part.hours]
    about = {"dated": dated, "is_part": is_part, "target": target_of(part)}
    if is_part:
        lines, totals, hours = _unlinked(lines), _unlinked(totals), _unlinked(hours)
    return {**about, "lines": lines, "totals": totals, "days": days, "hours": hours}


def _unlinked(rows: list[ShownRow]) -> list[ShownRow]:
    return [replace(row, cells=tuple((number, "") for number, _ in row.cells)) for row in rows]


def _hours(hour: int) -> str:
    return f"{hour:02}:00 a {hour + 1:02}:00"


def _row(
    month: Month, part: Part, line: str, title: str, counts: ServiceLevelCounts, name: str = "", **more: int
) -> ShownRow:
    def address(figure: str) -> str:
        return "/informes/att/llamadas?" + urlencode({"mes": str(month), "cifra": figure, "linea": line, **more})

    level = percent_of(part, counts)
    cells = tuple((getattr(counts, figure), address(figure)) for figure in _LINKED)
    shown_level = "-" if level is None else percentage(level)
    verdict = part.verdict(counts)
    return ShownRow(name or line, title, cells, shown_level, VERDICTS[verdict], _TONES.get(verdict, ""))


def _internal(month: Month, report: AttReport) -> list[tuple[str, str, int, str]]:
    def address(line: str) -> str:
        return "/informes/att/llamadas?" + urlencode({"mes": str(month), "cifra": "internal", "linea": line})

    return [
        (line.number, line.name, line.counts.entries, address(line.number))
        for line in report.whole.internal
        if line.counts.entries
    ]
