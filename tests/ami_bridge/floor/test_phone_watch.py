"""Phones that come and go, and the actions that are due then."""

from ami_bridge.floor.live_state import Floor
from ami_bridge.floor.phone_watch import (
    ASKED_AGAIN_US,
    PATIENCE_US,
    DueAction,
    EndCalls,
    PauseMember,
    PhoneWatch,
    RequeueCaller,
    ResumeMember,
)
from ami_bridge.wire.items import AmiEvent
from callcenter.centre.file import load, parse
from callcenter.centre.model import Centre
from callcenter.centre.pause_reasons import CALL_REJECTED, PHONE_AWAY
from callcenter.messages.facts import PhoneState
from callcenter.settings import PROJECT

TEXT = (PROJECT / "centre.yaml").read_text(encoding="utf-8")
CENTRE = load(PROJECT / "centre.yaml")
T0 = 1_790_000_000_000_000
WEB = "PJSIP/1001-web"
PAUSE, RESUME = PauseMember(WEB, PHONE_AWAY), ResumeMember(WEB)
REQUEUE = [RequeueCaller("c1", "a1"), EndCalls(WEB)]


class Node:
    """A floor and its phones, fed with events in order. Times are microseconds after the start."""

    def __init__(self, centre: Centre = CENTRE) -> None:
        self.floor = Floor("central", centre)
        self.phones = PhoneWatch("central", centre, self.floor)

    def hear(self, name: str, at_us: int = 0, **headers: str) -> list[DueAction]:
        event = AmiEvent(name, {"Event": name, **headers}, T0 + at_us)
        self.floor.apply(event, T0 + at_us)
        self.phones.apply(event, T0 + at_us)
        return self.due(at_us)

    def due(self, at_us: int) -> list[DueAction]:
        return self.phones.due_actions(self.floor.drain_calls(), T0 + at_us)

    def contact(
        self, user: str, status: str = "Reachable", at_us: int = 0, endpoint: str = "1001-web"
    ) -> list[DueAction]:
        uri = f"sip:{user}@127.0.0.1:4000;transport=ws"
        return self.hear("ContactStatus", at_us, EndpointName=endpoint, AOR=endpoint, URI=uri, ContactStatus=status)

    def member(self, paused: str = "0", reason: str = "", at_us: int = 0) -> list[DueAction]:
        membership = {"Queue": "101", "MemberName": "1001", "Interface": WEB, "Status": "1"}
        return self.hear("QueueMemberPause", at_us, **membership, Paused=paused, PausedReason=reason)

    def states(self) -> list[tuple[str, bool, str]]:
        return [(each.endpoint, each.registered, each.contact) for each in self.phones.drain()]


def at_work(centre: Centre = CENTRE) -> Node:
    """1001 serves 101 at a browser's phone."""
    node = Node(centre)
    node.contact("ab12")
    node.member()
    return node


def ringing(centre: Centre = CENTRE) -> Node:
    node = at_work(centre)
    node.hear("QueueCallerJoin", Queue="101", Uniqueid="c1", Linkedid="c1", CallerIDNum="70712345")
    node.hear("AgentCalled", Queue="101", Uniqueid="c1", MemberName="1001", Interface=WEB, DestUniqueid="a1")
    return node


def on_call() -> Node:
    node = ringing()
    node.hear("QueueCallerLeave", Queue="101", Uniqueid="c1")
    node.hear("AgentConnect", Queue="101", Uniqueid="c1", MemberName="1001", Interface=WEB, DestUniqueid="a1")
    return node


def test_a_phone_is_reported_when_it_registers_and_when_it_goes() -> None:
    node = at_work()
    assert node.states() == [("1001-web", True, "ab12")]
    node.contact("ab12", "Removed")
    assert node.states() == [("1001-web", False, "")]


def test_a_phone_that_does_not_answer_cannot_be_rung_but_is_not_gone() -> None:
    node = on_call()
    assert node.contact("ab12", "Unreachable") == []
    assert node.states() == [("1001-web", False, "ab12")]
    assert node.due(2 * PATIENCE_US) == []


def test_a_phones_state_has_its_beginning() -> None:
    node = at_work()
    node.contact("ab12", "Removed", at_us=7)
    (state,) = node.phones.drain()
    assert isinstance(state, PhoneState)
    assert state.since_us == T0 + 7


def test_a_member_whose_phone_goes_is_paused_and_resumed_when_it_is_back() -> None:
    node = at_work()
    assert node.contact("ab12", "Removed") == [PAUSE]
    assert node.member("1", PHONE_AWAY) == []
    assert node.contact("cd34")[0] == RESUME
    assert node.member("0") == []


def test_a_pause_of_the_agents_own_is_left_alone() -> None:
    node = at_work()
    node.member("1", "Almuerzo")
    assert node.contact("ab12", "Removed") == []
    assert node.contact("ab12") == []


def test_a_member_who_logs_in_without_a_phone_is_paused_until_there_is_one() -> None:
    node = Node()
    node.contact("ab12")
    node.contact("ab12", "Removed")
    assert node.member() == [PAUSE]


def test_a_pause_is_requested_again_only_after_a_while() -> None:
    node = at_work()
    assert node.contact("ab12", "Removed") == [PAUSE]
    assert node.due(ASKED_AGAIN_US - 1) == []
    assert node.due(ASKED_AGAIN_US) == [PAUSE]


def test_the_caller_of_a_phone_that_does_not_come_back_is_requeued_after_some_seconds() -> None:
    node = on_call()
    assert node.contact("ab12", "Removed") == [PAUSE]
    node.member("1", PHONE_AWAY)
    assert node.due(PATIENCE_US - 1) == []
    assert node.due(PATIENCE_US) == REQUEUE
    assert node.due(2 * PATIENCE_US) == []


def test_a_page_that_reconnects_keeps_its_call() -> None:
    node = on_call()
    node.contact("ab12", "Removed")
    node.contact("ab12", at_us=1_000_000)
    assert [action for action in node.due(2 * PATIENCE_US) if action not in (PAUSE, RESUME)] == []


def test_a_caller_is_requeued_when_another_window_registers_after_the_agents_is_gone() -> None:
    node = on_call()
    node.contact("ab12", "Removed")
    assert node.contact("cd34", at_us=1_000_000)[-2:] == REQUEUE


def test_a_window_that_takes_over_leaves_the_first_ones_call_alone() -> None:
    node = on_call()
    assert node.contact("cd34") == []
    assert node.contact("ab12", "Removed") == []
    assert node.due(2 * PATIENCE_US) == []


def test_the_caller_of_a_page_that_reports_its_closing_is_requeued_at_once() -> None:
    node = on_call()
    assert node.phones.phone_lost(WEB, T0)
    assert node.due(0) == REQUEUE


def test_what_a_page_reported_is_not_taken_back_by_contacts_that_come_before_anything_is_done() -> None:
    node, uri = on_call(), "sip:{}@127.0.0.1:4000;transport=ws"
    assert node.phones.phone_lost(WEB, T0)
    for user, status in (("ab12", "Removed"), ("cd34", "Created"), ("cd34", "Reachable")):
        headers = {"EndpointName": "1001-web", "URI": uri.format(user), "ContactStatus": status}
        node.phones.apply(AmiEvent("ContactStatus", {"Event": "ContactStatus", **headers}, T0), T0)
    assert node.due(0) == REQUEUE
    assert node.due(2 * PATIENCE_US) == []


def test_a_closed_page_without_a_call_requeues_nobody() -> None:
    node = at_work()
    assert not node.phones.phone_lost(WEB, T0)
    assert not node.phones.phone_lost("PJSIP/9999", T0)
    assert node.due(0) == []


def test_a_call_without_a_queue_at_a_phone_that_is_gone_is_ended() -> None:
    node = Node()
    node.contact("ab12")
    node.contact("ab12", "Removed")
    assert node.due(PATIENCE_US) == [EndCalls(WEB)]


def rejected(centre: Centre = CENTRE, cause: str = "17") -> list[DueAction]:
    node = ringing(centre)
    node.hear("AgentRingNoAnswer", Queue="101", Uniqueid="c1", MemberName="1001", DestUniqueid="a1", RingTime="1000")
    return node.hear("Hangup", Uniqueid="a1", Cause=cause)


def test_a_member_who_rejects_a_call_is_paused() -> None:
    assert rejected() == [PauseMember(WEB, CALL_REJECTED)]


def test_a_member_who_does_not_answer_is_paused_only_if_the_queue_is_set_so() -> None:
    assert rejected(cause="0") == []
    strict = parse(TEXT.replace("queue_defaults:", "queue_defaults:\n  pause_after_no_answer: true", 1))
    assert len(rejected(strict, cause="0")) == 1


def test_a_queue_may_allow_calls_to_be_rejected() -> None:
    assert rejected(parse(TEXT.replace("queue_defaults:", "queue_defaults:\n  pause_after_reject: false", 1))) == []


def test_an_offer_that_ends_because_the_caller_left_is_no_rejection() -> None:
    assert ringing().hear("Hangup", Uniqueid="a1", Cause="17") == []


def test_a_new_session_finds_phones_that_went_meanwhile() -> None:
    node = on_call()
    node.phones.rebuild({"1001-web": {}, "1001": {"sip:1001@127.0.0.3:5060": True}}, T0)
    assert node.due(0) == [PAUSE]
    assert node.states() == [("1001", True, "1001"), ("1001-web", False, "")]
    node.member("1", PHONE_AWAY)
    assert node.due(PATIENCE_US) == REQUEUE


def test_a_new_session_finds_phones_that_came_back_meanwhile() -> None:
    node = at_work()
    node.contact("ab12", "Removed")
    node.member("1", PHONE_AWAY)
    node.phones.rebuild({"1001-web": {"sip:ab12@127.0.0.1:4001": True}}, T0)
    assert node.due(0) == [RESUME]


def test_a_phone_that_asterisk_does_not_have_has_no_state_and_no_actions() -> None:
    node = at_work()
    node.phones.rebuild({}, T0)
    node.member()
    assert node.due(2 * PATIENCE_US) == []
    assert node.states() == []


def test_a_strangers_phone_is_not_watched() -> None:
    assert Node().contact("x", endpoint="red-publica") == []
