"""What the caller owes, since when, and where to pay (GC-PRC-OPE-ASE-02, B 4-5)."""

import re
from collections.abc import Sequence
from datetime import date

from backoffice.smartflex.customers import CustomerView
from backoffice.smartflex.services import Statement, Statements
from callcenter.calls import SelfServiceResult
from ivr.prompts.speech import Sounds, bolivianos, day, digits
from ivr.selfservice.dialogue import ServiceAnswer, named, the_rest, within_patience

CONTRACTS_SAID = 3


async def amount_owed(customer: CustomerView, statements: Statements, today: date) -> ServiceAnswer:
    """Contract by contract what is unpaid. Raises SystemUnavailable."""
    asked = [contract.number for contract in customer.contracts]
    found = await within_patience(_statements(asked, statements))
    owing = [statement for statement in found if statement is not None and statement.owed > 0]
    if not owing:
        return ServiceAnswer(SelfServiceResult.NOTHING, named("deuda-ninguna"))
    first = owing[:CONTRACTS_SAID]
    sounds = tuple(sound for statement in first for sound in _said(statement, today, several=len(asked) > 1))
    return ServiceAnswer(SelfServiceResult.TOLD, sounds, more=(*the_rest(owing, first), *named("deuda-donde-pagar")))


async def _statements(asked: Sequence[str], statements: Statements) -> list[Statement | None]:
    return [await statements.statement(number) for number in asked]


def _said(statement: Statement, today: date, *, several: bool) -> Sounds:
    which = (*named("deuda-contrato"), *digits(_figures(statement.contract))) if several else ()
    return (*which, *named("deuda-debe"), *bolivianos(statement.owed), *_due(statement.due_on, today))


def _figures(contract: str) -> str:
    """Contracts may have letters, which have no sounds; the figures tell them apart."""
    return re.sub("[^0-9]", "", contract)


def _due(due_on: date | None, today: date) -> Sounds:
    if due_on is None:
        return ()
    return (*named("deuda-vencio" if due_on < today else "deuda-vence"), *day(due_on, year=due_on.year != today.year))
