"""The report of prepaid customers, Smartflex's CCVP, whom the prepaid campaign calls (GC-PRC-OPE-ASE-02, K 1-3)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from backoffice.extracts.cells.problems import RowError
from backoffice.extracts.extract import ReadingTerms, RepeatedRow, read
from backoffice.extracts.files.uploads import Upload
from backoffice.extracts.kinds import ExtractField, ExtractKind, FieldType, Need, headings
from backoffice.extracts.rows import DateSpan, ExtractRow, TotalsRow
from backoffice.extracts.shared_fields import CONTRACT, CUSTOMER_CODE, SERVICE_ALIASES
from backoffice.identity_card import IdentityCard
from backoffice.smartflex.customers import ProductKind
from callcenter.numbers import Number

_NAME = ExtractField(
    "name",
    "Nombre",
    FieldType.TEXT,
    headings(
        "cliente; nombre cliente; nombre completo; nombre y apellido; apellidos y nombres; titular; nombre titular;"
        "socio; nombre socio; abonado; nombre abonado; razón social; nombre o razón social; nombre/razón social"
    ),
    Need.COLUMN,
)
_TELEPHONES = ExtractField(
    "telephones",
    "Teléfono",
    FieldType.TELEPHONES,
    headings(
        "tel; telf; fono; celular; cel; móvil; fijo; whatsapp; contacto; número de contacto; nro teléfono;"
        "num teléfono; n° teléfono; número de teléfono; nro celular; num celular; número de celular; teléfono fijo;"
        "telf fijo; teléfono móvil; teléfono celular; telf celular; teléfono de contacto; telf contacto; tel contacto;"
        "celular contacto; teléfono de referencia; telf referencia; telf ref; tel ref; celular referencia;"
        "teléfono domicilio; teléfono trabajo; otro teléfono; teléfono alternativo"
    ),
    Need.VALUE,
)
_SERVICE = ExtractField("service", "Servicio", FieldType.SERVICE, SERVICE_ALIASES, Need.VALUE)
_EXPIRES_ON = ExtractField(
    "expires_on",
    "Fecha de vencimiento",
    FieldType.DATE,
    headings(
        "vencimiento; vence; vto; fecha vto; fecha vence; fecha venc; fec. venc; fec. vencimiento; f. venc;"
        "f. vencimiento; vencimiento prepago; expiración; fecha de expiración; válido hasta; vigencia hasta;"
        "fin de vigencia; fecha fin; fecha fin de vigencia; fecha de corte"
    ),
    Need.VALUE,
)
_AMOUNT = ExtractField(
    "amount",
    "Monto",
    FieldType.MONEY,
    headings(
        "monto bs; monto plan; importe; importe bs; tarifa; tarifa bs; precio; costo; costo plan; cuota;"
        "mensualidad; valor"
    ),
)
_DOCUMENT = ExtractField(
    "document",
    "Carnet de identidad",
    FieldType.DOCUMENT,
    headings(
        "carnet; ci; ci/nit; nit; nit/ci; nro ci; número ci; cédula; cédula de identidad; documento;"
        "documento de identidad; nro documento; número de documento; identificación"
    ),
)
_SEGMENT = ExtractField(
    "segment", "Segmento", FieldType.TEXT, headings("segmento cliente; categoría; categoría cliente; tipo de cliente")
)

PREPAID_REPORT = ExtractKind(
    "prepaid_report",
    "Reporte de clientes prepago (Smartflex, CCVP)",
    (CUSTOMER_CODE, CONTRACT, _NAME, _TELEPHONES, _SERVICE, _EXPIRES_ON, _AMOUNT, _DOCUMENT, _SEGMENT),
    customer_by=("customer_code", "document", "telephones"),
    one_of=("customer_code", "contract"),
    once=("service", "contract"),
)


@dataclass(frozen=True, slots=True)
class PrepaidRow:
    """A service that somebody paid in advance, and where to reach them. Texts are empty where the list has none.

    `customer` is the same for all services of one customer of the list; `telephones` can be called, at least one, in
    the order of the columns; `expires_on` is the last day that was paid for; `amount` in bolivianos.
    """

    number: int
    customer: str
    customer_code: str
    contract: str
    name: str
    telephones: tuple[Number, ...]
    service: ProductKind
    expires_on: date
    amount: Decimal | None
    document: IdentityCard | None
    segment: str


PrepaidItem: TypeAlias = PrepaidRow | RowError | RepeatedRow | TotalsRow


def read_prepaid_report(upload: Upload, expiring: DateSpan, terms: ReadingTerms) -> Iterator[PrepaidItem]:
    """The services that expire within these days, and what is wrong with other rows. Raises as `read` does."""
    spans = {**terms.spans, _EXPIRES_ON.key: expiring}
    for item in read(upload, PREPAID_REPORT, replace(terms, spans=spans)):
        yield _prepaid(item) if isinstance(item, ExtractRow) else item


def _prepaid(row: ExtractRow) -> PrepaidRow:
    service, expires_on = row.value("service", ProductKind), row.value("expires_on", date)
    assert service is not None and expires_on is not None, "a row without a needed value is an error"
    return PrepaidRow(
        number=row.number,
        customer=row.customer,
        customer_code=row.value("customer_code", str) or "",
        contract=row.value("contract", str) or "",
        name=row.value("name", str) or "",
        telephones=row.value("telephones", tuple) or (),
        service=service,
        expires_on=expires_on,
        amount=row.value("amount", Decimal),
        document=row.value("document", IdentityCard),
        segment=row.value("segment", str) or "",
    )
