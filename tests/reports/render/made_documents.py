"""Documents that tests render: one with a value of every kind, and parts to build others from."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import BinaryIO
from zoneinfo import ZoneInfo

from reports.render.document import (
    Chart,
    ChartForm,
    Column,
    KeyFigure,
    ReportDocument,
    Row,
    Series,
    Table,
    TargetLine,
    ValueKind,
)

ZONE = ZoneInfo("America/La_Paz")
MADE = datetime(2026, 11, 30, 18, 23, tzinfo=UTC)
COLUMNS = (
    Column("Servicio"),
    Column("Registradas", ValueKind.WHOLE, "Regist."),
    Column("Nivel", ValueKind.PERCENT),
    Column("Espera media", ValueKind.DURATION),
    Column("Saldo", ValueKind.MONEY),
    Column("Vence", ValueKind.DATE),
    Column("Última llamada", ValueKind.MOMENT),
)
ROW: Row = (
    "Guía, señas y ñandúes",
    60_000,
    Decimal("81.13"),
    timedelta(hours=26, seconds=5),
    Decimal("-1234.50"),
    date(2026, 12, 31),
    datetime(2026, 12, 1, 3, 59, 30, tzinfo=UTC),
)
UNKNOWN: Row = ("Nadie", 0, None, None, None, None, None)
TOTALS: Row = ("Total", 60_000, Decimal("81.13"), None, Decimal("-1234.50"), None, None)
TABLE = Table("Nivel por línea", COLUMNS, (ROW, UNKNOWN), TOTALS, "Nivel: en 20 s.")
LEVELS = Series("Nivel", (Decimal("81.13"), None, Decimal("79.99")))
BARS = Chart(
    "Nivel", ChartForm.BARS, ValueKind.PERCENT, ("101", "102", "103"), (LEVELS,), TargetLine("Meta 80 %", Decimal(80))
)
LINES = Chart(
    "Llamadas",
    ChartForm.LINES,
    ValueKind.WHOLE,
    ("lunes", "martes", "miércoles"),
    (Series("Registradas", (120, 140, 90)), Series("Atendidas", (100, None, 85))),
)
DOCUMENT = ReportDocument(
    title="Nivel de servicio",
    subtitle="Noviembre de 2026",
    centre="Centro de Atención",
    zone=ZONE,
    made=MADE,
    rule="Fórmula A",
    key_figures=(
        KeyFigure("Nivel", ValueKind.PERCENT, Decimal("81.13"), "aceptado"),
        KeyFigure("Espera", ValueKind.DURATION, timedelta(seconds=83)),
        KeyFigure("Recaudado", ValueKind.MONEY, Decimal("1234.5")),
        KeyFigure("Repetidas", ValueKind.PERCENT, None),
    ),
    body=(BARS, TABLE, LINES),
    notes=("Las atendidas por el IVR se cuentan aparte.",),
)


def with_tables(*tables: Table) -> ReportDocument:
    """The document with these tables and no charts."""
    return replace(DOCUMENT, body=tables)


def texts(*values: str) -> Table:
    """A table of one column of texts."""
    return Table("Textos", (Column("Texto"),), [(value,) for value in values])


def rendered(write: Callable[[ReportDocument, BinaryIO], None], document: ReportDocument = DOCUMENT) -> bytes:
    """What a writer makes of a document."""
    out = io.BytesIO()
    write(document, out)
    return out.getvalue()
