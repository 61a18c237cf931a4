"""Recordings as people hand them over: gzipped, cut off, exported from a table, and longer than the memory."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from ami_bridge.feeds.recording_files import UnreadableFile
from ami_bridge.ledger.rows.row import Row
from ami_bridge.replay import ROWS_AT_ONCE, objects, replay_queue_log
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment
from troncal.commands import replay

LOG = (
    b"1700000000|1.1|ventas|NONE|ENTERQUEUE||70000001|1\n"
    b"1700000003|1.1|ventas|Ana|CONNECT|3|1.2|2\n"
    b"1700000009|1.1|ventas|Ana|COMPLETEAGENT|3|6|1\n"
)
EXPORTS = (
    '1,"2024-06-03 09:47:39","1717420059.1","ventas","NONE","ENTERQUEUE","","70000001","1","",""\n',
    "17\t2024-06-03 09:47:39.331410\t1717420059.1\tventas\tNONE\tENTERQUEUE\t\t70000001\t1\n",
    "id;time;callid;queuename;agent;event;data1\n1;1717420059;1717420059.1;ventas;NONE;ENTERQUEUE;\n",
)


def test_a_gzipped_log_is_read(tmp_path: Path) -> None:
    log = tmp_path / "queue_log.2.gz"
    log.write_bytes(gzip.compress(LOG))
    (entry,) = replay_queue_log(log)
    assert (entry["outcome"], entry["member"]) == ("answered", "Ana")


# Named, since gzip's bytes have the second of the import in them: each worker would collect other tests.
@pytest.mark.parametrize("packed", [gzip.compress(LOG)[:-6], b"\x1f\x8b\x08rubbish"], ids=["cut off", "rubbish"])
def test_a_damaged_gzip_file_is_said_in_one_sentence(tmp_path: Path, packed: bytes) -> None:
    log = tmp_path / "queue_log.gz"
    log.write_bytes(packed)
    with pytest.raises(replay.UnreadableRecording, match="gzip data are damaged or cut off") as said:
        replay.run([], [log])
    assert said.value.exit_code == 1


@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_of_a_realtime_table_is_refused(tmp_path: Path, export: str) -> None:
    log = tmp_path / "queue_log.csv"
    log.write_text(export)
    with pytest.raises(UnreadableFile, match="export of a realtime queue_log table"):
        list(replay_queue_log(log))


def test_a_log_in_which_a_date_stands_is_a_log(tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    log.write_bytes(LOG + b"2024-06-03 09:47:39 somebody's note\n")
    assert [each.get("outcome") for each in replay_queue_log(log)] == ["answered", None]


START = "1700000005|NONE|NONE|NONE|QUEUESTART|\n"
ENDS = {
    "norte": "1700000009|norte-1.1|ventas|Ana|COMPLETEAGENT|3|6|1\n",
    "sur": "1700000010|sur-1.1|ventas|NONE|ABANDON|1|1|8\n",
}
OF_TWO = (
    "1700000000|norte-1.1|ventas|NONE|ENTERQUEUE||70000001|1\n"
    "1700000002|sur-1.1|ventas|NONE|ENTERQUEUE||70000002|1\n"
    "1700000003|norte-1.1|ventas|Ana|CONNECT|3|norte-1.2|2\n"
)


@pytest.mark.parametrize("log", [OF_TWO + START, START + OF_TWO + ENDS["norte"] + ENDS["sur"]])
def test_a_restart_in_a_log_of_two_asterisks_could_be_of_either_and_the_log_is_refused(
    tmp_path: Path, log: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "queue_log").write_text(log)
    with pytest.raises(replay.UnreadableRecording, match="calls of two Asterisks, sur and norte") as said:
        replay.run([], [tmp_path / "queue_log"])
    assert (said.value.exit_code, capsys.readouterr().out) == (1, "")


def outcomes(folder: Path, log: str) -> list[str]:
    """How the entries of that log ended."""
    (folder / "queue_log").write_text(log)
    return [each["outcome"] for each in replay_queue_log(folder / "queue_log") if "anomaly" not in each]


def test_a_log_of_two_asterisks_without_a_restart_is_read(tmp_path: Path) -> None:
    assert outcomes(tmp_path, OF_TWO + ENDS["norte"] + ENDS["sur"]) == ["answered", "abandoned"]


def test_an_asterisk_that_got_another_name_is_one(tmp_path: Path) -> None:
    renamed = OF_TWO.replace("sur-1.1", "norte-1.3")
    later = "1700000008|sur-1.1|ventas|NONE|ENTERQUEUE||70000003|1\n" + ENDS["sur"]
    assert outcomes(tmp_path, renamed + START + later) == ["interrupted", "interrupted", "abandoned"]


def test_a_name_that_a_caller_wrote_into_a_number_is_no_second_asterisk(tmp_path: Path) -> None:
    forged = "1700000004|norte-1.9|ventas|NONE|ENTERQUEUE||7\n1700000004|x-1.1|ventas|NONE|ABANDON|1|1|4|1\n"
    own = "1700000004|norte-1.8|ventas|NONE|ENTERQUEUE||70000004|1\n"
    log = OF_TWO.replace("sur-1.1", "norte-1.5") + START + forged + own + forged.replace("-1.9", "-1.10")
    assert "interrupted" in outcomes(tmp_path, log)


@pytest.mark.slow
def test_entries_come_while_the_recording_is_still_read() -> None:
    read = 0

    def rows() -> Iterator[Row]:
        nonlocal read
        for read in range(3 * ROWS_AT_ONCE):
            at = Moment.exact((1_700_000_000 + read) * MICROSECONDS)
            verb, data = ("ABANDON", ("1", "1", "1")) if read % 2 else ("ENTERQUEUE", ("", "70000001", "1"))
            yield Row(read, at, f"c{read // 2}", "ventas", "NONE", verb, data)

    entries = objects("recording", rows())
    assert next(entries)["outcome"] == "abandoned"
    assert read < ROWS_AT_ONCE
    assert 1 + len(list(entries)) == 3 * ROWS_AT_ONCE // 2
