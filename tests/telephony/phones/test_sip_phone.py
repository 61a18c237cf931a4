"""The tests' phone among what else comes to its port."""

import asyncio
import socket

from tests.telephony.phones.sip_leg import Manner
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.phones.sip_text import SipMessage, parsed

HOST = "127.0.0.1"
RTP = bytes([0x80, 8]) + bytes(170)


async def test_a_straggler_of_another_calls_sound_gets_no_answer() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((HOST, 0))
        server.setblocking(False)
        phone = await SipPhone.open("70712345", server.getsockname(), host=HOST, manner=Manner.RING)
        for data in (RTP, _options("1"), b"\r\n\r\n", _options("2")):
            server.sendto(data, (phone.host, phone.port))
        async with asyncio.timeout(10):
            answers = [parsed(await asyncio.get_running_loop().sock_recv(server, 4096)) for _ in range(2)]
        await phone.close()
    assert [answer.get("cseq") for answer in answers] == ["1 OPTIONS", "2 OPTIONS"]


def _options(sequence: str) -> bytes:
    headers = [("via", f"SIP/2.0/UDP {HOST}"), ("call-id", "one"), ("cseq", f"{sequence} OPTIONS")]
    return SipMessage(f"OPTIONS sip:70712345@{HOST} SIP/2.0", headers).text()
