"""Whom to call next, among a million customers: what the dialer and an agent who previews wait for.

A third of the customers is ready, the others wait for their hour; some of those are woken at each look. Both kinds of
database, with statistics.
"""

import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

import migrations
from callcenter.centre.model import OpenSpan
from callcenter.clock import now_us
from callcenter.database.engines import Dialect
from callcenter.database.leases import Leases
from callcenter.database.statistics import refresh_statistics
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.messages.envelope import Service
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.campaigns import campaigns
from callcenter.routing.calendar import Calendar
from dialer.attempt_results import AttemptResult
from dialer.campaigns import stored_rules
from dialer.campaigns.model import Campaign, CampaignKind, CampaignRules, CampaignState, DialMode
from dialer.campaigns.turns import Turns
from dialer.campaigns.window import Window
from dialer.contacts.attempts import AttemptStore, DialOrder
from dialer.contacts.store import ContactStore
from troncal.bench.figures import Figure, Target, percentile
from troncal.bench.postgresql import databases

CONTACTS, QUICK_CONTACTS = 1_000_000, 50_000
TIMES = 300
ZONE = ZoneInfo("America/La_Paz")
_EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_BUSY = AttemptResult(OutgoingResult.BUSY, is_over=True)
_DUE_US = 20 * MICROSECONDS
_NUMBERS_SQLITE = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST(:count AS BIGINT))"
_NUMBERS_POSTGRESQL = "WITH n(i) AS (SELECT generate_series(1, CAST(:count AS BIGINT)))"
_INSERT = """
    INSERT INTO campaign_contacts (campaign_id, customer, customer_code, name, numbers, services, service, segment,
        state, priority, rank, due_us, attempts, changed_us)
    NUMBERS SELECT 1, 'customer_code:' || i, '' || i, 'Cliente', '["' || (70000000 + i) || '"]', '[]',
        CASE WHEN i % 2 = 0 THEN 'internet' ELSE 'cable_tv' END, '',
        CASE WHEN i % 3 = 0 THEN 'ready' ELSE 'waiting' END, 1, CAST(i AS BIGINT) * 7919 % 1000003,
        CASE WHEN i % 3 = 0 THEN NULL ELSE CAST(:at_us AS BIGINT) + i * CAST(20000 AS BIGINT) END, 0, 1 FROM n
"""
_CHOSEN, _SHOWN = "the next are chosen", "the next is shown to an agent"
_TARGETS = dict.fromkeys((_CHOSEN, _SHOWN), Target(20, "ms"))
Work = Callable[[], Awaitable[object]]


async def measure(*, quick: bool) -> list[Figure]:
    """Milliseconds, 99th percentile of some hundred, of each step from choosing to the attempt's end."""
    count = QUICK_CONTACTS if quick else CONTACTS
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="troncal-bench-") as folder, databases(1) as servers:
        urls = {
            "SQLite": f"sqlite:///{Path(folder) / 'records.sqlite'}",
            **dict(zip(("PostgreSQL",), servers, strict=False)),
        }
        for name, url in urls.items():
            async with _opened(url) as database:
                figures += await _figures(database, count, f"{count:,} customers, {name}")
    return figures


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    await migrations.upgrade(url)
    database = Database(url, answer_seconds=None)
    try:
        yield database
    finally:
        await database.close()


async def _figures(database: Database, count: int, where: str) -> list[Figure]:
    campaign = await _fill(database, count)
    await refresh_statistics(database)
    steps = _Steps(database, campaign)
    await steps.take_lease()
    works: dict[str, Work] = {
        "those due are woken": steps.wake,
        _CHOSEN: steps.choose,
        "an attempt begins": steps.begin,
        "an attempt ends": steps.close,
        _SHOWN: steps.show,
    }
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(TIMES):
        for name, work in works.items():
            began = time.perf_counter()
            await work()
            taken[name].append((time.perf_counter() - began) * 1000)
    return [
        Figure(f"{name}, {where}, 99th percentile", percentile(times, 0.99), "ms", target=_TARGETS.get(name))
        for name, times in taken.items()
    ]


class _Steps:
    """What a look of the dialer does, one step each."""

    def __init__(self, database: Database, campaign: Campaign) -> None:
        self._contacts, self._attempts = ContactStore(database), AttemptStore(database)
        self._leases = Leases(database, Service.DIALER, now_us, seconds=3600)
        self._turns = Turns(campaign, Calendar(ZONE), ZONE)
        self._campaign, self._agent = campaign, 0

    async def take_lease(self) -> None:
        """For the whole measurement."""
        self._lease = await self._leases.take("bench")

    async def wake(self) -> None:
        """Those whose hour has come, some a look."""
        await self._contacts.wake_due(self._campaign.id, now_us())

    async def choose(self) -> None:
        """As many as the trunk has channels."""
        self._chosen = await self._contacts.ready(self._campaign.id, 31, now_us())

    async def begin(self) -> None:
        """The first of those."""
        order = DialOrder(self._chosen[0], DialMode.PROGRESSIVE)
        self._begun = await self._attempts.begin(order, self._turns, self._lease, now_us())

    async def close(self) -> None:
        """It was busy."""
        assert self._begun is not None
        await self._attempts.close(self._begun, _BUSY, self._turns, now_us())

    async def show(self) -> None:
        """One more agent, who calls customers of cable TV."""
        self._agent += 1
        shown = await self._contacts.show_next(f"agent{self._agent}", self._turns, now_us(), ("cable_tv",))
        assert shown is not None


async def _fill(database: Database, count: int) -> Campaign:
    today = as_datetime(now_us(), ZONE).date()
    hours = (OpenSpan.model_validate({"days": _EVERY_DAY, "from": "00:00", "to": "24:00"}),)
    campaign = Campaign(
        *(1, CampaignKind.GENERAL, "bench", "bench", DialMode.PROGRESSIVE, CampaignState.RUNNING),
        *(Window(date(today.year, 1, 1), date(today.year + 1, 12, 31)), CampaignRules(hours), "prepago", "102"),
    )
    row = {
        **{"id": 1, "name": "bench", "kind": campaign.kind.value, "title": "bench", "mode": campaign.mode.value},
        **{"state": campaign.state.value, "first_day": campaign.window.first, "last_day": campaign.window.last},
        **{"queue": campaign.queue, "line": campaign.line, "rules": stored_rules.as_json(campaign.rules)},
        **{"created_us": 1, "created_by": "bench", "changed_us": 1},
    }
    async with database.transaction() as connection:
        await connection.execute(campaigns.insert(), row)
        await connection.run_sync(_fill_contacts, count, now_us())
    return campaign


def _fill_contacts(connection: Connection, count: int, at_us: int) -> None:
    """The database makes the rows out of their numbers: a third is ready, of the others fifty are due each second."""
    numbers = _NUMBERS_SQLITE if connection.dialect.name == Dialect.SQLITE else _NUMBERS_POSTGRESQL
    connection.execute(text(_INSERT.replace("NUMBERS", numbers)), {"count": count, "at_us": at_us - _DUE_US})
