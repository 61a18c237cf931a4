"""Each call once, with all that became of it; and who called again."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from callcenter.calls import FinalStage, Outcome
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.records.recordings import recordings
from reports.call_detail.figures import DetailCall, RecordingState, call_detail
from reports.call_detail.report import KIND as DETAIL
from reports.kinds.asked import Asked, Scene
from reports.repeat_callers.report import KIND as REPEATED
from tests.reports.made_records import CENTRE, DAY, NODE, ZONE, Rows, S, at, call, entry, figures, insert, made, rows
from tests.reports.made_records import table as table_of


def _recording(name: str, deleted_us: int | None) -> Rows:
    row = {"uniqueid": name, "node": NODE, "started_us": at(9), "file": "f.wav", "queue": "101", "bytes": 1}
    return [(recordings, {**row, "deleted_us": deleted_us})]


async def test_each_call_has_one_row_with_its_whole_way(database: Database) -> None:
    moved: dict[str, Any] = {"call": "moved", "caller": "44251000"}
    first, second = {"entered_position": 5, "left_position": 2}, {"entered_position": 3}
    await insert(
        database,
        [
            *call("moved", at(9), caller="44251000"),
            *entry("moved", at(9) + S, wait_us=30 * S, outcome=Outcome.TIMEOUT.value, **moved, **first),
            *entry("moved", at(9.1), wait_us=10 * S, talk_us=120 * S, queue="102", ended_by="agent", **moved, **second),
            *_recording("moved", None),
            *_recording("gone", at(20)),
            *call("gone", at(8), caller="", final_stage=FinalStage.MENU.value),
            *call("served", at(10), caller="99", line="102", final_stage=FinalStage.IVR.value),
            *call("from inside", at(11), internal=True),
            *call("tomorrow", at(24)),
        ],
    )
    document = await made(database, DETAIL.make)
    table = table_of(document, "Detalle de llamadas")
    assert table.to_work_on and DETAIL.personal
    assert list(table.rows) == [
        (
            *(as_datetime(at(8), ZONE), "101 Reclamos técnicos", "Número privado", "", None, None, "", None),
            *("Colgó en el menú", "", "", "borrada"),
        ),
        (
            *(as_datetime(at(9), ZONE), "101 Reclamos técnicos", "4 425 1000", "101 → 102", 3, timedelta(seconds=40)),
            *("1001", timedelta(minutes=2), "Atendida", "agente", "", "sí"),
        ),
        (
            *(as_datetime(at(10), ZONE), "102 Facturación", "99", "", None, None, "", None),
            *("Atendida por el IVR", "", "", "no"),
        ),
    ]
    assert rows(document, "Por resultado")["Atendida"]["% de las llamadas"] == Decimal("33.33")


async def test_the_detail_is_limited_to_lines_queues_and_agents(database: Database) -> None:
    one = [*call("one", at(9)), *entry("one", at(9), talk_us=S)]
    two = [*call("two", at(9), line="102"), *entry("two", at(9), talk_us=S, queue="102", line="102", member="1002")]
    waits = [*entry("two", at(10), wait_us=S, queue="103", line="102"), *call("three", at(9), line="104")]
    await insert(database, [*one, *two, *waits])
    asked = {
        "lines": Asked(DAY, DAY, lines=("102",)),
        "queues": Asked(DAY, DAY, queues=("103",)),
        "agents": Asked(DAY, DAY, agents=("1002",)),
    }
    for each in asked.values():
        (row,) = table_of(await made(database, DETAIL.make, each), "Detalle de llamadas").rows
        assert row[3] == "102 → 103"


def test_of_too_many_calls_the_first_are_kept_and_all_counted() -> None:
    calls = [DetailCall(number, "101", "", FinalStage.MENU, RecordingState.NONE, ()) for number in range(5)]
    detail = call_detail(calls, (), most=2)
    assert ([each.arrived_us for each in detail.calls], detail.number) == ([0, 1], 5)


def _answered(name: str, arrived_us: int, caller: str, line: str = "101", **given: Any) -> Rows:
    """A call of a minute that an agent answered."""
    return [
        *call(name, arrived_us, caller=caller, line=line, **given),
        *entry(name, arrived_us + S, talk_us=30 * S, caller=caller, line=line),
    ]


async def test_who_calls_the_same_line_again_within_the_window_was_not_helped(database: Database) -> None:
    """The window runs from the end of the call, a minute after its arrival, and includes its last microsecond."""
    day, minute = 24 * 3600 * S, 60 * S
    await insert(
        database,
        [
            *_answered("repeated at the border", at(9), "1"),
            *call("again", at(9) + minute + day, caller="1"),  # on the next day, not answered
            *_answered("repeated beyond", at(9), "2"),
            *call("too late", at(9) + minute + day + 1, caller="2"),
            *_answered("another line", at(9), "3"),
            *_answered("of another line", at(10), "3", "102"),
            *_answered("soon", at(9), "4"),
            *_answered("and once more", at(9.5), "4"),
            *_answered("without a number", at(9), ""),
            *_answered("without a number too", at(10), ""),
            *call("abandoned", at(9), caller="5"),
            *_answered("after an abandoned one", at(10), "5"),
            *_answered("from inside", at(9), "6", internal=True),
        ],
    )
    document = await made(database, REPEATED.make)
    line = rows(document, "Por línea")["101 Reclamos técnicos"]
    assert (line["Atendidas"], line["Sin repetir"], line["Repetidas"], line["Número oculto"]) == (8, 4, 2, 2)
    assert (line["A las 0-1 h"], line["A las 1-4 h"], line["A las 4-24 h"]) == (1, 0, 1)
    assert line["Resolución en la primera llamada"] == Decimal("66.67")
    assert figures(document)["Resolución en la primera llamada"] == Decimal("71.43")


async def test_a_window_that_is_not_over_decides_nothing(database: Database) -> None:
    await insert(
        database, [*_answered("open", at(9), "1"), *_answered("first", at(9), "2"), *_answered("2", at(9.5), "2")]
    )
    scene = Scene(CENTRE, as_datetime(at(33), ZONE))
    found = rows(await made(database, REPEATED.make, scene=scene), "Por línea")["Total"]
    assert (found["Plazo abierto"], found["Repetidas"], found["Resolución en la primera llamada"]) == (
        *(2, 1),
        Decimal("0.00"),
    )
