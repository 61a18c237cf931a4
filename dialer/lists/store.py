"""What people decide of lists: each decision is one transaction with its line in the audit log.

What a decision means for a hundred thousand customers is carried out afterwards (`dialer.lists.loading`), and is not
taken back by whatever is killed meanwhile. Messages of LoadRefused are Spanish, for the supervisor who asked.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from sqlalchemy import Connection, select, update

from backoffice.extracts.headers import ColumnMapping, find_header
from backoffice.extracts.kinds import ExtractKind
from callcenter import audit, spanish
from callcenter.audit import AuditAction
from callcenter.database.transactions import Database, put
from callcenter.instants import as_datetime
from callcenter.records.lists import column_mappings, list_loads, list_problems
from dialer.campaigns.model import Campaign, CampaignState
from dialer.campaigns.rows import find_campaign
from dialer.lists.kinds import EXTRACTS
from dialer.lists.model import (
    MAY_CANCEL,
    MAY_LOAD,
    MAY_UNDO,
    STANDING,
    ListLoad,
    ListProblem,
    LoadState,
)
from dialer.lists.rows import find_load, load_of

HISTORY = 100
_loads, _problems = list_loads.c, list_problems.c
_NO_LOAD = "No existe esta carga."
_NOT_NOW = "La lista ya no está como se ve en la página: mire de nuevo en qué quedó."
_NO_CAMPAIGN = "No existe esta campaña."
_ENDED = "La campaña terminó: ya no se le cargan listas."
_NOTHING = "De esta lista no queda nada que cargar: corrija los problemas y súbala de nuevo."
_NOT_EACH = "Cada dato tiene una sola columna (solo los teléfonos pueden tener varias): revise lo que eligió."
_MISSING = "Falta indicar qué columna es: {missing}."
SAME_FILE = "Este archivo ya está cargado: «{name}», el {when}. Para cargarlo otra vez, deshaga antes aquella carga."


class LoadRefused(Exception):
    """Nothing was changed; the message, in Spanish, says why."""


class ListStore:
    """Loads, as people see them. Every method raises DatabaseProblem. `clock`: microseconds since 1970, UTC."""

    def __init__(self, database: Database, zone: tzinfo, clock: Callable[[], int]) -> None:
        self._database, self._zone, self._clock = database, zone, clock

    async def find(self, load_id: int) -> ListLoad | None:
        """The load of that number."""
        return await self._database.read(lambda connection: find_load(connection, load_id))

    async def campaign(self, campaign_id: int) -> Campaign | None:
        """The campaign of that number."""
        return await self._database.read(lambda connection: find_campaign(connection, campaign_id))

    async def history(self, campaign_id: int | None) -> Sequence[ListLoad]:
        """The loads of a campaign, or of none, the last first."""
        wanted = select(list_loads).where(_loads.campaign_id == campaign_id, _loads.state != LoadState.UPLOADING)
        last = wanted.order_by(_loads.id.desc()).limit(HISTORY)
        return await self._database.long_read(
            lambda connection: [load_of(row) for row in connection.execute(last).mappings()]
        )

    async def problems(self, load_id: int) -> Sequence[ListProblem]:
        """What is wrong with its rows, in their order; as many as are kept (`dialer.lists.reading`)."""
        wanted = select(list_problems).where(_problems.load_id == load_id).order_by(_problems.row_number, _problems.id)
        columns = ("row_number", "column_title", "value", "wrong", "remedy", "kept")

        def found(connection: Connection) -> list[ListProblem]:
            rows = connection.execute(wanted).mappings()
            return [ListProblem(**{name: row[name] for name in columns}) for row in rows]

        return await self._database.long_read(found)

    async def load(self, load_id: int, by: str) -> None:
        """Load what was previewed. Raises LoadRefused."""

        def decide(connection: Connection, load: ListLoad, now: int) -> dict[str, Any]:
            if load.changes_nothing:
                raise LoadRefused(_NOTHING)
            refuse_ended(connection, load.campaign_id)
            refuse_same_file(connection, load, _hash_of(connection, load.id), self._zone)
            return {"state": LoadState.LOADING, "loaded_us": now, "loaded_by": by}

        await self._decide(load_id, by, MAY_LOAD, AuditAction.LIST_LOADED, decide)

    async def cancel(self, load_id: int, by: str) -> None:
        """Do not load it; what was read of it goes. Raises LoadRefused."""
        changed = {"state": LoadState.CANCELLING}
        await self._decide(load_id, by, MAY_CANCEL, AuditAction.LIST_CANCELLED, lambda *_: changed)

    async def undo(self, load_id: int, by: str) -> None:
        """Take the whole load back. Raises LoadRefused."""

        def decide(_connection: Connection, _load: ListLoad, now: int) -> dict[str, Any]:
            return {"state": LoadState.UNDOING, "undone_us": now, "undone_by": by}

        await self._decide(load_id, by, MAY_UNDO, AuditAction.LIST_UNDONE, decide)

    async def say_columns(self, load_id: int, fields: Mapping[int, str], by: str) -> None:
        """Which column is what, for this list and each with the same header from now on. Raises LoadRefused."""

        def decide(connection: Connection, load: ListLoad, now: int) -> dict[str, Any]:
            mapping = _mapping(load, fields)
            row = {"kind": load.kind, "signature": mapping.signature, "mapping": json.dumps(mapping.to_json())}
            put(connection, column_mappings, [row | {"saved_us": now, "saved_by": by}])
            return {"state": LoadState.UPLOADED, "header": None}

        unmapped = frozenset({LoadState.UNMAPPED})
        await self._decide(load_id, by, unmapped, AuditAction.LIST_COLUMNS_SAID, decide)

    async def _decide(
        self,
        load_id: int,
        by: str,
        may: frozenset[LoadState],
        what: AuditAction,
        decide: Callable[[Connection, ListLoad, int], Mapping[str, Any]],
    ) -> None:
        """Change a load that may be changed so, if it still may when it is written."""
        now = self._clock()

        def decided(connection: Connection) -> None:
            load = find_load(connection, load_id)
            if load is None or load.state not in may:
                raise LoadRefused(_NOT_NOW if load else _NO_LOAD)
            changed = {**decide(connection, load, now), "changed_us": now}
            still = update(list_loads).where(_loads.id == load_id, _loads.state == load.state)
            if not connection.execute(still.values(changed)).rowcount:
                raise LoadRefused(_NOT_NOW)
            details = {"list": load_id, "file": load.file_name, "campaign": load.campaign_id}
            audit.write_within(connection, by, what, now, details)

        await self._database.write(decided)


def refuse_ended(connection: Connection, campaign_id: int | None) -> None:
    """Raises LoadRefused where no list is loaded for the campaign any more; None: for no campaign."""
    if campaign_id is None:
        return
    campaign = find_campaign(connection, campaign_id)
    if campaign is None or campaign.state is CampaignState.ENDED:
        raise LoadRefused(_ENDED if campaign else _NO_CAMPAIGN)


def refuse_same_file(connection: Connection, load: ListLoad, file_hash: str, zone: tzinfo) -> None:
    """Raises LoadRefused where the same file is in the same campaign. Of two decisions at once the second one waits."""
    alike = select(list_loads).where(_loads.campaign_id == load.campaign_id, _loads.file_hash == file_hash)
    kept = connection.execute(alike.order_by(_loads.id).with_for_update()).mappings().all()
    for row in kept:
        if row["id"] != load.id and row["kind"] == load.kind and row["state"] in STANDING:
            when = spanish.date_time(as_datetime(row["loaded_us"], zone))
            raise LoadRefused(SAME_FILE.format(name=row["file_name"], when=when))


def _hash_of(connection: Connection, load_id: int) -> str:
    return str(connection.execute(select(_loads.file_hash).where(_loads.id == load_id)).scalar_one())


def _mapping(load: ListLoad, fields: Mapping[int, str]) -> ColumnMapping:
    """What was said, where it is all that the list needs. Raises LoadRefused."""
    kind, header = EXTRACTS[load.kind], load.header
    if header is None:
        raise LoadRefused(_NOT_NOW)
    within = {str(column): key for column, key in fields.items() if column < len(header.headings)}
    try:
        mapping = ColumnMapping.from_json({"signature": header.signature, "fields": within}, kind)
    except (KeyError, ValueError) as error:
        raise LoadRefused(_NOT_EACH) from error
    found = find_header("", [[*header.headings]], kind, (mapping,))
    if found is None or found.missing:
        missing = [each.key for each in found.missing] if found else [each.key for each in kind.fields]
        titles = ", ".join(_titles(key, kind) for key in missing)
        raise LoadRefused(_MISSING.format(missing=titles))
    return mapping


def _titles(key: str, kind: ExtractKind) -> str:
    return " o ".join(kind.field(each).title for each in (kind.one_of if key in kind.one_of else (key,)))
