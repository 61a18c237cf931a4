"""A SIP phone for tests: registers, calls, answers, refuses, holds, transfers, presses keys. UDP on loopback."""

import asyncio
import logging
from typing import Any, Self

from tests.telephony.phones.sip_leg import LIMIT_SECONDS, Leg, Manner
from tests.telephony.phones.sip_sound import Sound
from tests.telephony.phones.sip_text import SipMessage, address_in, credentials, media_address, offer, parsed, token

Address = tuple[str, int]

# Longer than any test lasts: it is not renewed.
_REGISTERED_SECONDS = 7200
# What a phone says and hears is shown with a failed test.
log = logging.getLogger(__name__)
log.setLevel(logging.INFO)


class SipPhone(asyncio.DatagramProtocol):
    """A phone with a number; with a password it registers."""

    def __init__(self, user: str, password: str, server: Address, manner: Manner) -> None:
        self.user, self.password, self.server, self.manner = user, password, server, manner
        self.server_text = f"{server[0]}:{server[1]}"
        self.host, self.port = "", 0
        self.legs: dict[str, Leg] = {}
        self.incoming: asyncio.Queue[Leg] = asyncio.Queue()
        self._transport: asyncio.DatagramTransport | None = None
        self._replies: dict[str, asyncio.Future[SipMessage]] = {}
        self._register_sequence = 0
        self._register_id = token()
        self._rung: dict[str, str] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    @classmethod
    async def open(
        cls, user: str, server: Address, *, host: str, password: str = "", manner: Manner = Manner.RING
    ) -> Self:
        """A phone on a port that the system chose; registered when it has a password."""
        loop = asyncio.get_running_loop()
        phone = cls(user, password, server, manner)
        transport, _ = await loop.create_datagram_endpoint(lambda: phone, local_addr=(host, 0))
        phone._transport = transport
        phone.host, phone.port = transport.get_extra_info("sockname")[:2]
        if password:
            await phone.register(_REGISTERED_SECONDS)
        return phone

    async def close(self) -> None:
        """End every call, unregister, close."""
        for leg in list(self.legs.values()):
            await leg.hang_up()
        if self.password:
            await self.register(0)
        if self._transport is not None:
            self._transport.close()

    async def register(self, seconds: int) -> None:
        """REGISTER, or with 0 the end of it. Raises ConnectionError when refused."""
        leg = Leg(self, self._register_id, await Sound.open(self.host), incoming=False)
        leg.local = f"<sip:{self.user}@{self.server_text}>;tag={token()}"
        leg.remote = f"<sip:{self.user}@{self.server_text}>"
        leg.target, leg.sequence = f"sip:{self.server_text}", self._register_sequence
        reply = await self.request("REGISTER", leg, {"expires": str(seconds)}, "")
        self._register_sequence = leg.sequence
        leg.sound.close()
        if reply.status != 200:
            raise ConnectionError(reply.first)

    async def call(self, extension: str, *, instead_of: Leg | None = None) -> Leg:
        """Call, or take the place of another phone's call (Replaces); the leg has what becomes of it."""
        leg = Leg(self, token(), await Sound.open(self.host), incoming=False)
        leg.local = f"<sip:{self.user}@{self.server_text}>;tag={token()}"
        leg.remote = f"<sip:{extension}@{self.server_text}>"
        leg.target = f"sip:{extension}@{self.server_text}"
        self.legs[leg.call_id] = leg
        self._spawn(self._call(leg, {} if instead_of is None else {"replaces": instead_of.replaces}))
        return leg

    async def offered(self, seconds: float = LIMIT_SECONDS) -> Leg:
        """The next call that rings here. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            return await self.incoming.get()

    async def _call(self, leg: Leg, extra: dict[str, str] | None = None) -> None:
        reply = await self.request("INVITE", leg, extra or {}, offer(self.host, leg.sound.port))
        leg.status = reply.status
        if reply.status >= 300:
            return leg.end()
        leg.remote, leg.target = reply.get("to"), address_in(reply.get("contact"))
        leg.sound.remote = media_address(reply.body)
        self.acknowledge(leg, reply)
        leg.answered.set()
        await leg.sound.silence()
        return None

    # -- requests out ------------------------------------------------------------------------------

    async def request(self, method: str, leg: Leg, extra: dict[str, str], body: str) -> SipMessage:
        """A request and its final answer; a challenge is answered on the way. Raises TimeoutError."""
        reply = await self._once(method, leg, extra, body)
        if reply.status in (401, 407):
            if method == "INVITE":
                self.acknowledge(leg, reply)
            kind = "www-authenticate" if reply.status == 401 else "proxy-authenticate"
            proof = credentials(reply.get(kind), self.user, self.password, method, leg.target)
            named = "authorization" if reply.status == 401 else "proxy-authorization"
            reply = await self._once(method, leg, {**extra, named: proof}, body)
        if method == "INVITE" and reply.status >= 300:
            self.acknowledge(leg, reply)
        return reply

    async def _once(self, method: str, leg: Leg, extra: dict[str, str], body: str) -> SipMessage:
        leg.sequence += 1
        message = self._message(method, leg, leg.sequence, f"z9hG4bK{token()}")
        message.headers += [("contact", f"<sip:{self.user}@{self.host}:{self.port}>"), *extra.items()]
        if body:
            message.headers.append(("content-type", "application/sdp"))
            message.body = body
        if method == "INVITE":
            leg.invite = message
        waiting = self._replies[f"{leg.call_id} {leg.sequence} {method}"] = asyncio.Future()
        self._send(message)
        async with asyncio.timeout(LIMIT_SECONDS if method != "INVITE" else 120):
            return await waiting

    def _message(self, method: str, leg: Leg, sequence: int, branch: str) -> SipMessage:
        via = f"SIP/2.0/UDP {self.host}:{self.port};rport;branch={branch}"
        headers = [
            ("via", via),
            ("max-forwards", "70"),
            ("from", leg.local),
            ("to", leg.remote),
            ("call-id", leg.call_id),
            ("cseq", f"{sequence} {method}"),
        ]
        return SipMessage(f"{method} {leg.target} SIP/2.0", headers)

    def acknowledge(self, leg: Leg, reply: SipMessage) -> None:
        """ACK of a final answer to INVITE."""
        ok = reply.status < 300
        branch = f"z9hG4bK{token()}" if ok else reply.get("via").partition("branch=")[2].split(";")[0]
        message = self._message("ACK", leg, int(reply.get("cseq").split()[0]), branch)
        message.headers = [(n, reply.get("to") if n == "to" else v) for n, v in message.headers]
        self._send(message)

    def cancel(self, leg: Leg, invite: SipMessage) -> None:
        """Give a call up that nobody answered yet."""
        kept = [h for h in invite.headers if h[0] in ("via", "max-forwards", "from", "to", "call-id")]
        sequence = invite.get("cseq").split()[0]
        self._send(SipMessage("CANCEL" + invite.first[6:], [*kept, ("cseq", f"{sequence} CANCEL")]))

    def respond(self, request: SipMessage, status: int, reason: str, to: str = "", body: str = "") -> None:
        """An answer to a request."""
        headers = [("via", via) for via in request.all("via")]
        headers += [("from", request.get("from")), ("to", to or request.get("to"))]
        headers += [("call-id", request.get("call-id")), ("cseq", request.get("cseq"))]
        headers.append(("contact", f"<sip:{self.user}@{self.host}:{self.port}>"))
        if body:
            headers.append(("content-type", "application/sdp"))
        self._send(SipMessage(f"SIP/2.0 {status} {reason}", headers, body))

    def _send(self, message: SipMessage) -> None:
        assert self._transport is not None
        if not self._transport.is_closing():
            self._note("sends", message)
            self._transport.sendto(message.text(), self.server)

    def _note(self, what: str, message: SipMessage) -> None:
        log.info("%s %s %s (%s) %s", self.user, what, message.first, message.get("cseq"), message.get("call-id"))

    # -- what comes in -----------------------------------------------------------------------------

    def datagram_received(self, data: bytes, addr: object) -> None:
        """One SIP message. Where a port was a leg's before, Asterisk may still send that leg's sound to it."""
        message = parsed(data)
        if not message.is_sip:
            return
        self._note("hears", message)
        if message.is_response:
            self._reply(message)
        else:
            self._asked(message)

    def _reply(self, message: SipMessage) -> None:
        leg = self.legs.get(message.get("call-id"))
        if message.status < 200:
            if leg is not None and message.status >= 180:
                leg.remote = message.get("to")
                leg.ringing.set()
            return
        waiting = self._replies.pop(f"{message.get('call-id')} {message.get('cseq')}", None)
        if waiting is not None and not waiting.done():
            waiting.set_result(message)

    def _asked(self, message: SipMessage) -> None:
        leg = self.legs.get(message.get("call-id"))
        match message.method:
            case "INVITE" if self._rung.get(message.get("call-id")) == message.get("cseq"):
                pass  # sent again, since this process had its turn late: it is one call, the answer is on its way
            case "INVITE" if leg is None:
                self._rung[message.get("call-id")] = message.get("cseq")
                self._spawn(self._ring(message))
            case "INVITE" if leg is not None:
                leg.sound.remote = media_address(message.body) or leg.sound.remote
                self.respond(message, 200, "OK", leg.local, offer(self.host, leg.sound.port))
            case "ACK" if leg is not None:
                leg.answered.set()
            case "BYE":
                self.respond(message, 200, "OK")
                if leg is not None:
                    leg.end()
            case "CANCEL" if leg is not None and leg.invite is not None:
                self.respond(message, 200, "OK")
                self.respond(leg.invite, 487, "Request Terminated", leg.local)
                leg.end()
            case "ACK":
                pass
            case _:
                self.respond(message, 200, "OK")

    async def _ring(self, message: SipMessage) -> None:
        leg = Leg(self, message.get("call-id"), await Sound.open(self.host), incoming=True)
        leg.local, leg.remote = f"{message.get('to')};tag={token()}", message.get("from")
        leg.target, leg.invite = address_in(message.get("contact")), message
        leg.sound.remote = media_address(message.body)
        self.legs[leg.call_id] = leg
        if self.manner is Manner.REFUSE:
            leg.refuse()
            return
        self.respond(message, 180, "Ringing", leg.local)
        if self.manner is Manner.ANSWER:
            await leg.answer()
        self.incoming.put_nowait(leg)

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
