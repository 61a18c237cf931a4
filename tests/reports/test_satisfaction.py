"""The satisfaction by survey (COM-DSC-P01): its rule, its borders, and its figures out of the records."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from callcenter.database.transactions import Database
from reports.periods.half_year import BadHalfYear, HalfYear
from reports.render.csv_writer import write_csv
from reports.render.document import Value
from reports.render.pdf.writer import write_pdf
from reports.render.xlsx_writer import write_xlsx
from reports.satisfaction import sheet as satisfaction_sheet
from reports.satisfaction.document import satisfaction_document
from reports.satisfaction.figures import (
    AnswerCount,
    Judgement,
    SatisfactionReport,
    Scope,
    rule_on,
    satisfaction_report,
)
from reports.satisfaction.queries import satisfaction_report_in
from tests.ami_bridge.ledger.queue_log_rows import row
from tests.reports.recorded_month import BEGAN, CENTRE, record
from tests.reports.render.made_documents import rendered

HALF = HalfYear(2026, 2)
MADE = datetime(2026, 11, 30, 18, 23, tzinfo=UTC)
RULE = rule_on(HALF.first_day)


def report(*counts: AnswerCount) -> SatisfactionReport:
    return satisfaction_report(HALF, RULE, counts)


def lines(made: SatisfactionReport) -> list[tuple[Value, ...]]:
    """The rows that people read."""
    [table] = satisfaction_document(made, CENTRE, MADE).tables
    return [tuple(row) for row in table.rows]


def answers(satisfied: int, others: int, question: str = "atencion") -> list[AnswerCount]:
    return [AnswerCount(question, "102", "1001", 4, satisfied), AnswerCount(question, "102", "1001", 3, others)]


def test_the_rule_is_data_with_a_validity_date() -> None:
    assert (RULE.question, RULE.satisfied_from, RULE.target_percent) == ("atencion", 4, Decimal(90))
    with pytest.raises(LookupError, match="1999-01-01"):
        rule_on(date(1999, 1, 1))


@pytest.mark.parametrize(
    ("satisfied", "others", "judgement"),
    [(9, 1, Judgement.ACCEPTED), (899, 101, Judgement.OBSERVED), (0, 5, Judgement.OBSERVED), (0, 0, Judgement.NO_DATA)],
)
def test_ninety_percent_is_accepted_and_anything_less_is_observed(
    satisfied: int, others: int, judgement: Judgement
) -> None:
    made = report(*answers(satisfied, others))
    assert made.judgement(made.indicator) is judgement


def test_just_below_the_target_is_never_shown_as_the_target() -> None:
    made = report(*answers(89_999, 10_001))
    assert made.shown_percent(made.indicator) == Decimal("89.99")
    assert lines(made)[0][4:6] == (Decimal("89.99"), "observado")


def test_without_answers_there_are_no_data_and_no_percentage() -> None:
    made = report()
    assert (made.indicator.percent, made.judgement(made.indicator)) == (None, Judgement.NO_DATA)
    assert lines(made)[0][4:6] == (None, "sin datos")
    assert satisfaction_document(made, CENTRE, MADE).charts == ()


def test_another_question_is_shown_and_judged_by_nobody() -> None:
    made = report(*answers(9, 1), *answers(1, 9, "solucion"))
    shown = {(line[0], line[1]): (line[4], line[5]) for line in lines(made)}
    assert shown["Centro", "atencion *"] == (Decimal("90.00"), "aceptado")
    assert shown["Centro", "solucion"] == (Decimal("10.00"), "-")


@given(
    st.lists(
        st.builds(
            AnswerCount,
            st.sampled_from(["atencion", "solucion"]),
            st.sampled_from(["101", "102"]),
            st.sampled_from(["", "1001", "1002"]),
            st.integers(0, 9),
            st.integers(1, 50),
        )
    )
)
def test_queues_and_agents_each_sum_up_to_the_total(counts: list[AnswerCount]) -> None:
    made = report(*counts)
    for question in ("atencion", "solucion"):
        sums = {scope: (0, 0) for scope in Scope}
        for line in (line for line in made.rows if line.question == question):
            answered, satisfied = sums[line.scope]
            sums[line.scope] = (answered + line.answered, satisfied + line.satisfied)
        assert sums[Scope.TOTAL] == sums[Scope.QUEUE] == sums[Scope.AGENT]


async def test_the_half_years_answers_come_from_the_records(database: Database) -> None:
    given = ["1001|SURVEYED|atencion|5", "1001|SURVEYED|solucion|2", "NONE|SURVEYED|atencion|3"]
    calls = ["c1|102", "c1|102", "c2|101"]
    await record(
        database, [row(BEGAN + at, f"{call}|{text}") for at, (call, text) in enumerate(zip(calls, given, strict=True))]
    )
    await record(database, [row(BEGAN - 200 * 86_400, "c0|102|1001|SURVEYED|atencion|1")])
    made = await database.long_read(lambda connection: satisfaction_report_in(connection, CENTRE, HALF))
    assert (made.indicator.answers, made.indicator.satisfied) == ((0, 0, 1, 0, 1), 1)
    assert made.indicator.percent == Decimal(50)
    assert [(line.scope, line.name, line.question) for line in made.rows[2:]] == [
        (Scope.QUEUE, "101", "atencion"),
        (Scope.QUEUE, "102", "atencion"),
        (Scope.QUEUE, "102", "solucion"),
        (Scope.AGENT, "", "atencion"),
        (Scope.AGENT, "1001", "atencion"),
        (Scope.AGENT, "1001", "solucion"),
    ]


def test_each_form_of_the_report_has_the_same_figures() -> None:
    made = report(*answers(9, 1))
    rows = list(csv.DictReader(io.StringIO(satisfaction_sheet.as_csv(made))))
    data = satisfaction_sheet.as_json(made)
    assert [each["percent"] for each in rows] == [each["percent"] for each in data["rows"]] == ["90.00"] * 3
    assert (data["indicator"]["verdict"], rows[0]["verdict"], rows[0]["answers_4"]) == ("accepted", "accepted", "9")


def test_every_file_of_the_report_says_what_the_indicator_is_and_by_which_rule() -> None:
    document = satisfaction_document(report(*answers(9, 1)), CENTRE, MADE)
    assert (document.title, document.subtitle) == ("Satisfacción por encuesta", "Segundo semestre de 2026")
    assert "COM-DSC-P01" in document.rule and "desde 90 %" in document.rule
    pages = PdfReader(io.BytesIO(rendered(write_pdf, document))).pages
    assert "90,00 %" in pages[0].extract_text() and "aceptado; meta 90 %" in pages[0].extract_text()
    book = CalamineWorkbook.from_filelike(io.BytesIO(rendered(write_xlsx, document)))
    assert book.get_sheet_by_name("Respuestas por cola y agente").to_python()[1] == [
        *("Centro", "atencion *", 10, 9, 0.9, "aceptado", 0, 0, 1, 9, 0)
    ]
    assert "Centro;atencion *;10;9;90,00%;aceptado;0;0;1;9;0\r\n" in rendered(write_csv, document).decode("utf-8-sig")


@pytest.mark.parametrize("text", ["2026-S3", "2026-S0", "2026", "S1-2026", "2026-1", "", "٢٠٢٦-S1"])
def test_what_names_no_half_year_is_refused_in_spanish(text: str) -> None:
    with pytest.raises(BadHalfYear, match="no es un semestre"):
        HalfYear.parse(text, date(2026, 11, 22))


def test_a_half_year_that_has_not_begun_is_refused() -> None:
    assert HalfYear.parse("2026-s2", date(2026, 7, 1)) == HALF
    with pytest.raises(BadHalfYear, match="todavía no ha comenzado"):
        HalfYear.parse("2026-S2", date(2026, 6, 30))


def test_the_two_halves_make_up_the_year() -> None:
    first, second = HalfYear(2026, 1).span_us(CENTRE.zone), HALF.span_us(CENTRE.zone)
    assert first[1] == second[0]
    assert second[1] == HalfYear(2027, 1).span_us(CENTRE.zone)[0]
