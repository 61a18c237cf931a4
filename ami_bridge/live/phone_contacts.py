"""Asks Asterisk which phones are registered, and how: for the snapshot at each connect."""

import asyncio
from collections.abc import Iterable, Mapping

from ami_bridge.link.session import AmiLink
from ami_bridge.wire.items import AmiResponse

_UNREACHABLE = "Unreachable"


async def registered(
    link: AmiLink, endpoints: Iterable[str], timeout_seconds: float
) -> Mapping[str, Mapping[str, bool]]:
    """Contact (a SIP URI) to whether it answers, by endpoint. An endpoint that Asterisk does not have is left out.

    Raises LinkDown, TimeoutError, ActionRefused. It uses dialplan functions because PJSIPShowContacts needs a right
    that also lets one stop Asterisk.
    """

    async def ask(function: str) -> str | None:
        (answer,) = await link.send({"Action": "Getvar", "Variable": function}, timeout_seconds=timeout_seconds)
        return answer.headers.get("Value") if isinstance(answer, AmiResponse) and answer.succeeded else None

    async def contacts_of(endpoint: str) -> Mapping[str, bool] | None:
        names = await ask(f"PJSIP_AOR({endpoint},contact)")
        if names is None:
            return None
        found = {}
        for name in filter(None, names.split(",")):
            uri, status = await ask(f"PJSIP_CONTACT({name},uri)"), await ask(f"PJSIP_CONTACT({name},status)")
            if uri:
                found[uri] = status != _UNREACHABLE
        return found

    wanted = tuple(endpoints)
    answers = await asyncio.gather(*map(contacts_of, wanted))
    return {name: found for name, found in zip(wanted, answers, strict=True) if found is not None}
