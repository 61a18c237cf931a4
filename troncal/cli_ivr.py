"""`troncal ivr ...`: what callers hear, and what supervisors set for the routing. Names and options only."""

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="What callers hear: menus, prompts, outages, holidays.")
outage_app = typer.Typer(no_args_is_help=True, help="Notices of mass outages, played before the menus.")
holiday_app = typer.Typer(no_args_is_help=True, help="The calendar: holidays and moved days.")
app.add_typer(outage_app, name="outage")
app.add_typer(holiday_app, name="holiday")

Line = Annotated[str, typer.Argument(help="number of the line, 102")]
Day = Annotated[str, typer.Argument(help="2026-12-28")]


@app.command()
def show(line: Line) -> None:
    """Print the tree of a line's menus."""
    from troncal.commands import ivr_menus

    ivr_menus.show(line)


@app.command("try")
def try_(line: Line, keys: Annotated[str, typer.Argument(help='"1,2,#"; t is silence')]) -> None:
    """Walk a line's menus without a telephone."""
    from troncal.commands import ivr_menus

    ivr_menus.try_(line, keys)


@app.command()
def diff() -> None:
    """Show how the menu file differs from what is in force. Exit 1 when it does."""
    from troncal.commands import ivr_menus

    if ivr_menus.diff():
        raise typer.Exit(1)


@app.command()
def apply() -> None:
    """Bring the menu file to the callers who come next; whoever is inside finishes where they began."""
    from troncal.commands import ivr_menus

    ivr_menus.apply()


@app.command()
def back() -> None:
    """Go back to the menus that were in force before."""
    from troncal.commands import ivr_menus

    ivr_menus.back()


@app.command()
def prompts() -> None:
    """List the prompts: name, duration, origin, text."""
    from troncal.commands import ivr_prompts

    ivr_prompts.listing()


@outage_app.command("on")
def outage_on(
    zone: Annotated[str, typer.Option(help="as customers have it; everywhere when left out")] = "",
    product: Annotated[str, typer.Option(help="internet, cable_tv ...; all when left out")] = "",
) -> None:
    """Switch the notice of an outage on."""
    from troncal.commands import ivr_routing

    ivr_routing.outage_on(zone, product)


@outage_app.command("off")
def outage_off(number: Annotated[int, typer.Argument(help="as `outage list` shows it")]) -> None:
    """Switch the notice of an outage off."""
    from troncal.commands import ivr_routing

    ivr_routing.outage_off(number)


@outage_app.command("list")
def outage_list() -> None:
    """The open outages, and the last that ended."""
    from troncal.commands import ivr_routing

    ivr_routing.outages()


@holiday_app.command("add")
def holiday_add(
    day: Day,
    name: Annotated[str, typer.Argument(help="as it is shown")],
    working: Annotated[bool, typer.Option("--working", help="a working day although the rules say a holiday")] = False,
) -> None:
    """Make a day a holiday, or a working day."""
    from troncal.commands import ivr_routing

    ivr_routing.holiday_add(day, name, working=working)


@holiday_app.command("remove")
def holiday_remove(day: Day) -> None:
    """Let the rules hold again for a day."""
    from troncal.commands import ivr_routing

    ivr_routing.holiday_remove(day)


@holiday_app.command("list")
def holiday_list(year: Annotated[int, typer.Argument(help="2026")]) -> None:
    """The holidays of a year, and who set them."""
    from troncal.commands import ivr_routing

    ivr_routing.holidays(year)
