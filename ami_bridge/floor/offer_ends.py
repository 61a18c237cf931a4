"""Why a phone that rang was not answered. Pure."""

from callcenter.messages.facts import OfferEnd

# Causes (Q.850) with which the leg of a phone ends that its person pressed away: busy, "not now" (SIP 480), rejected.
_REJECTED = frozenset({"17", "19", "21"})
# The leg was taken back when the time of ringing was over.
_RANG_OUT = frozenset({"", "0", "16"})


def why_unanswered(cause: str) -> OfferEnd:
    """Why a phone that rang was not answered, by the cause of its leg's end."""
    if cause in _REJECTED:
        return OfferEnd.REJECTED
    return OfferEnd.NO_ANSWER if cause in _RANG_OUT else OfferEnd.UNREACHABLE
