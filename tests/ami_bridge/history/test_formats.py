from zoneinfo import ZoneInfo

import pytest

from ami_bridge.history.formats import NumberedNames, SourceKind, TableRows, layout_of, numbered_names_of
from tests.ami_bridge.history.old_system import LA_PAZ, REALTIME

MADRID = ZoneInfo("Europe/Madrid")
ASTERNIC = ("queue_stats_id", "uniqueid", "datetime", "qname", "qagent", "qevent", "info1", "info2", "info3")


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (REALTIME, SourceKind.REALTIME),
        (("ID", "Time", "CallID", "QueueName", "Agent", "Event", "Data"), SourceKind.REALTIME),
        (("partition", "time_id", "call_id", "queue", "agent", "verb", "data1"), SourceKind.QUEUEMETRICS),
        (ASTERNIC, SourceKind.ASTERNIC),
        (("calldate", "src", "dst"), None),
        ((), None),
    ],
    ids=lambda each: str(each)[:20],
)
def test_a_table_is_known_by_its_columns(header: tuple[str, ...], kind: SourceKind | None) -> None:
    layout = layout_of(header)
    assert (layout.kind if layout is not None else None) is kind


def test_the_tables_of_names_are_known_too() -> None:
    assert numbered_names_of(("event_id", "event")) == (NumberedNames.EVENTS, 0, 1)
    assert numbered_names_of(("agent", "agent_id")) == (NumberedNames.AGENTS, 1, 0)
    assert numbered_names_of(REALTIME) is None


def realtime(time: str, callid: str = "1.1", zone: ZoneInfo = LA_PAZ) -> tuple[int, str] | str:
    layout = layout_of(REALTIME)
    assert layout is not None
    row = ["7", time, callid, "Ventas", "NONE", "ABANDON", "1", "1", "9", "", ""]
    return TableRows(layout, zone).read(row)


@pytest.mark.parametrize(
    ("time", "begins"),
    [
        ("1600000000", "1600000000"),
        ("1600000000.25", "1600000000.25"),
        ("2020-09-13 08:26:40", "1600000000"),
        ("2020-09-13T08:26:40.5", "1600000000.500000"),
        ("2020-09-13 08:26", "1599999960"),
        ("946684801", "0946684801"),
    ],
)
def test_a_time_is_seconds_or_a_date_of_the_zone(time: str, begins: str) -> None:
    assert realtime(time) == (7, f"{begins}\t1.1\tVentas\tNONE\tABANDON\t1\t1\t9")


@pytest.mark.parametrize("time", ["", "\\N", "ayer", "2020-09-13", "2020-13-01 00:00:00", "0000-00-00 00:00:00", "12"])
def test_what_is_no_time_says_so(time: str) -> None:
    assert "is no time" in str(realtime(time))


def second(time: str, callid: str = "NONE", before: str = "2022-10-29 12:00:00") -> int:
    layout = layout_of(REALTIME)
    assert layout is not None
    rows = TableRows(layout, MADRID)
    found = [
        rows.read(["7", at, of, "q", "NONE", "ABANDON", "1", "1", "9", "", ""])
        for at, of in ((before, "NONE"), (time, callid))
    ]
    assert not isinstance(found[1], str)
    return int(found[1][1][:10])


SUMMER = 1_667_090_700  # 02:45 in Madrid for the first time; an hour later it is 02:45 again


def test_an_hour_that_comes_twice_is_told_by_when_the_call_was_made() -> None:
    shown = "2022-10-30 02:45:00"
    assert second(shown, f"{SUMMER - 5}.1") == SUMMER
    assert second(shown, f"{SUMMER + 3595}.1") == SUMMER + 3600


def test_without_a_call_it_is_told_by_the_row_before() -> None:
    shown = "2022-10-30 02:45:00"
    assert second(shown) == SUMMER
    assert second(shown, before="2022-10-30 03:10:00") == SUMMER + 3600


def test_an_hour_that_was_left_out_is_by_the_clock_of_before() -> None:
    assert second("2022-03-27 02:30:00", before="2022-03-27 01:59:00") == 1_648_344_600


def test_asternics_numbers_are_named_and_without_names_refused() -> None:
    layout = layout_of(ASTERNIC)
    assert layout is not None
    row = ["1", "1600000000.1", "2020-09-13 08:26:40", "3", "4", "11", "", "70712345", "1"]
    names = {
        NumberedNames.QUEUES: {"3": "Ventas"},
        NumberedNames.AGENTS: {"4": "NONE"},
        NumberedNames.EVENTS: {"11": "ENTERQUEUE"},
    }
    assert TableRows(layout, LA_PAZ, names).read(row) == (
        1,
        "1600000000\t1600000000.1\tVentas\tNONE\tENTERQUEUE\t\t70712345\t1",
    )
    assert "qevent" in str(TableRows(layout, LA_PAZ).read(row))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["7", "1600000000", "1.1"], "3 columns"),
        (["7", "1600000000", "1.1", "q", "a", "HEARTBEAT", "", "", "", "", ""], "unknown event"),
        (["7", "1600000000", "1.1", "q", "a", "CALLER", "1", "", "", "", ""], "unknown event"),
        (["7", "1600000000", "1.1", "q", "a", "COMPLETECALLER", "1", "", "", "", ""], "1 fields"),
    ],
)
def test_what_is_no_row_says_why(row: list[str], why: str) -> None:
    layout = layout_of(REALTIME)
    assert layout is not None
    assert why in str(TableRows(layout, LA_PAZ).read(row))


def test_the_last_column_has_the_rest_of_six_fields() -> None:
    layout = layout_of(REALTIME)
    assert layout is not None
    row = ["7", "1600000000", "1.1", "q", "a", "ATTENDEDTRANSFER", "LINK", "x", "y", "5", "60|1"]
    assert TableRows(layout, LA_PAZ).read(row) == (7, "1600000000\t1.1\tq\ta\tATTENDEDTRANSFER\tLINK\tx\ty\t5\t60\t1")
