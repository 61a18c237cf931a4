"""Phones that come and go, and what is due then."""

from ami_bridge.floor.live_state import Floor
from ami_bridge.floor.phone_watch import (
    ASKED_AGAIN_US,
    AWAY_REASON,
    PATIENCE_US,
    REJECTED_REASON,
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
from callcenter.messages.facts import PhoneState
from callcenter.settings import PROJECT

TEXT = (PROJECT / "centre.yaml").read_text(encoding="utf-8")
CENTRE = load(PROJECT / "centre.yaml")
T0 = 1_790_000_000_000_000
WEB = "PJSIP/1001-web"
PAUSE, RESUME = PauseMember(WEB, AWAY_REASON), ResumeMember(WEB)
RETURN = [RequeueCaller("c1", "a1"), EndCalls(WEB)]


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
        seat = {"Queue": "101", "MemberName": "1001", "Interface": WEB, "Status": "1"}
        return self.hear("QueueMemberPause", at_us, **seat, Paused=paused, PausedReason=reason)

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


def talking() -> Node:
    node = ringing()
    node.hear("QueueCallerLeave", Queue="101", Uniqueid="c1")
    node.hear("AgentConnect", Queue="101", Uniqueid="c1", MemberName="1001", Interface=WEB, DestUniqueid="a1")
    return node


def test_a_phone_is_told_of_when_it_comes_and_when_it_goes() -> None:
    node = at_work()
    assert node.states() == [("1001-web", True, "ab12")]
    node.contact("ab12", "Removed")
    assert node.states() == [("1001-web", False, "")]


def test_a_phone_that_does_not_answer_cannot_be_rung_but_is_not_gone() -> None:
    node = talking()
    assert node.contact("ab12", "Unreachable") == []
    assert node.states() == [("1001-web", False, "ab12")]
    assert node.due(2 * PATIENCE_US) == []


def test_a_state_tells_since_when_it_is_so() -> None:
    node = at_work()
    node.contact("ab12", "Removed", at_us=7)
    (state,) = node.phones.drain()
    assert isinstance(state, PhoneState)
    assert state.since_us == T0 + 7


def test_who_serves_at_a_phone_that_goes_is_paused_and_goes_on_when_it_is_back() -> None:
    node = at_work()
    assert node.contact("ab12", "Removed") == [PAUSE]
    assert node.member("1", AWAY_REASON) == []
    assert node.contact("cd34")[0] == RESUME
    assert node.member("0") == []


def test_a_pause_of_the_agents_own_is_left_alone() -> None:
    node = at_work()
    node.member("1", "Almuerzo")
    assert node.contact("ab12", "Removed") == []
    assert node.contact("ab12") == []


def test_who_logs_in_without_a_phone_is_paused_until_there_is_one() -> None:
    node = Node()
    node.contact("ab12")
    node.contact("ab12", "Removed")
    assert node.member() == [PAUSE]


def test_what_was_asked_is_asked_again_only_after_a_while() -> None:
    node = at_work()
    assert node.contact("ab12", "Removed") == [PAUSE]
    assert node.due(ASKED_AGAIN_US - 1) == []
    assert node.due(ASKED_AGAIN_US) == [PAUSE]


def test_the_caller_of_a_phone_that_stays_away_goes_back_after_some_seconds() -> None:
    node = talking()
    assert node.contact("ab12", "Removed") == [PAUSE]
    node.member("1", AWAY_REASON)
    assert node.due(PATIENCE_US - 1) == []
    assert node.due(PATIENCE_US) == RETURN
    assert node.due(2 * PATIENCE_US) == []


def test_a_page_that_connects_again_keeps_its_call() -> None:
    node = talking()
    node.contact("ab12", "Removed")
    node.contact("ab12", at_us=1_000_000)
    assert [action for action in node.due(2 * PATIENCE_US) if action not in (PAUSE, RESUME)] == []


def test_another_window_in_its_place_has_not_the_call() -> None:
    node = talking()
    node.contact("ab12", "Removed")
    assert node.contact("cd34", at_us=1_000_000)[-2:] == RETURN


def test_a_window_that_takes_over_leaves_the_first_ones_call_alone() -> None:
    node = talking()
    assert node.contact("cd34") == []
    assert node.contact("ab12", "Removed") == []
    assert node.due(2 * PATIENCE_US) == []


def test_a_page_that_says_it_was_closed_gives_its_caller_back_at_once() -> None:
    node = talking()
    assert node.phones.lost(WEB, T0)
    assert node.due(0) == RETURN


def test_a_closed_page_without_a_call_loses_nobody() -> None:
    node = at_work()
    assert not node.phones.lost(WEB, T0)
    assert not node.phones.lost("PJSIP/9999", T0)
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


def test_who_presses_a_call_away_is_paused() -> None:
    assert rejected() == [PauseMember(WEB, REJECTED_REASON)]


def test_who_lets_it_ring_is_not_paused_unless_the_queue_says_so() -> None:
    assert rejected(cause="0") == []
    strict = parse(TEXT.replace("queue_defaults:", "queue_defaults:\n  pause_after_no_answer: true", 1))
    assert len(rejected(strict, cause="0")) == 1


def test_a_queue_may_let_calls_be_pressed_away() -> None:
    assert rejected(parse(TEXT.replace("queue_defaults:", "queue_defaults:\n  pause_after_reject: false", 1))) == []


def test_who_is_taken_back_by_the_caller_has_rejected_nothing() -> None:
    assert ringing().hear("Hangup", Uniqueid="a1", Cause="17") == []


def test_a_new_session_finds_phones_that_went_meanwhile() -> None:
    node = talking()
    node.phones.rebuild({"1001-web": {}, "1001": {"sip:1001@127.0.0.3:5060": True}}, T0)
    assert node.due(0) == [PAUSE]
    assert node.states() == [("1001", True, "1001"), ("1001-web", False, "")]
    node.member("1", AWAY_REASON)
    assert node.due(PATIENCE_US) == RETURN


def test_a_new_session_finds_phones_that_came_back_meanwhile() -> None:
    node = at_work()
    node.contact("ab12", "Removed")
    node.member("1", AWAY_REASON)
    node.phones.rebuild({"1001-web": {"sip:ab12@127.0.0.1:4001": True}}, T0)
    assert node.due(0) == [RESUME]


def test_of_phones_that_asterisk_does_not_have_nothing_follows() -> None:
    node = at_work()
    node.phones.rebuild({}, T0)
    node.member()
    assert node.due(2 * PATIENCE_US) == []
    assert node.states() == []


def test_a_strangers_phone_is_not_watched() -> None:
    assert Node().contact("x", endpoint="red-publica") == []
