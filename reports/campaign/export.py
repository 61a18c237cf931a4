"""The report of a campaign, made in a process of its own: `python -m reports.campaign.export`.

Its order comes as JSON on standard input (`reports.campaign.order`), for it has the password of the database; what it
makes goes to standard output, the bytes of a file or the JSON of `reports.render.shown`. It takes processor time for
as long as nobody else wants it.
"""

import asyncio
import json
import os
import resource
import sys
from typing import BinaryIO
from zoneinfo import ZoneInfo

from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import REPORT_SECONDS, Database
from callcenter.instants import as_datetime
from reports.campaign.document import Made, campaign_document
from reports.campaign.order import NO_DATABASE, ExportForm, ExportOrder, order_of
from reports.campaign.queries import read_campaign_report
from reports.render.document import ReportDocument
from reports.render.files import WRITERS
from reports.render.shown import shown

_NICENESS = 15


def main() -> int:
    """0; `NO_DATABASE` where the database cannot be read, and standard error says why."""
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (int(REPORT_SECONDS), int(REPORT_SECONDS)))  # whoever asked may be gone
    order = order_of(sys.stdin.buffer.read())
    try:
        document = asyncio.run(_document(order))
    except DatabaseProblem as error:
        print(error, file=sys.stderr)
        return NO_DATABASE
    write(document, order.form, sys.stdout.buffer)
    return 0


async def _document(order: ExportOrder) -> ReportDocument:
    database, zone = Database(order.database), ZoneInfo(order.zone)
    try:
        read = await read_campaign_report(database, zone, order.campaign_id)
    finally:
        await database.close()
    return campaign_document(read.report, Made(order.centre, zone, as_datetime(order.made_us, zone), read.agents))


def write(document: ReportDocument, form: ExportForm, out: BinaryIO) -> None:
    """Write the document in that form."""
    if form is ExportForm.PAGE:
        out.write(json.dumps(shown(document)).encode())
    else:
        WRITERS[f".{form.value}"](document, out)


if __name__ == "__main__":
    sys.exit(main())
