"""A report beside the same of the time before: each key figure with what it was and by how much it changed. Pure."""

from dataclasses import replace
from typing import cast

from reports.render.document import MEASURES, Before, KeyFigure, Measure, ReportDocument

NOT_OVER = "El período no ha terminado todavía, y el anterior está entero."


def compared(now: ReportDocument, before: ReportDocument, *, is_over: bool = True) -> ReportDocument:
    """`now`, whose key figures know those of the same name and kind in `before`; its notes say which days those are.

    `is_over`: whether nothing can be added to the days of `now`; else the notes say so.
    """
    known = {(figure.label, figure.kind): figure for figure in before.key_figures}
    figures = tuple(_compared(figure, known.get((figure.label, figure.kind))) for figure in now.key_figures)
    note = f"Antes: {before.subtitle[:1].lower()}{before.subtitle[1:]}."
    notes = (note,) if is_over else (note, NOT_OVER)
    return replace(now, key_figures=figures, notes=(*now.notes, *notes))


def without_before(now: ReportDocument, why: str) -> ReportDocument:
    """`now`, where there is nothing to compare it with; its notes say why."""
    return replace(now, notes=(*now.notes, f"No se compara con el período anterior: {why}."))


def _compared(now: KeyFigure, before: KeyFigure | None) -> KeyFigure:
    if before is None or now.kind not in MEASURES:
        return now
    return replace(now, before=Before(cast(Measure | None, before.value), _difference(now, before)))


def _difference(now: KeyFigure, before: KeyFigure) -> Measure | None:
    """By how much it is more; None where either is not known."""
    if now.value is None or before.value is None:
        return None
    return cast(Measure, now.value - before.value)  # type: ignore[operator]  # both are of one kind in MEASURES
