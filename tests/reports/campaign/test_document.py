"""The report as people read it: what it says, and that every form of it says the same."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from callcenter.campaign_outcomes import OUTCOMES_IN_SPANISH, CallOutcome
from reports.campaign.customers import Customer
from reports.campaign.document import Made, campaign_document
from reports.campaign.effect import TOO_FEW
from reports.campaign.figures import CampaignReport
from reports.campaign.payments import Payment
from reports.render.csv_writer import write_csv
from reports.render.document import ReportDocument, Table, ValueKind
from reports.render.pdf.writer import write_pdf
from reports.render.xlsx_writer import write_xlsx
from tests.reports.campaign.made_campaigns import (
    ABOUT,
    CUSTOMERS,
    PAYMENTS,
    call,
    customer,
    day,
    held_out,
    paid,
    report,
)
from tests.reports.render.made_documents import ZONE, rendered

MADE = Made("COMTECO", ZONE, datetime(2026, 12, 20, 18, 23, tzinfo=UTC), {"1001": "Ana Rojas"})
PROMISED = call(0, CallOutcome.PROMISED, member="1001", agreed_on=date(2026, 11, 27))


def document(made: CampaignReport) -> ReportDocument:
    return campaign_document(made, MADE)


def table(of: ReportDocument, title: str) -> Table:
    [found] = [each for each in of.tables if each.title == title]
    return found


def figures(of: ReportDocument) -> dict[str, object]:
    return {figure.label: figure.value for figure in of.key_figures}


def small() -> CampaignReport:
    customers = [
        customer(1, call(0, CallOutcome.BUSY), PROMISED),
        customer(2, call(1, CallOutcome.ABANDONED), service="cable_tv"),
        held_out(3),
    ]
    return report(customers, {1: (paid(4),)})


def large() -> CampaignReport:
    """A hundred contacted, of whom half pay, and a hundred held out, of whom a fifth does."""
    customers: list[Customer] = [customer(number, call(0, CallOutcome.CONTACTED)) for number in range(100)]
    customers += [held_out(number) for number in range(100, 200)]
    payments: dict[int, tuple[Payment, ...]] = {number: (paid(3),) for number in (*range(50), *range(100, 120))}
    return report(customers, payments)


def test_the_key_figures_say_what_the_campaign_came_to() -> None:
    assert figures(document(small())) == {
        "Clientes gestionados": 2,
        "Contactados": 1,
        "Pagaron tras el contacto": 1,
        "Efectividad": Decimal("100.00"),
        "Monto pagado": Decimal("150.00"),
        "Prometieron pagar": 1,
        "Intentos por contactado": "2,00",
        "Tasa de abandono": Decimal("50.00"),
    }


@pytest.mark.slow
def test_an_abandonment_rate_over_the_ceiling_is_never_shown_as_the_ceiling() -> None:
    abandoned = [customer(number, call(0, CallOutcome.ABANDONED)) for number in range(3001)]
    talked = [customer(number, call(0, CallOutcome.CONTACTED)) for number in range(3001, 100_001)]
    shown = document(report([*abandoned, *talked]))
    [rate] = [figure for figure in shown.key_figures if figure.label == "Tasa de abandono"]
    assert (rate.value, rate.note) == (Decimal("3.01"), "excedido; tope 3 %")


def test_all_who_answered_are_the_whole_of_them_and_of_nobody_there_is_no_share() -> None:
    called = [table(document(each), "Quién contestó").totals for each in (large(), report([customer(1)]))]
    assert called == [("Total", 100, Decimal("100.00")), ("Total", 0, None)]


def test_where_nobody_has_said_who_paid_nothing_shows_that_nobody_did() -> None:
    shown = document(replace(small(), payments_until=None))
    assert [figures(shown)[label] for label in ("Pagaron tras el contacto", "Efectividad", "Monto pagado")] == [
        None
    ] * 3
    assert "Efecto de la campaña en los pagos" not in [each.title for each in shown.tables]
    headings = {column.title for each in shown.tables if not each.to_work_on for column in each.columns}
    assert not headings & {"Pagaron", "Efectividad", "Pagado"}


def test_too_few_are_said_to_be_too_few() -> None:
    rows = table(document(small()), "Efecto de la campaña en los pagos").rows
    assert [(row[6], row[7]) for row in rows] == [(TOO_FEW, "")] * 3


def test_the_effect_is_a_difference_in_points_with_its_interval() -> None:
    [first, second, third] = table(document(large()), "Efecto de la campaña en los pagos").rows
    expected = (100, 50, Decimal("50.00"), "Reservados sin llamar", Decimal("20.00"), "30,00 más")
    assert tuple(first) == ("Toda la campaña", *expected, "de 16,91 más a 41,70 más")
    assert tuple(second)[1:] == tuple(first)[1:]
    assert (third[0], third[4], third[6]) == ("Contactados", "Llamados sin contacto", TOO_FEW)


def test_the_list_has_who_was_managed_with_what_came_of_it() -> None:
    listed = table(document(small()), "Clientes gestionados")
    assert listed.to_work_on
    assert [tuple(row) for row in listed.rows] == [
        (
            *("C1", "Cliente 0001", "70712345", "Promete pagar", date(2026, 11, 27)),
            *("Ana Rojas", 2, day(4), Decimal("150.00")),
        ),
        ("C2", "Cliente 0002", "70712345", "Sin agente libre", None, "", 1, None, None),
    ]


def test_whoever_is_no_user_any_more_is_named_by_their_login() -> None:
    shown = document(report([customer(1, call(0, CallOutcome.REFUSED, member="1009")), customer(2, PROMISED)]))
    assert [row[0] for row in table(shown, "Por agente").rows] == ["Ana Rojas", "1009"]


def test_every_outcome_has_words() -> None:
    assert set(OUTCOMES_IN_SPANISH) == set(CallOutcome)


def test_payments_that_are_still_to_come_are_said_to_be() -> None:
    early = document(replace(small(), payments_until=day(6)))
    assert "Provisional: hay pagos cargados hasta el 01/12/2026" in early.notes[-1]
    assert "10/12/2026" in early.notes[-1]
    unknown = document(replace(small(), payments_until=None))
    assert "No hay listas de pagos" in unknown.notes[-1]
    of_payments = ("Pagaron tras el contacto", "Efectividad", "Monto pagado")
    assert [figures(unknown)[each] for each in of_payments] == [None] * 3
    assert None not in [figures(early)[each] for each in of_payments]
    assert not any("Provisional" in note for note in document(small()).notes)


def test_a_campaign_that_has_called_nobody_has_a_report() -> None:
    empty = document(report([]))
    assert (figures(empty)["Efectividad"], figures(empty)["Intentos por contactado"]) == (None, "sin datos")
    assert empty.charts == ()
    assert rendered(write_pdf, empty) and rendered(write_xlsx, empty)


def test_charts_have_results_calls_by_day_and_who_paid_by_day() -> None:
    results, calls, paying = document(small()).charts
    assert results.labels == ("Promete pagar", "Ocupado", "Sin agente libre")
    assert [(each.name, each.values) for each in calls.series] == [("Llamadas", (2, 1)), ("Contactos", (1, 0))]
    assert (paying.labels, paying.series[0].values) == (("29/11",), (1,))


def test_the_workbook_has_the_figures_and_the_list() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(rendered(write_xlsx, document(small()))))
    by_service = book.get_sheet_by_name("Por servicio").to_python()
    assert by_service[1] == ["TV por cable", 1, 1, 0, 0, 0, "sin datos", 0]
    assert by_service[2] == ["Internet", 1, 0, 1, 1, 1, 1, 150]
    listed = book.get_sheet_by_name("Clientes gestionados").to_python()
    assert listed[1] == [
        *("C1", "Cliente 0001", "70712345", "Promete pagar", date(2026, 11, 27), "Ana Rojas", 2),
        *(date(2026, 11, 29), 150),
    ]


def test_the_paper_has_the_summary_and_names_no_customer() -> None:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(rendered(write_pdf, document(small())))).pages)
    assert "Informe de campaña" in text and "GC-PRC-OPE-ASE-02, K" in text and "Bs 150,00" in text
    assert "Clientes gestionados (2): la lista está en la planilla (XLSX)" in text
    assert "Cliente 0001" not in text


def test_no_text_of_the_report_is_taken_for_a_formula_in_csv() -> None:
    text = rendered(write_csv, document(report([customer(1), held_out(2)]))).decode("utf-8-sig")
    assert "'" not in text
    assert "más" in rendered(write_csv, document(large())).decode("utf-8-sig")
    assert "'" not in rendered(write_csv, document(large())).decode("utf-8-sig")


def test_a_service_that_the_report_has_no_word_for_is_named_as_it_is() -> None:
    shown = document(report([customer(1, PROMISED, service="")]))
    assert table(shown, "Por servicio").rows[0][0] == "Sin dato"
    assert shown.subtitle == f"Prepago de noviembre: del 25/11/2026 al 30/11/2026 ({ABOUT.name})"
    assert all(column.kind is not ValueKind.TEXT for column in table(shown, "Por servicio").columns[1:])


@given(CUSTOMERS, PAYMENTS)
def test_every_campaign_has_a_report_whose_totals_are_the_sums_of_its_rows(
    customers: list[Customer], payments: dict[int, tuple[Payment, ...]]
) -> None:
    shown = document(report(customers, payments))
    for each in shown.tables:
        for place, column in enumerate(each.columns):
            if each.totals is not None and column.kind in (ValueKind.WHOLE, ValueKind.MONEY):
                assert sum(row[place] for row in each.rows) == each.totals[place]  # type: ignore[misc]
