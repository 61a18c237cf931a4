"""The AMI text of the bench is what Asterisk would write: link and floor believe all of it."""

from collections import Counter
from itertools import islice

from ami_bridge.floor.live_state import Floor
from ami_bridge.wire.items import AmiEvent
from ami_bridge.wire.sifter import Sifter
from callcenter.centre.file import load
from callcenter.messages.facts import AgentState, CallAnswered, CallEnded, CallOffered
from callcenter.settings import PROJECT
from troncal.bench.queue_log import rows
from troncal.bench.traffic import BANNER, AgentPhone, TrafficCall, agent_phones, events, life, snapshot, stamped

NOW_US = 1_790_000_000_000_007
QUEUES = ("101", "102", "103")


def sifted(text: bytes) -> list[AmiEvent]:
    sifter = Sifter(live=True)
    items = sifter.feed(BANNER + text) + sifter.drain()
    assert all(isinstance(item, AmiEvent) for item in items)
    return [item for item in items if isinstance(item, AmiEvent)]


def test_no_event_of_the_load_is_quarantined() -> None:
    text = stamped(b"".join(islice(events(agent_phones(200, QUEUES, 2)), 3000)), NOW_US)
    assert len(sifted(text)) == 3000


def test_every_event_is_stamped_with_the_instant_it_is_written() -> None:
    assert {
        event.timestamp_us
        for event in sifted(stamped(b"".join(life(TrafficCall(1, "101", AgentPhone("1", ("101",))))), NOW_US))
    } == {NOW_US}


def test_a_call_is_offered_answered_and_ended_once() -> None:
    floor = Floor("central", load(PROJECT / "centre.yaml"))
    for event in sifted(stamped(b"".join(life(TrafficCall(1, "101", AgentPhone("20001", ("101",))))), NOW_US)):
        floor.apply(event, NOW_US)
    facts = Counter(type(fact) for fact in floor.drain(NOW_US))
    assert facts[CallOffered] == facts[CallAnswered] == facts[CallEnded] == facts[AgentState] == 1


def test_an_agent_has_one_call_at_a_time() -> None:
    busy: set[str] = set()
    for event in sifted(stamped(b"".join(islice(events(agent_phones(200, QUEUES, 2)), 5000)), NOW_US)):
        if event.name == "AgentCalled":
            assert event.get("MemberName") not in busy
            busy.add(event.get("MemberName"))
        elif event.name == "AgentComplete":
            busy.discard(event.get("MemberName"))


def test_the_snapshot_names_every_agent_in_every_queue() -> None:
    sifter = Sifter(live=True)
    items = sifter.feed(BANNER + snapshot(agent_phones(3, QUEUES, 2), "7")) + sifter.drain()
    members = [item for item in items if isinstance(item, AmiEvent) and item.name == "QueueMember"]
    assert Counter(item.get("Name") for item in members) == {"20000": 2, "20001": 2, "20002": 2}


def test_the_queue_log_of_the_load_has_whole_calls() -> None:
    verbs = Counter(row.fields[3] for row in islice(rows(calls_at_once=10), 100))
    assert set(verbs.values()) == {20}
