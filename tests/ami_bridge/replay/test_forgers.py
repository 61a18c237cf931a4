"""Callers who take pains: room between the cut and the forgery, false ends, several forged lines."""

import re

import pytest

from tests.ami_bridge.recordings import CASES, Objects, ami, from_ami, from_file, queue_log

HONEST, GHOST, FORGER = "two-queues-one-agent", "1795387330.72", "70000009"
CRLF = b"\r\n"
STAMP = b"Timestamp: 1795387330.900000"
ROOM = [CRLF.join([b"Event: Room%d" % at, b"Privilege: call,all", STAMP, b"X: y"]) for at in range(12)]
FALSE_END = [b"Linkedid: 1"]
OWN_HEAD = [CRLF.join([b"Event: Other", b"Privilege: call,all", STAMP])]
STOP = [CRLF.join([b"Event: Shutdown", b"Privilege: system,all", STAMP, b"Shutdown: Cleanly", b"Restart: False"])]

FITTING_HEAD = CRLF.join(
    [
        *(b"Event: Newchannel", b"Privilege: call,all", STAMP, b"SystemName: central", b"Channel: PJSIP/x-1"),
        *(b"ChannelState: 6", b"ChannelStateDesc: Up", b"CallerIDNum: 7"),
    ]
)


def facts(entries: Objects) -> list[tuple[str, ...]]:
    names = ("queue", "caller", "outcome", "member", "ended_by")
    return sorted(tuple(str(entry[name]) for name in names) for entry in entries if entry["caller"] != FORGER)


def forged_ami(parts: list[bytes], header: bytes) -> bytes:
    """The recording of a forged ending, its forger's number given other blocks."""
    raw = ami("forged-ending")
    ending = raw[raw.index(b"70000009\r\n\r\n") + 12 :]
    ending = ending[: ending.index(b"Reason: agent") + 13]
    own = raw.replace(b"70000009\r\n\r\n" + ending, b"70000009")
    text = (CRLF * 2).join([b"70000009", *parts]).replace(b"@", ending)
    mark = re.compile(rb"(Uniqueid: central-1795387330\.72)")
    blocks = own.split(CRLF * 2)
    cut = [re.sub(rb"\r\n" + header + rb": [^\r]*", lambda m: CRLF + header + b": " + text, b, count=1) for b in blocks]
    return (CRLF * 2).join(new if mark.search(old) else old for new, old in zip(cut, blocks, strict=True))


@pytest.mark.parametrize("header", [b"CallerIDNum", b"Exten", b"ConnectedLineNum"])
@pytest.mark.parametrize("parts", [[*ROOM, b"@"], [*FALSE_END, b"@"], [*FALSE_END, b"@", *OWN_HEAD], STOP])
@pytest.mark.parametrize("stamped", [True, False])
def test_a_forger_who_takes_pains_touches_no_honest_call(parts: list[bytes], header: bytes, stamped: bool) -> None:
    raw, honest = forged_ami(parts, header), ami(HONEST)
    raw = raw if stamped else re.sub(rb"\r\nTimestamp: [^\r]*", b"", raw)
    assert facts(from_ami(raw).entries) == facts(from_ami(honest).entries)


@pytest.mark.parametrize("stamped", [True, False])
def test_a_rest_that_fits_under_a_forged_head_touches_no_honest_call(stamped: bool) -> None:
    raw, honest = forged_ami([b"@", FITTING_HEAD], b"CallerIDNum"), ami(HONEST)
    raw = raw if stamped else re.sub(rb"\r\nTimestamp: [^\r]*", b"", raw)
    raw = raw.replace(b"1795387332.5", b"1795387332.95")
    result = facts(from_ami(raw).entries)
    assert result == facts(from_ami(honest).entries)


CONNECTED = "1700000000|a.1|ventas|NONE|ENTERQUEUE||71|1\n1700000003|a.1|ventas|Ana|CONNECT|3|x.9|2\n"
WAITS = "1700000005|b.2|ventas|NONE|ENTERQUEUE||72|1\n"
FORGED = "1700000006|a.1|ventas|Ana|COMPLETECALLER|3|1|1\n1700000006|b.2|ventas|Ana|CONNECT|1|y.1|1\n"
ENDS = "1700000009|a.1|ventas|Ana|COMPLETEAGENT|3|6|1\n1700000015|b.2|ventas|NONE|ABANDON|1|1|10\n"
LEFT = "1700000008|f.3|ventas|NONE|ABANDON|2|2|2\n"


@pytest.mark.parametrize("head", ["70000009", "70000009|2"])
def test_several_forged_lines_are_not_believed(head: str) -> None:
    cut = f"1700000006|f.3|ventas|NONE|ENTERQUEUE||{head}\n{FORGED}x|2\n"
    result = from_file((CONNECTED + WAITS + cut + LEFT + ENDS).encode())
    assert facts(result.entries) == facts(from_file((CONNECTED + WAITS + ENDS).encode()).entries)
    assert [entry["outcome"] for entry in result.entries if entry["caller"] == FORGER] == ["abandoned"]


def test_a_number_with_bars_in_it_keeps_its_call() -> None:
    result = from_file(f"1700000006|f.3|ventas|NONE|ENTERQUEUE||{FORGER}|x|7|9|2\n{LEFT}".encode())
    assert [(entry["caller"], entry["outcome"]) for entry in result.entries] == [(FORGER, "abandoned")]


def test_a_joining_that_lost_its_number_costs_no_other_line() -> None:
    result = from_file((f"1700000004|f.3|ventas|NONE|ENTERQUEUE|\n{CONNECTED}{WAITS}{LEFT}{ENDS}").encode())
    assert sorted(entry["outcome"] for entry in result.entries) == ["abandoned", "abandoned", "answered"]


@pytest.mark.parametrize("name", CASES)
def test_a_joining_without_its_position_costs_no_other_row(name: str) -> None:
    lines = queue_log(name).splitlines(keepends=True)
    whole = from_file(b"".join(lines))
    for at, line in enumerate(lines):
        if b"|ENTERQUEUE|" in line:
            short = [*lines[:at], line.rpartition(b"|")[0] + b"\n", *lines[at + 1 :]]
            assert facts(from_file(b"".join(short)).entries) == facts(whole.entries), line


@pytest.mark.parametrize("head", ["70000009", "70000009|2"])
@pytest.mark.parametrize("end", ["\nx|2\n", "\n|2\n", "|2\n"])
def test_a_caller_who_forges_that_the_clock_was_set_moves_no_figure(head: str, end: str) -> None:
    assert_clock_is_not_set(head, f"-60000000|1700000066500000|1700000007000000{end}")


@pytest.mark.parametrize("head", ["70000009", "70000009|2"])
def test_nor_does_one_whose_lost_position_is_what_the_clock_showed(head: str) -> None:
    assert_clock_is_not_set(head, "-1700000006000000|1700000006000000|2\n")


def test_nor_does_one_who_makes_the_rest_a_row_of_another_call() -> None:
    rest = "1700000007|x.9|NONE|NONE|ARRIVED|2"
    assert_clock_is_not_set("70000009", f"-60000000|1700000066500000|1700000007000000\n{rest}\n")


def assert_clock_is_not_set(head: str, said: str) -> None:
    """Of nobody who waits; `said`: the row's fields, and what follows."""
    cut = f"1700000006|f.3|ventas|NONE|ENTERQUEUE||{head}\n1700000007|NONE|NONE|NONE|CLOCKSET|{said}"
    entries = from_file((CONNECTED + WAITS + cut + LEFT + ENDS).encode()).entries
    honest = from_file((CONNECTED + WAITS + ENDS).encode()).entries
    assert [entry for entry in entries if entry["caller"] != FORGER] == honest
