"""`troncal bridge` and `troncal api` as processes."""

from callcenter.centre_file import load
from troncal import installation
from troncal.services import run_until_signal


def bridge() -> None:
    """Run the bridge until a signal ends it. Raises OperatorProblem."""
    from troncal.bridge_service import run_bridge

    settings = installation.settings()
    centre = load(settings.centre)
    run_until_signal(lambda: run_bridge(settings, centre))


def api() -> None:
    """Run the API until a signal ends it. Raises OperatorProblem."""
    from troncal.api_service import run_api

    settings = installation.settings()
    centre = load(settings.centre)
    run_until_signal(lambda: run_api(settings, centre))
