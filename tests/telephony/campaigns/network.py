"""The public network: whoever is called does what their number says.

`harms`: what happens to the centre while that number's telephone rings, or just after it was answered. `greetings`:
what is said there, in A-law. `together`: when those answer that wait for one another.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum

from tests.telephony.phones.duty import public_phone
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre


class Reaction(Enum):
    """What a called telephone does."""

    ANSWERS = 0
    SAYS_A_WORD = 2  # and waits, as a person does
    TALKS_ON = 3  # as a machine does
    GREETS = 4  # with what `greetings` has
    HANGS_UP = 5  # as soon as it has answered
    ANSWERS_TOGETHER = 6  # with the others, once the test says so
    BUSY = 486
    REJECTS = 603
    UNKNOWN = 404
    CONGESTED = 503
    RINGS_ON = 1


_ANSWERING = frozenset(Reaction) - {
    *(Reaction.BUSY, Reaction.REJECTS, Reaction.UNKNOWN, Reaction.CONGESTED, Reaction.RINGS_ON),
}
_VOICE_HERTZ, _WORD_SECONDS = 440, 0.5


@dataclass
class Network:
    """The telephones behind the trunk. `called`: how often each number was, `at_once`: how many rang it at once."""

    phone: SipPhone
    reactions: dict[str, Reaction]
    called: Counter[str] = field(default_factory=Counter)
    answered: dict[str, Leg] = field(default_factory=dict)
    most_at_once: Counter[str] = field(default_factory=Counter)
    harms: dict[str, Callable[[], None]] = field(default_factory=dict)
    greetings: dict[str, bytes] = field(default_factory=dict)
    together: asyncio.Event = field(default_factory=asyncio.Event)
    _legs: dict[str, set[Leg]] = field(default_factory=dict)

    def ringing(self) -> list[Leg]:
        """The telephones that ring now."""
        legs = (leg for legs in self._legs.values() for leg in legs)
        return [leg for leg in legs if not leg.answered.is_set() and not leg.ended.is_set()]

    def talking(self) -> set[str]:
        """The numbers that have answered, and whose call goes on."""
        return {number for number, leg in self.answered.items() if not leg.ended.is_set()}

    async def run(self) -> None:
        """Each telephone for itself: others go on while one of them does harm."""
        async with asyncio.TaskGroup() as reacting:
            while True:
                leg = await self.phone.incoming.get()
                number = _number_of(leg)
                self._note(leg, number)
                reacting.create_task(self._react(leg, number, self.reactions.get(number, Reaction.UNKNOWN)))

    def _note(self, leg: Leg, number: str) -> None:
        self.called[number] += 1
        ringing = {each for each in self._legs.setdefault(number, set()) if not each.ended.is_set()}
        self._legs[number] = {*ringing, leg}
        self.most_at_once[number] = max(self.most_at_once[number], len(self._legs[number]))

    async def _react(self, leg: Leg, number: str, reaction: Reaction) -> None:
        harm = self.harms.get(number)
        if reaction is Reaction.ANSWERS_TOGETHER:
            await self.together.wait()
            if leg.ended.is_set():
                return
        if reaction in _ANSWERING:
            await leg.answer()
            self.answered[number] = leg
        if harm is not None:
            await asyncio.to_thread(harm)
        await self._go_on(leg, number, reaction)

    async def _go_on(self, leg: Leg, number: str, reaction: Reaction) -> None:
        if reaction in (Reaction.SAYS_A_WORD, Reaction.TALKS_ON):
            leg.sound.play(_VOICE_HERTZ)
        if reaction is Reaction.SAYS_A_WORD:
            await asyncio.sleep(_WORD_SECONDS)  # world: pace
            await leg.sound.go_on_silently()
        elif reaction is Reaction.ANSWERS_TOGETHER:
            await leg.sound.go_on_silently()
        elif reaction is Reaction.GREETS:
            leg.sound.say(self.greetings[number])
        elif reaction is Reaction.HANGS_UP:
            await leg.hang_up()
        elif reaction not in (*_ANSWERING, Reaction.RINGS_ON):
            leg.refuse(reaction.value)


def _number_of(leg: Leg) -> str:
    assert leg.invite is not None
    found = re.search(r"sip:([0-9]+)@", leg.invite.get("to"))
    assert found is not None
    return found[1]


@asynccontextmanager
async def network(centre: RunningCentre, port: int, reactions: dict[str, Reaction]) -> AsyncIterator[Network]:
    """The network at work until the end of the block."""
    async with public_phone(centre, "network", port) as phone:
        made = Network(phone, reactions)
        work = asyncio.create_task(made.run())
        try:
            yield made
        finally:
            work.cancel()
            await asyncio.wait([work])
