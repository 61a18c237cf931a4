"""`troncal mail`: what waits in the outbox, and what became of it."""

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Mails that the centre sends.")


@app.command("list")
def listed(
    most: Annotated[int, typer.Option(help="how many of the last ones", min=1, max=1000)] = 20,
) -> None:
    """The last mails: who gets them, and whether they were sent or why not. Exit 1 when somebody did not get one."""
    from troncal.commands import mail

    if not mail.listed(most):
        raise typer.Exit(1)


@app.command()
def again(number: Annotated[int, typer.Argument(help="the mail's number in the list")]) -> None:
    """Send a mail once more to those who did not get it."""
    from troncal.commands import mail

    mail.again(number)


@app.command()
def test(address: Annotated[str, typer.Argument(help="who gets it")]) -> None:
    """Queue a mail that says no more than that mails arrive."""
    from troncal.commands import mail

    mail.test(address)
