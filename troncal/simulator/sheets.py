"""The plan as the rows that the SIPp scenarios read (see the heads of scenarios/*.xml). Pure."""

from collections.abc import Iterable, Mapping

from troncal.simulator.plan import HangsUp, Plan, PlannedCall, PlannedOffer

CALLERS, OFFERS, PHONES, START = "callers.csv", "offers.csv", "phones.csv", "start.txt"


def callers_sheet(plan: Plan) -> str:
    """One row a call."""
    return _sheet(
        (
            call.caller,
            call.line,
            call.arrives_ms,
            call.patience_ms,
            int(call.hangs_up is HangsUp.CALLER),
            call.talk_ms,
        )
        for call in plan.calls
    )


def offers_sheet(plan: Plan) -> str:
    """Under each caller's number what the present offer meets; under number#n what the nth does."""
    rows: list[tuple[object, ...]] = [("unused", 0, 0, 0, 0, 0, 0, "unused")]
    for call in plan.calls:
        last = len(call.offers)
        rows.append((call.caller, *_meets(call, call.offers[0]), f"{call.caller}#{min(2, last)}"))
        rows += [
            (f"{call.caller}#{index}", *_meets(call, offer), f"{call.caller}#{min(index + 1, last)}")
            for index, offer in enumerate(call.offers, start=1)
        ]
    return _sheet(rows)


def phones_sheet(secrets: Mapping[str, str], extensions: Iterable[str], expires_seconds: int) -> str:
    """One row a phone. Raises LookupError for an extension without a password."""
    return _sheet((extension, secrets[extension], expires_seconds) for extension in extensions)


def _meets(call: PlannedCall, offer: PlannedOffer) -> tuple[object, ...]:
    agent_ends = int(call.hangs_up is HangsUp.AGENT)
    return (
        int(offer.reply),
        max(1, offer.ring_ms),
        offer.not_before_ms,
        call.talk_ms,
        agent_ends,
        offer.transfer_to or 0,
    )


def _sheet(rows: Iterable[tuple[object, ...]]) -> str:
    lines = [";".join(str(field) for field in row) for row in rows]
    return "\n".join(["SEQUENTIAL", *lines, ""])
