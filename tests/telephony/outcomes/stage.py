"""The stage of one recorded case: its phones, its AMI actions, and what the phones know to have happened."""

import asyncio
import contextlib
from dataclasses import asdict, dataclass, field
from typing import Any

from callcenter.clock import now_us
from callcenter.instants import MICROSECONDS
from tests.telephony.outcomes.lab import RECORDER, SECRET, Lab
from tests.telephony.outcomes.listener import Listener
from tests.telephony.phones.sip_leg import Leg, Manner
from tests.telephony.phones.sip_phone import SipPhone

MEMBERS = {"1001": "Ana Vargas", "1002": "Beatriz Rojas", "1003": "Carla Soto"}


def now_seconds() -> float:
    """This machine's clock, which the phones and Asterisk share."""
    return now_us() / MICROSECONDS


@dataclass(slots=True)
class Seen:
    """One queue entry as the phones saw it. Times in seconds since 1970; None where no phone could know.

    `slack_seconds`: how far Asterisk may be behind, which looks at some things once a second only.
    """

    queue: str
    caller: str
    outcome: str
    joined_at: float | None
    answered_at: float | None = None
    ended_at: float | None = None
    member: str | None = None
    ended_by: str = "unknown"
    transferred_to: str | None = None
    slack_seconds: float = 0.3


@dataclass(slots=True)
class Stage:
    """What a case plays with."""

    lab: Lab
    orders: Listener
    phones: dict[str, SipPhone] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def say(self, text: str) -> float:
        """Note what a phone did; the moment of it."""
        at = now_seconds()
        self.log.append(f"{at:.3f} {text}")
        return at

    async def phone(self, user: str, manner: Manner = Manner.RING) -> SipPhone:
        """A phone by its number: an agent's registers, any other is a caller of the trunk."""
        if user not in self.phones:
            agent = user in MEMBERS
            host, password = ("127.0.0.3", f"p{user}") if agent else ("127.0.0.2", "")
            self.phones[user] = await SipPhone.open(user, self.lab.server, host=host, password=password)
        self.phones[user].manner = manner
        return self.phones[user]

    async def agent(self, user: str, *queues: str, manner: Manner = Manner.RING, interface: str = "") -> SipPhone:
        """An agent's phone, logged in to the queues."""
        phone = await self.phone(user, manner)
        for queue in queues:
            name, where = MEMBERS[user], interface or f"PJSIP/{user}"
            await self.order("QueueAdd", Queue=queue, Interface=where, MemberName=name)
        return phone

    async def order(self, action: str, **headers: str) -> None:
        """An AMI action; waits for its answer. Raises RuntimeError when it fails."""
        since, tag = len(self.orders.raw), f"{action}-{len(self.orders.raw)}"
        await self.orders.act(Action=action, ActionID=tag, **headers)
        await self.orders.until(f"ActionID: {tag}\r\n".encode(), since=since)
        if b"Response: Error" in self.orders.raw[since:]:
            raise RuntimeError(bytes(self.orders.raw[since:]).decode())

    async def reconnect(self) -> None:
        """A new session for actions, after a restart."""
        await self.orders.close()
        self.orders = await Listener.open(self.lab.ami_port, RECORDER, SECRET)

    async def call(self, user: str, extension: str) -> tuple[Leg, float]:
        """A caller calls a line and hears it answered; the leg, and the moment."""
        phone = await self.phone(user)
        leg = await phone.call(extension)
        await leg.until(leg.answered)
        return leg, self.say(f"{user} calls {extension} and waits")

    async def conversation(self, user: str, extension: str, agent: str) -> tuple[Leg, Leg, float, float]:
        """A caller calls and an agent answers: caller's leg, agent's leg, joined, answered."""
        caller, joined = await self.call(user, extension)
        phone = await self.phone(agent)
        offered = await phone.offered()
        await pause(0.7)
        await offered.answer()
        return caller, offered, joined, self.say(f"{agent} answers {user}")

    def saw(self, *entry: Any, **known: Any) -> Seen:
        """Register what must come out."""
        self.seen.append(Seen(*entry, **known))
        return self.seen[-1]

    def channel_of(self, text: str) -> str:
        """The newest channel whose name contains the text, from the action session's own events."""
        names = [line for line in self.orders.raw.decode("utf-8", "replace").split("\r\n") if text in line]
        return next(line[9:] for line in reversed(names) if line.startswith("Channel: "))

    async def leave(self) -> None:
        """When the calls are over the agents log out; whoever still has one hangs up."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                for leg in [leg for phone in self.phones.values() for leg in phone.legs.values()]:
                    await leg.ended.wait()
        for user, phone in self.phones.items():
            await phone.close()
            for queue in ("101", "102", "breve", "pasa", "pequena", "exigente", "abandona", "todos"):
                for interface in (f"PJSIP/{user}", f"Local/{user}@troncal-agents"):
                    await self.orders.act(Action="QueueRemove", Queue=queue, Interface=interface)
        await self.orders.quiet()

    def as_json(self) -> dict[str, Any]:
        """What the phones saw, for the fixture."""
        return {"entries": [asdict(seen) for seen in self.seen], "phones": self.log}


async def pause(seconds: float) -> None:
    """Let the call go on for a while."""
    await asyncio.sleep(seconds)  # world: pace
