"""A file on its way into the database: piece by piece, so that nobody holds the whole of it, nor the write lock long.

An upload that was broken off leaves a load that is `uploading`; `dialer.lists.loading` takes it away in time.
"""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator, Callable
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from backoffice.extracts.cells.words import clean
from backoffice.extracts.files.refusals import ExtractRefused
from backoffice.extracts.files.uploads import MEGABYTE, ExtractLimits
from callcenter import audit
from callcenter.audit import AuditAction
from callcenter.database.transactions import Database
from callcenter.records.lists import list_files, list_loads
from dialer.lists.model import ListKind, LoadState
from dialer.lists.rows import find_load
from dialer.lists.store import LoadRefused, refuse_ended, refuse_same_file

LONGEST_NAME = 120
_loads = list_loads.c
_EMPTY = "El archivo está vacío: vuelva a exportar la lista y súbala."
_OF_A_CAMPAIGN = "El reporte de clientes se sube en la página de su campaña."
_OF_NONE = "Los pagos no son de una campaña: súbalos en la página de pagos."
_GONE = "La subida se interrumpió: suba el archivo otra vez."


@dataclass(frozen=True, slots=True)
class UploadedList:
    """Which list somebody uploads, for which campaign, from a file of which name. `by`: a login."""

    kind: ListKind
    campaign_id: int | None
    file_name: str
    by: str


class ListUploads:
    """Takes files in. Every method raises DatabaseProblem. `clock`: microseconds since 1970, UTC."""

    def __init__(
        self, database: Database, zone: tzinfo, clock: Callable[[], int], limits: ExtractLimits | None = None
    ) -> None:
        self._database, self._zone, self._clock = database, zone, clock
        self._limits = limits or ExtractLimits()

    async def take(self, upload: UploadedList, pieces: AsyncIterable[bytes], declared: int | None = None) -> int:
        """Keep the file to be read, and give its load's number; of what is refused or broken off nothing is kept.

        `declared`: how many bytes are to come, where that was said. Raises LoadRefused and ExtractRefused.
        """
        self._limits.refuse_bytes(declared or 0)
        load_id = await self._database.write(lambda connection: self._begin(connection, upload))
        try:
            file_hash = await self._keep(load_id, pieces)
            await self._database.write(lambda connection: self._end(connection, load_id, file_hash))
        except BaseException:
            await self._database.write(lambda connection: _forget(connection, load_id))
            raise
        return load_id

    def _begin(self, connection: Connection, upload: UploadedList) -> int:
        _refuse_campaign(connection, upload)
        now = self._clock()
        row: dict[str, Any] = {
            "kind": upload.kind,
            "campaign_id": upload.campaign_id,
            "file_name": clean(upload.file_name, LONGEST_NAME) or "lista",
            "file_hash": "",
            "state": LoadState.UPLOADING,
            "uploaded_us": now,
            "uploaded_by": upload.by,
            "changed_us": now,
        }
        return int(connection.execute(insert(list_loads).values(row).returning(_loads.id)).scalar_one())

    async def _keep(self, load_id: int, pieces: AsyncIterable[bytes]) -> str:
        digest, size, part = hashlib.sha256(), 0, 0
        async for piece in _gathered(pieces):
            size += len(piece)
            self._limits.refuse_bytes(size)
            digest.update(piece)
            await self._database.write(partial(self._keep_part, load_id, part, piece))
            part += 1
        if not size:
            raise ExtractRefused(_EMPTY)
        return digest.hexdigest()

    def _keep_part(self, load_id: int, part: int, content: bytes, connection: Connection) -> None:
        uploading = update(list_loads).where(_loads.id == load_id, _loads.state == LoadState.UPLOADING)
        if not connection.execute(uploading.values(changed_us=self._clock())).rowcount:
            raise LoadRefused(_GONE)
        connection.execute(insert(list_files).values(load_id=load_id, part=part, content=content))

    def _end(self, connection: Connection, load_id: int, file_hash: str) -> None:
        load = find_load(connection, load_id)
        if load is None or load.state is not LoadState.UPLOADING:
            raise LoadRefused(_GONE)
        refuse_same_file(connection, load, file_hash, self._zone)
        now = self._clock()
        changed = {"state": LoadState.UPLOADED, "file_hash": file_hash, "changed_us": now}
        connection.execute(update(list_loads).where(_loads.id == load_id).values(changed))
        details = {"list": load_id, "file": load.file_name, "campaign": load.campaign_id}
        audit.write_within(connection, load.uploaded_by, AuditAction.LIST_UPLOADED, now, details)


async def _gathered(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of a megabyte at least, but for the last one."""
    gathered = bytearray()
    async for piece in pieces:
        gathered += piece
        if len(gathered) >= MEGABYTE:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)


def _refuse_campaign(connection: Connection, upload: UploadedList) -> None:
    if upload.kind is ListKind.PAYMENTS:
        if upload.campaign_id is not None:
            raise LoadRefused(_OF_NONE)
        return
    if upload.campaign_id is None:
        raise LoadRefused(_OF_A_CAMPAIGN)
    refuse_ended(connection, upload.campaign_id)


def _forget(connection: Connection, load_id: int) -> None:
    """What was kept of an upload that came to nothing; with its parts."""
    connection.execute(delete(list_files).where(list_files.c.load_id == load_id))
    connection.execute(delete(list_loads).where(_loads.id == load_id, _loads.state == LoadState.UPLOADING))
