"""Why a phone that rang was not answered. Pure."""

from callcenter.messages.facts import OfferEnd

# Causes (Q.850) of a leg whose call the agent rejected: busy, "not now" (SIP 480), rejected.
_REJECTED = frozenset({"17", "19", "21"})
# app_queue ended the leg when the ring time was over.
_RANG_OUT = frozenset({"", "0", "16"})


def why_unanswered(cause: str) -> OfferEnd:
    """Why a phone that rang was not answered, by the hang-up cause of its leg."""
    if cause in _REJECTED:
        return OfferEnd.REJECTED
    return OfferEnd.NO_ANSWER if cause in _RANG_OUT else OfferEnd.UNREACHABLE
