"""A floor in full swing without telephony behind it: queues with callers, agents in every state, a day's calls."""

from itertools import count

from agent_api.accounts.user_store import NewUser, create_user
from callcenter.clock import now_us
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.messages.facts import AgentStatus
from callcenter.roles import Role
from tests.agent_api.api_site import PASSWORD, Site
from tests.agent_api.floor_site import Ledger, agent, waits
from tests.reports.recorded_month import CENTRE, caller

NAMES = {
    **{"1001": "Ana Quispe", "1002": "Bruno Mamani", "1003": "Carla Rojas", "1004": "Diego Flores"},
    **{"1005": "Elsa Vargas", "1006": "Fabián Choque", "1007": "Gloria Cruz", "1008": "Hugo Céspedes"},
}
DOING = {
    "1001": (AgentStatus.ON_CALL, "", 95),
    "1002": (AgentStatus.ON_CALL, "", 312),
    "1003": (AgentStatus.PAUSED, "Descanso", 17 * 60),
    "1004": (AgentStatus.RINGING, "", 6),
    "1005": (AgentStatus.AVAILABLE, "", 41),
    "1006": (AgentStatus.WRAP_UP, "", 8),
    "1007": (AgentStatus.UNREACHABLE, "", 130),
}
CALLS = {"101": (46, 9), "102": (120, 4), "103": (18, 7), "104": (30, 0), "publica": (6, 0)}


async def fill(site: Site) -> None:
    """Users, a day's records, and who waits and works now."""
    await site.user("jefa", Role.SUPERVISOR, "1101")
    for login, name in NAMES.items():
        new = NewUser(login, name, Role.AGENT, login)
        await create_user(site.database, site.passwords, new, PASSWORD, by="test", now_us=now_us())
    await _records(Ledger(site.database))
    now = now_us()
    for login, (state, reason, seconds) in DOING.items():
        queues = next(tuple(each.queues) for each in CENTRE.agents if each.extension == login)
        site.bridge.bus.publish(agent(login, state, *queues, since_us=now - seconds * MICROSECONDS, reason=reason))
    waiting = [("70755440", 134), ("44250101", 61), ("", 22), ("76901234", 4)]
    site.bridge.bus.publish(waits("101", *((number, now - ago * MICROSECONDS) for number, ago in waiting)))
    site.bridge.bus.publish(waits("102", ("71234567", now - 12 * MICROSECONDS)))


async def _records(ledger: Ledger) -> None:
    """Calls of this morning; those of the second kind were abandoned."""
    midnight = as_datetime(now_us(), CENTRE.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    numbers = count(1)
    for line, (answered, abandoned) in CALLS.items():
        kinds = ["answered"] * answered + ["abandoned"] * abandoned
        began = int(midnight.timestamp())
        for number, kind in zip(numbers, kinds, strict=False):
            await ledger.write(caller(number, kind, line, began - 119 * number))
