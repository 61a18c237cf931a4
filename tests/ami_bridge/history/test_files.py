import gzip
from pathlib import Path

import pytest

from ami_bridge.history.files import FileForm, UnknownHistory, Unreadable, names_in, recognise, rows_of
from ami_bridge.history.formats import SourceKind
from tests.ami_bridge.history.old_system import (
    LA_PAZ,
    START,
    call,
    history,
    write_asternic,
    write_dump,
    write_log,
    write_queuemetrics,
    write_realtime,
    write_sqlite,
)

ENTERED = f"{START}|{START}.1|Ventas|NONE|ENTERQUEUE||70712345|1"
GONE = f"{START + 9}|{START}.1|Ventas|NONE|ABANDON|1|1|9"


def read(path: Path, content: bytes) -> tuple[list[str], list[Unreadable]]:
    """The lines and what is none, of a file with that content."""
    path.write_bytes(content)
    found = list(rows_of(recognise(path), LA_PAZ, {}))
    lines = [each[1] for each in found if not isinstance(each, Unreadable)]
    return lines, [each for each in found if isinstance(each, Unreadable)]


def test_each_file_is_known_by_its_content(tmp_path: Path) -> None:
    lines = history(1)
    files = [
        write_log(tmp_path / "a", lines),
        write_realtime(tmp_path / "b", lines),
        write_dump(tmp_path / "c", lines),
        write_sqlite(tmp_path / "d", lines),
        write_queuemetrics(tmp_path / "e", lines),
        *write_asternic(tmp_path, lines),
    ]
    known = [recognise(path) for path in files]
    assert [(each.form, each.kind) for each in known] == [
        (FileForm.LINES, SourceKind.QUEUE_LOG),
        (FileForm.CSV, SourceKind.REALTIME),
        (FileForm.DUMP, SourceKind.REALTIME),
        (FileForm.SQLITE, SourceKind.REALTIME),
        (FileForm.CSV, SourceKind.QUEUEMETRICS),
        (FileForm.CSV, SourceKind.ASTERNIC),
        *[(FileForm.CSV, None)] * 3,
    ]
    assert {table.value: len(names) for table, names in names_in(known).items()} == {
        "qname": 2,
        "qagent": 2,
        "qevent": 10,
    }


@pytest.mark.parametrize("content", [b"", b"hola\n", b"calldate,src\n2020-01-01,1\n", b"\0" * 99, b"\x1f\x8bxx"])
def test_what_is_no_history_says_what_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(UnknownHistory):
        recognise(tmp_path / "a")


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CR LF"])
def test_line_ends_of_both_kinds(tmp_path: Path, end: bytes) -> None:
    lines, lost = read(tmp_path / "a", end.join([ENTERED.encode(), GONE.encode(), b""]))
    assert [line.split("\t")[4] for line in lines] == ["ENTERQUEUE", "ABANDON"] and not lost


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_names_of_either_encoding(tmp_path: Path, encoding: str) -> None:
    text = f"{START}|{START}.1|Ventas|José Muñoz|CONNECT|1|x|1\n{GONE}\n"
    lines, _ = read(tmp_path / "a", text.encode(encoding))
    assert lines[0].split("\t")[3] == "José Muñoz"


def test_bars_in_a_name_do_not_shift_the_fields(tmp_path: Path) -> None:
    lines, lost = read(tmp_path / "a", f"{START}|{START}.1|Ventas|Ana|tarde|CONNECT|1|x|1\n".encode())
    assert lines == [f"{START}\t{START}.1\tVentas\tAna|tarde\tCONNECT\t1\tx\t1"] and not lost


def test_a_hole_of_zero_bytes_costs_no_row_behind_it(tmp_path: Path) -> None:
    lines, lost = read(tmp_path / "a", f"{ENTERED}\n".encode() + b"\0" * 5000 + f"{GONE}\n".encode())
    assert len(lines) == 2
    assert [(each.line, each.reason) for each in lost] == [(2, "malformed row")]


def test_a_cut_last_line_is_named_by_its_number(tmp_path: Path) -> None:
    lines, lost = read(tmp_path / "a", f"{ENTERED}\n{GONE[:25]}".encode())
    assert len(lines) == 1
    assert [each.line for each in lost] == [2]


def test_a_huge_line_is_one_that_cannot_be_read(tmp_path: Path) -> None:
    lines, lost = read(tmp_path / "a", f"{ENTERED}\n{START}|x|{'y' * 300_000}\n{GONE}\n".encode())
    assert len(lines) == 2
    assert [each.line for each in lost] == [2]


def test_what_a_caller_forged_is_not_believed(tmp_path: Path) -> None:
    forged = f"{START}|{START}.1|Ventas|NONE|ENTERQUEUE||707\n{START}|x|Ventas|NONE|ABANDON|1|1|1\n12345|1\n{GONE}\n"
    lines, lost = read(tmp_path / "a", forged.encode())
    assert len(lines) == 2
    assert [(each.line, each.reason) for each in lost] == [(1, "forged"), (2, "forged"), (3, "forged")]


def test_of_a_gzipped_file_that_is_cut_off_the_beginning_is_read(tmp_path: Path) -> None:
    whole = gzip.compress("\n".join(history(400)).encode(), compresslevel=0)
    lines, lost = read(tmp_path / "a.gz", whole[: len(whole) // 2])
    assert len(lines) > 500
    assert len(lost) == 1 and "cut off" in lost[0].reason


def test_an_old_joining_without_a_position_is_a_row(tmp_path: Path) -> None:
    lines, _ = read(tmp_path / "a", f"{START}|{START}.1|Ventas|NONE|ENTERQUEUE||70712345\n{GONE}\n".encode())
    assert lines[0].split("\t")[4:] == ["ENTERQUEUE", "", "70712345", "0"]


def test_a_dump_may_name_its_columns_and_quote_what_it_likes(tmp_path: Path) -> None:
    dump = (
        "-- dump\nINSERT INTO `queue_log` (`time`,`callid`,`queuename`,`agent`,`event`,`data1`) VALUES\n"
        f"({START},'{START}.1','Ventas','O\\'Higgins (tarde), Ana','CONNECT','5'),\n"
        f"({START + 1},'{START}.1','Ventas',NULL,'ABANDON','1');\n"
    )
    lines, lost = read(tmp_path / "a", dump.encode())
    assert [line.split("\t")[3:5] for line in lines] == [
        ["O'Higgins (tarde), Ana", "CONNECT"],
        ["", "ABANDON"],
    ] and not lost


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_parted_by_what_the_first_line_has(tmp_path: Path, delimiter: str) -> None:
    names = ["time", "callid", "queuename", "agent", "event", "data1"]
    row = [str(START), "1.1", "Ventas", "NONE", "ABANDON", "1"]
    text = "\ufeff" + "\n".join(delimiter.join(each) for each in (names, row, row[:3]))
    lines, lost = read(tmp_path / "a", text.encode())
    assert len(lines) == 1
    assert [(each.line, each.reason) for each in lost] == [(3, "3 columns of 6")]


def test_every_call_of_a_log_is_read(tmp_path: Path) -> None:
    lines, lost = read(tmp_path / "a", "\n".join(call(0, 1)).encode())
    assert len(lines) == 5 and not lost
