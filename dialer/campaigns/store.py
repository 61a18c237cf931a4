"""Campaigns as they are kept, and what is done to them: the one writer of the tables campaigns and campaign_agents.

What changes one is written into the audit log in the same transaction.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, select, update

from callcenter.audit import LONGEST_WHO, AuditAction, write_each
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database, put_missing
from callcenter.instants import as_datetime
from callcenter.records.campaigns import campaign_agents, campaigns
from dialer.campaigns import stored_rules
from dialer.campaigns.model import Campaign, CampaignEvent, CampaignKind, CampaignState, after
from dialer.campaigns.rows import campaign, find_campaign, readable, select_campaigns
from dialer.campaigns.setting_changes import changed_settings, moves_customers, shown_settings
from dialer.campaigns.settings import (
    CampaignRefusal,
    CampaignSettings,
    NewCampaign,
    UnknownCampaign,
    refusals,
    settings_of,
    with_settings,
)

PAGE = 20
# No customer follows the campaign's rules yet: `dialer.contacts.following` has them follow.
NOBODY_FOLLOWS = {"followed_to": ""}
UNKNOWN = "No existe la campaña {id}."
OVER = "La campaña ya terminó: no se puede cambiar."
WINDOW_IS_THE_MONTHS = "Los días de la campaña de prepago son los del mes: no se cambian."
CHANGED_MEANWHILE = "Otra persona cambió la campaña entretanto: vuelva a abrir la página y repita si hace falta."
_SERVICES = frozenset({"", "internet", "cable_tv", "both"})
_NOT_NOW: Mapping[tuple[CampaignState, CampaignEvent], str] = {
    (CampaignState.DRAFT, CampaignEvent.START): "La campaña no tiene lista: cárguela primero.",
    (CampaignState.DRAFT, CampaignEvent.PAUSE): "La campaña no tiene lista: no hay nada que pausar.",
    (CampaignState.RUNNING, CampaignEvent.START): "La campaña ya está en curso.",
    (CampaignState.PAUSED, CampaignEvent.PAUSE): "La campaña ya está en pausa.",
}
_ACTIONS: Mapping[CampaignEvent, AuditAction] = {
    CampaignEvent.LIST_LOADED: AuditAction.CAMPAIGN_READY,
    CampaignEvent.LIST_UNDONE: AuditAction.CAMPAIGN_EMPTIED,
    CampaignEvent.START: AuditAction.CAMPAIGN_STARTED,
    CampaignEvent.PAUSE: AuditAction.CAMPAIGN_PAUSED,
    CampaignEvent.END: AuditAction.CAMPAIGN_ENDED,
}


class CampaignStore:
    """Every method raises DatabaseProblem; those that change something, CampaignRefusal. Instants in µs, UTC."""

    def __init__(self, database: Database, centre: Centre) -> None:
        self._database, self._centre = database, centre

    async def create(self, new: NewCampaign, *, by: str, now_us: int) -> Campaign | None:
        """A campaign that waits for its list; None: there is one of that name already, which stays as it is."""
        self._refuse(new.settings, now_us)
        row = {**_row(new.settings), "name": new.name, "kind": new.kind.value, "state": CampaignState.DRAFT.value}
        row |= {"created_us": now_us, "created_by": by[:LONGEST_WHO], "changed_us": now_us}
        row["held_out_seed"] = secrets.randbits(62)
        return await self._database.write(lambda connection: _create(connection, row, by, now_us))

    async def one(self, campaign_id: int) -> Campaign | None:
        """A campaign by its number."""
        return await self._database.read(lambda connection: find_campaign(connection, campaign_id))

    async def named(self, name: str) -> Campaign | None:
        """A campaign by its name."""
        return await self._database.read(lambda connection: _named(connection, name))

    async def has(self, name: str) -> bool:
        """Whether there is a campaign of that name, also one that nobody can read."""
        query = select(campaigns.c.id).where(campaigns.c.name == name)
        return await self._database.read(lambda connection: connection.execute(query).first() is not None)

    async def standing(self) -> tuple[Campaign, ...]:
        """All that have not ended, in the order of their first days."""
        return await self._database.read(_standing)

    async def ended(self, before: int | None = None) -> tuple[Campaign, ...]:
        """`PAGE` of those that have, the youngest first; `before`: older than the campaign of that number."""
        return await self._database.read(lambda connection: _ended(connection, before))

    async def latest_of(self, kind: CampaignKind) -> Campaign | None:
        """The one that was made last, of those that can be read."""
        return await self._database.read(lambda connection: _latest(connection, kind))

    async def change(
        self, campaign_id: int, wanted: CampaignSettings, *, seen: CampaignSettings | None = None, by: str, now_us: int
    ) -> Campaign:
        """Make its settings these; `seen`: what they were made from, which nobody else may have changed meanwhile."""
        self._refuse(wanted, now_us)

        def work(connection: Connection) -> Campaign:
            found = _locked(connection, campaign_id)
            if seen is not None and seen != settings_of(found):
                raise CampaignRefusal(CHANGED_MEANWHILE)
            return _change(connection, found, wanted, by, now_us)

        return await self._database.write(work)

    async def move(self, campaign_id: int, event: CampaignEvent, *, by: str, now_us: int) -> Campaign:
        """Have it start, pause, end. Of two who want something of it at once one is told that the other was first."""
        return await self._database.write(
            lambda connection: apply_event(connection, campaign_id, event, by=by, now_us=now_us)
        )

    async def agents(self, campaign_id: int) -> dict[str, str]:
        """Which service's customers each agent previews (empty: all); nobody: all agents of its queue preview all."""
        return await self._database.read(lambda connection: _agents(connection, campaign_id))

    async def set_agents(self, campaign_id: int, wanted: Mapping[str, str], *, by: str, now_us: int) -> None:
        """Make these its agents: service by member."""
        if not set(wanted.values()) <= _SERVICES:
            raise CampaignRefusal("Ese servicio no existe: elija uno de la lista.")
        await self._database.write(lambda connection: _set_agents(connection, campaign_id, wanted, by, now_us))

    def _refuse(self, wanted: CampaignSettings, now_us: int) -> None:
        faults = refusals(wanted, self._centre, as_datetime(now_us, self._centre.zone))
        if faults:
            raise CampaignRefusal(" ".join(faults))


def apply_event(connection: Connection, campaign_id: int, event: CampaignEvent, *, by: str, now_us: int) -> Campaign:
    """`CampaignStore.move` for whoever changes more in the same transaction, as a list that is loaded does."""
    found = _existing(connection, campaign_id)
    state = after(found.state, event)
    if state is None:
        raise CampaignRefusal(_NOT_NOW.get((found.state, event), OVER))
    if state is found.state:
        return found
    is_so = (campaigns.c.id == campaign_id, campaigns.c.state == found.state.value)
    changed = update(campaigns).where(*is_so).values(state=state.value, changed_us=now_us)
    if connection.execute(changed).rowcount != 1:
        raise CampaignRefusal(CHANGED_MEANWHILE)
    write_each(connection, by, _ACTIONS[event], now_us, [{"campaign": found.name}])
    return _existing(connection, campaign_id)


def follow_anew(connection: Connection, campaign_id: int) -> None:
    """Have its customers follow its rules, also those who were listed by others; within whatever transaction."""
    connection.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(NOBODY_FOLLOWS))


def _create(connection: Connection, row: dict[str, Any], by: str, now_us: int) -> Campaign | None:
    if not put_missing(connection, campaigns, [row]):
        return None
    made = _named(connection, row["name"])
    assert made is not None
    details = {"campaign": made.name, **shown_settings(settings_of(made))}
    write_each(connection, by, AuditAction.CAMPAIGN_CREATED, now_us, [details])
    return made


def _change(connection: Connection, found: Campaign, wanted: CampaignSettings, by: str, now_us: int) -> Campaign:
    if found.kind is CampaignKind.PREPAID_EXPIRY and wanted.window != found.window:
        raise CampaignRefusal(WINDOW_IS_THE_MONTHS)
    changes = changed_settings(settings_of(found), wanted)
    if not changes:
        return found
    row = {**_row(wanted), "changed_us": now_us} | (NOBODY_FOLLOWS if moves_customers(changes) else {})
    connection.execute(update(campaigns).where(campaigns.c.id == found.id).values(**row))
    details = {"campaign": found.name, "changes": changes}
    write_each(connection, by, AuditAction.CAMPAIGN_CHANGED, now_us, [details])
    return with_settings(found, wanted)


def _set_agents(connection: Connection, campaign_id: int, wanted: Mapping[str, str], by: str, now_us: int) -> None:
    found = _locked(connection, campaign_id)
    connection.execute(delete(campaign_agents).where(campaign_agents.c.campaign_id == campaign_id))
    rows = [{"campaign_id": campaign_id, "member": member, "service": service} for member, service in wanted.items()]
    if rows:
        connection.execute(campaign_agents.insert(), rows)
    details = {"campaign": found.name, "agents": dict(wanted)}
    write_each(connection, by, AuditAction.CAMPAIGN_AGENTS_SET, now_us, [details])


def _locked(connection: Connection, campaign_id: int) -> Campaign:
    """The campaign, which nobody else changes until the end of the transaction."""
    connection.execute(select(campaigns.c.id).where(campaigns.c.id == campaign_id).with_for_update())
    found = _existing(connection, campaign_id)
    if found.state is CampaignState.ENDED:
        raise CampaignRefusal(OVER)
    return found


def _existing(connection: Connection, campaign_id: int) -> Campaign:
    found = find_campaign(connection, campaign_id)
    if found is None:
        raise UnknownCampaign(UNKNOWN.format(id=campaign_id))
    return found


def _named(connection: Connection, name: str) -> Campaign | None:
    row = connection.execute(select_campaigns().where(campaigns.c.name == name)).first()
    return campaign(row) if row is not None else None


def _standing(connection: Connection) -> tuple[Campaign, ...]:
    states = [state.value for state in CampaignState if state is not CampaignState.ENDED]
    query = select_campaigns().where(campaigns.c.state.in_(states)).order_by(campaigns.c.first_day, campaigns.c.id)
    return readable(connection.execute(query))


def _ended(connection: Connection, before: int | None) -> tuple[Campaign, ...]:
    query = select_campaigns().where(campaigns.c.state == CampaignState.ENDED.value)
    if before is not None:
        query = query.where(campaigns.c.id < before)
    rows = connection.execute(query.order_by(campaigns.c.id.desc()).limit(PAGE))
    return readable(rows)


def _latest(connection: Connection, kind: CampaignKind) -> Campaign | None:
    query = select_campaigns().where(campaigns.c.kind == kind.value).order_by(campaigns.c.id.desc())
    with connection.execute(query.execution_options(yield_per=1)) as rows:
        return next((found for row in rows for found in readable([row])), None)


def _agents(connection: Connection, campaign_id: int) -> dict[str, str]:
    query = select(campaign_agents).where(campaign_agents.c.campaign_id == campaign_id)
    rows = connection.execute(query.order_by(campaign_agents.c.member))
    return {row.member: row.service for row in rows}


def _row(settings: CampaignSettings) -> dict[str, Any]:
    return {
        "title": settings.title.strip(),
        "mode": settings.mode.value,
        "first_day": settings.window.first,
        "last_day": settings.window.last,
        "rules": stored_rules.as_json(settings.rules),
        "queue": settings.queue,
        "line": settings.line,
        "script": settings.script,
        "held_out_percent": settings.held_out_percent,
        "detects_machines": settings.detects_machines,
    }
