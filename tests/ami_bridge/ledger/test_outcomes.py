"""Every outcome of a queue entry, from rows as Asterisk 22 writes them."""

from itertools import permutations

import pytest

from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.row import Row
from callcenter.calls import EndedBy, OfferResult, Outcome
from callcenter.moments import Moment
from tests.ami_bridge.ledger.queue_log_rows import NODE, fold, only_entry, row

ENTER = row(100.0, "c1|101|NONE|ENTERQUEUE||70712345|1")
CONNECT = row(106.5, "c1|101|1001|CONNECT|6|a1|5")


def test_an_answered_call_waits_from_entering_to_connect_to_the_microsecond() -> None:
    entry = only_entry(ENTER, CONNECT, row(130, "c1|101|1001|COMPLETECALLER|6|23|1"))
    assert (entry.outcome, entry.member, entry.ended_by) == (Outcome.ANSWERED, "1001", EndedBy.CALLER)
    assert entry.wait.least_us == entry.wait.most_us == 6_500_000
    assert entry.caller == "70712345"


def test_a_hang_up_by_the_agent_is_distinguished_from_one_by_the_caller() -> None:
    assert only_entry(ENTER, CONNECT, row(130, "c1|101|1001|COMPLETEAGENT|6|23|1")).ended_by is EndedBy.AGENT


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("c1|101|NONE|ABANDON|1|1|7", Outcome.ABANDONED),
        ("c1|101|NONE|EXITWITHTIMEOUT|1|1|7", Outcome.TIMEOUT),
        ("c1|101|NONE|EXITWITHKEY|9|1|1|7", Outcome.KEY_EXIT),
        ("c1|101|NONE|EXITEMPTY|1|1|7", Outcome.LEFT_EMPTY),
        ("c1|101|NONE|WITHDRAW|1|1|7|moved|by hand", Outcome.WITHDRAWN),
    ],
)
def test_each_exit_without_an_answer_has_its_outcome(text: str, outcome: Outcome) -> None:
    entry = only_entry(ENTER, row(107.25, text))
    assert (entry.outcome, entry.answered, entry.wait.most_us) == (outcome, None, 7_250_000)


@pytest.mark.parametrize(("verb", "outcome"), [("FULL", Outcome.FULL), ("JOINEMPTY", Outcome.JOIN_REFUSED)])
def test_a_refused_caller_never_joined(verb: str, outcome: Outcome) -> None:
    entry = only_entry(row(100, f"c1|101|NONE|{verb}|70712345"))
    assert (entry.outcome, entry.joined, entry.entered is not None) == (outcome, None, True)


def test_a_caller_redirected_to_another_queue_is_an_entry_of_each() -> None:
    entries = fold(
        ENTER,
        row(110, "c1|101|NONE|EXITWITHTIMEOUT|1|1|10"),
        row(110, "c1|102|NONE|ENTERQUEUE||70712345|1"),
        row(112, "c1|102|NONE|ABANDON|1|1|2"),
    ).entries
    assert [(entry.key.queue, entry.outcome) for entry in entries] == [
        ("101", Outcome.TIMEOUT),
        ("102", Outcome.ABANDONED),
    ]


def test_entering_the_same_queue_again_within_the_second_is_a_second_entry() -> None:
    entries = fold(
        ENTER,
        row(100.1, "c1|101|NONE|EXITWITHKEY|9|1|1|0"),
        row(100.2, "c1|101|NONE|ENTERQUEUE||70712345|1"),
        row(103, "c1|101|NONE|ABANDON|1|1|3"),
    ).entries
    assert [(entry.key.ordinal, entry.outcome) for entry in entries] == [
        (0, Outcome.KEY_EXIT),
        (1, Outcome.ABANDONED),
    ]


def test_a_blind_transfer_ends_the_conversation_and_names_its_target() -> None:
    entry = only_entry(ENTER, CONNECT, row(120, "c1|101|1001|BLINDTRANSFER|1002|troncal-agents|6|13|1"))
    assert (entry.ended_by, entry.transferred_to) == (EndedBy.TRANSFER, "1002")


ATTENDED = row(120, "c1|101|1001|ATTENDEDTRANSFER|BRIDGE|b1|6|13|1")
RECEIVED = row(120.004, "c1|NONE|NONE|RECEIVED|1002")


@pytest.mark.parametrize("rows", list(permutations((ATTENDED, RECEIVED))))
def test_the_target_of_an_attended_transfer_is_whom_the_dialplan_names_a_moment_before_or_after(
    rows: list[Row],
) -> None:
    entry = only_entry(ENTER, CONNECT, *rows, row(150, "c1|NONE|NONE|RECEIVED|1003"))
    assert (entry.ended_by, entry.transferred_to) == (EndedBy.TRANSFER, "1002")


@pytest.mark.parametrize(
    "other",
    [
        row(126, "c1|NONE|NONE|RECEIVED|1002"),
        row(114, "c1|NONE|NONE|RECEIVED|1002"),
        row(120, "c2|NONE|NONE|RECEIVED|1002"),
        row(120, "c1|NONE|NONE|RECEIVED|${X}"),
    ],
)
def test_a_row_that_cannot_be_of_the_same_transfer_names_no_target(other: Row) -> None:
    rows = sorted((ATTENDED, other), key=lambda each: each.at.earliest_us if each.at else 0)
    entry = only_entry(ENTER, CONNECT, *rows)
    assert (entry.ended_by, entry.transferred_to) == (EndedBy.TRANSFER, "")


def test_the_target_of_a_blind_transfer_is_where_it_was_sent_whoever_answers() -> None:
    blind = row(120, "c1|101|1001|BLINDTRANSFER|1002|troncal-agents|6|13|1")
    assert only_entry(ENTER, CONNECT, blind, row(121, "c1|NONE|NONE|RECEIVED|1009")).transferred_to == "1002"


def test_the_second_row_of_an_attended_transfer_may_come_after_a_restart_of_the_bridge() -> None:
    first, second = Fold(NODE), Fold(NODE)
    for each in (ENTER, CONNECT, ATTENDED):
        first.apply(each)
    second.resume(first.checkpoint(0, [ENTER, CONNECT, ATTENDED]), [], {})
    second.apply(RECEIVED)
    assert [entry.transferred_to for entry in second.drain().entries] == ["1002"]


def test_each_phone_that_rang_is_an_offer_with_its_result() -> None:
    entry = only_entry(
        ENTER,
        row(100.1, "c1|101|1002|OFFERED|a0"),
        row(115.1, "c1|101|1002|RINGNOANSWER|15000"),
        row(116.0, "c1|101|1001|OFFERED|a1"),
        row(118.0, "c1|101|1001|CONNECT|18|a1|2"),
        row(130.0, "c1|101|1001|COMPLETECALLER|18|12|1"),
    )
    assert [(offer.member, offer.result) for offer in entry.offers] == [
        ("1002", OfferResult.NO_ANSWER),
        ("1001", OfferResult.ANSWERED),
    ]


def test_a_foreign_log_without_offer_rows_still_has_each_ring_no_answer() -> None:
    entry = only_entry(ENTER, row(115, "c1|101|1002|RINGNOANSWER|15000"))
    (offer,) = entry.offers
    assert (offer.member, offer.result) == ("1002", OfferResult.NO_ANSWER)
    assert offer.offered is not None
    assert offer.offered.earliest_us == 100_000_000


def test_an_attended_transfer_into_a_queue_changes_the_channel_and_is_one_entry() -> None:
    entries = fold(
        row(50, "a|102|NONE|ENTERQUEUE||70712345|1"),
        row(52, "a|102|1001|CONNECT|2|p1|2"),
        row(60, "b|101|NONE|ENTERQUEUE||1001|1"),
        row(63, "a|102|1001|ATTENDEDTRANSFER|APP|Queue|2|11|1"),
        row(65, "a|101|1002|CONNECT|5|p2|5"),
        row(80, "a|101|1002|COMPLETECALLER|5|15|1"),
    ).entries
    assert [(entry.key.uniqueid, entry.call, entry.outcome) for entry in entries] == [
        ("a", "a", Outcome.ANSWERED),
        ("b", "a", Outcome.ANSWERED),
    ]
    assert entries[1].wait.most_us == 5_000_000


def test_a_conversation_that_app_queue_reports_late_ended_when_the_agents_phone_was_released() -> None:
    entry = only_entry(
        ENTER,
        CONNECT,
        row(120, "c1|101|1001|RELEASED|a1|16"),
        row(120.01, "c1|101|NONE|RETURNED|CONTINUE"),
        row(140, "c1|101|1001|COMPLETECALLER|6|33|1"),
    )
    assert entry.ended is not None
    assert (entry.ended.earliest_us, entry.ended_by) == (120_000_000, EndedBy.AGENT)


def test_who_enters_a_queue_again_has_left_it_before_though_no_row_says_so() -> None:
    first, second = fold(ENTER, row(150, "c1|101|NONE|ENTERQUEUE||70712345|1")).entries
    assert (first.outcome, first.ended) == (Outcome.ABANDONED, Moment(100_000_000, 150_000_000))
    assert (first.wait.least_us, first.wait.most_us, second.outcome) == (0, 50_000_000, Outcome.OPEN)


def test_who_was_connected_and_enters_again_was_answered_and_left() -> None:
    first, _ = fold(ENTER, CONNECT, row(150, "c1|101|NONE|ENTERQUEUE||70712345|1")).entries
    assert (first.outcome, first.ended) == (Outcome.ANSWERED, Moment(106_500_000, 150_000_000))


def test_two_refusals_of_one_queue_in_one_second_are_two() -> None:
    entries = fold(row(100, "c1|101|NONE|FULL|70712345"), row(100, "c1|101|NONE|JOINEMPTY|70712345")).entries
    assert [entry.outcome for entry in entries] == [Outcome.FULL, Outcome.JOIN_REFUSED]


def test_a_phone_in_the_browser_and_a_second_one_that_rings_at_once_are_one_offer_of_the_member() -> None:
    entry = only_entry(
        ENTER,
        row(101, "c1|101|1001-web|OFFERED|a1"),
        row(101.1, "c1|101|1001|OFFERED|a2"),
        row(105, "c1|101|1001|CONNECT|5|a2|4"),
        row(130, "c1|101|1001|COMPLETECALLER|5|25|1"),
    )
    assert [(offer.member, offer.channel, offer.result) for offer in entry.offers] == [
        ("1001", "a2", OfferResult.ANSWERED)
    ]


def test_a_queue_is_one_in_whatever_letters_its_rows_name_it() -> None:
    entry = only_entry(
        row(100, "c1|MIO|NONE|ENTERQUEUE||70712345|1"),
        row(105, "c1|mio|1001|CONNECT|5|a1|5"),
        row(125, "c1|Mio|1001|COMPLETECALLER|5|20|1"),
    )
    assert (entry.key.queue, entry.outcome) == ("mio", Outcome.ANSWERED)
