"""What `troncal doctor` finds."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How a finding is to be taken."""

    GOOD = "good"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    what: str
    health: Health
    found: str
    to_do: str = ""
