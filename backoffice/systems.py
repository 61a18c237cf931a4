"""What every system of the cooperative has in common for the centre: it may not answer."""


class SystemUnavailable(Exception):
    """A system did not answer, or not in time. `system` is its name; `__cause__` what went wrong."""

    def __init__(self, system: str) -> None:
        super().__init__(f"{system} does not answer")
        self.system = system
