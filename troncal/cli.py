"""The command line: names, options and exit codes. What a command does is in `troncal.commands`, loaded when needed.

Exit codes: 0 done; 1 a difference or a fault was found; 2 wrong use; 3 something is missing or away.
"""

import logging
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from callcenter.operator_problem import OperatorProblem
from callcenter.roles import Role
from troncal import cli_dialer, cli_history, cli_ivr, cli_mail, cli_report
from troncal.commands.system_errors import in_one_line, problems_of

FAULT, MISUSE, MISSING = 1, 2, 3
AsJson = Annotated[bool, typer.Option("--json", help="as JSON")]

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Call-centre telephony and IVR on Asterisk 22.")
asterisk_app = typer.Typer(no_args_is_help=True, help="Asterisk's configuration.")
db_app = typer.Typer(no_args_is_help=True, help="The database.")
user_app = typer.Typer(no_args_is_help=True, help="Users of the desk and the floor.")
app.add_typer(cli_report.app, name="report")
app.add_typer(asterisk_app, name="asterisk")
app.add_typer(db_app, name="db")
app.add_typer(user_app, name="user")
app.add_typer(cli_dialer.app, name="dialer")
app.add_typer(cli_ivr.app, name="ivr")
app.add_typer(cli_mail.app, name="mail")
app.command("import")(cli_history.import_history)


def main() -> None:
    """Entry point of the `troncal` command. Problems are printed in one line; only defects show a trace."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what Ctrl-C ends in order, this does too
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("alembic", "apscheduler", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        app()
    except (OperatorProblem, OSError) as problem:
        _stop_for(problem)
    except BaseExceptionGroup as failures:
        problems = problems_of(failures)
        if not all(isinstance(each, OperatorProblem | OSError) for each in problems):
            raise
        _stop_for(problems[0])


def _stop_for(problem: BaseException) -> None:
    if isinstance(problem, OSError):
        _stop(in_one_line(problem), MISSING)
    elif isinstance(problem, OperatorProblem):
        _stop(str(problem), problem.exit_code)


def _stop(text: str, code: int) -> None:
    typer.secho(text, fg="red", err=True)
    sys.exit(code)


@app.command()
def up(
    demo: Annotated[bool, typer.Option("--demo", help="with demo data, and calls placed at once")] = False,
    calls: Annotated[int, typer.Option(help="how many demo calls", min=0, max=1000)] = 20,
    seed: Annotated[int, typer.Option(help="the demo calls' seed")] = 1,
) -> None:
    """Start the whole centre on this machine and keep it running until Ctrl-C."""
    from troncal.commands import centre

    centre.up(demo_data=demo, calls=calls, seed=seed)


@app.command()
def bridge() -> None:
    """Run the bridge of one Asterisk node: the ledger into the records, the floor onto the bus."""
    from troncal.commands import processes

    processes.bridge()


@app.command()
def api() -> None:
    """Run the API for agents and supervisors."""
    from troncal.commands import processes

    processes.api()


@app.command()
def agi() -> None:
    """Run the self-services and the routing."""
    from troncal.commands import processes

    processes.agi()


@app.command()
def reports() -> None:
    """Run what is made by itself: scheduled reports, their mails, the deletion of what is too old."""
    from troncal.commands import processes

    processes.reports()


@app.command()
def simulate(
    calls: Annotated[int, typer.Option(help="how many calls", min=1, max=5000)] = 20,
    seed: Annotated[int, typer.Option(help="the same seed makes the same calls")] = 1,
    border: Annotated[bool, typer.Option("--border", help="calls answered just before and after 20 s")] = False,
    check: Annotated[bool, typer.Option("--check", help="exit 1 when the records differ from the truth")] = False,
    tolerance: Annotated[
        float, typer.Option(help="how far lengths may differ, in seconds: more on a machine that is busy", min=0, max=5)
    ] = 0.15,
) -> None:
    """Place real SIP calls at the running centre, with simulated agents, and compare the records with the truth."""
    from troncal.commands import centre

    right = centre.simulate(calls=calls, seed=seed, border=border, tolerance_us=round(tolerance * 1_000_000))
    if check and not right:
        raise typer.Exit(FAULT)


@app.command()
def call(
    line: Annotated[str, typer.Argument(help="the line to call")] = "102",
    number: Annotated[
        str, typer.Option(help="the caller's number; a demo customer's unless said", metavar="DIGITS")
    ] = "",
    seconds: Annotated[int, typer.Option(help="the caller hangs up after so long", min=5, max=3600)] = 120,
) -> None:
    """Place one real call at the running centre, straight into the line's queue, that speaks: for a desk to answer."""
    from troncal.commands import centre

    centre.call(line, number=number, seconds=seconds)


@app.command()
def replay(
    ami: Annotated[list[Path] | None, typer.Option(help="raw AMI text as it came off the wire")] = None,
    queue_log: Annotated[list[Path] | None, typer.Option(help="an Asterisk queue_log file")] = None,
    more: Annotated[list[Path] | None, typer.Argument(help="more files of that kind", metavar="FILE")] = None,
) -> None:
    """Fold recordings without a database; print one JSON object a queue entry and one an anomaly."""
    ami, queue_log, more = ami or [], queue_log or [], more or []
    if not ami and not queue_log:
        _stop("name at least one recording: --ami FILE or --queue-log FILE", MISUSE)
    if ami and queue_log and more:
        _stop(f"say of what kind {more[0]} is: --ami or --queue-log before each file", MISUSE)
    from troncal.commands import replay as recordings

    recordings.run([*ami, *more] if ami else [], [*queue_log, *more] if queue_log else [])


@app.command()
def doctor() -> None:
    """Check what the centre needs, and say of each fault what to do about it."""
    from troncal.commands import admin

    if not admin.examine():
        raise typer.Exit(FAULT)


@app.command()
def bench(
    only: Annotated[list[str] | None, typer.Option(help="one measurement; may be repeated")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="shorter and less exact")] = False,
    json: AsJson = False,
) -> None:
    """Measure speed and delay beside floors and peers. Exit 1 only when a measurement failed."""
    from troncal.commands import bench as measurements

    if not measurements.run(only or [], quick=quick, as_json=json):
        raise typer.Exit(FAULT)


@asterisk_app.command("render")
def asterisk_render(
    folder: Annotated[Path | None, typer.Option("--to", help="write the files into this folder")] = None,
) -> None:
    """Check the centre file and render Asterisk's configuration from it; without --to only check."""
    from troncal.commands import admin

    admin.render(folder)


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables to what this version needs; makes a SQLite file where there is none."""
    from troncal.commands import admin

    admin.upgrade()


@user_app.command("add")
def user_add(
    login: Annotated[str, typer.Argument()],
    role: Annotated[Role, typer.Option(help="what the user may do")] = Role.AGENT,
    name: Annotated[str, typer.Option(help="as shown to others")] = "",
    extension: Annotated[str | None, typer.Option(help="of an agent's phone")] = None,
    password: Annotated[str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True)] = "",
) -> None:
    """Make a user of the desk and the floor."""
    from troncal.commands import admin

    admin.add_user(login, role, name, extension, password)


if __name__ == "__main__":
    main()
