"""What routes and pages about reports have in common: what an address asks for, and refusals as answers."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, HTTPException, Query

from agent_api.reports.catalogue_reports import Wanted
from agent_api.web.parts import Parts
from callcenter.instants import as_datetime
from reports.catalogue import UnknownReport, find
from reports.export.running import ReportNotPossible
from reports.kinds.request import BadRequest, ReportRequest, RequestWords

_Day = Annotated[str, Query(max_length=20, examples=["2026-10-01"])]
_Names = Annotated[list[str], Query(max_length=100, examples=[["101"]])]
NOT_POSSIBLE = "No se puede hacer el informe: {why}."


async def _words(
    from_: Annotated[str, Query(alias="from", max_length=20, examples=["2026-10-01"])] = "",
    to: _Day = "",
    month: Annotated[str, Query(max_length=20, examples=["2026-10"])] = "",
    half_year: Annotated[str, Query(max_length=20, examples=["2026-S2"])] = "",
    period: Annotated[str, Query(max_length=20, examples=["last_month"])] = "",
    line: _Names = [],  # noqa: B006 - FastAPI copies it
    queue: _Names = [],  # noqa: B006
    agent: _Names = [],  # noqa: B006
    compare: bool = False,
) -> RequestWords:
    return RequestWords(from_, to, month, half_year, period, tuple(line), tuple(queue), tuple(agent), compare)


Words = Annotated[RequestWords, Depends(_words)]


def query_of(words: RequestWords) -> str:
    """What stands in an address for them."""
    days = {"from": words.first_day, "to": words.last_day, "month": words.month, "half_year": words.half_year}
    said = {**days, "period": words.period, "compare": "true" if words.compare else ""}
    limits = {"line": words.lines, "queue": words.queues, "agent": words.agents}
    return urlencode([*((name, text) for name, text in said.items() if text), *_each(limits)])


def _each(limits: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, values in limits.items() for value in values)


def wanted_by_words(parts: Parts, name: str, words: RequestWords) -> Wanted:
    """The report of an address. Raises HTTPException: 404 for a name, 422 for what cannot be asked for."""
    today = as_datetime(parts.clock(), parts.centre.zone).date()
    with refusals():
        return parts.reports.catalogue.wanted(find(name), words.request(today))


def wanted_by_request(parts: Parts, name: str, request: ReportRequest) -> Wanted:
    """The same of a request that came as JSON."""
    with refusals():
        return parts.reports.catalogue.wanted(find(name), request)


@contextmanager
def refusals() -> Iterator[None]:
    """What is refused in the block, as an answer in Spanish."""
    try:
        yield
    except UnknownReport:
        raise HTTPException(404) from None
    except (BadRequest, ReportNotPossible) as error:
        raise HTTPException(422, NOT_POSSIBLE.format(why=error)) from None
