"""Commands of agents and supervisors: written into the audit log, sent to the bridge, and its answer in Spanish."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

from fastapi import HTTPException
from pydantic import ValidationError

from agent_api.accounts.sessions import SessionUser
from agent_api.live.live_state import LinkStanding, LiveState
from agent_api.schemas import CommandDone
from callcenter import audit
from callcenter.audit import AuditAction
from callcenter.bus.command_exchange import BusAway, NoAnswer
from callcenter.bus.protocol import Bus
from callcenter.centre.phones import interface_of
from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.messages.commands import Accepted, Command, CommandAnswer, LogIn, Refusal, Refused
from callcenter.messages.facts import AgentState, AgentStatus

log = logging.getLogger(__name__)

EXPIRY_SECONDS = 5.0

NO_CALL = "No hay una llamada en curso en su teléfono."
NOT_SENT = "La orden no se envió: {why} Intente de nuevo cuando vuelva el enlace; las llamadas siguen en su teléfono."
UNKNOWN = (
    "La central no confirmó la orden a tiempo: no se sabe si se cumplió. "
    "Mire su estado en pantalla antes de repetirla; si no cambia, avise a supervisión."
)
_REFUSED = "La central telefónica rechazó la orden. Avise a supervisión."
REFUSALS = {
    Refusal.EXPIRED: "La orden llegó tarde a la central y no se cumplió. Intente de nuevo.",
    Refusal.INVALID: "La central no entiende esta orden. Avise a supervisión.",
    Refusal.BUSY: "La central está ocupada y no cumplió la orden. Intente de nuevo.",
    Refusal.UNKNOWN_MEMBER: "Usted no está en ninguna cola. Ingrese primero.",
    Refusal.UNKNOWN_QUEUE: "La central no conoce una de las colas. Avise a supervisión.",
    Refusal.UNKNOWN_CALL: "La llamada ya no existe.",
    Refusal.WRONG_STATE: "Su estado actual no permite esta orden.",
    Refusal.PHONE_AWAY: "Ese teléfono no está conectado. Si es el suyo, ábralo o conéctelo e intente de nuevo.",
    Refusal.ASTERISK_AWAY: "La central telefónica no responde; la orden no se cumplió. Intente de nuevo en un momento.",
    Refusal.ASTERISK_REFUSED: _REFUSED,
    Refusal.NO_ANSWER: "El teléfono sonó y nadie contestó.",
    Refusal.LINE_BUSY: "El teléfono está ocupado. Intente de nuevo en un momento.",
    Refusal.CONGESTION: "La red no pudo completar la llamada. Intente de nuevo en un momento.",
    Refusal.HUNG_UP: "El teléfono rechazó la llamada.",
    Refusal.NOT_REACHED: "No se pudo llegar a ese teléfono. Verifique que esté conectado e intente de nuevo.",
}
_AWAY_TEXT = "no hay conexión con el servidor de mensajes."
_AWAY = frozenset({Refusal.ASTERISK_AWAY})
C = TypeVar("C", bound=Command)


class CommandSender:
    """Sends commands for users. Raises HTTPException 409, 503 or 504 with what the user should know."""

    def __init__(
        self,
        bus: Bus,
        live_state: LiveState,
        database: Database,
        clock: Callable[[], int],
        home: str,
        expiry_seconds: float,
    ) -> None:
        self._bus, self._live_state, self._database = bus, live_state, database
        self._clock, self._home, self._expiry_seconds = clock, home, expiry_seconds

    def connected_call(self, user: SessionUser) -> str:
        """The channel of the caller whom the agent is connected to: the queue's, or one transferred to the agent."""
        state = self._live_state.agents.get(user.login)
        uniqueid = state.with_whom if state is not None and state.state is AgentStatus.ON_CALL else None
        if uniqueid is None:
            raise HTTPException(409, NO_CALL)
        return uniqueid

    async def send(self, user: SessionUser, form: type[C], **fields: Any) -> CommandDone:
        """Ask the bridge and wait for its answer.

        What an order needs of `node`, `member` and `interface` is the caller's own unless `fields` say whose.
        """
        command = self._command(user, form, fields)
        link = self._live_state.link(command.node)
        if link.state is LinkStanding.LOST:
            raise HTTPException(503, NOT_SENT.format(why=link.text))
        await self._write(user, AuditAction.COMMAND, command, {"fields": fields})
        try:
            answer = await self._bus.request(command, self._expiry_seconds)
        except BusAway:
            raise await self._failed(user, command, 503, NOT_SENT.format(why=_AWAY_TEXT)) from None
        except NoAnswer:
            raise await self._failed(user, command, 504, UNKNOWN) from None
        return await self._done(user, command, answer)

    def _command(self, user: SessionUser, form: type[C], fields: dict[str, Any]) -> C:
        now, member = self._clock(), fields.get("member", user.login)
        state = self._live_state.agents.get(member)
        own = {
            "node": state.node if state else self._home,
            "member": member,
            "interface": self._interface(user, form, state),
        }
        try:
            return form(
                command_id=uuid4(),
                issued_us=now,
                expires_us=now + int(self._expiry_seconds * MICROSECONDS),
                issued_by=f"api:{user.login}",
                **{**{name: value for name, value in own.items() if name in form.model_fields}, **fields},
            )
        except ValidationError:
            raise HTTPException(409, REFUSALS[Refusal.INVALID]) from None

    def _interface(self, user: SessionUser, form: type[Command], state: AgentState | None) -> str:
        """The phone at which the member serves; before that, and to begin with, the caller's that is registered."""
        if state is not None and state.state is not AgentStatus.LOGGED_OUT and form is not LogIn:
            return state.interface
        return interface_of(self._live_state.endpoint(user.extension or ""))

    async def _done(self, user: SessionUser, command: Command, answer: CommandAnswer) -> CommandDone:
        match answer:
            case Accepted():
                return CommandDone(detail="Hecho.", command_id=str(command.command_id))
            case Refused(reason=reason):
                status = 503 if reason in _AWAY else 409
                raise await self._failed(user, command, status, REFUSALS[reason], answer.text)
        raise await self._failed(user, command, 504, UNKNOWN)

    async def _failed(
        self, user: SessionUser, command: Command, status: int, text: str, why: str = ""
    ) -> HTTPException:
        try:
            await self._write(user, AuditAction.COMMAND_FAILED, command, {"status": status, "why": why})
        except DatabaseProblem as problem:
            log.error("%s %s: its failure is not in the audit log: %s", command.kind, command.command_id, problem)
        return HTTPException(status, text)

    async def _write(self, user: SessionUser, action: AuditAction, command: Command, more: dict[str, Any]) -> None:
        details = {"kind": command.kind, "command_id": str(command.command_id), "node": command.node}
        shown = command.model_dump(mode="json", include=set(more.pop("fields", ())))
        async with self._database.transaction() as connection:
            await audit.write(connection, user.login, action, self._clock(), {**details, **shown, **more})
