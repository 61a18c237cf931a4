"""The command that measures: bench."""

from typing import Annotated

import typer
from rich.console import Console

from troncal import bench

FAILED, WRONG_USE = 1, 2
app = typer.Typer(add_completion=False)
out = Console(highlight=False)


@app.command("bench")
def bench_command(
    only: Annotated[list[str] | None, typer.Option(help=f"one of {', '.join(bench.PARTS)}; may be repeated")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="shorter and less exact")] = False,
) -> None:
    """Measure speed and delay beside floors and peers. Exit 1 only when a measurement failed."""
    unknown = [name for name in only or () if name not in bench.PARTS]
    if unknown:
        out.print(f"{unknown[0]} is no measurement; there are {', '.join(bench.PARTS)}", style="red", markup=False)
        raise typer.Exit(WRONG_USE)
    if not bench.main(tuple(only or bench.PARTS), out, quick=quick):
        raise typer.Exit(FAILED)
