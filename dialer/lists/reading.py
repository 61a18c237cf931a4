"""A list that was uploaded becomes what it says of whom, and what is wrong with its rows: all of it, or a refusal.

Nobody looks at either before the load is `previewed`, which is the last thing that is written. Whoever is killed before
leaves a load that is read again from its beginning.
"""

import json
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from backoffice.extracts.cells.problems import RowError
from backoffice.extracts.extract import ReadingTerms, RepeatedRow
from backoffice.extracts.files.refusals import ExtractRefused
from backoffice.extracts.files.uploads import Upload
from backoffice.extracts.headers import ColumnMapping
from backoffice.extracts.payments import PaymentRow, read_payments
from backoffice.extracts.prepaid_report import PrepaidRow, read_prepaid_report
from backoffice.extracts.rows import DateSpan, TotalsRow
from callcenter.records.campaigns import campaign_contacts
from callcenter.records.lists import column_mappings, list_files, list_problems, listed_customers, payments
from dialer.campaigns.model import Campaign, CampaignKind
from dialer.campaigns.window import prepaid_expiries
from dialer.do_not_call import barred_among
from dialer.lists.found_header import without_columns
from dialer.lists.kinds import EXTRACTS
from dialer.lists.listed import listed
from dialer.lists.merge import is_held_out, merged
from dialer.lists.model import (
    FoundHeader,
    ListedCustomer,
    ListKind,
    LoadCounts,
    LoadState,
    counts_as_json,
    header_as_json,
)
from dialer.lists.progress import RowCount, rows_expected
from dialer.lists.rows import said_of
from dialer.lists.scratch import ScratchRows
from dialer.lists.work import CUSTOMERS_AT_ONCE, OF_A_LOAD, ROWS_AT_ONCE, ListTerms, LoadWork

# A list with more is exported wrongly, and nobody mends it row by row.
MOST_PROBLEMS_KEPT = 1000
_ANY_DAY = DateSpan(date.min, date.max)
_LONGEST_SAID, _LONGEST_REFUSAL = 200, 600
_contacts, _files = campaign_contacts.c, list_files.c


class ListReading:
    """Reads one list. `campaign`: whose customers it has; None of payments. `steady`: seconds, never set."""

    def __init__(
        self, work: LoadWork, campaign: Campaign | None, terms: ListTerms, steady: Callable[[], float]
    ) -> None:
        self._work, self._campaign, self._terms = work, campaign, terms
        self._count = RowCount(work, steady)
        self._counts = LoadCounts()
        self._problems: list[dict[str, Any]] = []
        self._problems_kept = self._last_wrong = 0

    async def run(self) -> None:
        """Read it, whatever was read of it before. Raises NotOursAnyMore, DatabaseProblem."""
        await self._work.forget(*OF_A_LOAD)
        async with self._file() as upload:
            terms = await self._reading_terms()
            try:
                await self._read(upload, terms)
            except ExtractRefused as refused:
                await self._refuse(upload, terms, refused)

    @asynccontextmanager
    async def _file(self) -> AsyncIterator[Upload]:
        """The upload as a file on disk, a part of it in memory. The file has no name, and is gone with this process."""
        with tempfile.TemporaryFile() as file:
            part = 0
            while (content := await self._part(part)) is not None:
                file.write(content)
                part += 1
            file.flush()
            yield Upload(self._work.load.file_name, Path(f"/proc/self/fd/{file.fileno()}"))

    async def _part(self, part: int) -> bytes | None:
        wanted = select(_files.content).where(_files.load_id == self._work.load.id, _files.part == part)
        return await self._work.database.read(lambda connection: connection.execute(wanted).scalar_one_or_none())

    async def _read(self, upload: Upload, terms: ReadingTerms) -> None:
        await self._count.begin(rows_expected(upload))
        if self._work.load.kind is ListKind.PAYMENTS:
            await self._read_payments(upload, terms)
        else:
            await self._read_customers(upload, terms)
        await self._keep_problems()
        rows = self._count.rows
        counts = counts_as_json(replace(self._counts, rows=rows))
        await self._end(state=LoadState.PREVIEWED, counts=counts, rows_read=rows, rows_in_all=rows)

    async def _refuse(self, upload: Upload, terms: ReadingTerms, refused: ExtractRefused) -> None:
        """Nothing is kept of it; but where a person can say what its columns are, it is read again after that."""
        await self._work.forget(*OF_A_LOAD)
        if (header := self._without_columns(upload, terms)) is not None:
            await self._work.note(state=LoadState.UNMAPPED, header=header_as_json(header))
        else:
            await self._end(state=LoadState.REFUSED, refusal=str(refused)[:_LONGEST_REFUSAL])

    def _without_columns(self, upload: Upload, terms: ReadingTerms) -> FoundHeader | None:
        try:
            return without_columns(upload, EXTRACTS[self._work.load.kind], terms)
        except ExtractRefused:
            return None

    async def _end(self, **changed: Any) -> None:
        """The load is read, and its file gone, at once: a load without a file would be an empty list."""
        file = delete(list_files).where(_files.load_id == self._work.load.id)
        await self._work.write(lambda connection: connection.execute(file), **changed)

    async def _reading_terms(self) -> ReadingTerms:
        kind = self._work.load.kind
        wanted = select(column_mappings.c.mapping).where(column_mappings.c.kind == kind)
        kept = await self._work.database.read(lambda connection: connection.execute(wanted).scalars().all())
        mappings = tuple(ColumnMapping.from_json(json.loads(each), EXTRACTS[kind]) for each in kept)
        return ReadingTerms(mappings=mappings, area_code=self._terms.area_code, limits=self._terms.limits)

    async def _read_customers(self, upload: Upload, terms: ReadingTerms) -> None:
        campaign = self._campaign
        assert campaign is not None, "a report of customers is of a campaign"
        with closing(ScratchRows()) as scratch:
            for item in read_prepaid_report(upload, _expiring(campaign), terms):
                for each in listed(item, self._terms.own) if isinstance(item, PrepaidRow) else (item,):
                    if isinstance(each, ListedCustomer):
                        scratch.add(each)
                    else:
                        self._note(each)
                await self._count.up_to(item.number)
                await self._keep_problems(at_least=ROWS_AT_ONCE)
            for some in _batches(scratch.by_customer()):
                await self._keep_customers(campaign, some)

    async def _keep_customers(self, campaign: Campaign, customers: Sequence[ListedCustomer]) -> None:
        barred, there = await self._work.database.read(partial(_barred_and_there, campaign.id, customers))
        rows = [self._row(each, campaign, barred) for each in customers]
        await self._work.write(lambda connection: connection.execute(insert(listed_customers), rows))
        called = [row for row in rows if not row["barred"]]
        self._counts = replace(
            self._counts,
            customers=self._counts.customers + len(rows),
            merged=self._counts.merged + sum(each.rows > 1 for each in customers),
            barred=self._counts.barred + len(rows) - len(called),
            held_out=self._counts.held_out + sum(row["held_out"] for row in called),
            known=self._counts.known + sum(row["customer"] in there for row in called),
            new=self._counts.new + sum(row["customer"] not in there for row in called),
        )

    def _row(self, customer: ListedCustomer, campaign: Campaign, barred: frozenset[str]) -> dict[str, Any]:
        return said_of(customer, campaign) | {
            "load_id": self._work.load.id,
            "customer": customer.customer,
            "row_number": customer.row_number,
            "held_out": is_held_out(customer.customer, campaign.held_out_percent, campaign.held_out_seed),
            "barred": barred.issuperset(customer.numbers),
        }

    async def _read_payments(self, upload: Upload, terms: ReadingTerms) -> None:
        paid: list[PaymentRow] = []
        for item in read_payments(upload, terms):
            if isinstance(item, PaymentRow):
                paid.append(item)
            else:
                self._note(item)
            if len(paid) >= ROWS_AT_ONCE:
                await self._keep_payments(paid)
            await self._count.up_to(item.number)
            await self._keep_problems(at_least=ROWS_AT_ONCE)
        await self._keep_payments(paid)

    async def _keep_payments(self, paid: list[PaymentRow]) -> None:
        rows = [
            {
                "load_id": self._work.load.id,
                "customer_code": each.customer_code,
                "contract": each.contract,
                "paid_on": each.paid_on,
                "amount": each.amount,
                "service": each.service.value if each.service else "",
            }
            for each in paid
        ]
        if rows:
            await self._work.write(lambda connection: connection.execute(insert(payments), rows))
        amount = self._counts.amount + sum((each.amount for each in paid), Decimal(0))
        self._counts = replace(self._counts, payments=self._counts.payments + len(rows), amount=amount)
        paid.clear()

    def _note(self, item: RowError | RepeatedRow | TotalsRow) -> None:
        """Count what is no customer's row, and keep what is wrong with it."""
        counts = self._counts
        match item:
            case RowError():
                self._keep_problem(item)
                self._counts = replace(self._counts, errors=counts.errors + self._is_another(item))
            case RepeatedRow():
                remedy = "Nada: cuenta la primera; si es de otro cliente, corrija el código"
                self._keep_problem(RowError(item.number, "", "", f"repite la fila {item.first}", remedy))
                self._counts = replace(self._counts, repeated=counts.repeated + 1)
            case TotalsRow():
                self._counts = replace(counts, totals=counts.totals + 1)

    def _is_another(self, error: RowError) -> bool:
        """Whether it is the first for which its row is not taken."""
        if error.kept or error.number == self._last_wrong:
            return False
        self._last_wrong = error.number
        return True

    def _keep_problem(self, error: RowError) -> None:
        self._counts = replace(self._counts, problems=self._counts.problems + 1)
        if self._problems_kept >= MOST_PROBLEMS_KEPT:
            return
        self._problems_kept += 1
        row: dict[str, Any] = {"load_id": self._work.load.id, "row_number": error.number, "kept": error.kept}
        said = {"wrong": error.wrong[:_LONGEST_SAID], "remedy": error.remedy[:_LONGEST_SAID]}
        self._problems.append({**row, "column_title": error.column, "value": error.value, **said})

    async def _keep_problems(self, at_least: int = 1) -> None:
        if len(self._problems) >= at_least:
            rows, self._problems = self._problems, []
            await self._work.write(lambda connection: connection.execute(insert(list_problems), rows))


def _barred_and_there(
    campaign_id: int, customers: Sequence[ListedCustomer], connection: Connection
) -> tuple[frozenset[str], set[str]]:
    """Numbers that are never to be called, and customers who are in the campaign."""
    barred = barred_among(connection, {number for each in customers for number in each.numbers})
    names = [each.customer for each in customers]
    known = select(_contacts.customer).where(_contacts.campaign_id == campaign_id, _contacts.customer.in_(names))
    return barred, set(connection.execute(known).scalars())


def _expiring(campaign: Campaign) -> DateSpan:
    """The days on which what the list names may expire."""
    if campaign.kind is not CampaignKind.PREPAID_EXPIRY:
        return _ANY_DAY
    expiries = prepaid_expiries(campaign.window.first)
    return DateSpan(expiries.first, expiries.last)


def _batches(customers: Iterator[list[ListedCustomer]]) -> Iterator[list[ListedCustomer]]:
    batch: list[ListedCustomer] = []
    for parts in customers:
        batch.append(merged(parts))
        if len(batch) >= CUSTOMERS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
