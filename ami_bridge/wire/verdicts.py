"""Whether the header names of an AMI event are as Asterisk writes them. Pure."""

from dataclasses import dataclass

from ami_bridge.wire.items import QuarantineReason
from ami_bridge.wire.layouts import (
    CHANNEL_HEADERS,
    HEAD_HEADERS,
    LAYOUTS,
    LIST_LAYOUTS,
    LISTED_TOO,
    Shape,
    is_list_event,
    shape,
)

_MAY_BE_ASTERISKS_OWN = (QuarantineReason.REPEATED, QuarantineReason.HEAD, QuarantineReason.MALFORMED)


@dataclass(frozen=True, slots=True)
class HeaderVerdict:
    """The verdict on the names of an event's headers; the same for every event with these names."""

    fault: QuarantineReason | None
    privilege: str | None
    stamped: bool
    needs_stamp: bool


def owed(raw: bytes) -> str:
    """The header that a cut event's genuine rest brings; "" when the block lacks nothing."""
    if not raw.startswith(b"Event: "):
        return ""
    name = raw[7 : raw.find(b"\r")].decode("utf-8", "replace")
    layout = LAYOUTS.get(name) or LIST_LAYOUTS.get(name)
    last = layout.last if layout else "Linkedid"
    known = layout is not None or b"\r\nChannelState: " in raw
    return last if known and not has(raw, last) else ""


def concerns_nobody(raw: bytes, fault: QuarantineReason | None) -> bool:
    """True for a faulty event that nothing here uses: the fault may be Asterisk's own."""
    if fault not in _MAY_BE_ASTERISKS_OWN or not raw.startswith(b"Event: "):
        return False
    name = raw[7 : raw.find(b"\r")].decode("utf-8", "replace")
    of_a_channel = any(has(raw, header) for header in CHANNEL_HEADERS)
    return name not in LAYOUTS and name not in LIST_LAYOUTS and not of_a_channel


def exceeds(name: str, last: str) -> bool:
    """True when an event ends with a header that is not its own: another one's rest may be appended to it."""
    layout = LAYOUTS.get(name)
    if layout is None or not layout.parts or last.endswith(("Tenantid", "ChanVariable")):
        return False
    return all(last not in (*part.required, *part.optional) for part in layout.parts)


def missing(raw: bytes) -> tuple[str, ...]:
    """The headers that a head which stops in its channel's block lacks: all of them come with the genuine rest."""
    at = max((index for index, header in enumerate(CHANNEL_HEADERS) if has(raw, header)), default=len(CHANNEL_HEADERS))
    return tuple(header for header in CHANNEL_HEADERS[at + 1 :] if header != "Language")


def has(raw: bytes, header: str) -> bool:
    """True when the block has the header."""
    return b"\r\n" + header.encode() + b": " in b"\r\n" + raw


def has_class(privilege: str, expected: str) -> bool:
    """True when the Privilege is an expected one; "" expects any that Asterisk could write."""
    if expected:
        return privilege == expected or privilege in expected.split()
    return privilege.endswith("all") or privilege == "<none>"


def microseconds(stamp: str) -> int | None:
    """`seconds.microseconds` as one integer; None for anything else."""
    seconds, _, micros = stamp.partition(".")
    digits = seconds + micros
    if len(micros) == 6 and seconds and len(digits) < 20 and digits.isascii() and digits.isdigit():
        return int(digits)
    return None


def judged(name: str, keys: tuple[str, ...]) -> HeaderVerdict:
    """The verdict on an event's header names; `keys` begins with Event."""
    privileged = keys[1:2] == ("Privilege",)
    at = 2 if privileged else 1
    at += keys[at : at + 1] == ("SystemName",)
    stamped = keys[at : at + 1] == ("Timestamp",)
    at += stamped
    for header in HEAD_HEADERS:
        at += keys[at : at + 1] == (header,)
    body = keys[at:]
    answer = name not in LAYOUTS and (not privileged or is_list_event(name) or "ActionID" in body)
    answer = answer or (not privileged and name in LISTED_TOO)
    fault = _fault(name, body, privileged=privileged, answer=answer)
    layout = LAYOUTS.get(name)
    privilege = None if answer else layout.privilege if layout else ""
    needs_stamp = privileged and not answer and name != "FullyBooted"
    return HeaderVerdict(fault, privilege, stamped, needs_stamp)


def _fault(name: str, body: tuple[str, ...], *, privileged: bool, answer: bool) -> QuarantineReason | None:
    if not privileged and not answer:
        return QuarantineReason.HEAD
    match shape(name, body, listed=answer):
        case Shape.CUT:
            return QuarantineReason.CUT
        case Shape.DISORDER:
            return QuarantineReason.DISORDER
        case _:
            return None
