"""The comparison of what truly happened with what is recorded."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from callcenter.calls import EndedBy, OfferResult, Outcome
from callcenter.moments import Length
from troncal.simulator.check import CheckSettings, RecordedCall, differences, service_level
from troncal.simulator.truth import TrueCall, TrueOffer, TrueOutcome

T = 1_800_000_000_000_000
SETTINGS = CheckSettings(queue_of_line={"101": "101", "4522222": "tv"})
OFFER = TrueOffer("1001", T + 1_000_000, T + 5_000_000, OfferResult.ANSWERED)
TRUE = TrueCall(
    caller="70000001",
    line="101",
    entry=0,
    sent_us=T - 1_000,
    entered_us=T,
    offers=(OFFER,),
    answered_us=T + 5_000_000,
    answered_by="1001",
    ended_us=T + 9_000_000,
    ended_by=EndedBy.CALLER,
    outcome=TrueOutcome.ANSWERED,
)
RECORD = RecordedCall(
    caller="70000001",
    line="101",
    queue="101",
    joined_us=T + 20_000,
    answered_us=T + 5_001_000,
    ended_us=T + 9_001_000,
    outcome=Outcome.ANSWERED,
    member="1001",
    ended_by=EndedBy.CALLER,
    offers=("1001",),
)


def _truth(wait_us: int) -> TrueCall:
    return replace(TRUE, answered_us=T + wait_us, ended_us=T + wait_us + 4_000_000)


def _record(wait_us: int) -> RecordedCall:
    return replace(RECORD, joined_us=T, answered_us=T + wait_us, ended_us=T + wait_us + 4_000_000)


def test_a_right_record_has_no_difference() -> None:
    assert differences([TRUE], [RECORD], SETTINGS) == []


@pytest.mark.parametrize(
    ("wrong", "difference"),
    [
        ({"queue": "tv"}, "was in queue 101, recorded in tv"),
        ({"line": "102"}, "dialled 101, recorded 102"),
        ({"outcome": Outcome.ABANDONED}, "was answered, recorded abandoned"),
        ({"member": "1002"}, "was answered by 1001, recorded 1002"),
        ({"member": ""}, "was answered by 1001, recorded nobody"),
        ({"ended_by": EndedBy.AGENT}, "was ended by caller, recorded agent"),
        ({"transferred_to": "102"}, "was transferred to nobody, recorded 102"),
        ({"offers": ("1002", "1001")}, "rang at 1001, recorded at 1002, 1001"),
        ({"joined_us": T + 151_000 + 1_000}, "waited 5.000 s, recorded 4.849 s"),
        ({"joined_us": None}, "waited 5.000 s, recorded without a wait"),
        ({"ended_us": T + 9_400_000}, "talked 4.000 s, recorded 4.399 s"),
        ({"ended_us": None}, "talked 4.000 s, recorded nothing"),
    ],
)
def test_each_wrong_field_is_reported(wrong: dict[str, Any], difference: str) -> None:
    assert differences([TRUE], [replace(RECORD, **wrong)], SETTINGS) == [f"70000001: {difference}"]


@pytest.mark.parametrize(
    ("known", "found"),
    [
        ({"answered_us": T - 25_000_000, "answered_slack_us": 40_000_000}, []),
        (
            {"ended_us": T + 30_000_000, "outcome": Outcome.ANSWERED, "ended_slack_us": 0},
            ["70000001: talked 4.000 s, recorded 24.999 s"],
        ),
        ({"ended_us": T + 5_500_000, "ended_slack_us": 30_000_000}, []),
        ({"ended_us": T + 5_500_000, "ended_slack_us": 2_000_000}, ["70000001: talked 4.000 s, recorded 0.499 s"]),
    ],
)
def test_moments_that_are_known_as_intervals_must_contain_the_truth(known: dict[str, Any], found: list[str]) -> None:
    assert differences([TRUE], [replace(RECORD, **known)], SETTINGS) == found


def test_who_answered_and_who_hung_up_while_asterisk_stood_still_may_have_come_in_either_order() -> None:
    record = replace(
        RECORD, outcome=Outcome.ABANDONED, answered_us=None, ended_us=T, ended_slack_us=30_000_000, member=""
    )
    assert differences([TRUE], [record], SETTINGS) == []
    assert differences([TRUE], [replace(record, ended_slack_us=1_000_000)], SETTINGS) == [
        "70000001: was answered, recorded abandoned"
    ]


def test_a_call_that_is_not_recorded_is_reported() -> None:
    difference = "70000001: entered 101 and was answered, but is not recorded"
    assert differences([TRUE], [], SETTINGS) == [difference]


def test_a_call_recorded_twice_is_reported() -> None:
    difference = "70000001: recorded once too often, in 101"
    assert differences([TRUE], [RECORD, replace(RECORD, joined_us=T + 99)], SETTINGS) == [difference]


def test_a_call_that_nobody_made_is_reported() -> None:
    difference = "79999999: recorded in 101, but nobody made it"
    assert differences([TRUE], [RECORD, replace(RECORD, caller="79999999")], SETTINGS) == [difference]


def test_records_without_offers_are_not_asked_for_them() -> None:
    assert differences([TRUE], [replace(RECORD, offers=None)], SETTINGS) == []


@pytest.mark.parametrize(
    ("true_us", "recorded_us", "is_reported"),
    [
        (20_000_000, 20_000_001, False),  # the truth lies nearer to the border than the tolerance
        (19_900_000, 20_040_000, False),
        (19_800_000, 20_001_000, True),
        (20_200_000, 20_000_000, True),
        (19_800_000, 19_900_000, False),
    ],
)
def test_the_side_of_the_border_is_judged_beyond_the_tolerance(
    true_us: int, recorded_us: int, is_reported: bool
) -> None:
    difference = differences([_truth(true_us)], [_record(recorded_us)], SETTINGS)
    assert any("other side" in line for line in difference) is is_reported


def test_a_tolerance_of_one_millisecond_is_kept() -> None:
    strict = replace(SETTINGS, tolerance_us=1_000)
    assert differences([TRUE], [RECORD], strict) == ["70000001: waited 5.000 s, recorded 4.981 s"]


def test_either_outcome_is_right_when_answer_and_hanging_up_crossed() -> None:
    crossed = replace(TRUE, ended_us=T + 5_010_000)
    record = replace(RECORD, outcome=Outcome.ABANDONED, answered_us=None, member="", ended_us=T + 5_010_000)
    assert not any("recorded abandoned" in line for line in differences([crossed], [record], SETTINGS))


def test_a_caller_who_was_hung_up_on_may_be_recorded_as_timed_out() -> None:
    turned = replace(TRUE, outcome=TrueOutcome.TURNED_AWAY, answered_us=None, answered_by="", offers=())
    record = replace(RECORD, outcome=Outcome.TIMEOUT, answered_us=None, member="", offers=())
    assert differences([turned], [record], SETTINGS) == []


def test_a_transferred_caller_is_compared_entry_by_entry() -> None:
    first = replace(TRUE, transferred_to="4522222", ended_by=EndedBy.TRANSFER)
    later = replace(TRUE, entry=1, line="4522222", entered_us=T + 9_000_000, answered_us=T + 12_000_000)
    later = replace(later, ended_us=T + 15_000_000)
    records = [
        replace(RECORD, queue="tv", joined_us=T + 9_000_500, answered_us=T + 12_000_000, ended_us=T + 15_000_000),
        replace(RECORD, transferred_to="4522222", ended_by=EndedBy.TRANSFER),
    ]
    assert differences([first, later], records, SETTINGS) == []


def test_the_true_level_counts_all_who_entered() -> None:
    refused = replace(TRUE, entered_us=None, answered_us=None, outcome=TrueOutcome.REFUSED)
    gone = replace(TRUE, answered_us=None, outcome=TrueOutcome.ABANDONED)
    level = service_level([_truth(20_000_000), _truth(20_000_001), gone, refused])
    assert (level.within, level.answered, level.registered) == (1, 2, 3)
    assert level.percent == Decimal("33.33")


def test_without_calls_there_is_no_level() -> None:
    assert service_level([]).percent is None


def test_a_wait_that_is_known_as_an_interval_has_the_true_one() -> None:
    """The clock was set forward by a minute: the instants say 65 s."""
    interval = replace(_record(65_000_000), wait=Length(5_000_000, 65_000_000), answered_slack_us=0)
    assert not [each for each in differences([_truth(5_000_000)], [interval], SETTINGS) if "waited" in each]
    exact = replace(interval, wait=Length(65_000_000, 65_000_000))
    assert [each for each in differences([_truth(5_000_000)], [exact], SETTINGS) if "waited" in each]


HUNG_UP_ON = replace(
    TRUE,
    answered_us=None,
    answered_by="",
    ended_us=T + 9_000_000,
    ended_by=EndedBy.UNKNOWN,
    outcome=TrueOutcome.TURNED_AWAY,
)
ABANDONED = replace(RECORD, answered_us=None, member="", outcome=Outcome.ABANDONED, ended_by=EndedBy.UNKNOWN)


@pytest.mark.parametrize("asterisk_hangs_up", [False, True])
@pytest.mark.parametrize("ended_by", [EndedBy.UNKNOWN, EndedBy.CALLER])
def test_whom_asterisk_hangs_up_on_by_itself_is_recorded_as_abandoned(
    asterisk_hangs_up: bool, ended_by: EndedBy
) -> None:
    settings = replace(SETTINGS, asterisk_hangs_up=asterisk_hangs_up)
    found = differences([HUNG_UP_ON], [replace(ABANDONED, ended_by=ended_by)], settings)
    assert (found == []) is (asterisk_hangs_up and ended_by is EndedBy.UNKNOWN)
