"""What stands around the parts of a PDF: margins, lines, page numbers, and what the file says of itself."""

from collections.abc import Callable
from typing import BinaryIO

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from reports.render.document import ReportDocument
from reports.render.looks import LINE, MUTED
from reports.render.pdf.type_faces import REGULAR, width_of
from reports.render.value_text import origin, plain, shortened

SIDE, TOP, BOTTOM = 18 * mm, 17 * mm, 18 * mm
_SIZE, _LONGEST, TOTAL = 7.0, 110, "total-of-pages"


def page_size(*, wide: bool) -> tuple[float, float]:
    """Width and height of a page of letter size, Bolivia's, in points, lying where it is wide."""
    return landscape(LETTER) if wide else LETTER


def room(*, wide: bool) -> tuple[float, float]:
    """Width and height of what is within the margins, in points."""
    width, height = page_size(wide=wide)
    return width - 2 * SIDE, height - TOP - BOTTOM


class CountedCanvas(Canvas):
    """Knows at the end how many pages there are, and draws that where each page referred to it by `TOTAL`."""

    def save(self) -> None:
        """Called behind the last page."""
        total = self.getPageNumber() - 1
        self.beginForm(TOTAL)
        _text(self, 0, 0, str(total))
        self.endForm()
        super().save()


class ReportPages(BaseDocTemplate):
    """The pages of one document; to be built upon a `CountedCanvas`."""

    def __init__(self, document: ReportDocument, out: BinaryIO, *, wide: bool) -> None:
        self._size = size = page_size(wide=wide)
        super().__init__(
            out,
            pagesize=size,
            title=plain(document.title),
            subject=plain(document.subtitle),
            author=plain(document.centre),
            creator="Troncal",
            lang="es-BO",
            initialFontName=REGULAR,
            invariant=1,
        )
        frame = Frame(SIDE, BOTTOM, *room(wide=wide), 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate(frames=[frame], onPage=self._around))
        self._document = document

    def _around(self, canvas: Canvas, _template: BaseDocTemplate) -> None:
        width, height = self._size
        canvas.setDateFormatter(_date_of(self._document))
        canvas.setStrokeColor(HexColor(LINE))
        canvas.setLineWidth(0.5)
        if self.page > 1:
            heading = f"{plain(self._document.title)} · {plain(self._document.subtitle)}"
            _text(canvas, SIDE, height - 11 * mm, shortened(heading, _LONGEST))
            canvas.line(SIDE, height - 12.5 * mm, width - SIDE, height - 12.5 * mm)
        canvas.line(SIDE, 13 * mm, width - SIDE, 13 * mm)
        centre = shortened(plain(self._document.centre), _LONGEST // 2)
        _text(canvas, SIDE, 9.5 * mm, f"{centre} · {origin(self._document)}")
        before = f"Página {self.page} de "
        left = width - SIDE - width_of(f"{before}00", _SIZE)
        _text(canvas, left, 9.5 * mm, before)
        canvas.saveState()
        canvas.translate(left + width_of(before, _SIZE), 9.5 * mm)
        canvas.doForm(TOTAL)
        canvas.restoreState()


def _text(canvas: Canvas, x: float, y: float, text: str) -> None:
    canvas.setFont(REGULAR, _SIZE)
    canvas.setFillColor(HexColor(MUTED))
    canvas.drawString(x, y, text)


def _date_of(document: ReportDocument) -> Callable[..., str]:
    """The moment at which the report was made, as PDF writes it, whatever time it is now."""
    local = document.made.astimezone(document.zone)
    offset = f"{local:%z}"
    text = f"D:{local:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}'"
    return lambda *_now: text
