"""Whether the services that nobody looks at do their work: a node's records, self-services, dialer and reports. Pure.

Each reports every few seconds. What was never heard is not judged: not every installation has it. What falls silent is,
by a steady clock of whoever listens.
"""

from dataclasses import dataclass

from callcenter.instants import MICROSECONDS
from callcenter.messages.envelope import Service
from callcenter.messages.facts import DiskState, Fact, RecordsState, RecordsStatus, ServiceState

SILENT_US = 15 * MICROSECONDS

_ASK = "Avise a operación."
_TEXTS = {
    RecordsStatus.STALLED: f"Las llamadas no se están registrando: el historial y los informes están atrasados. {_ASK}",
    RecordsStatus.BEHIND: f"Las llamadas se registran con atraso: el historial y los informes tardan. {_ASK}",
    RecordsStatus.PLAIN_FILE_ONLY: f"Las llamadas se registran con menos precisión. {_ASK}",
}
_RECORDS_SILENT = f"El registro de llamadas no da señales de vida. {_ASK}"
_DISK = f"Queda poco espacio en el disco: las llamadas nuevas no se graban. {_ASK}"
_SILENT = {
    Service.IVR: (f"El autoservicio no responde: los menús siguen y las llamadas llegan a los agentes. {_ASK}", "agi"),
    Service.DIALER: (f"El marcador no responde: no se devuelven llamadas ni avanzan las campañas. {_ASK}", "dialer"),
    Service.REPORTS: (f"Los informes programados no responden: no se hacen ni se envían. {_ASK}", "reports"),
}
_WAITS = {
    Service.IVR: f"El autoservicio no puede trabajar: los menús siguen y las llamadas llegan a los agentes. {_ASK}",
    Service.DIALER: f"El marcador no puede trabajar: no se devuelven llamadas ni avanzan las campañas. {_ASK}",
    Service.REPORTS: f"Hay informes o correos que no salen. {_ASK}",
}


@dataclass(frozen=True, slots=True)
class ServiceFault:
    """What does not work, since when: `text` in Spanish for screens, `reason` in English for operators."""

    since_us: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Heard:
    state: DiskState | RecordsState | ServiceState
    at_us: int

    def silent(self, steady_us: int, text: str, who: str) -> ServiceFault | None:
        if steady_us - self.at_us < SILENT_US:
            return None
        return ServiceFault(
            self.state.as_of_us, text, f"no sign of life from {who}: it hangs, is stopped or lost the broker"
        )


class ServiceHealth:
    """The last that was heard, and the faults that follow by a steady clock. Look now and then."""

    def __init__(self) -> None:
        self._heard: dict[_Key, _Heard] = {}
        self._faults: dict[_Key, ServiceFault] = {}
        self._looked_like: set[tuple[str, int, str]] = set()

    def take(self, fact: Fact, steady_us: int) -> None:
        """Hear a report; other facts say nothing here."""
        if isinstance(fact, DiskState | RecordsState | ServiceState):
            self._heard[_key(fact)] = _Heard(fact, steady_us)
            self._judge(steady_us)

    def forget(self) -> None:
        """The bus is away: nobody can be heard. Each is reported anew when it is back."""
        self._heard.clear()
        self._faults.clear()

    def look(self, steady_us: int) -> bool:
        """Judge by the clock; whether screens have something else to say than at the last look."""
        self._judge(steady_us)
        looks_like = {(key[0], fault.since_us, fault.text) for key, fault in self._faults.items()}
        before, self._looked_like = self._looked_like, looks_like
        return before != looks_like

    def _judge(self, steady_us: int) -> None:
        judged = {key: _fault(heard, steady_us) for key, heard in self._heard.items()}
        self._faults = {key: fault for key, fault in judged.items() if fault is not None}

    def records(self, node: str) -> RecordsState | None:
        """What was heard last of a node's records."""
        heard = self._heard.get((node, RecordsState, None))
        return heard.state if heard is not None and isinstance(heard.state, RecordsState) else None

    def fault_of_records(self, node: str) -> ServiceFault | None:
        """What is wrong with a node's records."""
        return self._faults.get((node, RecordsState, None))

    def fault_of_self_services(self, node: str) -> ServiceFault | None:
        """What is wrong with a node's self-services."""
        return self._faults.get((node, ServiceState, Service.IVR))

    def fault_of_dialer(self, node: str) -> ServiceFault | None:
        """What is wrong with a node's dialer."""
        return self._faults.get((node, ServiceState, Service.DIALER))

    def fault_of_reports(self, node: str) -> ServiceFault | None:
        """What is wrong with what is made and mailed by itself. No screen of a call says so."""
        return self._faults.get((node, ServiceState, Service.REPORTS))

    def fault_of_disk(self, node: str) -> ServiceFault | None:
        """Whether a node's disks have too little room."""
        return self._faults.get((node, DiskState, None))

    def worst(self, node: str) -> ServiceFault | None:
        """What a screen says of a node: its records come first."""
        inbound = self.fault_of_records(node) or self.fault_of_disk(node) or self.fault_of_self_services(node)
        return inbound or self.fault_of_dialer(node)


_Key = tuple[str, type[Fact], Service | None]


def _key(fact: DiskState | RecordsState | ServiceState) -> _Key:
    return fact.node, type(fact), fact.service if isinstance(fact, ServiceState) else None


def _fault(heard: _Heard, steady_us: int) -> ServiceFault | None:
    state = heard.state
    if isinstance(state, DiskState):
        return _fault_of_disk(state)
    if isinstance(state, ServiceState):
        text, command = _SILENT[state.service]
        waits = (
            ServiceFault(state.since_us, _WAITS[state.service], f"it waits: {state.reason}") if state.reason else None
        )
        return heard.silent(steady_us, text, f"troncal {command}") or waits
    silent = heard.silent(steady_us, _RECORDS_SILENT, "the bridge's records")
    if silent is not None or state.state is RecordsStatus.FOLLOWING:
        return silent
    age = f", the oldest {seconds_behind(state):.0f} s old" if state.oldest_us is not None else ""
    reason = f"{state.state.value}: {state.reason}; {state.rows_behind} rows behind{age}"
    return ServiceFault(state.since_us, _TEXTS[state.state], reason)


def _fault_of_disk(state: DiskState) -> ServiceFault | None:
    """Its silence is that of the bridge, which the records tell."""
    if not state.recording_refused:
        return None
    reason = f"{state.free_bytes // 1_000_000} MB are free: recordings are not begun; make room"
    return ServiceFault(state.since_us, _DISK, reason)


def seconds_behind(state: RecordsState) -> float:
    """How old the oldest row is that is not recorded, by the clock of the bridge."""
    return max(0.0, (state.as_of_us - state.oldest_us) / MICROSECONDS) if state.oldest_us is not None else 0.0
