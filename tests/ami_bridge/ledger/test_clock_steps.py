"""The wall clock is set while people wait and talk: every length is as long as it was, or an interval that has it."""

import pytest

from ami_bridge.ledger.clock_steps import ClockStep
from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.row import Row
from callcenter.calls import AnomalyKind, EndedBy, Outcome, PeriodKind, QueueEntry
from callcenter.instants import MICROSECONDS
from callcenter.moments import Length
from tests.ami_bridge.ledger.queue_log_rows import NODE, fold, only_entry, row

FORWARD, BACK = 60.0, -60.0
ENTER = "c1|101|NONE|ENTERQUEUE||70712345|1"
CONNECT = "c1|101|1001|CONNECT|{hold}|a1|1"
COMPLETE = "c1|101|1001|COMPLETEAGENT|{hold}|9|1"


def us(seconds: float) -> int:
    return round(seconds * MICROSECONDS)


def step(at: float, by: float, *, late: float = 0.25) -> ClockStep:
    """The clock was set when it showed `at`; the looks are a quarter of a second before and `late` after it."""
    return ClockStep(us(by), us(at - 0.25), us(at + by + late))


def clock_set(at: float, by: float, *, late: float = 0.25) -> Row:
    """The row of that, which is written a tenth of a second after it is seen."""
    return row(at + by + late + 0.1, "|".join(("NONE", "NONE", "NONE", "CLOCKSET", *step(at, by, late=late).fields)))


def wait(entry: QueueEntry) -> tuple[int, int]:
    return entry.wait.least_us, entry.wait.most_us


def talk(entry: QueueEntry) -> Length:
    assert entry.answered is not None and entry.ended is not None
    return entry.answered.until(entry.ended)


# What app_queue counts by the wall clock is wrong by the step, and not believed.
HOLD = {FORWARD: "100", BACK: "-20"}


@pytest.mark.parametrize(("by", "least", "most"), [(FORWARD, 40, 100), (BACK, 40, 40)])
def test_a_wait_across_a_step_is_what_it_was_or_has_it(by: float, least: float, most: float) -> None:
    entry = only_entry(row(100, ENTER), clock_set(110, by), row(140 + by, CONNECT.format(hold=HOLD[by])))
    assert wait(entry) == (us(least), us(most))


@pytest.mark.parametrize(
    "end", ["ABANDON|1|1|{hold}", "EXITWITHKEY|9|1|1|{hold}", "EXITWITHTIMEOUT|1|1|{hold}", "WITHDRAW|1|1|{hold}"]
)
@pytest.mark.parametrize(("by", "least", "most"), [(FORWARD, 15, 75), (BACK, 15, 15)])
def test_so_is_one_that_ends_without_an_answer(end: str, by: float, least: float, most: float) -> None:
    ended = row(115 + by, f"c1|101|NONE|{end.format(hold=HOLD[by])}")
    assert wait(only_entry(row(100, ENTER), clock_set(110, by), ended)) == (us(least), us(most))


@pytest.mark.parametrize(("by", "within_twenty"), [(FORWARD, None), (BACK, True)])
def test_it_is_undetermined_only_where_the_step_straddles_the_threshold(by: float, within_twenty: bool | None) -> None:
    """Waited for 10.5 s; or, set forward, for 70.5 s, if the machine stood still. Beyond ten in any case."""
    entry = only_entry(row(100, ENTER), clock_set(110, by), row(110.5 + by, CONNECT.format(hold=HOLD[by])))
    assert (entry.wait.within(us(10)), entry.wait.within(us(20))) == (False, within_twenty)


@pytest.mark.parametrize(("by", "least", "most"), [(FORWARD, 20, 80), (BACK, 20, 20)])
def test_an_answered_call_keeps_its_wait_and_talks_across_the_step(by: float, least: float, most: float) -> None:
    entry = only_entry(
        row(100, ENTER),
        row(106.5, CONNECT.format(hold=6)),
        clock_set(110, by),
        row(126.5 + by, COMPLETE.format(hold=6)),
    )
    assert wait(entry) == (us(6.5), us(6.5))
    assert talk(entry) == Length(us(least), us(most))


@pytest.mark.parametrize("by", [FORWARD, BACK])
def test_what_had_ended_before_and_what_begins_after_is_as_it_was(by: float) -> None:
    entries = fold(
        row(50, ENTER),
        row(53, CONNECT.format(hold=3)),
        row(60, COMPLETE.format(hold=3)),
        clock_set(110, by),
        row(111 + by, ENTER.replace("c1", "c2")),
        row(115 + by, CONNECT.replace("c1", "c2").format(hold=4)),
        row(120 + by, COMPLETE.replace("c1", "c2").format(hold=4)),
    ).entries
    assert [(wait(each), talk(each)) for each in entries] == [
        ((us(3), us(3)), Length(us(7), us(7))),
        ((us(4), us(4)), Length(us(5), us(5))),
    ]
    assert entries[0].joined == row(50, ENTER).at


@pytest.mark.parametrize(
    ("steps", "least", "most"),
    [
        ((FORWARD, BACK), 40, 100),
        ((BACK, FORWARD), 40, 100),
        ((BACK, BACK), 40, 40),
        ((FORWARD, FORWARD), 40, 160),
    ],
)
def test_two_steps_in_one_wait(steps: tuple[float, float], least: float, most: float) -> None:
    one, other = steps
    entry = only_entry(
        row(100, ENTER),
        clock_set(110, one),
        clock_set(120 + one, other),
        row(140 + one + other, CONNECT.format(hold=40)),
    )
    assert wait(entry) == (us(least), us(most))


# -- between the step and its row ----------------------------------------------------------------------


@pytest.mark.parametrize(("by", "least", "most"), [(FORWARD, 10.1, 70.1), (BACK, 10.1, 10.1)])
def test_an_answer_that_is_stamped_before_the_row_of_the_step_is_by_the_new_clock(
    by: float, least: float, most: float
) -> None:
    answered = row(110.1 + by, CONNECT.format(hold=HOLD[by]))
    ended = row(130.1 + by, COMPLETE.format(hold=HOLD[by]))
    entry = only_entry(row(100, ENTER), row(109.9, "NONE|NONE|NONE|CONFIGRELOAD"), answered, clock_set(110, by), ended)
    assert wait(entry) == (us(least), us(most))
    assert talk(entry) == Length(us(20), us(20))


@pytest.mark.parametrize(("by", "least", "most"), [(FORWARD, 10.1, 70.1), (BACK, 10.1, 10.1)])
@pytest.mark.parametrize("end", ["abandoned", "completed"])
def test_so_is_a_whole_end(end: str, by: float, least: float, most: float) -> None:
    rows = [row(100, ENTER), row(109.9, "NONE|NONE|NONE|CONFIGRELOAD")]
    if end == "abandoned":
        rows.append(row(110.1 + by, f"c1|101|NONE|ABANDON|1|1|{HOLD[by]}"))
    else:
        rows += [row(110.1 + by, CONNECT.format(hold=HOLD[by])), row(110.2 + by, COMPLETE.format(hold=HOLD[by]))]
    entry = only_entry(*rows, clock_set(110, by))
    assert wait(entry) == (us(least), us(most))
    assert entry.outcome is (Outcome.ABANDONED if end == "abandoned" else Outcome.ANSWERED)
    assert end == "abandoned" or talk(entry) == Length(us(0.1), us(0.1))


@pytest.mark.parametrize("by", [FORWARD, BACK])
def test_who_joins_in_that_moment_waits_by_one_clock(by: float) -> None:
    entry = only_entry(
        row(109.9, "NONE|NONE|NONE|CONFIGRELOAD"),
        row(110.1 + by, ENTER),
        clock_set(110, by),
        row(115.1 + by, CONNECT.format(hold=5)),
    )
    assert wait(entry) == (us(5), us(5))


def test_who_joined_a_minute_before_a_minute_is_repeated_is_told_by_the_order_of_the_rows() -> None:
    entry = only_entry(
        row(50.2, ENTER),
        row(100, "NONE|NONE|NONE|CONFIGRELOAD"),
        clock_set(110, BACK),
        row(55.2, CONNECT.format(hold=5)),
    )
    assert wait(entry) == (us(65), us(65))


def test_in_a_quiet_night_in_which_the_order_does_not_tell_both_are_possible() -> None:
    entry = only_entry(row(50.2, ENTER), clock_set(110, BACK), row(55.2, CONNECT.format(hold=5)))
    assert wait(entry) == (us(5), us(65))


@pytest.mark.parametrize(("by", "stamped"), [(0.3, 110.1), (-0.3, 109.9)])
def test_of_a_step_as_short_as_the_time_between_two_looks_either_may_be(by: float, stamped: float) -> None:
    answered, ended = row(stamped, CONNECT.format(hold=10)), row(120 + by, COMPLETE.format(hold=10))
    entry = only_entry(row(100, ENTER), answered, clock_set(110, by), ended)
    by_the_old_clock, by_the_new = us(stamped - 100), us(stamped - by - 100)
    assert entry.wait.least_us <= min(by_the_old_clock, by_the_new)
    assert max(by_the_old_clock, by_the_new) <= entry.wait.most_us <= entry.wait.least_us + us(1)


def test_a_row_that_asterisk_could_write_only_much_later_tells_the_same() -> None:
    """The session for actions was away meanwhile."""
    entry = only_entry(
        row(100, ENTER),
        row(109.9, "NONE|NONE|NONE|CONFIGRELOAD"),
        row(70, CONNECT.format(hold=-30)),
        row(95, COMPLETE.format(hold=-30)),
        clock_set(110, BACK, late=100),
    )
    assert (wait(entry), talk(entry)) == ((us(30), us(30)), Length(us(25), us(25)))


@pytest.mark.parametrize(("by", "least", "most"), [(FORWARD, 20.1, 80.1), (BACK, 0, 20.1)])
def test_a_row_that_a_disk_held_back_until_after_it_was_stamped_before(by: float, least: float, most: float) -> None:
    entry = only_entry(
        row(109, "NONE|NONE|NONE|CONFIGRELOAD"),
        clock_set(110, by),
        row(109.9, ENTER),
        row(130 + by, CONNECT.format(hold=HOLD[by])),
    )
    assert wait(entry) == (us(least), us(most))


@pytest.mark.parametrize("by", [0.15, 1.0, FORWARD])
def test_the_seconds_that_app_queue_counts_from_a_joining_that_was_held_back_are_not_believed(by: float) -> None:
    entry = only_entry(clock_set(110, by), row(109.7, ENTER), row(130 + by, CONNECT.format(hold=round(20 + by))))
    assert wait(entry) == (us(20.3), us(20.3 + by))


def test_when_a_clock_that_was_set_back_comes_there_again_rows_are_exact() -> None:
    again = [row(second, "NONE|NONE|NONE|CONFIGRELOAD") for second in (60, 75, 90, 105)]
    entry = only_entry(clock_set(110, BACK), *again, row(109.9, ENTER), row(115, CONNECT.format(hold=5)))
    assert wait(entry) == (us(5.1), us(5.1))


@pytest.mark.parametrize("first", [FORWARD, BACK])
def test_two_steps_whose_rows_could_be_written_only_after_both(first: float) -> None:
    """At 100 s somebody joins, at 110 s and 110.5 s the clock is set, and set back; answered between them."""
    between = row(110.2 + first, CONNECT.format(hold=HOLD[first]))
    rows = [row(109.9, "NONE|NONE|NONE|CONFIGRELOAD"), between]
    for at, by in ((110.0, first), (110.5 + first, -first)):
        said = "|".join(("NONE", "NONE", "NONE", "CLOCKSET", *step(at, by).fields))
        rows.append(row(110.9 + (by + first) / 2, said))
    entry = only_entry(row(100, ENTER), *rows, row(130, COMPLETE.format(hold=10)))
    assert entry.wait.least_us <= us(10.2) <= entry.wait.most_us
    assert talk(entry).least_us <= us(19.8) <= talk(entry).most_us


def test_in_the_plain_file_it_is_known_to_the_second() -> None:
    said = "|".join(("NONE", "NONE", "NONE", "CLOCKSET", *step(110, BACK).fields))
    rows = [
        row(100, ENTER, whole=True),
        row(109, "NONE|NONE|NONE|CONFIGRELOAD", whole=True),
        row(50, said, whole=True),
        row(80, CONNECT.format(hold="-20"), whole=True),
    ]
    assert wait(only_entry(*rows)) == (us(39) + 1, us(41) - 1)


def test_a_second_that_comes_twice_in_the_plain_file_may_be_either() -> None:
    """Joined in the very second that the clock is set back to."""
    said = "|".join(("NONE", "NONE", "NONE", "CLOCKSET", *step(110, BACK).fields))
    entry = only_entry(
        row(50.2, ENTER, whole=True),
        row(109.9, "NONE|NONE|NONE|CONFIGRELOAD", whole=True),
        row(50.5, said, whole=True),
        row(55.2, CONNECT.format(hold=5), whole=True),
    )
    assert entry.wait.least_us <= us(65) <= entry.wait.most_us


def test_the_drop_of_an_earlier_step_is_not_taken_for_that_of_a_later_one() -> None:
    """Joined just after the clock was set back by ten seconds; it is set back by ten once more ten seconds later."""
    entry = only_entry(
        row(53.94, "NONE|NONE|NONE|CONFIGRELOAD"),
        row(43.952, ENTER),
        clock_set(53.95, -10),
        row(53.1, "NONE|NONE|NONE|CONFIGRELOAD"),
        clock_set(53.32, -10, late=0.6),
        row(54.64, CONNECT.format(hold=10)),
    )
    assert wait(entry) == (us(20.688), us(20.688))


def test_the_row_of_a_step_back_is_not_taken_for_one_from_before_a_step_forward() -> None:
    """The plain file; the clock is set forward by 2.5 s and, two seconds later, back by ten."""
    entry = only_entry(
        row(15.1, ENTER, whole=True),
        *(_told(20.3, 2.5, 23.4), row(24.1, "NONE|NONE|NONE|CONFIGRELOAD", whole=True), _told(25.1, -10, 15.6)),
        row(16.3, CONNECT.format(hold=1), whole=True),
    )
    assert entry.wait.least_us <= us(8.7) and us(11.2) <= entry.wait.most_us


def _told(at: float, by: float, stamped: float) -> Row:
    said = "|".join(("NONE", "NONE", "NONE", "CLOCKSET", *step(at, by).fields))
    return row(stamped, said, whole=True)


# -- what had ended, and goes on or is looked at again ------------------------------------------------------


@pytest.mark.parametrize(("by", "least", "most"), [(FORWARD, 25, 85), (BACK, 25, 25)])
def test_a_wait_that_a_caller_left_by_key_and_resumed_after_the_step_has_it(
    by: float, least: float, most: float
) -> None:
    entry = only_entry(
        row(100, ENTER),
        row(108, "c1|101|NONE|EXITWITHKEY|1|1|1|8"),
        clock_set(110, by),
        row(112 + by, "c1|101|NONE|STAYED"),
        row(112 + by, ENTER),
        row(125 + by, CONNECT.format(hold=13)),
    )
    assert wait(entry) == (us(least), us(most))


@pytest.mark.parametrize("by", [FORWARD, BACK, 60 * BACK])
def test_who_ended_long_before_a_restart_was_not_interrupted_by_it(by: float) -> None:
    rows = [
        each
        for number in range(3)
        for each in (
            row(4000 + 10 * number, ENTER.replace("c1", f"c{number}")),
            row(4003 + 10 * number, CONNECT.replace("c1", f"c{number}").format(hold=3)),
            row(4009 + 10 * number, COMPLETE.replace("c1", f"c{number}").format(hold=3)),
        )
    ]
    changes = fold(*rows, clock_set(4060, by), row(4070 + by, "NONE|NONE|NONE|QUEUESTART"))
    assert [entry.outcome for entry in changes.entries] == [Outcome.ANSWERED] * 3


# -- what is not moved ---------------------------------------------------------------------------------


def test_a_row_that_is_written_twice_counts_once() -> None:
    changes = fold(
        row(100, ENTER), clock_set(110, BACK), clock_set(110, BACK), row(80, CONNECT.format(hold="-20")), row(81, ENTER)
    )
    assert wait(changes.entries[0]) == (us(40), us(40))
    assert [each.kind for each in changes.anomalies].count(AnomalyKind.CLOCK_SET) == 1
    assert AnomalyKind.DUPLICATE in [each.kind for each in changes.anomalies]


@pytest.mark.parametrize(
    "text",
    [
        "c1|101|NONE|CLOCKSET|-60000000|109000000|50000000",
        "NONE|NONE|1001|CLOCKSET|-60000000|109000000|50000000",
        "NONE|NONE|NONE|CLOCKSET|-60000000|109000000",
        "NONE|NONE|NONE|CLOCKSET|-60000000|109000000|50000000|1",
        "NONE|NONE|NONE|CLOCKSET|0|109000000|110000000",
        "NONE|NONE|NONE|CLOCKSET|sixty|109000000|50000000",
        "NONE|NONE|NONE|CLOCKSET|\u0666\u0660|109000000|50000000",
        "NONE|NONE|NONE|CLOCKSET|-60000000|99909000000|99850000000",
        "NONE|NONE|NONE|CLOCKSET|-60000000|119000000|50000000",
        "NONE|NONE|NONE|CLOCKSET|-60000000|-99999000000000|50000000",
    ],
)
def test_a_row_that_the_bridge_cannot_have_written_moves_nothing(text: str) -> None:
    changes = fold(row(30, ENTER), row(51, text), row(55, CONNECT.format(hold=25)))
    assert wait(changes.entries[0]) == (us(25), us(25))
    assert [each.kind for each in changes.anomalies] == [AnomalyKind.MALFORMED_ROW]


def test_a_clock_that_was_years_behind_makes_no_wait_of_years() -> None:
    years = 20 * 365 * 86_400.0
    entry = only_entry(row(100, ENTER), clock_set(110, years), row(140 + years, CONNECT.format(hold=years)))
    assert wait(entry) == (us(40), us(40))


# -- calls and agents ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "slack"), [(FORWARD, 60), (BACK, 0)])
def test_a_call_ends_by_the_clock_of_its_arrival(by: float, slack: float) -> None:
    (call,) = fold(
        row(100, "c1|NONE|NONE|ARRIVED|101|70712345|c1"),
        clock_set(110, by),
        row(130 + by, "c1|NONE|NONE|DEPARTED|16|by:"),
    ).calls
    assert call.arrived == row(100, ENTER).at and call.ended is not None
    assert (call.ended.earliest_us, call.ended.latest_us) == (us(130), us(130 + slack))


@pytest.mark.parametrize("by", [-0.3, BACK])
def test_a_call_that_may_have_arrived_before_the_step_or_after_it_is_as_long_as_either(by: float) -> None:
    """In a quiet night in which the order of the rows does not tell."""
    (call,) = fold(
        row(110.1 + by, "c1|NONE|NONE|ARRIVED|101|70712345|c1"),
        clock_set(110, by),
        row(140.1 + by, "c1|NONE|NONE|DEPARTED|16|by:"),
    ).calls
    assert call.ended is not None
    assert call.arrived.until(call.ended) == Length(us(30), us(30 - by))


@pytest.mark.parametrize("by", [FORWARD, BACK])
def test_a_call_that_ends_between_a_second_step_and_its_row_ends_by_the_clock_of_its_arrival(by: float) -> None:
    (call,) = fold(
        row(100, "c1|NONE|NONE|ARRIVED|101|70712345|c1"),
        clock_set(110, by),
        row(119.5 + by, "NONE|NONE|NONE|CONFIGRELOAD"),
        row(120.1, "c1|NONE|NONE|DEPARTED|16|by:"),
        clock_set(120 + by, -by),
    ).calls
    assert call.ended is not None
    length = call.arrived.until(call.ended)
    assert length.least_us <= us(20.1) <= length.most_us <= us(20.1 + 60)


@pytest.mark.parametrize("by", [FORWARD, BACK])
def test_a_period_that_ends_between_the_step_and_its_row_is_as_long_as_it_was(by: float) -> None:
    periods = fold(
        row(95, "NONE|101|1001|PAUSE|lunch"),
        row(109.9, "NONE|NONE|NONE|CONFIGRELOAD"),
        row(110.1 + by, "NONE|101|1001|UNPAUSE|"),
        clock_set(110, by),
    ).periods
    (paused,) = periods
    assert paused.ended is not None
    assert paused.started.until(paused.ended) == Length(us(15.1), us(15.1 + max(by, 0)))


@pytest.mark.parametrize("by", [FORWARD, BACK])
def test_an_agents_period_is_as_long_as_it_was(by: float) -> None:
    periods = fold(
        row(90, "NONE|101|1001|ADDMEMBER|"),
        row(95, "NONE|101|1001|PAUSE|lunch"),
        clock_set(110, by),
        row(115 + by, "NONE|101|1001|UNPAUSE|"),
        row(120 + by, "NONE|101|1001|PAUSE|lunch"),
        row(130 + by, "NONE|101|1001|UNPAUSE|"),
        row(190 + by, "NONE|101|1001|REMOVEMEMBER|"),
    ).periods
    lengths = {
        (each.kind, each.started.earliest_us): each.started.until(each.ended).least_us for each in periods if each.ended
    }
    assert lengths == {
        (PeriodKind.PAUSED, us(95)): us(20),
        (PeriodKind.PAUSED, us(120 + by)): us(10),
        (PeriodKind.LOGGED_IN, us(90)): us(100),
    }


def test_who_hung_up_is_known_across_the_step() -> None:
    entry = only_entry(
        row(100, ENTER),
        row(105, CONNECT.format(hold=5)),
        row(109.9, "c1|101|1001|RELEASED|a1|16|by:PJSIP/1001-00000001"),
        clock_set(110, BACK),
        row(50.3, "c1|101|1001|COMPLETECALLER|5|5|1"),
    )
    assert (entry.ended_by, talk(entry)) == (EndedBy.AGENT, Length(us(4.9), us(4.9)))


def test_a_fold_that_goes_on_from_a_checkpoint_knows_the_step() -> None:
    before = Fold(NODE)
    rows = [
        row(90, "NONE|101|1001|ADDMEMBER|"),
        row(100, ENTER),
        row(106, "NONE|NONE|NONE|CONFIGRELOAD"),
        clock_set(110, BACK),
    ]
    for each in rows:
        before.apply(each)
    before.drain()
    after = Fold(NODE)
    after.resume(before.checkpoint(0, rows[1:]), [], {})
    for each in (row(80, CONNECT.format(hold="-20")), row(90, "NONE|101|1001|REMOVEMEMBER|")):
        after.apply(each)
    changes = after.drain()
    assert wait(changes.entries[0]) == (us(40), us(40))
    (logged_in,) = [each for each in changes.periods if each.kind is PeriodKind.LOGGED_IN]
    assert logged_in.ended is not None and logged_in.started.until(logged_in.ended) == Length(us(60), us(60))
