"""`troncal ivr prompts`: what callers hear, its length, and whether a studio spoke it."""

from rich.console import Console
from rich.table import Table

from callcenter.operator_problem import OperatorProblem
from ivr.prompts.shelf import Prompt
from troncal.installation import prompts, state_folder


class PromptFaults(OperatorProblem):
    """Some prompts are not as they should be; the message names each with its reason."""

    exit_code = 1


def listing() -> None:
    """Print the prompts: name, seconds, origin, text. Raises OperatorProblem, with the faults found."""
    inventory = prompts.shelf(state_folder.settings().prompts).inventory()
    # Into a pipe go whole lines, however narrow.
    out = Console(highlight=False)
    out = out if out.is_terminal else Console(highlight=False, width=1000)
    out.print(table(inventory.prompts))
    if inventory.faults:
        raise PromptFaults("\n".join(inventory.faults))


def table(all_prompts: tuple[Prompt, ...]) -> Table:
    """One row a prompt, and the whole length at the foot."""
    seconds = sum(prompt.seconds or 0.0 for prompt in all_prompts)
    rows = Table(box=None, pad_edge=False, show_footer=True)
    rows.add_column("name", footer=f"{len(all_prompts)} prompts", no_wrap=True)
    rows.add_column("seconds", footer=f"{seconds:.0f}", justify="right")
    rows.add_column("origin", no_wrap=True)
    rows.add_column("text", max_width=200)
    for prompt in all_prompts:
        length = "-" if prompt.seconds is None else f"{prompt.seconds:.1f}"
        rows.add_row(prompt.name, length, prompt.origin.value, prompt.text)
    return rows
