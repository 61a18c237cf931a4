"""Whatever becomes of the rows of outgoing calls on their way: one row for each, and a result that stays."""

from hypothesis import given
from hypothesis import strategies as st

from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.row import Row
from callcenter.outgoing_calls import OutgoingCall, OutgoingResult
from tests.ami_bridge.feeds.histories import OUTGOING, History, channel_of, reference_of, wanted
from tests.ami_bridge.ledger.queue_log_rows import NODE, row

KINDS = st.lists(st.sampled_from(OUTGOING), min_size=1, max_size=4)
# What makes it known that there is a call, and whose.
FIRST = ("dialled", "unplaced")


def rows_of(kinds: list[str]) -> list[Row]:
    """The rows of these calls; the moments are the exact ones."""
    now, rows = 0.0, list[Row]()
    for seconds, text in History(kinds):
        now += seconds + 0.000_007
        rows.append(row(now, text.format(wait=1, talk=1)))
    return rows


def states(rows: list[Row]) -> list[OutgoingCall]:
    """Every state that the calls were in, in order."""
    folding, seen = Fold(NODE), list[OutgoingCall]()
    for each in rows:
        folding.apply(each)
        seen += folding.drain().outgoing
    return seen


def final(rows: list[Row]) -> dict[str, OutgoingCall]:
    """The last state of each, by its channel."""
    return {call.uniqueid: call for call in states(rows)}


@given(KINDS, st.data())
def test_a_final_result_stays_in_whatever_order_the_rows_come(kinds: list[str], data: st.DataObject) -> None:
    rows = rows_of(kinds)
    final_results: dict[str, OutgoingResult] = {}
    for call in states(data.draw(st.permutations(rows + data.draw(st.lists(st.sampled_from(rows), max_size=9))))):
        if call.uniqueid in final_results:
            assert call.result is final_results[call.uniqueid]
        elif call.result is not OutgoingResult.OPEN:
            final_results[call.uniqueid] = call.result


@given(KINDS, st.data())
def test_rows_that_were_lost_make_no_other_call_and_no_other_result(kinds: list[str], data: st.DataObject) -> None:
    """Where any row tells that there was an answer, it was answered; of an attempt there is one row."""
    rows = rows_of(kinds)
    lost = data.draw(st.sets(st.sampled_from(range(len(rows)))))
    found = final([each for at, each in enumerate(rows) if at not in lost or each.field(0) in FIRST])
    assert sorted(found) == sorted(channel_of(number, kind) for number, kind in enumerate(kinds, start=1))
    for number, kind in enumerate(kinds, start=1):
        call = found[channel_of(number, kind)]
        assert (call.reference, call.purpose) == (reference_of(number, kind), kind.split()[0])
        assert call.result in (wanted(kind)["result"], OutgoingResult.OPEN)
        assert call.result is not OutgoingResult.OPEN or call.ended is None


@given(KINDS, st.data())
def test_what_a_prefix_says_again_changes_nothing(kinds: list[str], data: st.DataObject) -> None:
    rows = rows_of(kinds)[1:]
    assert final(rows + rows[: data.draw(st.integers(1, len(rows)))]) == final(rows)
