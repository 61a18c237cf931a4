"""Customers who are listed already follow the rules that their campaign was given since: place in the order, and hour.

The campaign's row says up to which customer they do (`followed_to`), so that a process may die anywhere; it goes on in
short transactions, between which calls are placed. Whoever does not follow yet is called by the new rules all the
same: those are asked when an attempt begins, and before an agent is shown anybody.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, bindparam, func, select, update

from callcenter.campaign_outcomes import ContactState
from callcenter.database.problems import DatabaseProblem
from callcenter.database.raw import day_of, raw
from callcenter.database.transactions import Database
from callcenter.records.campaigns import campaign_contacts, campaigns, contact_skips
from callcenter.routing.calendar import Calendar
from callcenter.routing.calendar_store import CalendarStore
from dialer.campaigns.model import FINAL, CampaignRules, CampaignState
from dialer.campaigns.rows import readable, select_campaigns
from dialer.campaigns.turns import Turns
from dialer.contacts.model import rank_of
from dialer.contacts.rows import UNREADABLE
from dialer.contacts.settling import lock_each, set_aside_unread, settle
from dialer.contacts.store import SKIPPED_FOR_US

log = logging.getLogger(__name__)

_LOOKED_AT_SECONDS = 2.0
# Whoever waits for SQLite's write lock looks for it more often than that.
_PAUSE_SECONDS = 0.03
# A few hundredths of a second of that lock: of a customer whose hour is to be found everything is read.
_CUSTOMERS_AT_ONCE, _HOURS_AT_ONCE = 400, 20
_TABLE, _CAMPAIGNS = campaign_contacts.c, campaigns.c
# Who is at none of these is called by no campaign, or their turn is found when the call is over.
_HAS_AN_HOUR = (ContactState.READY.value, ContactState.WAITING.value, ContactState.OVER.value)
_HAS_A_PLACE = (ContactState.READY.value, ContactState.SHOWN.value, ContactState.ARRIVING.value)
_FOLLOWERS: Select[Any] = select(
    *(_TABLE.id, _TABLE.customer, _TABLE.state, _TABLE.outcome, _TABLE.segment, _TABLE.attempts, _TABLE.rank),
    raw(_TABLE.expires_on, "expires_on"),
)


@dataclass(frozen=True, slots=True)
class _Follower:
    """What is read of a customer to see what they need; words as they are kept."""

    id: int
    customer: str
    state: str
    outcome: str | None = None
    segment: str = ""
    attempts: int = 0
    rank: int = 0
    expires_on: date | None = None


class RulesFollowed:
    """Has them follow, for as long as it runs. `clock`: microseconds, UTC."""

    def __init__(self, database: Database, zone: ZoneInfo, clock: Callable[[], int]) -> None:
        self._database, self._zone, self._clock = database, zone, clock

    async def run(self) -> None:
        """For as long as the service lives."""
        while True:
            try:
                await self.look()
            except DatabaseProblem as problem:
                log.warning("customers do not follow the new rules of their campaigns for now: %s", problem)
            await asyncio.sleep(_LOOKED_AT_SECONDS)

    async def look(self) -> None:
        """All customers of all campaigns follow afterwards. Raises DatabaseProblem."""
        while turns := await self._behind():
            for each in turns:
                await self._database.write(partial(_go_on, each, self._clock()))
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _behind(self) -> list[Turns]:
        """Of the campaigns some of whose customers do not follow yet."""
        behind = select_campaigns().where(
            _CAMPAIGNS.followed_to.is_not(None), _CAMPAIGNS.state != CampaignState.ENDED.value
        )
        rows = await self._database.read(lambda connection: connection.execute(behind).all())
        if not rows:
            return []
        calendar = Calendar(self._zone, await CalendarStore(self._database).overrides())
        return [Turns(campaign, calendar, self._zone) for campaign in readable(rows)]


def _go_on(turns: Turns, now_us: int, connection: Connection) -> None:
    """Some customers more follow."""
    row = connection.execute(select_campaigns().where(_CAMPAIGNS.id == turns.campaign.id)).one()
    (campaign,) = readable([row]) or (None,)
    seen = turns.campaign
    if campaign is None or (campaign.rules, campaign.window) != (seen.rules, seen.window) or row.followed_to is None:
        return
    some = _next_of(connection, row)
    followed = _follow(connection, some, turns, now_us)
    reached = followed[-1].customer if followed else None
    # Others may have been set while this was done: then it begins anew.
    as_seen = (
        *(_CAMPAIGNS[name] == getattr(row, name) for name in ("id", "followed_to", "rules")),
        *(_CAMPAIGNS.first_day == campaign.window.first, _CAMPAIGNS.last_day == campaign.window.last),
    )
    connection.execute(update(campaigns).where(*as_seen).values(followed_to=reached))


def _next_of(connection: Connection, campaign: Row[Any]) -> list[_Follower]:
    """Whom nobody else changes until the transaction ends, in the order in which they follow."""
    behind = select(_TABLE.id).where(_TABLE.campaign_id == campaign.id, _TABLE.customer > campaign.followed_to)
    ids = connection.execute(behind.order_by(_TABLE.customer).limit(_CUSTOMERS_AT_ONCE)).scalars().all()
    lock_each(connection, ids)
    rows = connection.execute(_FOLLOWERS.where(_TABLE.id.in_(ids)).order_by(_TABLE.customer)).all()
    return [_follower(connection, row) for row in rows]


def _follower(connection: Connection, row: Row[Any]) -> _Follower:
    """Whom nobody can read is set aside, which costs the others nothing, and has neither hour nor place."""
    try:
        return _Follower(
            *(row.id, row.customer, row.state, row.outcome, row.segment, int(row.attempts), int(row.rank)),
            expires_on=day_of(row.expires_on) if row.expires_on is not None else None,
        )
    except UNREADABLE as problem:
        set_aside_unread(connection, row.id, problem)
        return _Follower(row.id, row.customer, ContactState.SET_ASIDE.value)


def _follow(connection: Connection, some: Sequence[_Follower], turns: Turns, now_us: int) -> Sequence[_Follower]:
    """Those of them who follow now."""
    with_hours = [place for place, row in enumerate(some) if _needs_an_hour(row)]
    now = some[: with_hours[_HOURS_AT_ONCE]] if len(with_hours) > _HOURS_AT_ONCE else some
    skipped = _skipped(connection, [row.id for row in now if _needs_an_hour(row)])
    for row in now:
        if _needs_an_hour(row):
            settle(connection, row.id, turns, now_us, not_before_us=skipped.get(row.id, 0))
    _rank(connection, [row for row in now if row.state in _HAS_A_PLACE], turns.rules)
    return now


def _needs_an_hour(row: _Follower) -> bool:
    """Of one whose turn it is, and who was not called yet, everything else is asked when they are."""
    if row.state == ContactState.OVER.value and row.outcome in FINAL:
        return False
    return row.state in _HAS_AN_HOUR and (row.state != ContactState.READY.value or row.attempts > 0)


def _skipped(connection: Connection, ids: Sequence[int]) -> Mapping[int, int]:
    """Until when customers are left alone whom an agent has skipped."""
    skip = contact_skips.c
    last = select(skip.contact_id, func.max(skip.at_us)).where(skip.contact_id.in_(ids)).group_by(skip.contact_id)
    return {contact_id: at_us + SKIPPED_FOR_US for contact_id, at_us in connection.execute(last)}


def _rank(connection: Connection, rows: Sequence[_Follower], rules: CampaignRules) -> None:
    ranks = [(row, rank_of(rules, row.expires_on, row.segment, row.attempts)) for row in rows]
    moved = [{"moved": row.id, "to": rank} for row, rank in ranks if rank != row.rank]
    if moved:
        one = update(campaign_contacts).where(_TABLE.id == bindparam("moved"))
        connection.execute(one.values(rank=bindparam("to")), moved)
