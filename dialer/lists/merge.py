"""Rows of one customer, and lists of one campaign, become one customer to call. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from dialer.lists.model import ListedCustomer

# More are not tried for one customer in any campaign.
MOST_NUMBERS = 20
_PARTS = 1_000_000


def merged(parts: Sequence[ListedCustomer]) -> ListedCustomer:
    """One customer of what several rows, or several lists in the order of their loads, say of them.

    Numbers in their order, each once; of a service with its contract, of name, code and segment the last that says it.
    Raises ValueError for no parts, or for those of two customers.
    """
    if len({part.customer for part in parts}) != 1:
        raise ValueError("parts of one customer are merged")
    if len(parts) == 1:
        return parts[0]
    services = {(each.service, each.contract): each for part in parts for each in part.services}
    return replace(
        parts[0],
        numbers=tuple(dict.fromkeys(number for part in parts for number in part.numbers))[:MOST_NUMBERS],
        services=tuple(services.values()),
        customer_code=_last_said(part.customer_code for part in parts),
        name=_last_said(part.name for part in parts),
        segment=_last_said(part.segment for part in parts),
        rows=sum(part.rows for part in parts),
    )


def _last_said(texts: Iterable[str]) -> str:
    return next((text for text in reversed([*texts]) if text), "")


def is_held_out(customer: str, percent: int, seed: int) -> bool:
    """Whether a customer is not called, to compare with: the same in every list and on every machine."""
    drawn = int.from_bytes(hashlib.sha256(f"{seed}:{customer}".encode()).digest()[:8])
    return drawn % _PARTS < percent * _PARTS // 100
