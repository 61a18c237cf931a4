"""A row of the report becomes a customer to call: the border against toll fraud.

A number that is neither fixed nor mobile in Bolivia, or that is one of the centre's own lines, does not get past it,
whatever reader it came from.
"""

from collections.abc import Collection, Iterator

from backoffice.extracts.cells.problems import RowError, shown
from backoffice.extracts.prepaid_report import PrepaidRow
from callcenter.callbacks.rules import callable_number
from dialer.contacts.model import ListedService
from dialer.lists.merge import MOST_NUMBERS
from dialer.lists.model import ListedCustomer

LONGEST_SEGMENT = 40
_NOT_CALLED = "no es un número al que una campaña pueda llamar"
_REMEDY = "Quítelo de la lista, o ponga otro número del cliente"


def listed(row: PrepaidRow, own: Collection[str]) -> Iterator[ListedCustomer | RowError]:
    """The customer of a row, after what is wrong with its numbers; without one that may be called: errors alone.

    `own`: the centre's own lines (`callcenter.callbacks.rules.own_numbers`).
    """
    called = [each for each in row.telephones if callable_number(each.digits, own) == each]
    for each in row.telephones:
        if each not in called:
            yield RowError(row.number, "", shown(each.digits), _NOT_CALLED, _REMEDY, kept=bool(called))
    if called:
        yield ListedCustomer(
            customer=row.customer,
            row_number=row.number,
            numbers=tuple(each.digits for each in called[:MOST_NUMBERS]),
            services=(ListedService(row.service, row.expires_on, row.contract, row.amount),),
            customer_code=row.customer_code,
            name=row.name,
            segment=row.segment[:LONGEST_SEGMENT].rstrip(),
        )
