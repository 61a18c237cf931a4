"""What a browser's phone may say to Asterisk, and all that it may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_api.phone.frames import ForeignFrame, Frame, OpenCalls, read

OWN = "1001-web"
_AT = "troncal.invalid"


def frame(
    method: str = "REGISTER", *more: str, sender: str = f"<sip:{OWN}@{_AT}>;tag=a", to: str = "", body: str = ""
) -> str:
    """A request as a browser's phone writes it."""
    lines = [f"{method} sip:{_AT} SIP/2.0", f"From: {sender}", f"To: {to or f'<sip:{OWN}@{_AT}>'}", "Call-ID: c1"]
    return "\r\n".join([*lines, *more, f"Content-Length: {len(body.encode())}", "", body])


def test_a_phone_registers_itself() -> None:
    contact = f"Contact: <sip:{OWN}-1f2e@x.invalid;transport=ws>;+sip.ice;expires=300"
    assert read(frame("REGISTER", contact, "Expires: 300"), OWN) == Frame("REGISTER", f"{OWN}-1f2e", 300)


def test_the_end_of_a_registration_takes_no_phone() -> None:
    assert not read(frame("REGISTER", "Expires: 0"), OWN).registers


def test_a_phone_answers_and_speaks_within_a_call_by_its_contact() -> None:
    within = frame(
        "BYE", sender=f"<sip:{OWN}-1f2e@127.0.0.1;transport=ws>;tag=b", to='"Ana \\"X\\"" <sip:7170@h>;tag=c'
    )
    assert read(within, OWN).method == "BYE"
    assert read("SIP/2.0 180 Ringing\r\nCall-ID: c\r\nContent-Length: 0\r\n\r\n", OWN).method == ""


FORGED = {
    "registers another": frame(to=f"<sip:1002-web@{_AT}>"),
    "in another's name": frame(sender=f"<sip:1002-web@{_AT}>;tag=a"),
    "calls in another's name": frame("INVITE", sender=f"<sip:1002-web@{_AT}>;tag=a"),
    "calls as the plain phone": frame("INVITE", sender=f"<sip:1001@{_AT}>;tag=a"),
    "begins by a contact's name": frame("INVITE", sender=f"<sip:{OWN}-1f@{_AT}>;tag=a"),
    "its own name only in the quotes": frame(sender=f'"<sip:{OWN}@{_AT}>" <sip:1002-web@{_AT}>;tag=a'),
    "two senders": frame("REGISTER", f"From: <sip:1002-web@{_AT}>;tag=a"),
    "a second sender in short": frame("REGISTER", f"f: <sip:1002-web@{_AT}>;tag=a"),
    "a sender folded": frame("REGISTER", f" <sip:1002-web@{_AT}>"),
    "a line end that only some see": frame("REGISTER", f"X: y\nFrom: <sip:1002-web@{_AT}>"),
    "a second message behind": frame() + frame(sender=f"<sip:1002-web@{_AT}>;tag=a"),
    "a second message as the body of a shorter": frame(body=frame()).replace("Content-Length: ", "Content-Length: 1"),
    "a second message behind an answer": "SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n" + frame(),
    "no length": frame().replace("Content-Length: 0\r\n", ""),
    "two lengths": frame("REGISTER", "l: 0"),
    "a text message": frame("MESSAGE"),
    "a subscription": frame("SUBSCRIBE"),
    "not SIP": "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "nothing": "\r\n\r\n\r\n",
}


@pytest.mark.parametrize("text", FORGED.values(), ids=FORGED.keys())
def test_a_foreign_frame_is_refused(text: str) -> None:
    with pytest.raises(ForeignFrame):
        read(text, OWN)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for each in (text, frame("INVITE", text), frame(sender=text)):
        try:
            read(each, OWN)
        except ForeignFrame:
            continue


def test_a_call_is_open_from_its_answer_to_its_end() -> None:
    calls = OpenCalls()
    calls.follow("SIP/2.0 200 OK\r\nCall-ID: c1\r\nCSeq: 1 REGISTER\r\n\r\n")
    assert not calls
    calls.follow("SIP/2.0 200 OK\r\ni: c1\r\nCSeq: 7 INVITE\r\n\r\n")
    assert calls == {"c1"}
    calls.follow("BYE sip:x@y SIP/2.0\r\nCall-ID: c1\r\n\r\n")
    assert not calls
