"""Fijacom 4G: the pocket ("bolsillo") of a service, as the module C_CLI4G shows it (GC-PRC-OPE-ASE-02, L 2).

`Fijacom` is the seam: the built-in store (`backoffice.fijacom.store`) and a connector keep its contract.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from callcenter.numbers import Number


@dataclass(frozen=True, slots=True)
class Pocket:
    """What is left in a pocket, in bolivianos, and the last day on which it can be spent."""

    service_number: str
    balance: Decimal
    valid_until: date


class Fijacom(Protocol):
    """Pockets. Every method raises SystemUnavailable."""

    async def pocket(self, service_number: Number) -> Pocket | None:
        """Of a service; None when the number is no Fijacom service."""
