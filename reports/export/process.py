"""A report, made in a process of its own: `python -m reports.export.process`.

Its order comes as JSON on standard input (`reports.export.order`), for it has the password of the database; what it
makes goes to the file that the order names by its descriptor, how far it is to standard output. It takes processor time
for as long as nobody else wants it.
"""

import asyncio
import hashlib
import json
import os
import resource
import sys
from typing import BinaryIO

from sqlalchemy import Connection

from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import REPORT_SECONDS, Database
from callcenter.instants import as_datetime
from reports.campaign.document import Made, campaign_document
from reports.campaign.queries import CampaignNotFound, read_campaign_report
from reports.catalogue import UnknownReport, find
from reports.export.order import FILES, CampaignOrder, ExportEnd, ExportForm, ExportOrder, KindOrder, order_of
from reports.export.progress import READING, ExportProgress, as_line, counted
from reports.export.running import is_of_full_disk
from reports.kinds.asked import Scene
from reports.kinds.kind import ReportKind, WrittenFile
from reports.kinds.request import BadRequest, ReportRequest
from reports.render.document import ReportDocument
from reports.render.files import WRITERS
from reports.render.json_writer import as_data
from reports.render.shown import shown
from reports.requested import document_of

_NICENESS, _PIECE_BYTES = 15, 1 << 20


def main() -> int:
    """An `ExportEnd`; where it is not done, standard error says why."""
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (int(REPORT_SECONDS), int(REPORT_SECONDS)))  # whoever asked may be gone
    order = order_of(sys.stdin.buffer.read())
    tell(READING)
    try:
        asyncio.run(make(order))
    except DatabaseProblem as error:
        print(error, file=sys.stderr)
        return ExportEnd.NO_DATABASE
    except (BadRequest, UnknownReport, CampaignNotFound) as error:
        print(error, file=sys.stderr)
        return ExportEnd.NOT_POSSIBLE
    except Exception as error:
        if not is_of_full_disk(error):
            raise
        print(f"no room for the file: {error}", file=sys.stderr)
        return ExportEnd.NO_ROOM
    return ExportEnd.DONE


def tell(progress: ExportProgress) -> None:
    """Say to whoever started this how far it is."""
    sys.stdout.buffer.write(as_line(progress))
    sys.stdout.buffer.flush()


async def make(order: ExportOrder) -> None:
    """The report, into its file. Raises BadRequest, UnknownReport, CampaignNotFound and DatabaseProblem."""
    database = Database(order.database)
    scene = Scene(order.centre, as_datetime(order.made_us, order.centre.zone))
    try:
        with os.fdopen(order.file, "w+b") as out:
            match order.report:
                case KindOrder(name, request):
                    await _of_catalogue(database, find(name), request, scene, order, out)
                case CampaignOrder(campaign_id):
                    document = await _campaign(database, campaign_id, scene)
                    write(counted(document, tell), order.form, out)
    finally:
        await database.close()


async def _of_catalogue(
    database: Database, kind: ReportKind, request: ReportRequest, scene: Scene, order: ExportOrder, out: BinaryIO
) -> None:
    """Written in the view of the database that it is made of: a long table is read when it is written."""

    def made(connection: Connection) -> str:
        document = document_of(connection, kind, request, scene)
        write(counted(document, tell), order.form, out)
        return document.stamp

    stamp = await database.long_read(made, limit_seconds=REPORT_SECONDS)
    note = kind.note_file
    if note is not None and order.form in FILES:
        file = WrittenFile(_sha256(out), order.form.value, order.made_us, stamp)
        await database.write(lambda connection: note(connection, file))


def _sha256(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(_PIECE_BYTES):
        digest.update(piece)
    return digest.hexdigest()


async def _campaign(database: Database, campaign_id: int, scene: Scene) -> ReportDocument:
    read = await read_campaign_report(database, scene.zone, campaign_id)
    return campaign_document(read.report, Made(scene.centre.about.name, scene.zone, scene.made, read.agents))


def write(document: ReportDocument, form: ExportForm, out: BinaryIO) -> None:
    """Write the document in that form."""
    match form:
        case ExportForm.PAGE:
            out.write(json.dumps(shown(document)).encode())
        case ExportForm.JSON:
            out.write(json.dumps(as_data(document), ensure_ascii=False).encode())
        case _:
            WRITERS[f".{form.value}"](document, out)


if __name__ == "__main__":
    sys.exit(main())
