"""What the dialplan signs and what we compare are the same text."""

import hashlib
import re
from collections.abc import Mapping

import pytest

from callcenter.settings import PROJECT
from ivr.agi.proof import proof, proven
from ivr.agi.wire import Variables, variables
from tests.ivr.agi.fake_peer import SECRET, head

DIALPLAN = (PROJECT / "asterisk-conf/extensions.conf.j2").read_text(encoding="utf-8")
SIGN = DIALPLAN.partition("[troncal-sign]\n")[2].partition("\n\n")[0]


def signed_by_the_dialplan(of: Mapping[str, str]) -> str:
    """The steps of `troncal-sign`, with these variables."""
    found = re.search(r"LOCAL\(call\)=(.*)\)\n same => n,Return\(\$\{SHA1\((.*)\$\{SHA1\((.*)\)\}\)\}\)$", SIGN)
    assert found
    call, outer, inner = found.groups()
    call = call.replace("${FILTER(0-9+,${CALLERID(num)})}", re.sub(r"[^0-9+]", "", of["number"]))
    for name in ("UNIQUEID", "ARG1", "ARG2"):
        call = call.replace(f"${{{name}}}", of[name])
    key = SECRET.join(outer.split("{{ agi.secret }}"))
    text = inner.replace("{{ agi.secret }}", SECRET).replace("${call}", call)
    return hashlib.sha1((key + hashlib.sha1(text.encode()).hexdigest()).encode()).hexdigest()


@pytest.mark.parametrize(
    ("number", "script", "argument"),
    [("70700001", "route", "102"), ("", "amount_owed", ""), ("+59170700001", "callback-offer", "key")],
)
def test_the_dialplan_signs_what_is_compared(number: str, script: str, argument: str) -> None:
    args = (argument,) if argument else ()
    told = Variables(script, args, "central-1790000000.7", "PJSIP/x", number)
    of = {"UNIQUEID": told.uniqueid, "ARG1": script, "ARG2": argument, "number": number}
    assert signed_by_the_dialplan(of) == proof(SECRET, told)


def test_a_withheld_number_is_signed_as_none() -> None:
    told = variables(head("hello", caller="unknown").decode().splitlines()[:-1])
    assert told.callerid == ""
    assert proven(SECRET, told)


def test_every_request_of_the_dialplan_is_signed_just_before() -> None:
    steps = [line.strip() for line in DIALPLAN.splitlines()]
    asked = [index for index, line in enumerate(steps) if "AGI(agi://" in line]
    assert len(asked) == 2
    for index in asked:
        assert "?${GOSUB_RETVAL}" in steps[index]
        assert any("Gosub(troncal-sign,s,1(" in line for line in steps[index - 2 : index])
