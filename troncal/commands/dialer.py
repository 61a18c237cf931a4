"""`troncal dialer explain`: why a campaign calls or does not."""

import asyncio
from datetime import datetime

from rich.console import Console

from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime, as_us
from callcenter.operator_problem import OperatorProblem
from callcenter.spanish import date_time
from dialer.campaigns.model import Campaign
from dialer.campaigns.reasons import in_words
from dialer.campaigns.store import CampaignStore
from dialer.campaigns.window import EARLIEST, LATEST
from dialer.contacts.explanations import explanation_of
from troncal.installation import state_folder

ELSEWHERE = "(what the running dialer waits for at this moment, free agents say, is on the page /campanas)"
out = Console(highlight=False, soft_wrap=True)


class NoSuchCampaign(OperatorProblem):
    """There is no campaign of that name or number."""

    exit_code = 1


class NoMoment(OperatorProblem):
    """What was written is no moment."""

    exit_code = 2


def explain(wanted: str, at: str) -> None:
    """Print it; `at` empty: of now, without what only the running dialer knows. Raises OperatorProblem."""
    settings = state_folder.settings()
    centre = load(settings.centre)
    now = now_us()
    at_us = _moment_us(at, centre) if at else now
    for line in asyncio.run(_explained(Database(settings.database), centre, wanted, at_us, now)):
        out.print(line, markup=False)


async def _explained(database: Database, centre: Centre, wanted: str, at_us: int, now: int) -> tuple[str, ...]:
    try:
        await database.require_current_schema()
        campaign = await _found(CampaignStore(database, centre), wanted)
        explained = await explanation_of(database, centre, campaign, at_us=at_us, now_us=now)
    finally:
        await database.close()
    title = f"{campaign.name}: {campaign.title} ({date_time(as_datetime(at_us, centre.zone))})"
    elsewhere = (ELSEWHERE,) if explained.is_now and explained.why_not is None else ()
    return title, *in_words(explained, centre.zone), *elsewhere


async def _found(store: CampaignStore, wanted: str) -> Campaign:
    by_name = await store.named(wanted)
    found = by_name or (await store.one(int(wanted)) if wanted.isdecimal() and len(wanted) < 19 else None)
    if found is None:
        standing = ", ".join(each.name for each in await store.standing()) or "none"
        raise NoSuchCampaign(f"no campaign {wanted!r}; those that have not ended: {standing}")
    return found


def _moment_us(written: str, centre: Centre) -> int:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise NoMoment(f"{written!r} is no moment; write one like '2026-11-28 18:05'") from error
    if not EARLIEST <= moment.date() <= LATEST:
        raise NoMoment(f"{written!r} is not within {EARLIEST.year} and {LATEST.year}")
    return as_us(moment if moment.tzinfo else moment.replace(tzinfo=centre.zone))
