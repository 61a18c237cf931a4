"""`troncal report`: commands of their own, and one for every report of the catalogue, made when it is asked for."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

AsCsv = Annotated[bool, typer.Option("--csv", help="as CSV")]
AsJson = Annotated[bool, typer.Option("--json", help="as JSON")]
ToFiles = Annotated[
    list[Path] | None,
    typer.Option("--to", help="write it to a file that ends in .xlsx, .pdf or .csv (for Excel); may be repeated"),
]


class CatalogueGroup(TyperGroup):
    """Knows a command for every report of the catalogue, which no other command loads."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One of its own, else the report of that name."""
        return super().get_command(ctx, cmd_name) or _of_catalogue(cmd_name)


app = typer.Typer(
    cls=CatalogueGroup,
    no_args_is_help=True,
    help="Reports: those below, and every one of the catalogue by its name (`troncal report list`).",
)


@app.command("list")
def report_list(json: AsJson = False) -> None:
    """Which reports the catalogue has, of which days, and what each can be limited to."""
    from troncal.commands import catalogue_report

    catalogue_report.listing(as_json=json)


@app.command("att")
def report_att(
    month: Annotated[str, typer.Argument(help="year and month, 2026-10")],
    csv: AsCsv = False,
    json: AsJson = False,
    to: ToFiles = None,
) -> None:
    """The monthly service level for the ATT, per line and in total."""
    from troncal.commands import report

    report.att(month, report.form_of(csv=csv, json=json), to or ())


@app.command("close")
def report_close(
    month: Annotated[str, typer.Argument(help="year and month, 2026-10")],
    reason: Annotated[str, typer.Option(help="why another version is needed: it stands in the report")] = "",
) -> None:
    """Close a month: keep its figures, rule and names as they are. Made again, a version that says what changed."""
    from troncal.commands import att_months

    att_months.close(month, reason)


@app.command("verify")
def report_verify(file: Annotated[Path, typer.Argument(help="a file of the ATT report")]) -> None:
    """Say whether a file of the ATT report is unaltered and the records still give its figures; exit 1 where not."""
    from troncal.commands import att_months

    if not att_months.verified(file):
        raise typer.Exit(1)


@app.command("ivr")
def report_ivr(
    month: Annotated[str, typer.Argument(help="year and month, 2026-10")],
    csv: AsCsv = False,
    json: AsJson = False,
) -> None:
    """What callers did in the menus: keys, self-services and their results, who was served without an agent."""
    from troncal.commands import report

    report.ivr(month, report.form_of(csv=csv, json=json))


@app.command("satisfaction")
def report_satisfaction(
    half_year: Annotated[str, typer.Argument(help="year and half, 2026-S2")],
    csv: AsCsv = False,
    json: AsJson = False,
    to: ToFiles = None,
) -> None:
    """Satisfied customers by the survey, per question, queue and agent (COM-DSC-P01)."""
    from troncal.commands import report

    report.satisfaction(half_year, report.form_of(csv=csv, json=json), to or ())


@app.command("campaign")
def report_campaign(
    name: Annotated[str, typer.Argument(help="the campaign's name, prepago-2026-11")], to: ToFiles = None
) -> None:
    """What a campaign came to: who was managed and contacted, and who then paid (GC-PRC-OPE-ASE-02, K)."""
    from troncal.commands import report

    report.campaign(name, to or ())


def _report(
    ctx: typer.Context,
    first_day: Annotated[str, typer.Option("--from", metavar="DAY", help="the first day, 2026-11-01")] = "",
    last_day: Annotated[str, typer.Option("--to-day", metavar="DAY", help="the last day, 2026-11-22")] = "",
    month: Annotated[str, typer.Option(metavar="MONTH", help="a whole month, 2026-10")] = "",
    half_year: Annotated[str, typer.Option(metavar="HALF", help="a whole half-year, 2026-S2")] = "",
    period: Annotated[str, typer.Option(metavar="PERIOD", help="yesterday, last_month and the like")] = "",
    line: Annotated[list[str] | None, typer.Option(help="only this line; may be repeated")] = None,
    queue: Annotated[list[str] | None, typer.Option(help="only this queue; may be repeated")] = None,
    agent: Annotated[list[str] | None, typer.Option(help="only this agent's extension; may be repeated")] = None,
    compare: Annotated[bool, typer.Option("--compare", help="beside the same of the time before")] = False,
    to: ToFiles = None,
    csv: AsCsv = False,
    json: AsJson = False,
) -> None:
    from reports.kinds.request import RequestWords
    from troncal.commands import catalogue_report
    from troncal.commands.report import form_of

    limits = (line or (), queue or (), agent or ())
    words = RequestWords(first_day, last_day, month, half_year, period, *limits, compare)
    catalogue_report.show(ctx.info_name or "", words, form_of(csv=csv, json=json), to or ())


def _of_catalogue(name: str) -> Any:
    """The command of that report, with the options that it has."""
    from reports.catalogue import UnknownReport, find

    try:
        kind = find(name)
    except UnknownReport:
        return None
    made = typer.Typer(add_completion=False)
    made.command(name, help=kind.about)(_report)
    command = typer.main.get_command(made)
    limits = {"line", "queue", "agent"} - {each.value for each in kind.filters}
    command.params = [each for each in command.params if each.name not in limits]
    return command
