"""Lists `/campanas/{campaign}/listas`, payments, one load, and the do-not-call list: for supervisors."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response

from agent_api.campaigns.lists_words import LoadWords, problems_csv
from agent_api.pages.rendering import HEADERS, render
from agent_api.pages.visitors import SupervisorVisitor
from agent_api.web.parts import Parts, Wired
from backoffice.extracts.files.uploads import ExtractLimits
from backoffice.extracts.kinds import ExtractField, ExtractKind, Need
from callcenter.numbers import Number, normalise
from dialer.do_not_call import PAGE
from dialer.lists.kinds import EXTRACTS
from dialer.lists.model import ListKind, LoadState

router = APIRouter(include_in_schema=False)

NO_CAMPAIGN = "No existe esta campaña."
NO_LIST = "No existe esta carga."
# On the page; all that are kept are in the file.
PROBLEMS_SHOWN = 200
_LAST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=_LAST_ID)]
Values = dict[str, Any]


@router.get("/campanas/listas/pagos")
async def payment_lists(request: Request, _visitor: SupervisorVisitor, parts: Wired) -> Response:
    """Payments: an upload, and those before."""
    return await _lists(request, parts, ListKind.PAYMENTS, None)


@router.get("/campanas/listas/no-llamar")
async def do_not_call(
    request: Request,
    _visitor: SupervisorVisitor,
    parts: Wired,
    numero: Annotated[str, Query(max_length=40)] = "",
    despues: Annotated[str, Query(max_length=16, pattern=r"^[0-9]*$")] = "",
) -> Response:
    """Numbers that no campaign calls: search, add, remove."""
    found = await parts.do_not_call.search(_digits(numero), despues)
    more = found[PAGE - 1].number if len(found) > PAGE else None
    values: Values = {"numero": numero, "more": more, "size": await parts.do_not_call.size()}
    return render(request, "lists/do_not_call.html", barred=found[:PAGE], **values)


@router.get("/campanas/listas/{number}")
async def one_list(request: Request, _visitor: SupervisorVisitor, parts: Wired, number: Id) -> Response:
    """One load: what was read of it, and what can be done."""
    return render(request, "lists/load.html", **await _load(parts, number))


@router.get("/campanas/listas/{number}/parte")
async def list_part(request: Request, _visitor: SupervisorVisitor, parts: Wired, number: Id) -> Response:
    """What changes of that page while the load goes on."""
    return render(request, "lists/load_part.html", **await _load(parts, number))


@router.get("/campanas/listas/{number}/problemas.csv")
async def problems(_request: Request, _visitor: SupervisorVisitor, parts: Wired, number: Id) -> Response:
    """What is wrong with its rows, for a spreadsheet program."""
    content = problems_csv(await parts.lists.problems(number))
    named = {"Content-Disposition": f'attachment; filename="problemas-{number}.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers={**HEADERS, **named})


@router.get("/campanas/{campaign}/listas")
async def campaign_lists(request: Request, _visitor: SupervisorVisitor, parts: Wired, campaign: Id) -> Response:
    """A campaign's lists: an upload, and those before."""
    found = await parts.lists.campaign(campaign)
    if found is None:
        raise HTTPException(409, NO_CAMPAIGN)
    return await _lists(request, parts, ListKind.PREPAID_REPORT, found)


async def _lists(request: Request, parts: Parts, kind: ListKind, campaign: Any) -> Response:
    history = await parts.lists.history(campaign.id if campaign else None)
    values: Values = {"campaign": campaign, "kind": kind, "needs": _needs(EXTRACTS[kind]), "limits": ExtractLimits()}
    return render(request, "lists/lists.html", loads=[LoadWords(each) for each in history], **values)


def _needs(kind: ExtractKind) -> list[str]:
    """The titles of the columns without which a list is refused."""
    needed = [each.title for each in kind.fields if each.need is not Need.OPTIONAL]
    return [" o ".join(kind.field(key).title for key in kind.one_of), *needed]


async def _load(parts: Parts, number: int) -> Values:
    load = await parts.lists.find(number)
    if load is None or load.state is LoadState.UPLOADING:
        raise HTTPException(409, NO_LIST)
    campaign = await parts.lists.campaign(load.campaign_id) if load.campaign_id is not None else None
    kept = await parts.lists.problems(number)
    fields: tuple[ExtractField, ...] = EXTRACTS[load.kind].fields
    values: Values = {"problems": kept[:PROBLEMS_SHOWN], "kept": len(kept), "fields": fields, "Need": Need}
    return {
        "words": LoadWords(load),
        "load": load,
        "campaign": campaign,
        "one_of": EXTRACTS[load.kind].one_of,
        **values,
    }


def _digits(typed: str) -> str:
    """The number that somebody looks for, or its first digits."""
    found = normalise(typed)
    return found.digits if isinstance(found, Number) else "".join(each for each in typed if each in "0123456789")
