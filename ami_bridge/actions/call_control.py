"""Commands about calls in progress: Asterisk is asked who is connected to whom before anything is done."""

from ami_bridge.actions.action_session import ActionSession
from ami_bridge.actions.forms import calls as forms
from ami_bridge.actions.forms.allowed import INSIDE_CONTEXT, OUTSIDE_EXTENSION, PHONE
from ami_bridge.actions.forms.answers import KnownOutcome, NotDone, Succeeded
from ami_bridge.wire.items import AmiEvent
from callcenter.centre.phones import endpoints_of, interface_of
from callcenter.clock import now_us
from callcenter.messages.call_commands import (
    HangUp,
    Mute,
    RecordingPause,
    RecordingResume,
    Redirect,
    RedirectQueuedCall,
    Release,
    Transfer,
)
from callcenter.messages.commands import Refusal

# Commands about the call of an agent's phone: the one with that caller (uniqueid), or its only one (null).
OwnCall = Release | Transfer | Mute | RecordingPause | RecordingResume

_NOT_THEIRS = NotDone(Refusal.UNKNOWN_CALL, "this phone is not connected to that caller")
_NO_CALL = NotDone(Refusal.UNKNOWN_CALL, "this phone has no call")
_SEVERAL = NotDone(Refusal.WRONG_STATE, "this phone has several calls; say which")
_STAYS_INSIDE = NotDone(Refusal.WRONG_STATE, "who was called by the centre is not transferred to the outside")
_NOT_WAITING = NotDone(Refusal.UNKNOWN_CALL, "this caller waits in no queue")
_ANSWERED = NotDone(Refusal.WRONG_STATE, "this call was answered meanwhile")
_AWAY, _NO_PHONE, _UP = "UNAVAILABLE", "INVALID", "Up"
_WITHOUT_CALLS = frozenset({_AWAY, _NO_PHONE, "NOT_INUSE"})


class CallControl:
    """Carries out commands about calls. Raises as its session."""

    def __init__(self, session: ActionSession) -> None:
        self._session = session

    async def on_own_call(self, command: OwnCall) -> KnownOutcome:
        """To the phone's own channel in its call with that caller, or in its only call."""
        channel = await self._own_channel(command.interface, command.uniqueid)
        return channel if isinstance(channel, NotDone) else await self._on_channel(command, channel)

    async def _on_channel(self, command: OwnCall, channel: str) -> KnownOutcome:
        match command:
            case Release():
                return await self._session.ask(forms.release(channel))
            case Transfer(exten=exten):
                return await self._transfer(channel, exten)
            case Mute(muted=muted):
                return await self._session.ask(forms.mute(channel, muted))
            case RecordingPause(uniqueid=caller):
                return await self._pause_recording(caller)
            case RecordingResume(uniqueid=caller):
                return await self._resume_recording(caller)

    async def _pause_recording(self, caller: str) -> KnownOutcome:
        """First the pause, then its mark: if we are cut off in between, nobody relies on a pause that is none."""
        outcome = await self._session.ask(forms.silence_recording(caller, True))
        if isinstance(outcome, Succeeded):
            await self._session.ask(forms.recording_mark(caller, f"paused:{now_us()}"))
        return outcome

    async def _resume_recording(self, caller: str) -> KnownOutcome:
        """First the mark, for the same reason."""
        await self._session.ask(forms.recording_mark(caller, "on"))
        return await self._session.ask(forms.silence_recording(caller, False))

    async def _transfer(self, channel: str, exten: str) -> KnownOutcome:
        """Refused where no phone is registered, and for whom the centre called to the outside: Asterisk would take them
        from the agent before it finds out.
        """
        action = forms.transfer(channel, exten)
        if OUTSIDE_EXTENSION.fullmatch(exten):
            where = await self._session.value(forms.transfer_context(channel))
            return _STAYS_INSIDE if where == INSIDE_CONTEXT else await self._session.ask(action)
        states = {await self._state_of(endpoint) for endpoint in endpoints_of(exten)}
        if _AWAY in states and not states - {_AWAY, _NO_PHONE}:
            return NotDone(Refusal.PHONE_AWAY, f"no phone of {exten} is registered")
        return await self._session.ask(action)

    async def _state_of(self, endpoint: str) -> str:
        """A phone's device state; a line or an outside number has none."""
        interface = interface_of(endpoint)
        return await self._session.device_state(interface) if PHONE.fullmatch(interface) else _NO_PHONE

    async def _own_channel(self, interface: str, caller: str | None) -> str | NotDone:
        """The channel of that phone in its call with that caller, or in its only call."""
        if caller is None:
            calls = [row.get("Channel") for row in await self._established(interface) if row.get("BridgeID")]
            return calls[0] if len(calls) == 1 else _SEVERAL if calls else _NO_CALL
        peers = await self._session.value(forms.bridge_peer(caller))
        return peers if isinstance(peers, NotDone) else forms.channel_of(interface, peers) or _NOT_THEIRS

    async def _established(self, interface: str) -> list[AmiEvent]:
        rows = await self._session.rows(forms.all_channels(), "Status")
        return [row for row in rows if forms.is_established(interface, row.get("Channel"), row.get("ChannelState"))]

    async def redirect(self, command: Redirect) -> KnownOutcome:
        """Any call."""
        return await self._session.ask(forms.redirect(command.uniqueid, command.exten))

    async def hang_up(self, command: HangUp) -> KnownOutcome:
        """Any call, or one that nobody has answered yet."""
        if command.unanswered:
            state = await self._session.value(forms.variable(command.uniqueid, "CHANNEL(state)"))
            if isinstance(state, NotDone):
                return state
            if state == _UP:
                return _ANSWERED
        return await self._session.ask(forms.hang_up(command.uniqueid))

    async def redirect_queued_call(self, command: RedirectQueuedCall) -> KnownOutcome:
        """By QueueWithdrawCaller, so that the queue log has it as well; it needs the channel's name."""
        queue = await self._session.value(forms.variable(command.uniqueid, "TRONCAL_QUEUE"))
        name = await self._session.value(forms.variable(command.uniqueid, "CHANNEL(name)"))
        for each in (queue, name):
            if isinstance(each, NotDone):
                return each
        if not queue or not name:
            return _NOT_WAITING
        return await self._session.ask(forms.withdraw(str(queue), str(name), forms.goal_of(command)))

    async def requeue(self, agent_channel: str) -> KnownOutcome:
        """The caller who is connected to that channel goes back to the head of their queue."""
        return await self._session.ask(forms.requeue(agent_channel))

    async def end_calls(self, interface: str) -> KnownOutcome:
        """End what is established at a phone. Channels are listed only where it has a call, which is rare."""
        if await self._session.device_state(interface) not in _WITHOUT_CALLS:
            for row in await self._established(interface):
                await self._session.ask(forms.hang_up(row.get("Channel")))
        return Succeeded()
