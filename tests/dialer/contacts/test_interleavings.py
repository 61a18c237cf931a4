"""Dialers, agents and supervisors do what they like in any order: what must never be is not, after any of it."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Row, select, update

from callcenter.campaign_outcomes import CallOutcome, ContactState, is_call
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.outgoing_calls import AnsweredBy, OutgoingResult
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns
from dialer.attempt_results import AttemptResult
from dialer.campaigns.model import Campaign, CampaignState, DialMode
from dialer.campaigns.window import Window
from dialer.contacts.agreements import NotAgreeable
from dialer.contacts.attempts import DialOrder
from dialer.contacts.model import SkipReason
from dialer.contacts.saying import NotTheirCall
from tests.conftest import SqliteDatabases
from tests.dialer.campaign_rows import ZONE, add_contact, make_campaign
from tests.dialer.contacts.conftest import Dialled, at

pytestmark = pytest.mark.database

AGENTS = ("1001", "1002")
MINUTE = 60 * MICROSECONDS
_worlds = count(1)


@dataclass
class World(Dialled):
    """A campaign with strict limits, and four numbers that no other world has."""

    numbers: tuple[str, ...] = ()
    listed: list[int] = field(default_factory=list)

    async def do(self, name: str, who: int, what: int, how: Any) -> None:
        """Do one thing to whom those numbers name, of those that are there."""
        self.now_us += MICROSECONDS
        await getattr(self, name)(who, what, how)

    async def list_customer(self, who: int, what: int, _how: Any) -> None:
        named = (self.numbers[who % 4], self.numbers[what % 4])
        self.listed.append(await add_contact(self.database, self.campaign, *dict.fromkeys(named)))

    async def dial(self, who: int, _what: int, _how: Any) -> None:
        await self._begin(who, DialMode.PROGRESSIVE, None)

    async def dial_at_once(self, who: int, what: int, _how: Any) -> None:
        await asyncio.gather(*(self._begin(each, DialMode.PROGRESSIVE, None) for each in (who, what)))

    async def preview(self, who: int, what: int, _how: Any) -> None:
        await self._begin(who, DialMode.PREVIEW, AGENTS[what % 2])

    async def show(self, who: int, _what: int, _how: Any) -> None:
        await self.contacts.show_next(AGENTS[who % 2], self.turns, self.now_us)

    async def skip(self, who: int, what: int, _how: Any) -> None:
        if self.listed:
            reason = [*SkipReason][what % len(SkipReason)]
            contact_id = self.listed[who % len(self.listed)]
            await self.contacts.skip(contact_id, AGENTS[what % 2], reason, self.turns, self.now_us)

    async def close(self, who: int, what: int, how: Any) -> None:
        """The youngest and all others may be closed, also twice."""
        attempts = await self.attempts.open() or await self.attempts.last_of(self.campaign.id, 5)
        own = [each for each in attempts if each.campaign_id == self.campaign.id]
        if own:
            talked = self.now_us if what % 2 else None
            by = AnsweredBy.MACHINE if what % 3 == 0 else AnsweredBy.PERSON
            over = AttemptResult(how, True, answered_by=by, talked_us=talked, member=AGENTS[0] if talked else "")
            await self.attempts.close(own[who % len(own)], over, self.turns, self.now_us)

    async def say(self, who: int, what: int, how: CallOutcome) -> None:
        """Of an attempt that began lately, mostly by who may."""
        rows = await self.rows()
        if rows:
            row = rows[-1 - who % min(2, len(rows))]
            by = (row.member or AGENTS[0], AGENTS[1], None, row.member or AGENTS[0])[what % 4]
            agreed = self.now_us + (what - 3) * 60 * MINUTE if how is CallOutcome.CALL_AGAIN and by else None
            told = (row.reference, how, self.turns, self.now_us)
            with suppress(NotAgreeable, NotTheirCall):
                await self.attempts.say(*told, said_by=by, agreed_us=agreed)

    async def wait(self, _who: int, what: int, _how: Any) -> None:
        self.now_us += (1, 11, 61, 185, 24 * 60, 1, 4)[what] * MINUTE
        await self.contacts.wake_due(self.campaign.id, self.now_us)

    async def never_call(self, who: int, _what: int, _how: Any) -> None:
        if self.numbers[who % 4] not in await self.barred():
            await self.bar(self.numbers[who % 4])

    async def move(self, who: int, _what: int, _how: Any) -> None:
        state = (CampaignState.PAUSED, CampaignState.RUNNING, CampaignState.RUNNING)[who % 3]
        self.campaign = replace(self.campaign, state=state)
        one = update(campaigns).where(campaigns.c.id == self.campaign.id)
        await self.database.write(lambda connection: connection.execute(one.values(state=state.value)))

    async def set_apart(self, who: int, what: int, _how: Any) -> None:
        """Their list is undone, loaded again, or is being loaded."""
        states = (ContactState.WITHDRAWN, ContactState.READY, ContactState.HELD_OUT, ContactState.ARRIVING)
        if self.listed:
            one = update(campaign_contacts).where(campaign_contacts.c.id == self.listed[who % len(self.listed)])
            state = states[what % 4].value
            await self.database.write(lambda connection: connection.execute(one.values(state=state, due_us=None)))

    async def rows(self) -> Sequence[Row[Any]]:
        query = select(campaign_attempts).where(campaign_attempts.c.campaign_id == self.campaign.id)
        query = query.order_by(campaign_attempts.c.begun_us)
        return await self.database.read(lambda connection: connection.execute(query).all())

    async def _begin(self, who: int, mode: DialMode, member: str | None) -> None:
        if not self.listed:
            return
        order = DialOrder(self.listed[who % len(self.listed)], mode, member)
        before, barred = await self.contact(order.contact_id), await self.barred()
        lease = await self.lease() if member is None else None
        begun = await self.attempts.begin(order, self.turns, lease, self.now_us)
        if begun is not None:
            assert self.campaign.state is CampaignState.RUNNING and begun.number not in barred
            assert self.turns.closed(self.now_us) is None
            shown_to_them = before.state is ContactState.SHOWN and before.member == member
            assert before.state is ContactState.READY or shown_to_them

    async def check(self) -> None:
        """What is so whatever was done."""
        rows, rules = await self.rows(), self.campaign.rules
        _at_most(1, (row.number for row in rows if row.closed_us is None))
        _at_most(1, (row.contact_id for row in rows if row.closed_us is None))
        counted = [(row, _day(row.begun_us)) for row in rows if is_call(row.result, row.outcome)]
        _at_most(rules.number_a_day, ((row.number, day) for row, day in counted))
        _at_most(rules.customer_a_day, ((row.contact_id, day) for row, day in counted))
        _at_most(rules.number_in_all, (row.number for row, _ in counted))
        _at_most(rules.customer_in_all, (row.contact_id for row, _ in counted))


def _at_most(most: int, things: Iterator[Any]) -> None:
    assert max(Counter(things).values(), default=0) <= most


def _day(instant_us: int) -> date:
    return as_datetime(instant_us, ZONE).date()


RESULTS = st.sampled_from([*(each for each in OutgoingResult if each is not OutgoingResult.OPEN)])
OUTCOMES = st.sampled_from([*CallOutcome, CallOutcome.CALL_AGAIN, CallOutcome.WRONG_NUMBER, CallOutcome.BUSY])
PLAIN = ("show", "preview", "skip", "dial_at_once", "never_call", "move", "set_apart", "list_customer")
NUMBER = st.integers(0, 6)
STEP = (
    st.tuples(st.sampled_from(("dial", "wait", "dial")), NUMBER, NUMBER, st.none())
    | st.tuples(st.just("close"), NUMBER, NUMBER, RESULTS)
    | st.tuples(st.just("say"), NUMBER, NUMBER, OUTCOMES)
    | st.tuples(st.sampled_from(PLAIN), NUMBER, NUMBER, st.none())
)


@pytest.fixture
def database_url(sqlite_databases: SqliteDatabases) -> str:
    """One file for all worlds."""
    return sqlite_databases.migrated()


async def _world(database: Database) -> World:
    first = 70_000_000 + next(_worlds) * 10
    window = Window(date(2026, 11, 25), date(2026, 11, 30))
    made: Campaign = await make_campaign(
        database, window, number_a_day=2, customer_a_day=2, number_in_all=3, customer_in_all=4
    )
    world = World(database, made, at(25), tuple(str(first + each) for each in range(4)))
    await world.list_customer(0, 1, None)
    await world.list_customer(1, 2, None)
    return world


async def _play(database: Database, steps: Sequence[tuple[str, int, int, Any]]) -> None:
    world = await _world(database)
    for step in steps:
        await world.do(*step)
        await world.check()


def test_whatever_happens_nobody_is_called_twice_at_once_or_too_often(database_url: str) -> None:
    runner = asyncio.Runner()
    database = Database(database_url)

    # Each step is a transaction: to look for a shorter list of them takes longer than a test may.
    @settings(
        max_examples=80,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @example([("dial", 0, 0, None), ("say", 0, 0, CallOutcome.WRONG_NUMBER), ("dial", 0, 0, None)])
    # Given up before anybody had the time to answer, a call costs its customer none of the day's.
    @example([("dial", 0, 0, None), ("close", 0, 0, OutgoingResult.CANCELLED), ("wait", 0, 2, None)] * 3)
    @given(st.lists(STEP, min_size=12, max_size=30))
    def played(steps: list[tuple[str, int, int, Any]]) -> None:
        runner.run(_play(database, steps))

    with runner:
        played()
        runner.run(database.close())
