"""Fonts and styles. Bitstream Vera comes with ReportLab, has all letters of Spanish, and figures of one width."""

from functools import cache
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

from reports.render.looks import ACCENT, INK, MUTED
from reports.render.value_text import plain

REGULAR, BOLD, ITALIC = "Vera", "VeraBd", "VeraIt"
for _name in (REGULAR, BOLD, ITALIC):
    pdfmetrics.registerFont(TTFont(_name, f"{_name}.ttf"))

CELL_SIZE, LARGEST = 7.5, 15.0


@cache
def style(name: str) -> ParagraphStyle:
    """The style of a kind of text."""
    return {
        "centre": _style(8, MUTED),
        "title": _style(17, ACCENT, BOLD),
        "subtitle": _style(11, INK),
        "origin": _style(7, MUTED),
        "section": _style(10, ACCENT, BOLD),
        "label": _style(7, MUTED),
        "note": _style(7, MUTED),
        "cell": _style(CELL_SIZE, INK),
        "total": _style(CELL_SIZE, INK, BOLD),
        "heading": _style(CELL_SIZE, ACCENT, BOLD),
        "figure_heading": _style(CELL_SIZE, ACCENT, BOLD, right=True),
    }[name]


def paragraph(text: str, name: str) -> Paragraph:
    """A text in a style; what looks like markup in it is text too."""
    return Paragraph(escape(plain(text)), style(name))


def large(text: str, room: float) -> Paragraph:
    """A figure in one line, as large as `room` (points) allows."""
    size = min(LARGEST, LARGEST * room / max(1, width_of(text, LARGEST, BOLD)))
    return Paragraph(escape(text.replace(" ", "\N{NO-BREAK SPACE}")), _style(size, ACCENT, BOLD, leading=LARGEST * 1.3))


def width_of(text: str, size: float = CELL_SIZE, font: str = REGULAR) -> float:
    """How wide a text is, in points."""
    return float(pdfmetrics.stringWidth(text, font, size))


def _style(size: float, colour: str, font: str = REGULAR, *, right: bool = False, leading: float = 0) -> ParagraphStyle:
    """Without `leading`, a line is 1.3 times as high as its letters."""
    return ParagraphStyle(
        f"{font}-{size}-{colour}-{right}",
        fontName=font,
        fontSize=size,
        leading=leading or size * 1.3,
        textColor=HexColor(colour),
        alignment=2 if right else 0,
        splitLongWords=1,
    )
