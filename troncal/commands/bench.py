"""`troncal bench`: measures beside floors and peers."""

from rich.console import Console

from callcenter.operator_problem import OperatorProblem
from troncal import bench

out = Console(highlight=False)


class NoMeasurement(OperatorProblem):
    """There is no measurement of that name."""

    exit_code = 2


def run(only: list[str], *, quick: bool, as_json: bool) -> bool:
    """Measure the usual ones, or only those named; False when a measurement failed. Raises NoMeasurement."""
    unknown = [name for name in only if name not in bench.PARTS]
    if unknown:
        raise NoMeasurement(f"{unknown[0]} is no measurement; there are {', '.join(bench.PARTS)}")
    return bench.main(tuple(only or bench.USUAL), out, quick=quick, as_json=as_json)
