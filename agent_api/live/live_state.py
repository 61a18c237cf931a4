"""The floor as the bus reports it: bridges, queues, agents and campaigns now, and whether that is fresh. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from agent_api.live.service_health import ServiceHealth
from callcenter.bus.presence import BusState, Presence
from callcenter.centre.phones import endpoints_of
from callcenter.messages.campaign_facts import CampaignActivity
from callcenter.messages.facts import AgentState, BridgeState, Fact, Link, PhoneState, QueueState


class LinkStanding(StrEnum):
    """Whether what is shown follows Asterisk; degraded: it does, and something behind the screens does not work."""

    UP = "up"
    DEGRADED = "degraded"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class LinkView:
    """The link to one node's Asterisk: its standing, since when, and in Spanish what that means."""

    node: str
    state: LinkStanding
    since_us: int
    text: str


_TEXTS = {
    Link.UP: "La central telefónica responde.",
    Link.LOST: "Se perdió el enlace con la central telefónica: lo que se ve puede estar atrasado.",
    Link.DOWN: "El enlace con la central telefónica está detenido: lo que se ve puede estar atrasado.",
}
_NO_BUS = "No hay conexión con el servidor de mensajes: lo que se ve puede estar atrasado."
_NO_BRIDGE = "El enlace con la central telefónica todavía no se ha presentado."


class LiveState:
    """The last of every state. The `home` node has a link also before its bridge is heard.

    `changes`: how many there were; whoever keeps what follows from the states sees by it whether it is still so.
    """

    def __init__(self, home: str, bus: BusState) -> None:
        self._home, self._bus = home, bus
        self._bridges: dict[str, BridgeState] = {}
        self.health = ServiceHealth()
        self.queues: dict[tuple[str, str], QueueState] = {}
        self.agents: dict[str, AgentState] = {}
        self.phones: dict[str, PhoneState] = {}
        self.campaigns: dict[int, CampaignActivity] = {}
        self.changes = 0

    def apply(self, fact: Fact) -> None:
        """Take in a state; other facts change nothing here."""
        self.changes += fact.retained
        match fact:
            case BridgeState():
                self._bridges[fact.node] = fact
            case QueueState():
                self.queues[fact.node, fact.queue] = fact
            case AgentState():
                self.agents[fact.member] = fact
            case PhoneState():
                self.phones[fact.endpoint] = fact
            case CampaignActivity():
                self.campaigns[fact.campaign_id] = fact

    def bus_moved(self, bus: BusState) -> None:
        """While the bus is away nobody knows of the bridges; each is reported anew when it is back."""
        self._bus = bus
        self.changes += 1
        if bus.presence is Presence.AWAY:
            self._bridges.clear()
            self.health.forget()

    def endpoint(self, extension: str) -> str:
        """The phone of an extension that is to ring: the browser's if it is registered, else the other one."""
        web, plain = endpoints_of(extension)
        phone = self.phones.get(web)
        return web if phone is not None and phone.registered else plain

    @property
    def links(self) -> tuple[LinkView, ...]:
        """Every node's link, the home node's first."""
        others = sorted(set(self._bridges) - {self._home})
        return tuple(self.link(node) for node in (self._home, *others))

    def link(self, node: str) -> LinkView:
        """The link to one node."""
        if self._bus.presence is Presence.AWAY:
            return LinkView(node, LinkStanding.LOST, self._bus.since_us, _NO_BUS)
        bridge = self._bridges.get(node)
        if bridge is None:
            return LinkView(node, LinkStanding.LOST, self._bus.since_us, _NO_BRIDGE)
        if bridge.state is not Link.UP:
            return LinkView(node, LinkStanding.LOST, bridge.since_us, _TEXTS[bridge.state])
        fault = self.health.worst(node)
        if fault is not None:
            return LinkView(node, LinkStanding.DEGRADED, fault.since_us, fault.text)
        return LinkView(node, LinkStanding.UP, bridge.since_us, _TEXTS[Link.UP])
