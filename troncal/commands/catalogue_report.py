"""`troncal report NAME`: any report of the catalogue, on the terminal, for programs, or in files for people."""

import asyncio
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.transactions import REPORT_SECONDS, Database
from callcenter.instants import as_datetime
from callcenter.operator_problem import OperatorProblem
from reports.catalogue import CATALOGUE, find
from reports.kinds.asked import Filter, Scene
from reports.kinds.kind import ReportKind
from reports.kinds.request import BadRequest, ReportRequest, RequestWords
from reports.render.document import ReportDocument
from reports.render.json_writer import as_data, as_program_csv
from reports.render.terminal import printed
from reports.requested import document_of
from troncal.commands.report import Form, out, refuse_files, write_files
from troncal.installation import state_folder


class WrongRequest(OperatorProblem):
    """The report cannot be asked for so."""

    exit_code = 2


def show(name: str, words: RequestWords, form: Form, files: Sequence[Path] = ()) -> None:
    """Print the report, or write it to files. Raises OperatorProblem."""
    refuse_files(files, form)
    settings = state_folder.settings()
    centre = load(settings.centre)
    try:
        request = words.request(as_datetime(now_us(), centre.zone).date())
        document = asyncio.run(_made(settings.database, centre, find(name), request))
    except BadRequest as error:
        raise WrongRequest(str(error)) from error
    if files:
        write_files(document, files)
    else:
        _print(document, form)


def listing(*, as_json: bool) -> None:
    """Print which reports there are, and what each can be asked for."""
    if as_json:
        sys.stdout.write(json.dumps([_about(kind) for kind in CATALOGUE], ensure_ascii=False, indent=2) + "\n")
        return
    for kind in CATALOGUE:
        filters = "".join(f" [--{each.value}]" for each in Filter if each in kind.filters)
        out.print(f"{kind.name:24} {kind.title} ({kind.period.value}){filters}", markup=False, soft_wrap=True)


async def _made(url: str, centre: Centre, kind: ReportKind, request: ReportRequest) -> ReportDocument:
    database = Database(url)
    scene = Scene(centre, as_datetime(now_us(), centre.zone))
    try:
        await database.require_current_schema()
        work = partial(document_of, kind=kind, request=request, scene=scene)
        return await database.long_read(work, limit_seconds=REPORT_SECONDS)
    finally:
        await database.close()


def _print(document: ReportDocument, form: Form) -> None:
    match form:
        case Form.TABLE:
            out.print(printed(document))
        case Form.CSV:
            sys.stdout.write(as_program_csv(document))
        case Form.JSON:
            sys.stdout.write(json.dumps(as_data(document), ensure_ascii=False, indent=2) + "\n")


def _about(kind: ReportKind) -> dict[str, object]:
    return {
        "name": kind.name,
        "title": kind.title,
        "about": kind.about,
        "group": kind.group.value,
        "days": kind.period.value,
        "filters": [each.value for each in Filter if each in kind.filters],
        "personal": kind.personal,
    }
