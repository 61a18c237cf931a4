"""The month for the ATT `/informes/att`: its figures, the calls behind each, and its closing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Self
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from agent_api.pages.rendering import HEADERS, render
from agent_api.pages.report_words import exports_shown
from agent_api.pages.visitors import SupervisorVisitor
from agent_api.reports.att_months import CALLS_AT_ONCE
from agent_api.web.access import Supervisor
from agent_api.web.parts import Parts, Wired
from callcenter.instants import as_datetime
from callcenter.level.formulas import LevelVerdict, ServiceLevelCounts, still_needed
from callcenter.spanish import month_name, percentage, whole
from reports.att.calls import ALL, FIGURES, MEASURED, AskedCalls
from reports.att.closing import MonthNotOver, ReasonMissing
from reports.att.document import VERDICTS, percent_of, target_of
from reports.att.figures import AttReport, LineFigures, Part
from reports.att.making import MonthNow, document_of
from reports.periods.month import BadMonth, Month
from reports.render.shown import shown

router = APIRouter(include_in_schema=False)

NO_RULE = "Ese mes es anterior a la primera regla del nivel de servicio: no hay informe."
_LINKED = ("registered", "answered", "within", "abandoned")
_TONES: dict[LevelVerdict | None, str] = {LevelVerdict.ACCEPTED: "good", LevelVerdict.OBSERVED: "bad"}
MonthText = Annotated[str, Query(max_length=20)]


class CallsQuery(BaseModel):
    """Which calls, and from which on, as the page's address says it. `parte`: that of the report, the first is 1."""

    model_config = ConfigDict(frozen=True)

    mes: Annotated[str, Field(max_length=20)]
    cifra: Annotated[str, Field(max_length=40)]
    linea: Annotated[str, Field(max_length=64)] = MEASURED
    cola: Annotated[str, Field(max_length=80)] = ""
    medida: bool | None = None
    parte: Annotated[int | None, Field(ge=1, le=31)] = None
    dia: Annotated[int | None, Field(ge=1, le=31)] = None
    hora: Annotated[int | None, Field(ge=0, le=24)] = None
    desde: Annotated[int, Field(ge=0, le=10_000_000)] = 0

    def with_(self, **changed: str | int | None) -> Self:
        """The same but for some."""
        return self.model_copy(update=changed)

    @property
    def address(self) -> str:
        """Where they are listed."""
        return "/informes/att/llamadas?" + urlencode(self.model_dump(mode="json", exclude_defaults=True))

    def asked(self) -> AskedCalls:
        """As the report knows them."""
        part = None if self.parte is None else self.parte - 1
        return AskedCalls(self.cifra, self.linea, self.cola, self.medida, part, self.dia, self.hora)


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of figures: `cells` are what it says and the address of the calls behind it.

    `tone`: that of the verdict, as in the styles.
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
    request: Request, visitor: SupervisorVisitor, parts: Wired, asked: Annotated[CallsQuery, Query()]
) -> HTMLResponse:
    """The calls behind a figure, a page of them."""
    month = _month(parts, asked.mes)
    if asked.cifra not in FIGURES:
        raise HTTPException(404)
    try:
        listed, number = await parts.reports.att_months.calls(month, asked.asked(), visitor, asked.desde)
    except LookupError:
        raise HTTPException(404, NO_RULE) from None
    after = asked.desde + len(listed)
    older = asked.model_copy(update={"mes": str(month), "desde": asked.desde + CALLS_AT_ONCE})
    return render(
        request,
        "att/calls.html",
        listed=listed,
        number=number,
        first=asked.desde + 1,
        month=str(month),
        heading=_heading(month, asked),
        older=older.address if listed and after < number else "",
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


def _heading(month: Month, asked: CallsQuery) -> str:
    row = {MEASURED: "líneas medidas", ALL: "todas las líneas"}.get(asked.linea, f"línea {asked.linea}")
    if not asked.linea:
        row = f"cola {asked.cola}"
    days = "" if asked.medida is None else ", días en que se mide" if asked.medida else ", días en que no se mide"
    part = f", parte {asked.parte}" if asked.parte is not None else ""
    day = f", día {asked.dia}" if asked.dia is not None else ""
    hour = f", de {_hours(asked.hora)}" if asked.hora is not None else ""
    return f"{FIGURES[asked.cifra]}, {row}{days}, {month_name(month.first_day)}{part}{day}{hour}"


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
        "sections": [_section(month, report, number) for number in range(len(report.parts))],
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
    return f"Para llegar a la meta faltan {whole(needed)} llamadas más, todas atendidas en el plazo."


def _section(month: Month, report: AttReport, number: int) -> dict[str, Any]:
    part = report.parts[number]
    is_part = len(report.parts) > 1
    calls = CallsQuery(mes=str(month), cifra="registered", parte=number + 1 if is_part else None)
    measured = calls.with_(linea=MEASURED)
    lines = [
        _row(part, _of_line(calls, line, part.lines), line.number or line.queue, line.counts, _name_of(line))
        for line in part.lines
        if line.number or line.counts.entries
    ]
    totals = [
        _row(part, calls.with_(linea=ALL), "Centro", part.everything, "Todas las líneas"),
        _row(part, measured, "ATT", part.measured, "Líneas medidas"),
    ]
    return {
        "dated": f" ({_dates(part).strip()})" if is_part else "",
        "target": target_of(part),
        "lines": lines,
        "totals": totals,
        "days": [_row(part, measured.with_(dia=each.at), str(each.at), each.counts) for each in part.days],
        "hours": [_row(part, measured.with_(hora=each.at), _hours(each.at), each.counts) for each in part.hours],
    }


def _name_of(line: LineFigures) -> str:
    return line.name + (" *" if line.measured else "")


def _of_line(calls: CallsQuery, line: LineFigures, beside: Iterable[LineFigures]) -> CallsQuery:
    """Those of a row; a line that is measured on some days only has two."""
    if not line.number:
        return calls.with_(linea="", cola=line.queue)
    has_two = any(other.number == line.number and other.measured is not line.measured for other in beside)
    return calls.with_(linea=line.number, medida=line.measured if has_two else None)


def _hours(hour: int) -> str:
    return f"{hour:02}:00 a {hour + 1:02}:00"


def _row(part: Part, calls: CallsQuery, name: str, counts: ServiceLevelCounts, title: str = "") -> ShownRow:
    level, verdict = percent_of(part, counts), part.verdict(counts)
    return ShownRow(
        name,
        title,
        tuple((getattr(counts, figure), calls.with_(cifra=figure).address) for figure in _LINKED),
        "-" if level is None else percentage(level),
        VERDICTS[verdict],
        _TONES.get(verdict, ""),
    )


def _internal(month: Month, report: AttReport) -> list[tuple[str, str, int, str]]:
    calls, lines = CallsQuery(mes=str(month), cifra="internal"), report.whole.internal
    return [
        (line.number or line.queue, line.name, line.counts.entries, _of_line(calls, line, lines).address)
        for line in lines
        if line.counts.entries
    ]
