"""Whether a file of a month's report is one that was made here, unaltered, and whether the records still say the same.

Files are known by their digest: one with a digit altered is another file. Nothing of the file is read but its bytes.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from callcenter.centre.model import Centre
from callcenter.database.transactions import REPORT_SECONDS, Database
from callcenter.instants import as_datetime
from callcenter.level.formulas import Period
from callcenter.level.rollup import is_settled
from callcenter.spanish import date_time, whole
from reports.att.closing import ClosedMonth, MadeFile, file_of, versions_of
from reports.att.details import details_fingerprint
from reports.att.frozen import fingerprint, in_groups
from reports.att.queries import att_report_in
from reports.att.since_closed import differences_now
from reports.periods.month import Month

_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found, in Spanish. `is_right`: the file is unaltered, and nothing contradicts it."""

    is_right: bool
    findings: tuple[str, ...]


def sha256_of(path: Path) -> str:
    """The digest of a file. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


async def verify(database: Database, centre: Centre, path: Path) -> Verified:
    """Raises OSError where the file cannot be read, and DatabaseProblem."""
    sha256 = sha256_of(path)
    return await database.long_read(lambda there: _verified(there, centre, sha256), limit_seconds=REPORT_SECONDS)


def _verified(connection: Connection, centre: Centre, sha256: str) -> Verified:
    file = file_of(connection, sha256)
    if file is None:
        return Verified(
            False,
            (
                "Este archivo no es ninguno de los que hizo este centro: fue alterado, guardado de nuevo por otro"
                " programa, o"
                " hecho después de la copia de la base de datos que ahora está en uso.",
            ),
        )
    month = Month(int(file.month[:4]), int(file.month[5:]))
    made = date_time(as_datetime(file.made_us, centre.zone))
    about = f"El archivo está como se hizo el {made}: {file.form.upper()} de {file.month}"
    if file.version == 0:
        return _of_open_month(connection, centre, month, file, f"{about}, cuando el mes no estaba cerrado.")
    versions = versions_of(connection, month)
    of_file = next((each for each in versions if each.version == file.version), None)
    if of_file is None or fingerprint(of_file.report) != of_file.fingerprint or of_file.fingerprint != file.fingerprint:
        return Verified(False, (about, f"La versión {file.version} guardada en la base no es la del archivo."))
    found = [f"{about}, versión {file.version}.", *_later(of_file, versions[0])]
    is_right, more = _records(connection, centre, month, of_file)
    return Verified(is_right and of_file.version == versions[0].version, (*found, *more))


def _of_open_month(connection: Connection, centre: Centre, month: Month, file: MadeFile, about: str) -> Verified:
    same = fingerprint(att_report_in(connection, centre, month)) == file.fingerprint
    now = "Los registros dan hoy las mismas cifras." if same else "Los registros dan hoy otras cifras: el mes siguió."
    return Verified(same, (about, now))


def _later(of_file: ClosedMonth, last: ClosedMonth) -> Iterator[str]:
    if last.version != of_file.version:
        yield f"Hay una versión posterior, la {last.version}: {last.reason}"
        yield from last.corrections


def _records(connection: Connection, centre: Centre, month: Month, closed: ClosedMonth) -> tuple[bool, list[str]]:
    """What the records say of the closed figures."""
    period = Period(*month.span_us(centre.zone))
    details = details_fingerprint(connection, period)
    if in_groups(details.digest) == closed.details:
        return True, [f"El detalle ({whole(details.entries)} entradas a colas) es el mismo: da las mismas cifras."]
    otherwise = differences_now(connection, centre, closed.report)
    if not otherwise and details.entries < closed.entries and is_settled(connection, period):
        gone = "Parte del detalle" if details.entries else "El detalle"
        return True, [f"{gone} ya no se guarda: las cifras se comprobaron con las sumas que se cerraron."]
    return False, ["Los registros cambiaron desde que se cerró el mes:", *(otherwise or ["sin que cambie una cifra"])]
