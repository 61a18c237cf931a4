"""A document on a console."""

import io
from dataclasses import replace

from rich.console import Console

from reports.render.document import ReportDocument
from reports.render.terminal import printed
from tests.reports.render.made_documents import DOCUMENT, TABLE, texts, with_tables


def shown(document: ReportDocument) -> list[str]:
    """The lines on a console of 120 columns, blanks as one."""
    console = Console(file=io.StringIO(), width=120)
    with console.capture() as captured:
        console.print(printed(document))
    return [" ".join(line.split()) for line in captured.get().splitlines()]


def test_the_document_is_read_from_title_to_rule() -> None:
    lines = shown(DOCUMENT)
    assert lines[:3] == ["Nivel de servicio - Noviembre de 2026", "Nivel 81,13 % aceptado", "Espera 1 min 23 s"]
    assert "Servicio Regist. Nivel Espera media Saldo (Bs) Vence Última llamada" in lines
    assert "Guía, señas y ñandúes 60.000 81,13 % 26:00:05 -1.234,50 31/12/2026 30/11/2026 23:59" in lines
    assert "Total 60.000 81,13 % -1.234,50" in lines
    assert lines[-3:] == ["Nivel: en 20 s.", "Las atendidas por el IVR se cuentan aparte.", "Fórmula A"]


def test_markup_in_a_name_is_shown_as_it_is() -> None:
    assert "[bold]x[/bold]" in shown(with_tables(texts("[bold]x[/bold]")))
    assert "[/nothing]" in shown(with_tables(texts("[/nothing]")))


def test_a_list_to_work_on_is_named_and_not_printed() -> None:
    lines = shown(with_tables(replace(TABLE, to_work_on=True)))
    assert "Nivel por línea (2): la lista está en la planilla (XLSX) de este informe." in lines
    assert not any("ñandúes" in line for line in lines)
