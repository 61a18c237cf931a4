"""The entrance `/ingresar`, the exit `/salir`, and `/`, which leads to where one's work begins."""

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from agent_api.accounts import cookies
from agent_api.accounts.sessions import SESSION_SECONDS, WRONG, LockedOut, TokenKind, WrongPassword, too_many
from agent_api.pages.rendering import HEADERS, render
from agent_api.pages.visitors import ENTRANCE, EXIT, first_page, own_page
from agent_api.web.access import NOT_FROM_OUR_PAGE, InSession, address_of
from agent_api.web.parts import Parts, Wired
from callcenter.records.users import users

router = APIRouter(include_in_schema=False)

FIRST_ADMIN = "troncal user add admin --role admin"


@router.get("/")
async def begin(found: InSession) -> Response:
    """To the first page of one's role."""
    return _to(first_page(found) if found else ENTRANCE)


@router.get(ENTRANCE)
async def entrance(request: Request, found: InSession, parts: Wired, de: str = "") -> Response:
    """The form. Who has a session already is led on."""
    if found is not None:
        return _to(own_page(de) or first_page(found))
    return await _form(request, parts, de=de)


@router.post(ENTRANCE)
async def enter(request: Request, parts: Wired) -> Response:
    """Open a session for the browser: a token of its own, whatever cookie it came with."""
    if not cookies.is_from_own_page(request):
        raise HTTPException(403, NOT_FROM_OUR_PAGE)
    form = await request.form()
    login, password, back = (str(form.get(name, "")) for name in ("login", "password", "de"))
    try:
        session = await parts.sessions.open(login, password, address=address_of(request), kind=TokenKind.COOKIE)
    except WrongPassword:
        return await _form(request, parts, 401, problem=WRONG, login=login, de=back)
    except LockedOut as locked:
        return await _form(request, parts, 429, problem=too_many(locked), login=login, de=back)
    await _end(request, parts)
    answer = _to(own_page(back) or first_page(session.user))
    cookies.set_cookie(answer, session.token, SESSION_SECONDS)
    return answer


@router.post(EXIT)
async def leave(found: InSession, parts: Wired) -> Response:
    """The session ends. Who comes without one, as the forms of other sites do, changes nothing."""
    answer = _to(ENTRANCE)
    if found is not None:
        await parts.sessions.close(found)
        cookies.clear_cookie(answer)
    return answer


async def _end(request: Request, parts: Parts) -> None:
    """The session of the cookie that came with the request is worth nothing any more."""
    token = cookies.token_in(request)
    held = await parts.sessions.find(token, TokenKind.COOKIE) if token else None
    if held is not None:
        await parts.sessions.close(held)


async def _form(
    request: Request, parts: Parts, status: int = 200, *, problem: str = "", login: str = "", de: str = ""
) -> Response:
    anybody = await parts.database.read(lambda connection: connection.scalar(select(users.c.id).limit(1)))
    values = {"problem": problem, "login": login[:40], "back": own_page(de), "kept": cookies.is_kept(request)}
    return render(request, "frame/entrance.html", status, **values, first_admin="" if anybody else FIRST_ADMIN)


def _to(path: str) -> Response:
    return RedirectResponse(path, 303, HEADERS)
