"""What is done to calls that go on: first who talks with whom is asked, then it is done."""

from collections.abc import Mapping

from ami_bridge import call_forms as forms
from ami_bridge.action_forms import INTERFACE, device_state
from ami_bridge.call_forms import GiveBack, HangUpPhone, MoveWaiting, Mute, OnCall, Recording, Release, Transfer
from ami_bridge.link.session import AmiLink
from ami_bridge.outcomes import Done, Outcome, Refused, outcome_of
from ami_bridge.wire.items import AmiEvent
from callcenter.centre.phones import endpoints_of, interface_of
from callcenter.clock import now_us
from callcenter.messages.commands import Refusal

_NOT_THEIRS = Refused(Refusal.UNKNOWN_CALL, "this phone does not talk with that caller")
_NO_CALL = Refused(Refusal.UNKNOWN_CALL, "this phone has no call")
_SEVERAL = Refused(Refusal.WRONG_STATE, "this phone has several calls; say which")
_AWAY, _NO_PHONE = "UNAVAILABLE", "INVALID"
_WITHOUT_CALLS = frozenset({_AWAY, _NO_PHONE, "NOT_INUSE"})
_NOT_WAITING = Refused(Refusal.UNKNOWN_CALL, "this caller waits in no queue")


class CallActions:
    """What `Executor` does to calls. Raises what the link raises."""

    def __init__(self, link: AmiLink, answer_seconds: float) -> None:
        self._link, self._answer_seconds = link, answer_seconds

    async def carry_out(self, command: OnCall | MoveWaiting | GiveBack | HangUpPhone) -> Outcome:
        """What became of it."""
        match command:
            case MoveWaiting():
                return await self._move(command)
            case GiveBack():
                return await self._one(forms.give_back(command))
            case HangUpPhone():
                return await self._hang_up_phone(command.interface)
            case _:
                found = await self._own_channel(command)
                return found if isinstance(found, Refused) else await self._on_call(command, found)

    async def _on_call(self, command: OnCall, channel: str) -> Outcome:
        match command:
            case Release():
                return await self._one(forms.release(channel))
            case Transfer(context=context, exten=exten):
                return await self._transfer(channel, context, exten)
            case Mute(muted=muted):
                return await self._one(forms.mute(channel, muted))
            case Recording(caller=str(caller), paused=paused):
                return await self._record(caller, paused)
        return _NO_CALL

    async def _record(self, caller: str, paused: bool) -> Outcome:
        """Cut off in between, the mark says that it is recorded: nobody then speaks into a pause that is none."""
        if paused:
            outcome = await self._one(forms.recording(caller, paused))
            if isinstance(outcome, Done):
                await self._one(forms.recording_mark(caller, f"paused:{now_us()}"))
            return outcome
        await self._one(forms.recording_mark(caller, "on"))
        return await self._one(forms.recording(caller, paused))

    async def _transfer(self, channel: str, context: str, exten: str) -> Outcome:
        """Asterisk takes the caller from the agent first and then finds that nobody is there."""
        action = forms.blind_transfer(channel, context, exten)
        states = [await self._state_of(endpoint) for endpoint in endpoints_of(exten)]
        if _AWAY in states and not {*states} - {_AWAY, _NO_PHONE}:
            return Refused(Refusal.PHONE_AWAY, f"no phone of {exten} is registered")
        return await self._one(action)

    async def _state_of(self, endpoint: str) -> str:
        """What a phone does; what is no phone, as a line or a number outside, has none."""
        interface = interface_of(endpoint)
        if not INTERFACE.fullmatch(interface):
            return _NO_PHONE
        asked = await self._one(device_state(interface))
        return asked.headers.get("Value", "") if isinstance(asked, Done) else ""

    async def _one(self, action: Mapping[str, str]) -> Outcome:
        (answer,) = await self._link.send(action, timeout_seconds=self._answer_seconds)
        return outcome_of(answer)

    async def _own_channel(self, command: OnCall) -> str | Refused:
        """The channel of that phone in its call with that caller, or in its only call."""
        if command.caller is None:
            calls = [row.get("Channel") for row in await self._established(command.interface) if row.get("BridgeID")]
            return calls[0] if len(calls) == 1 else _SEVERAL if calls else _NO_CALL
        outcome = await self._one(forms.bridge_peer(command.caller))
        if isinstance(outcome, Refused):
            return outcome
        peers = outcome.headers.get("Value", "") if isinstance(outcome, Done) else ""
        return forms.channel_of(command.interface, peers) or _NOT_THEIRS

    async def _established(self, interface: str) -> list[AmiEvent]:
        answers = await self._link.send(forms.all_channels(), as_list=True, timeout_seconds=self._answer_seconds)
        rows = [each for each in answers if isinstance(each, AmiEvent) and each.name == "Status"]
        return [row for row in rows if forms.is_established(interface, row.get("Channel"), row.get("ChannelState"))]

    async def _hang_up_phone(self, interface: str) -> Outcome:
        """All channels are listed only where the phone has one: most phones that go have no call."""
        asked = await self._one(device_state(interface))
        if isinstance(asked, Done) and asked.headers.get("Value") in _WITHOUT_CALLS:
            return asked
        for row in await self._established(interface):
            await self._one(forms.hang_up(row.get("Channel")))
        return Done()

    async def _move(self, command: MoveWaiting) -> Outcome:
        """The queue's own action leaves the place in order, in the queue log too; it wants the channel by its name."""
        queue = await self._value(command.caller, "TRONCAL_QUEUE")
        name = await self._value(command.caller, "CHANNEL(name)")
        for each in (queue, name):
            if isinstance(each, Refused):
                return each
        if not queue or not name:
            return _NOT_WAITING
        return await self._one(forms.withdraw(str(queue), str(name), command.goal))

    async def _value(self, channel: str, name: str) -> str | Refused:
        outcome = await self._one(forms.variable(channel, name))
        if isinstance(outcome, Refused):
            return outcome
        return outcome.headers.get("Value", "") if isinstance(outcome, Done) else ""
