"""Requests and answers about the reports of the catalogue."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from agent_api.reports.exports import Export, ExportState
from agent_api.reports.saved_views import LONGEST_NAME, SavedView
from agent_api.schemas import PRINTABLE, with_example
from reports.kinds.asked import Filter
from reports.kinds.days import RelativePeriod
from reports.kinds.kind import ReportKind, ReportPeriod
from reports.kinds.request import PERIODS_OF, ReportRequest

ASKED: dict[str, Any] = {"period": "last_month", "lines": ["101"], "compare": True}
_KIND: dict[str, Any] = {
    "name": "menus",
    "title": "Recorrido por los menús",
    "about": "Qué teclas marcaron quienes llamaron.",
    "group": "IVR y autoservicio",
    "days": "days",
    "periods": ["yesterday", "last_month"],
    "filters": ["line"],
    "personal": False,
}
_EXPORT: dict[str, Any] = {
    **{"key": "k3Jq0vZbX2sW9tYp", "report": "menus", "form": "xlsx", "name": "menus-2026-10-01-2026-10-31.xlsx"},
    **{"state": "writing", "rows": 1200, "of": 5000, "problem": "", "begun_us": 1790000000000000},
}
_VIEW: dict[str, Any] = {
    **{"id": 7, "name": "Menús del mes pasado", "report": "menus", "shared": False, "owner": "jefa"},
    **{"asked": {"period": "last_month", "lines": ["101"]}},
}
ViewName = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_NAME, pattern=PRINTABLE, strip_whitespace=True)
]
ReportName = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class ReportView(BaseModel):
    """A report: `days` says which it is for, any, a whole month or a whole half-year; `filters` what it is limited by.

    `personal`: it has data of persons, and whoever takes it is written down.
    """

    model_config = with_example(**_KIND)

    name: str
    title: str
    about: str
    group: str
    days: ReportPeriod
    periods: tuple[RelativePeriod, ...]
    filters: tuple[Filter, ...]
    personal: bool


class ReportList(BaseModel):
    """Every report there is."""

    model_config = with_example(reports=[_KIND])

    reports: tuple[ReportView, ...]


class ReportData(BaseModel):
    """A report as plain data. Columns say what values are: `docs/reports.md` has the forms."""

    model_config = with_example(
        title="Recorrido por los menús",
        subtitle="Octubre de 2026",
        centre="Centro de Atención",
        zone="America/La_Paz",
        made="2026-11-30T18:23:00-04:00",
        rule="Una llamada es de la línea que se marcó",
        key_figures=[{"key": "llamadas", "label": "Llamadas", "kind": "whole", "value": 7, "note": ""}],
        tables=[],
        charts=[],
        notes=[],
    )

    title: str
    subtitle: str
    centre: str
    zone: str
    made: str
    rule: str
    key_figures: list[dict[str, Any]]
    tables: list[dict[str, Any]]
    charts: list[dict[str, Any]]
    notes: list[str]


class ExportOrdered(BaseModel):
    """A file that is to be made: of which report, in which form."""

    model_config = with_example(report="menus", form="xlsx", asked=ASKED)

    report: ReportName
    form: Annotated[str, Field(pattern=r"^(xlsx|pdf|csv)$")]
    asked: ReportRequest


class ExportView(BaseModel):
    """A file on its way. `rows` of `of` are written; both 0 while the records are read. `problem`: why it failed."""

    model_config = with_example(**_EXPORT)

    key: str
    report: str
    form: str
    name: str
    state: ExportState
    rows: int
    of: int
    problem: str
    begun_us: int


class ExportList(BaseModel):
    """One's own, the newest first."""

    model_config = with_example(exports=[_EXPORT])

    exports: tuple[ExportView, ...]


class ViewOrder(BaseModel):
    """A report that somebody wants again. `shared`: every supervisor sees it."""

    model_config = with_example(name="Menús del mes pasado", report="menus", asked=ASKED, shared=False)

    name: ViewName
    report: ReportName
    asked: ReportRequest
    shared: bool = False


class ViewChange(BaseModel):
    """Another name for a view, or whether others see it."""

    model_config = with_example(name="Menús, mes pasado", shared=True)

    name: ViewName
    shared: bool


class SavedReportView(BaseModel):
    """A view. `asked` is null where it can no longer be read."""

    model_config = with_example(**_VIEW)

    id: int
    name: str
    report: str
    shared: bool
    owner: str
    asked: dict[str, Any] | None


class SavedReportViews(BaseModel):
    """One's own, then those that others share."""

    model_config = with_example(views=[_VIEW])

    views: tuple[SavedReportView, ...]


def report_view(kind: ReportKind) -> ReportView:
    """A report for programs."""
    return ReportView(
        name=kind.name,
        title=kind.title,
        about=kind.about,
        group=kind.group.value,
        days=kind.period,
        periods=PERIODS_OF[kind.period],
        filters=tuple(each for each in Filter if each in kind.filters),
        personal=kind.personal,
    )


def export_view(export: Export) -> ExportView:
    """A file on its way, for programs and pages."""
    return ExportView(
        key=export.key,
        report=export.wanted.kind.name,
        form=export.form.value,
        name=export.name,
        state=export.state,
        rows=export.progress.rows,
        of=export.progress.of,
        problem=export.problem,
        begun_us=export.begun_us,
    )


def saved_report_view(view: SavedView) -> SavedReportView:
    """A view for programs."""
    asked = None if view.request is None else view.request.model_dump(mode="json", exclude_defaults=True)
    named = {"id": view.id, "name": view.name, "report": view.report, "shared": view.shared, "owner": view.owner}
    return SavedReportView(**named, asked=asked)
