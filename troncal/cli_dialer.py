"""`troncal dialer`: the process of the outgoing calls, and what people ask about campaigns. Names and options only."""

from typing import Annotated

import typer

app = typer.Typer(invoke_without_command=True, help="Run the outgoing calls: callbacks and campaigns.")


@app.callback()
def dialer(context: typer.Context) -> None:
    """Run the outgoing calls: callbacks and campaigns."""
    from troncal.commands import processes

    if context.invoked_subcommand is None:
        processes.dialer()


@app.command()
def explain(
    campaign: Annotated[str, typer.Argument(help="its name or number: prepago-2026-11")],
    at: Annotated[str, typer.Option(help='at that moment of the centre instead of now: "2026-11-28 18:05"')] = "",
) -> None:
    """Print why a campaign calls or does not, now or at another moment, as supervisors read it on its page."""
    from troncal.commands import dialer as campaigns

    campaigns.explain(campaign, at)
