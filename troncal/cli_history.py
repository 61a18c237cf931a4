"""`troncal import`: names and options only."""

from pathlib import Path
from typing import Annotated

import typer


def import_history(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="queue_log files, plain or gzipped, or tables of a queue log (Asterisk's, QueueMetrics', Asternic's) "
            "as CSV, dump or SQLite file; several, in any order"
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", help="import them; without it they are only looked at")] = False,
    agents: Annotated[Path | None, typer.Option(help="CSV: an agent's old name, the extension here")] = None,
    queues: Annotated[Path | None, typer.Option(help="CSV: a queue's old name, its name here")] = None,
    zone: Annotated[str, typer.Option(help="zone of dates that name none; the centre's unless said")] = "",
    node: Annotated[str, typer.Option(help="the name that the old system has in the records")] = "historia",
    report: Annotated[Path | None, typer.Option(help="write all that could not be read into this file")] = None,
) -> None:
    """Bring the history of an old system into the records. What was imported before changes nothing."""
    from troncal.commands import history

    history.run(files, history.Wish(agents, queues, zone, node, report, yes=yes))
