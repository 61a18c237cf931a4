"""`troncal bridge`, `troncal api`, `troncal agi`, `troncal dialer` and `troncal reports` as processes."""

from callcenter.centre.file import load
from troncal.installation import state_folder
from troncal.processes.service import run_until_signal


def bridge() -> None:
    """Run the bridge until a signal ends it. Raises OperatorProblem."""
    from troncal.processes.bridge import run_bridge

    settings = state_folder.settings()
    centre = load(settings.centre)
    run_until_signal(lambda: run_bridge(settings, centre))


def api() -> None:
    """Run the API until a signal ends it. Raises OperatorProblem."""
    from troncal.processes.api import run_api

    settings = state_folder.settings()
    centre = load(settings.centre)
    run_until_signal(lambda: run_api(settings, centre))


def agi() -> None:
    """Run the self-services and the routing until a signal ends it. Raises OperatorProblem."""
    from troncal.processes.agi import run_agi

    settings = state_folder.settings()
    centre = load(settings.centre)
    run_until_signal(lambda: run_agi(settings, centre))


def dialer() -> None:
    """Run callbacks and campaigns until a signal ends it. Raises OperatorProblem."""
    from troncal.processes.dialer import run_dialer

    settings = state_folder.settings()
    centre = load(settings.centre)
    run_until_signal(lambda: run_dialer(settings, centre))


def reports() -> None:
    """Run what is made and mailed by itself until a signal ends it. Raises OperatorProblem."""
    from troncal.processes.reports import run_reports

    settings = state_folder.settings()
    centre = load(settings.centre)
    run_until_signal(lambda: run_reports(settings, centre))
