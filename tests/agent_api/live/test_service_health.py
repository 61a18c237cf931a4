"""What is reported of the services that nobody looks at, and what their silence means."""

from typing import Any

import pytest

from agent_api.live.live_state import LinkStanding, LiveState
from agent_api.live.service_health import SILENT_US, ServiceHealth
from callcenter.bus.presence import BusState, Presence
from callcenter.instants import MICROSECONDS
from callcenter.messages.envelope import Service
from callcenter.messages.facts import BridgeState, Link, RecordsState, RecordsStatus, ServiceState

NODE, T0 = "central", 1_790_000_000 * MICROSECONDS
OF: dict[str, Any] = {"node": NODE, "since_us": T0}
IVR = ServiceState(**OF, service=Service.IVR, as_of_us=T0)


def records(state: RecordsStatus, rows: int = 0) -> RecordsState:
    """Reported 80 s after the oldest row that is not recorded."""
    at: dict[str, Any] = {"oldest_us": T0 if rows else None, "as_of_us": T0 + 80 * MICROSECONDS}
    return RecordsState(**OF, **at, state=state, rows_behind=rows, reason="the database is locked or busy")


def heard(*facts: RecordsState | ServiceState) -> ServiceHealth:
    health = ServiceHealth()
    for fact in facts:
        health.take(fact, T0)
    health.look(T0)
    return health


def test_what_was_never_heard_is_not_judged() -> None:
    health = heard()
    assert (health.look(T0 + 10 * SILENT_US), health.worst(NODE)) == (False, None)


def test_records_that_follow_are_no_fault() -> None:
    assert heard(records(RecordsStatus.FOLLOWING), IVR).worst(NODE) is None


@pytest.mark.parametrize("state", [each for each in RecordsStatus if each is not RecordsStatus.FOLLOWING])
def test_every_other_state_has_a_text_for_screens_and_a_reason_for_operators(state: RecordsStatus) -> None:
    fault = heard(records(state, rows=25)).worst(NODE)
    assert fault is not None and fault.since_us == T0
    assert fault.text.endswith("Avise a operación.")
    assert fault.reason == f"{state.value}: the database is locked or busy; 25 rows behind, the oldest 80 s old"


@pytest.mark.parametrize("service", [Service.IVR, Service.DIALER])
def test_a_service_that_waits_for_something_is_a_fault_until_it_does_not(service: Service) -> None:
    waits = ServiceState(**OF, service=service, reason="the disk of the database is full", as_of_us=T0)
    health = heard(waits)
    fault = health.worst(NODE)
    assert fault is not None and fault.since_us == T0 and fault.text.endswith("Avise a operación.")
    assert fault.reason == "it waits: the disk of the database is full"
    health.take(waits, T0 + SILENT_US)
    assert not health.look(T0 + SILENT_US)
    health.take(waits.model_copy(update={"reason": ""}), T0 + SILENT_US)
    assert health.worst(NODE) is None


@pytest.mark.parametrize("fact", [records(RecordsStatus.FOLLOWING), IVR])
def test_who_falls_silent_is_a_fault_until_heard_again(fact: RecordsState | ServiceState) -> None:
    health = heard(fact)
    assert health.look(T0 + SILENT_US - 1) is False
    assert health.look(T0 + SILENT_US) is True
    fault = health.worst(NODE)
    assert fault is not None and fault.since_us == fact.as_of_us and "no sign of life" in fault.reason
    assert health.look(T0 + 2 * SILENT_US) is False
    health.take(fact, T0 + 3 * SILENT_US)
    assert (health.look(T0 + 3 * SILENT_US), health.worst(NODE)) == (True, None)


def test_mails_that_do_not_go_out_are_a_fault_for_operators_and_not_for_the_screens_of_calls() -> None:
    waits = ServiceState(**OF, service=Service.REPORTS, reason="no mail server is set: 1 mails wait", as_of_us=T0)
    health = heard(waits)
    fault = health.fault_of_reports(NODE)
    assert fault is not None and fault.reason == "it waits: no mail server is set: 1 mails wait"
    assert health.worst(NODE) is None
    health.look(T0 + SILENT_US)
    silent = health.fault_of_reports(NODE)
    assert silent is not None and "no sign of life from troncal reports" in silent.reason


def test_while_the_bus_is_away_nobody_is_accused_of_silence() -> None:
    health = heard(records(RecordsStatus.FOLLOWING), IVR)
    health.forget()
    assert (health.look(T0 + 10 * SILENT_US), health.worst(NODE)) == (False, None)


def test_a_link_that_is_up_is_degraded_while_something_behind_it_does_not_work_and_commands_go_on() -> None:
    state = LiveState(NODE, BusState(Presence.CONNECTED, 0))
    state.apply(BridgeState(**OF, state=Link.UP))
    state.health.take(records(RecordsStatus.STALLED), T0)
    state.health.look(T0)
    assert state.link(NODE).state is LinkStanding.DEGRADED
    state.apply(BridgeState(**OF, state=Link.LOST))
    assert state.link(NODE).state is LinkStanding.LOST
