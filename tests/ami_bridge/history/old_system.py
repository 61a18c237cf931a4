"""The same history as the queue log of an old Asterisk, and as the tables that others keep of it."""

import csv
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

LA_PAZ = ZoneInfo("America/La_Paz")
START = 1_600_000_000
NUMBERED = {"qname": ("qname_id", "queue"), "qagent": ("agent_id", "agent"), "qevent": ("event_id", "event")}


def call(second: int, number: int, *, agent: str = "SIP/1001", queue: str = "Ventas") -> list[str]:
    """The lines of an answered call."""
    callid = f"{START + second}.{number}"
    said = (
        (0, f"{queue}|NONE|DID|4251000"),
        (0, f"{queue}|NONE|ENTERQUEUE||7070{number:04d}|1"),
        (7, f"{queue}|{agent}|RINGNOANSWER|5000"),
        (19, f"{queue}|{agent}|CONNECT|19|{callid}9|4"),
        (79, f"{queue}|{agent}|COMPLETECALLER|19|60|1"),
    )
    return [f"{START + second + after}|{callid}|{text}" for after, text in said]


def history(calls: int = 6, apart: int = 40_000) -> list[str]:
    """Calls over days, with a restart, a pause and a call that was given up."""
    lines = [f"{START - 50}|NONE|NONE|NONE|QUEUESTART|", f"{START - 20}|NONE|Ventas|SIP/1001|ADDMEMBER|"]
    for number in range(calls):
        lines += call(number * apart, number)
    gone = START + calls * apart
    lines += [f"{gone}|{gone}.77|Ventas|NONE|ENTERQUEUE||70700077|3", f"{gone + 9}|{gone}.77|Ventas|NONE|ABANDON|2|3|9"]
    return [*lines, f"{gone + 20}|NONE|Ventas|SIP/1001|PAUSE|almuerzo", f"{gone + 30}|NONE|Ventas|SIP/1001|UNPAUSE|"]


def write_log(path: Path, lines: Iterable[str]) -> Path:
    """As Asterisk's file."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """A table with its columns' names."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _columns(lines: Iterable[str]) -> Iterable[list[str]]:
    for line in lines:
        time, callid, queue, agent, verb, *data = line.split("|")
        yield [time, callid, queue, agent, verb, *(data + [""] * 5)[:5]]


def realtime_columns(lines: Iterable[str]) -> list[list[str]]:
    """Rows of Asterisk's table, its dates UTC."""
    return [
        [str(number), f"{datetime.fromtimestamp(int(time), ZoneInfo('UTC')):%Y-%m-%d %H:%M:%S}", *rest]
        for number, (time, *rest) in enumerate(_columns(lines), start=1)
    ]


REALTIME = ("id", "time", "callid", "queuename", "agent", "event", *(f"data{n}" for n in range(1, 6)))


def write_realtime(path: Path, lines: Iterable[str]) -> Path:
    """Asterisk's realtime table as CSV."""
    return write_csv(path, REALTIME, realtime_columns(lines))


def write_sqlite(path: Path, lines: Iterable[str]) -> Path:
    """The same as an SQLite file."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE queue_log ({', '.join(REALTIME)})")
        connection.executemany(f"INSERT INTO queue_log VALUES ({', '.join('?' * 11)})", realtime_columns(lines))
    return path


def write_dump(path: Path, lines: Iterable[str]) -> Path:
    """The same as mysqldump writes it."""
    columns = ",\n".join(f"  `{name}` varchar(80) DEFAULT NULL" for name in REALTIME)
    rows = ",".join("(" + ",".join(f"'{each}'" for each in row) + ")" for row in realtime_columns(lines))
    text = f"CREATE TABLE `queue_log` (\n{columns},\n  PRIMARY KEY (`id`)\n);\nINSERT INTO `queue_log` VALUES {rows};\n"
    path.write_text(text, encoding="utf-8")
    return path


def write_queuemetrics(path: Path, lines: Iterable[str]) -> Path:
    """QueueMetrics' table, newest first."""
    header = ("partition", "time_id", "call_id", "queue", "agent", "verb", *(f"data{n}" for n in range(1, 6)))
    rows = [["P001", *row, "", number] for number, row in enumerate(_columns(lines), start=1)]
    return write_csv(path, (*header, "serverid", "unique_row_count"), reversed(rows))


def write_asternic(folder: Path, lines: Iterable[str]) -> list[Path]:
    """Asternic's table, its dates those of La Paz, and the three tables of names."""
    names: dict[str, dict[str, int]] = {table: {} for table in NUMBERED}
    rows = []
    for number, (time, callid, queue, agent, verb, *data) in enumerate(_columns(lines), start=1):
        at = f"{datetime.fromtimestamp(int(time), LA_PAZ):%Y-%m-%d %H:%M:%S}"
        keys = [
            names[table].setdefault(name, len(names[table]) + 1)
            for table, name in zip(NUMBERED, (queue, agent, verb), strict=True)
        ]
        rows.append([number, callid, at, *keys, *data])
    header = ("queue_stats_id", "uniqueid", "datetime", *NUMBERED, *(f"info{n}" for n in range(1, 6)))
    found = [write_csv(folder / "queue_stats.csv", header, rows)]
    for table, columns in NUMBERED.items():
        found.append(write_csv(folder / f"{table}.csv", columns, [(n, name) for name, n in names[table].items()]))
    return found
