import json

import pytest

from backoffice.extracts.cells.words import folded
from backoffice.extracts.extract import ReadingTerms, understood
from backoffice.extracts.files.refusals import ExtractRefused
from backoffice.extracts.files.uploads import Upload
from backoffice.extracts.headers import ColumnMapping
from backoffice.extracts.kinds import ExtractKind
from backoffice.extracts.payments import PAYMENTS
from backoffice.extracts.prepaid_report import PREPAID_REPORT
from tests.backoffice.extracts.made_files import ANA, HEADINGS, errors, listed, taken, text_file, workbook


def header_of(content: bytes, *mappings: ColumnMapping) -> tuple[dict[int, str], list[str]]:
    found = understood(Upload("lista", content), PREPAID_REPORT, ReadingTerms(mappings=mappings))
    return dict(found.fields), [each.key for each in found.missing]


@pytest.mark.parametrize(
    "headings",
    [
        HEADINGS,
        ("CODIGO DE CLIENTE", "NRO. CONTRATO", "Razón Social", "Nº Teléfono", "TIPO_DE_SERVICIO", "FEC. VENC."),
        ("cod_cliente", "n° contrato", "Nombre y Apellidos", "CELULAR", "Producto", "Fecha  de: vencimiento"),
        (" Código ", "contrato:", "TITULAR", "(Telf.)", "SERVICIO*", "VENCE EL"),
    ],
)
def test_headings_in_any_writing_are_known(headings: tuple[str, ...]) -> None:
    fields, missing = header_of(text_file(headings, ANA))
    assert list(fields.values()) == ["customer_code", "contract", "name", "telephones", "service", "expires_on"]
    assert missing == []


def test_every_column_of_telephones_counts_and_of_other_fields_the_left_one() -> None:
    headings = ("Código", "Nombre", "Teléfono 1", "TELF_2", "Celular", "Servicio", "Servicio", "Vence", "Monto 2")
    fields, _ = header_of(text_file(headings, ANA))
    assert fields == {
        0: "customer_code", 1: "name", 2: "telephones", 3: "telephones", 4: "telephones", 5: "service", 7: "expires_on",
    }  # fmt: skip


def test_the_header_is_looked_for_in_the_first_twenty_rows() -> None:
    assert header_of(text_file(*[("x",)] * 19, HEADINGS, ANA))[1] == []
    assert header_of(text_file(*[("x",)] * 20, HEADINGS, ANA))[1] != []


def test_what_was_not_used_is_named() -> None:
    found = understood(Upload("x", text_file((*HEADINGS, "Zona", ""), ANA)), PREPAID_REPORT, ReadingTerms())
    assert found.not_used == ("Zona",)


def test_missing_columns_are_named_beside_the_headings_that_are_there() -> None:
    with pytest.raises(ExtractRefused) as refused:
        listed(workbook(Hoja1=[("Título",), ("Nombre", "Teléfono", "Zona"), ANA]))
    assert str(refused.value) == (
        "A la lista le faltan columnas: Servicio, Fecha de vencimiento, Código de cliente o Contrato. "
        "En la fila 2 dice: «Nombre», «Teléfono», «Zona». Agregue las columnas, o indique qué columna es cada una."
    )


UNKNOWN = ("A", "B", "C", "D", "E", "F")


def test_a_mapping_makes_any_list_readable_and_is_remembered_by_the_header() -> None:
    content = text_file(("LISTA",), UNKNOWN, ANA)
    found = understood(Upload("x", content), PREPAID_REPORT, ReadingTerms())
    assert (found.number, dict(found.fields)) == (2, {})
    keys = ("customer_code", "contract", "name", "telephones", "service", "expires_on")
    kept = json.dumps(ColumnMapping(found.signature, dict(enumerate(keys))).to_json())
    mapping = ColumnMapping.from_json(json.loads(kept), PREPAID_REPORT)
    again = text_file(("otra fila",), (), tuple(each.lower() for each in UNKNOWN), ANA)
    assert [row.name for row in taken(listed(again, ReadingTerms(mappings=(mapping,))))] == ["ANA MAMANI"]


def test_a_column_without_a_heading_is_called_by_its_letter() -> None:
    content = text_file((*HEADINGS[:3], "", *HEADINGS[4:]), (*ANA[:3], "7071234", *ANA[4:]))
    found = understood(Upload("x", content), PREPAID_REPORT, ReadingTerms())
    mapping = ColumnMapping(found.signature, {**found.fields, 3: "telephones"})
    (error,) = errors(listed(content, ReadingTerms(mappings=(mapping,))))
    assert error.column == "columna D"


def test_a_mapping_wins_over_what_was_recognised() -> None:
    content = text_file(
        ("Código", "Contrato", "Nombre", "Titular", "Teléfono", "Servicio", "Vence"),
        ("1", "2", "ANA", "LUIS", *ANA[3:]),
    )
    found = understood(Upload("x", content), PREPAID_REPORT, ReadingTerms())
    fields = {**{column: key for column, key in found.fields.items() if key != "name"}, 3: "name"}
    rows = taken(listed(content, ReadingTerms(mappings=(ColumnMapping(found.signature, fields),))))
    assert [row.name for row in rows] == ["LUIS"]


@pytest.mark.parametrize("fields", [{"0": "what"}, {"x": "name"}, {"0": "name", "1": "name"}, {"-1": "name"}])
def test_a_mapping_to_nothing_or_twice_is_none(fields: dict[str, str]) -> None:
    with pytest.raises((KeyError, ValueError)):
        ColumnMapping.from_json({"signature": "s", "fields": fields}, PREPAID_REPORT)


@pytest.mark.parametrize("kind", [PREPAID_REPORT, PAYMENTS], ids=lambda kind: kind.name)
def test_no_heading_stands_for_two_fields(kind: ExtractKind) -> None:
    owners: dict[str, set[str]] = {}
    for field in kind.fields:
        for name in (field.title, *field.aliases):
            owners.setdefault(folded(name), set()).add(field.key)
    assert {heading: keys for heading, keys in owners.items() if len(keys) > 1} == {}
