"""Values into cells of a workbook, each as Excel's own type and with the format of its kind."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from callcenter.spanish import short_date
from reports.render.document import Value, ValueKind
from reports.render.formulas import looks_like_formula
from reports.render.looks import ACCENT, LINE, MUTED, PALE, WHITE
from reports.render.value_text import plain, shortened

LONGEST_TEXT = 32_767
"""In a cell, as UTF-16 counts."""
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
        shown = fitting(text)
        form = self.format(ValueKind.TEXT, style, looks_like_formula(shown))
        # XlsxWriter takes it for markup of its own, and would write it as it is: a formula in it would be one.
        is_markup = shown.startswith("<r>") and shown.endswith("</r>")
        sheet.write_string(row, column, f"{shown} " if is_markup else shown, form)

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
                sheet.write_number(*at, NUMBERS[kind](value), self.format(kind, style))

    def style_number(self, kind: ValueKind, *, quoted: bool = False, absent: bool = False) -> int:
        """By which number the file of a sheet names a format. `quoted`: of texts that look like a formula."""
        number: int = self.format(kind, "", quoted, absent)._get_xf_index()
        return number

    def _absent_format(self, style: str) -> Format:
        return self.format(ValueKind.TEXT, style, False, True)

    def _new_format(self, kind: ValueKind, style: str, quoted: bool = False, absent: bool = False) -> Format:
        more: dict[str, Any] = {"align": "right", "font_color": MUTED} if absent else {}
        look = {"num_format": NUMBER_FORMATS[kind], "quote_prefix": quoted, **_STYLES[style], **more}
        return self._book.add_format(look)


def fitting(text: str) -> str:
    """A text as a cell can have it."""
    shown = shortened(plain(text), LONGEST_TEXT)
    return shown.encode("utf-16-le")[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")


NUMBERS: Mapping[ValueKind, Callable[[Any], float]] = {
    ValueKind.WHOLE: int,
    ValueKind.PERCENT: lambda value: float(value / 100),
    ValueKind.DURATION: lambda value: value / timedelta(days=1),
    ValueKind.SECONDS: lambda value: value / timedelta(seconds=1),
    ValueKind.DECIMAL: float,
    ValueKind.MONEY: float,
}
"""What Excel keeps of a measure: a percentage as a fraction, a length of time in days."""
