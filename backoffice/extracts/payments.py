"""A list of payments: who paid how much, and when. With it the campaign's payments in fact are counted (K 4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from backoffice.extracts.cells.problems import RowError
from backoffice.extracts.extract import ReadingTerms, RepeatedRow, read
from backoffice.extracts.files.uploads import Upload
from backoffice.extracts.kinds import ExtractField, ExtractKind, FieldType, Need, headings
from backoffice.extracts.rows import ExtractRow, TotalsRow
from backoffice.extracts.shared_fields import CONTRACT, CUSTOMER_CODE, SERVICE_ALIASES
from backoffice.smartflex.customers import ProductKind

_PAID_ON = ExtractField(
    "paid_on",
    "Fecha de pago",
    FieldType.DATE,
    headings("fecha; fec. pago; f. pago; pagado el; fecha cobro; fecha de cobranza; fecha transacción"),
    Need.VALUE,
)
_AMOUNT = ExtractField(
    "amount",
    "Monto",
    FieldType.MONEY,
    headings(
        "monto bs; monto pagado; monto cobrado; importe; importe bs; importe pagado; pago; total pagado; cobrado; valor"
    ),
    Need.VALUE,
)
_SERVICE = ExtractField("service", "Servicio", FieldType.SERVICE, SERVICE_ALIASES)

PAYMENTS = ExtractKind(
    "payments",
    "Lista de pagos",
    (CUSTOMER_CODE, CONTRACT, _PAID_ON, _AMOUNT, _SERVICE),
    customer_by=("customer_code", "contract"),
    one_of=("customer_code", "contract"),
)


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment in bolivianos. Of customer and contract one is there; `service` None where the list does not say."""

    number: int
    customer: str
    customer_code: str
    contract: str
    paid_on: date
    amount: Decimal
    service: ProductKind | None


PaymentItem: TypeAlias = PaymentRow | RowError | RepeatedRow | TotalsRow


def read_payments(upload: Upload, terms: ReadingTerms) -> Iterator[PaymentItem]:
    """The payments of a list and what is wrong with other rows; equal payments are two. Raises as `read` does."""
    for item in read(upload, PAYMENTS, terms):
        yield _payment(item) if isinstance(item, ExtractRow) else item


def _payment(row: ExtractRow) -> PaymentRow:
    paid_on, amount = row.value("paid_on", date), row.value("amount", Decimal)
    assert paid_on is not None and amount is not None, "a row without a needed value is an error"
    return PaymentRow(
        number=row.number,
        customer=row.customer,
        customer_code=row.value("customer_code", str) or "",
        contract=row.value("contract", str) or "",
        paid_on=paid_on,
        amount=amount,
        service=row.value("service", ProductKind),
    )
