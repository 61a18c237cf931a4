"""The user's phone in the browser: what it registers with, its line to Asterisk, and calls that it lost."""

import asyncio
import logging
from functools import partial

from fastapi import APIRouter, HTTPException, WebSocket
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from agent_api.accounts.sessions import SessionUser
from agent_api.phone.frames import ForeignFrame
from agent_api.phone.relay import SESSION_OVER, AsteriskAway, Relay, dial
from agent_api.schemas import CommandDone, with_example
from agent_api.web.access import NO_SESSION, AgentUser, session_of
from agent_api.web.errors import documented
from agent_api.web.parts import Parts, Wired
from callcenter import audit
from callcenter.audit import AuditAction
from callcenter.background import background
from callcenter.centre.phones import interface_of, web_endpoint
from callcenter.database.problems import DatabaseProblem
from callcenter.messages.commands import PhoneLost

log = logging.getLogger(__name__)
router = APIRouter(tags=["phone"])

NOT_THE_CENTRES = "El anexo {extension} no es de este centro: avise a administración."
NO_ASTERISK = "La central telefónica no responde. Intente de nuevo en un momento."
RELAY_PATH = "/telefono/ws"


class PhoneAccess(BaseModel):
    """What the phone's window registers with. `endpoint` and `secret`: of the user's own extension only."""

    model_config = with_example(extension="1001", endpoint="1001-web", secret="0" * 32, path=RELAY_PATH)

    extension: str
    endpoint: str
    secret: str = Field(description="SIP password of the endpoint")
    path: str = Field(description="of the websocket, on this origin")


@router.get("/api/phone", responses=documented(401, 409, 503))
async def phone(user: AgentUser, parts: Wired) -> PhoneAccess:
    """The endpoint of the user's extension in the browser."""
    extension = str(user.extension)
    if not _is_the_centres(extension, parts):
        raise HTTPException(409, NOT_THE_CENTRES.format(extension=extension))
    endpoint = web_endpoint(extension)
    secret = parts.phones.secret_of(endpoint)
    return PhoneAccess(extension=extension, endpoint=endpoint, secret=secret, path=RELAY_PATH)


@router.post("/api/phone/closed", responses=documented(401, 409, 422, 503, 504))
async def closed(user: AgentUser, parts: Wired) -> CommandDone:
    """A call of the phone's was cut off and its window is still there: the caller is not to be left in silence."""
    return await _report_phone_lost(user, parts)


@router.websocket(RELAY_PATH)
async def line(browser: WebSocket) -> None:
    """SIP of the user's own phone, to Asterisk and back. Only for pages of this origin with a session."""
    parts: Parts = browser.app.state.parts
    user = await session_of(browser, parts)
    if user is None or user.extension is None or not _is_the_centres(user.extension, parts):
        await browser.send_denial_response(JSONResponse({"detail": NO_SESSION}, 403))
        return
    try:
        asterisk = await dial(parts.phones.host, parts.phones.port)
    except AsteriskAway:
        await browser.send_denial_response(JSONResponse({"detail": NO_ASTERISK}, 503))
        return
    registered = partial(_registered, user=user, parts=parts)
    relay = Relay(web_endpoint(user.extension), browser, asterisk, parts.clock, registered)
    async with asterisk:  # which is let go last: it may take its time to agree
        await browser.accept(subprotocol="sip")
        await _serve(relay, user, parts)


async def _registered(newest: Relay, user: SessionUser, parts: Parts) -> None:
    await parts.phones.registered(newest)
    if parts.phones.end_cut_off(newest):
        await _report_lost_with_page(user, parts)


async def _serve(relay: Relay, user: SessionUser, parts: Parts) -> None:
    parts.phones.add(relay)
    async with background(_until_session_over(relay, user, parts), failure="a phone outlives its session"):
        try:
            code = await relay.run()
            if relay.calls and parts.phones.note_end(relay, code):
                await _report_lost_with_page(user, parts)
        except ForeignFrame as foreign:
            await _note_refusal(foreign, user, parts)
        finally:
            parts.phones.remove(relay)


async def _report_phone_lost(user: SessionUser, parts: Parts) -> CommandDone:
    interface = interface_of(web_endpoint(str(user.extension)))
    return await parts.commands.send(user, PhoneLost, interface=interface)


async def _report_lost_with_page(user: SessionUser, parts: Parts) -> None:
    try:
        await _report_phone_lost(user, parts)
    except (HTTPException, DatabaseProblem) as problem:
        log.warning("the phone of %s is gone in mid-call and the bridge did not take it: %r", user.extension, problem)


async def _until_session_over(relay: Relay, user: SessionUser, parts: Parts) -> None:
    while await parts.sessions.is_open(user):
        await asyncio.sleep(parts.heartbeat_seconds)
    await relay.close(SESSION_OVER)


async def _note_refusal(foreign: ForeignFrame, user: SessionUser, parts: Parts) -> None:
    details = {"why": str(foreign)[:120], "user": foreign.user[:40], "extension": user.extension}
    async with parts.database.transaction() as connection:
        await audit.write(connection, user.login, AuditAction.PHONE_REFUSED, parts.clock(), details)


def _is_the_centres(extension: str, parts: Parts) -> bool:
    return any(agent.extension == extension for agent in parts.centre.agents)
