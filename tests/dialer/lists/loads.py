"""A campaign, lists for it as people export them, and the work on them here; killed wherever a test wants."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, insert, select

from backoffice.extracts.files.uploads import ExtractLimits
from callcenter.centre.model import OpenSpan
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns
from callcenter.records.lists import list_files, listed_customers
from dialer.campaigns import stored_rules
from dialer.campaigns.model import CampaignKind, CampaignRules, CampaignState, DialMode
from dialer.lists.model import ListKind, ListLoad
from dialer.lists.store import ListStore
from dialer.lists.uploads import ListUploads, UploadedList
from dialer.lists.work import ListTerms
from dialer.lists.worker import work_on
from tests.backoffice.extracts.made_files import HEADINGS, text_file

ZONE = ZoneInfo("America/La_Paz")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RULES = CampaignRules((OpenSpan(days=DAYS, **{"from": time(8), "to": time(20)}),), segments=("ORO",))
OWN = frozenset({"44251000", "101"})
LIMITS = ExtractLimits(most_bytes=4_000_000, most_rows=5000)
TERMS = ListTerms(OWN, "4", LIMITS)
BY = "jefa"
T = TypeVar("T")


class Killed(BaseException):
    """The process that worked is gone."""


class DeadlyDatabase(Database):
    """A database whose user is killed at a write: before it is committed, or just after."""

    def __init__(self, url: str, at: int, *, after: bool) -> None:
        super().__init__(url)
        self._left, self._after = at, after

    async def write(self, work: Callable[[Connection], T]) -> T:
        self._left -= 1
        if self._left < 0 and not self._after:
            raise Killed
        made = await super().write(work)
        if self._left < 0:
            raise Killed
        return made


def row(code: int, *, telephone: str = "", service: str = "INTERNET", expires: str = "31/12/2026") -> tuple[str, ...]:
    """A row of the report."""
    number = telephone or str(70000000 + code)
    return (str(code), f"C{code}", f"CLIENTE {code}", number, service, expires)


def report(*rows: Sequence[str]) -> bytes:
    """The report as a text file."""
    return text_file(HEADINGS, *rows)


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for begin in range(0, len(content), 65_536):
        yield content[begin : begin + 65_536]


@dataclass
class Loads:
    """Lists over one database."""

    database: Database
    store: ListStore = field(init=False)
    uploads: ListUploads = field(init=False)

    def __post_init__(self) -> None:
        self.store = ListStore(self.database, ZONE, now_us)
        self.uploads = ListUploads(self.database, ZONE, now_us, LIMITS)

    async def campaign(self, name: str = "prepago-2026-11", **other: Any) -> int:
        """A campaign that waits for its list."""
        made = {
            "name": name,
            "kind": CampaignKind.PREPAID_EXPIRY,
            "title": "Prepago de noviembre",
            "mode": DialMode.PREVIEW,
            "state": CampaignState.DRAFT,
            "first_day": date(2026, 11, 25),
            "last_day": date(2026, 11, 30),
            "queue": "104",
            "line": "44251000",
            "rules": stored_rules.as_json(RULES),
            "created_us": now_us(),
            "created_by": "dialer",
            "changed_us": now_us(),
        } | other
        made_id = insert(campaigns).values(made).returning(campaigns.c.id)
        return int(await self.database.write(lambda connection: connection.execute(made_id).scalar_one()))

    async def upload(
        self, campaign: int | None, content: bytes, name: str = "reporte.csv", kind: ListKind = ListKind.PREPAID_REPORT
    ) -> int:
        return await self.uploads.take(UploadedList(kind, campaign, name, BY), _pieces(content))

    async def work(self, load_id: int, database: Database | None = None) -> ListLoad:
        """What is to be done of it, and how it is afterwards."""
        await work_on(database or self.database, load_id, TERMS)
        return await self.load(load_id)

    async def load(self, load_id: int) -> ListLoad:
        found = await self.store.find(load_id)
        assert found is not None
        return found

    async def read(self, campaign: int | None, content: bytes, **named: Any) -> ListLoad:
        """Upload a list and have it read."""
        return await self.work(await self.upload(campaign, content, **named))

    async def loaded(self, campaign: int | None, content: bytes, **named: Any) -> ListLoad:
        """Upload a list, have it read, and load it."""
        read = await self.read(campaign, content, **named)
        await self.store.load(read.id, BY)
        return await self.work(read.id)

    async def undone(self, load_id: int) -> ListLoad:
        await self.store.undo(load_id, BY)
        return await self.work(load_id)

    async def rows(self, table: Table) -> list[dict[str, Any]]:
        """All of a table, in the order of its key."""
        wanted = select(table).order_by(*table.primary_key.columns)
        async with self.database.reading() as connection:
            return [dict(row) for row in (await connection.execute(wanted)).mappings()]

    async def contacts(self) -> dict[str, tuple[str, str]]:
        """State and numbers of each customer of all campaigns."""
        return {each["customer"]: (each["state"], each["numbers"]) for each in await self.rows(campaign_contacts)}

    async def contact_rows(self) -> list[dict[str, Any]]:
        """Those of campaigns, but for their keys and when they were changed."""
        rows = await self.rows(campaign_contacts)
        left_out = ("id", "changed_us")
        made = [{name: value for name, value in row.items() if name not in left_out} for row in rows]
        return sorted(made, key=lambda row: (row["campaign_id"], row["customer"]))

    async def campaign_state(self, campaign: int) -> str:
        found = await self.store.campaign(campaign)
        assert found is not None
        return found.state.value

    async def attempt(self, customer: str, outcome: str | None = "no_answer") -> None:
        """The customer was called."""
        (contact,) = [each for each in await self.rows(campaign_contacts) if each["customer"] == customer]
        made = {"contact_id": contact["id"], "campaign_id": contact["campaign_id"], "mode": "preview", "epoch": 1}
        made |= {"reference": f"campaign-{contact['id']}-1", "number": "70000001", "begun_us": 1, "ends_us": 2}
        made |= {"closed_us": 2, "outcome": outcome}
        await self.database.write(lambda connection: connection.execute(insert(campaign_attempts).values(made)))

    async def is_clean(self) -> bool:
        """Whether nothing half-read is left."""
        return not await self.rows(listed_customers) and not await self.rows(list_files)
