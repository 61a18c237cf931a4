"""Makes the files of scheduled reports out of a few kinds, in this process."""

import asyncio
import io
import json
from collections.abc import Callable, Mapping
from datetime import date

from callcenter.centre.model import Centre
from callcenter.database.transactions import REPORT_SECONDS, Database
from callcenter.instants import as_datetime
from reports.kinds.asked import Asked, Scene
from reports.kinds.kind import ReportKind
from reports.render.files import WRITERS
from reports.scheduled.report_job import CannotBeMade


class KindFiles:
    """A `MakeFile` of this process. `clock`: microseconds, UTC."""

    def __init__(
        self, database: Database, centre: Centre, kinds: Mapping[str, ReportKind], clock: Callable[[], int]
    ) -> None:
        self._database, self._centre, self._kinds, self._clock = database, centre, kinds, clock

    async def __call__(self, kind: str, asked: str, form: str) -> bytes:
        """See `MakeFile`."""
        found, writer = self._kinds.get(kind), WRITERS.get(f".{form}")
        if found is None or writer is None:
            raise CannotBeMade(f"no hay informe «{kind}», o no se escribe como {form}")
        scene = Scene(self._centre, as_datetime(self._clock(), self._centre.zone))
        make, wanted = found.make, asked_of(asked)
        document = await self._database.long_read(
            lambda connection: make(connection, wanted, scene), limit_seconds=REPORT_SECONDS
        )
        out = io.BytesIO()
        await asyncio.to_thread(writer, document, out)
        return out.getvalue()


def asked_of(text: str) -> Asked:
    """What is asked, out of its JSON. Raises CannotBeMade."""
    try:
        said = json.loads(text)
        limits = [tuple(map(str, said.get(name, ()))) for name in ("lines", "queues", "agents")]
        return Asked(date.fromisoformat(said["first_day"]), date.fromisoformat(said["last_day"]), *limits)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CannotBeMade("lo que se pide del informe no se entiende: hay que programarlo de nuevo") from error
