"""Looks up who calls, by contract or calling number, within a short time: no call waits longer for it."""

import asyncio
import logging

from backoffice.smartflex.customers import CustomerDirectory, CustomerView
from backoffice.systems import SystemUnavailable
from callcenter.numbers import Number, normalise
from ivr.routing.decision import RoutingReason, WhoCalls

log = logging.getLogger(__name__)

# The dialplan goes on by itself after a second.
PATIENCE_SECONDS = 0.4


class CallerFinder:
    """Finds callers in one directory."""

    def __init__(
        self, directory: CustomerDirectory, area_code: str, *, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._directory, self._area_code, self._patience_seconds = directory, area_code, patience_seconds

    async def find(self, signalled: str, contract: str = "") -> WhoCalls:
        """What is known of a caller; `contract`: they were identified by it. Never raises for the directory."""
        try:
            async with asyncio.timeout(self._patience_seconds):
                return WhoCalls(await self._asked(signalled, contract))
        except TimeoutError:
            log.warning("a call goes on without its customer: no answer within %s s", self._patience_seconds)
            return WhoCalls(missing=RoutingReason.LOOKUP_LATE)
        except SystemUnavailable as error:
            log.warning("a call goes on without its customer: %s", error)
        except Exception:  # a connector's defect must not keep the caller from the queue
            log.exception("a call goes on without its customer: the directory failed")
        return WhoCalls(missing=RoutingReason.LOOKUP_FAILED)

    async def _asked(self, signalled: str, contract: str) -> tuple[CustomerView, ...]:
        if contract:
            return await self._directory.by_contract(contract)
        number = normalise(signalled, self._area_code)
        return await self._directory.by_telephone(number) if isinstance(number, Number) else ()
