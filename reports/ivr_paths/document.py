"""The report on the menus for people: lines, their keys, their self-services, and where callers hung up. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from reports.ivr_paths.figures import HangUpCount, IvrReport, KeyCount, LinePaths, ServiceCount
from reports.kinds.asked import Asked, Scene
from reports.kinds.subtitle import subtitle
from reports.render.document import (
    Chart,
    ChartForm,
    Column,
    KeyFigure,
    ReportDocument,
    Row,
    Series,
    Table,
    ValueKind,
)

RESULTS: Mapping[str, str] = {
    "told": "informado",
    "nothing": "nada que informar",
    "registered": "falla registrada",
    "reiterated": "falla reiterada",
    "taken": "anotado",
    "not_identified": "no identificado",
    "unavailable": "no disponible",
    "left": "colgó",
    "person": "pidió una persona",
    "refused": "rechazado",
}
_KEYS = {"t": "silencio", "i": "tecla sin opción", "star": "*", "hash": "#"}
_AFTER = {
    "welcome": "la bienvenida",
    "service": "un autoservicio",
    "notice": "un aviso",
    "routed": "pedir una persona",
    "arrival": "contestar",
}
METRICS: Mapping[str, str] = {
    "Línea": "El número que marcó quien llamó.",
    "Servicio": "El nombre de la línea en el centro; vacío si ya no está.",
    "Llamadas": "Llamadas que llegaron a la línea en esos días, quedaran en el menú o pasaran a una cola.",
    "Oyeron el menú": "De ellas, las que entraron a los menús.",
    "Sin agente": "De ellas, las que un autoservicio atendió por completo («atendidas por el IVR»).",
    "% sin agente": "Sin agente, entre las que oyeron el menú, por 100.",
    "Menú": "El menú en el que se marcó la última tecla; vacío si ninguna.",
    "Tecla": "La tecla marcada; «silencio» si nadie marcó, «tecla sin opción» si no está en el menú.",
    "Opción": "Qué anuncia el menú para esa tecla, o el autoservicio con su resultado.",
    "Veces": "Cuántas veces se marcó, o terminó así el autoservicio: una llamada puede contar varias veces.",
    "Autoservicio": "El autoservicio que se usó.",
    "Resultado": "Cómo terminó el autoservicio.",
    "Después de": "Lo último que hizo quien colgó antes de toda cola y sin ser atendido.",
    "Colgaron": "Cuántas llamadas terminaron así.",
}
_LINE, _COUNT = Column("Línea"), ValueKind.WHOLE
COLUMNS = (
    _LINE,
    Column("Servicio"),
    Column("Llamadas", _COUNT),
    Column("Oyeron el menú", _COUNT),
    Column("Sin agente", _COUNT),
    Column("% sin agente", ValueKind.PERCENT),
)
KEY_COLUMNS = (_LINE, Column("Menú"), Column("Tecla"), Column("Opción"), Column("Veces", _COUNT))
SERVICE_COLUMNS = (_LINE, Column("Autoservicio"), Column("Resultado"), Column("Veces", _COUNT))
HANG_UP_COLUMNS = (_LINE, Column("Menú"), Column("Después de"), Column("Opción"), Column("Colgaron", _COUNT))


def ivr_document(report: IvrReport, asked: Asked, scene: Scene) -> ReportDocument:
    """The report of these days."""
    return ReportDocument(
        title="Recorrido por los menús",
        subtitle=subtitle(asked),
        centre=scene.centre.about.name,
        zone=scene.zone,
        made=scene.made,
        rule="Una llamada es de la línea que se marcó y del día en que llegó",
        key_figures=_key_figures(report.total),
        body=(*_charts(report.lines), *_tables(report)),
        notes=(
            "Sin agente: las que un autoservicio atendió por completo, entre las que oyeron el menú.",
            "Llamadas de clientes: sin las internas.",
        ),
    )


def _key_figures(total: LinePaths) -> tuple[KeyFigure, ...]:
    return (
        KeyFigure("Llamadas", ValueKind.WHOLE, total.calls),
        KeyFigure("Oyeron el menú", ValueKind.WHOLE, total.heard),
        KeyFigure("Sin agente", ValueKind.WHOLE, total.served),
        KeyFigure("% sin agente", ValueKind.PERCENT, total.served_percent, "de las que oyeron el menú"),
    )


def _charts(lines: Iterable[LinePaths]) -> tuple[Chart, ...]:
    """The lines that anybody called, side by side."""
    called = [line for line in lines if line.calls]
    if not called:
        return ()
    heard = Series("Oyeron el menú", tuple(line.heard for line in called))
    served = Series("Sin agente", tuple(line.served for line in called))
    names = tuple(line.number for line in called)
    return (Chart("Llamadas en los menús, por línea", ChartForm.BARS, ValueKind.WHOLE, names, (heard, served)),)


def _tables(report: IvrReport) -> tuple[Table, ...]:
    lines, total = [_row(line) for line in report.lines], _row(report.total)
    return (
        Table("Menús", COLUMNS, lines, ("Total", "", *total[2:])),
        Table("Teclas", KEY_COLUMNS, [_key_row(*each) for each in _each(report, "keys")]),
        Table("Autoservicios", SERVICE_COLUMNS, [_service_row(*each) for each in _each(report, "services")]),
        Table("Colgaron en el menú", HANG_UP_COLUMNS, [_hang_up_row(*each) for each in _each(report, "hang_ups")]),
    )


def _each(report: IvrReport, part: Literal["keys", "services", "hang_ups"]) -> Iterator[tuple[str, Any]]:
    """Every count of that part, with the number of its line."""
    return ((line.number, count) for line in report.lines for count in getattr(line, part))


def _row(line: LinePaths) -> Row:
    return (line.number, line.name, line.calls, line.heard, line.served, line.served_percent)


def _key_row(line: str, key: KeyCount) -> Row:
    return (line, key.menu, _KEYS.get(key.key, key.key), key.title, key.times)


def _service_row(line: str, service: ServiceCount) -> Row:
    return (line, service.service, RESULTS.get(service.result, service.result), service.times)


def _hang_up_row(line: str, hang_up: HangUpCount) -> Row:
    after = _AFTER.get(hang_up.after, _KEYS.get(hang_up.after, hang_up.after))
    return (line, hang_up.menu, after, hang_up.title, hang_up.times)
