"""Values into cells of a workbook, each as Excel's own type and with the format of its kind."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from callcenter.spanish import short_date
from reports.render.document import Column, Value, ValueKind
from reports.render.formulas import looks_like_formula
from reports.render.looks import ACCENT, LINE, MUTED, PALE, WHITE
from reports.render.value_text import plain, shortened

_EXCEL_DAY_0, _DAY = datetime(1899, 12, 30), timedelta(days=1)  # noqa: DTZ001 - Excel knows no zone
LONGEST_TEXT = 32_767
FIRST_YEAR = 1900
"""Of Excel's calendar: dates before it are texts."""
NUMBER_FORMATS: Mapping[ValueKind, str] = {
    ValueKind.TEXT: "General",
    ValueKind.WHOLE: "#,##0",
    ValueKind.PERCENT: "0.00%",
    ValueKind.DURATION: "[h]:mm:ss",
    ValueKind.SECONDS: "0.000###",
    ValueKind.DECIMAL: "#,##0.00",
    ValueKind.MONEY: "#,##0.00",
    ValueKind.DATE: "dd/mm/yyyy",
    ValueKind.MOMENT: "dd/mm/yyyy hh:mm",
}
_HEADING = {"bold": True, "font_color": WHITE, "bg_color": ACCENT, "text_wrap": True, "valign": "vcenter"}
_STYLES: Mapping[str, Mapping[str, object]] = {
    "": {},
    "title": {"bold": True, "font_size": 18, "font_color": ACCENT},
    "subtitle": {"font_size": 12, "font_color": MUTED},
    "label": {"font_color": MUTED},
    "note": {"font_color": MUTED, "italic": True},
    "figure": {"bold": True, "font_size": 12, "font_color": ACCENT, "align": "right"},
    "heading": _HEADING,
    "figure_heading": {**_HEADING, "align": "right"},
    "total": {"bold": True, "top": 1, "top_color": LINE, "bg_color": PALE},
}


class Cells:
    """Writes cells. Moments are shown in `zone`: a spreadsheet knows none."""

    def __init__(self, book: Workbook, zone: ZoneInfo) -> None:
        self.zone = zone
        self._book = book
        self.format = cache(self._new_format)

    def text(self, sheet: Worksheet, row: int, column: int, text: str, style: str = "") -> None:
        """A text, whatever it looks like; what no cell has room for is cut off."""
        shown = shortened(plain(text), LONGEST_TEXT)
        sheet.write_string(row, column, shown, self.format(ValueKind.TEXT, style, looks_like_formula(shown)))

    def value(
        self, sheet: Worksheet, at: tuple[int, int], kind: ValueKind, value: Value, *, absent: str, style: str = ""
    ) -> None:
        """A value of a kind; for None the text `absent`, which a calculation refuses to take for a zero."""
        match value:
            case None:
                sheet.write_string(*at, absent, self._absent_format(style))
            case str():
                self.text(sheet, *at, value, style)
            case date() if value.year < FIRST_YEAR:
                self.text(sheet, *at, short_date(value), style)
            case datetime():
                local = value.astimezone(self.zone).replace(tzinfo=None)
                sheet.write_datetime(*at, local, self.format(kind, style))
            case date():
                sheet.write_datetime(*at, value, self.format(kind, style))
            case _:
                sheet.write_number(*at, excel_number(kind, value), self.format(kind, style))

    def writer(self, sheet: Worksheet, place: int, column: Column) -> Callable[[int, Value], object]:
        """What writes values into a column, row by row. Dates are texts: no long table has any."""
        form, absent, zone = self.format(column.kind, ""), self._absent_format(""), self.zone
        quoted = self.format(ValueKind.TEXT, "", True)

        def write(row: int, value: Value) -> object:
            if value is None:
                return sheet.write_string(row, place, column.absent, absent)
            if isinstance(value, str):
                text = value if value.isalnum() else shortened(plain(value), LONGEST_TEXT)
                return sheet.write_string(row, place, text, quoted if looks_like_formula(text) else form)
            if isinstance(value, datetime):
                local = value if value.tzinfo is zone else value.astimezone(zone)
                since = local.replace(tzinfo=None) - _EXCEL_DAY_0
                return sheet.write_number(row, place, since / _DAY, form)
            if isinstance(value, date):
                return sheet.write_string(row, place, short_date(value), form)
            return sheet.write_number(row, place, excel_number(column.kind, value), form)

        return write

    def _absent_format(self, style: str) -> Format:
        return self.format(ValueKind.TEXT, style, False, True)

    def _new_format(self, kind: ValueKind, style: str, quoted: bool = False, absent: bool = False) -> Format:
        more: dict[str, Any] = {"align": "right", "font_color": MUTED} if absent else {}
        look = {"num_format": NUMBER_FORMATS[kind], "quote_prefix": quoted, **_STYLES[style], **more}
        return self._book.add_format(look)


def excel_number(kind: ValueKind, value: int | Decimal | timedelta) -> float:
    """What Excel keeps of a measure: a percentage as a fraction, a length of time in days."""
    match value:
        case timedelta():
            return value / timedelta(seconds=1) if kind is ValueKind.SECONDS else value / timedelta(days=1)
        case Decimal():
            return float(value / 100) if kind is ValueKind.PERCENT else float(value)
        case int():
            return value
