"""What a campaign's calls come to, and how far its customers are: words that the dialer and the reports share. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from callcenter.outgoing_calls import OutgoingResult

# A person who answered has an agent so soon after they were handed over, or is abandoned (docs/reports.md says by which
# rule); who hangs up before is neither.
CONNECT_WITHIN_SECONDS = 2


class CallOutcome(StrEnum):
    """What a call came to, as the agent says it by one key or as the telephone does."""

    CONTACTED = "contacted"  # contactado
    PROMISED = "promised"  # promete pagar
    ALREADY_PAID = "already_paid"  # ya pagó
    WRONG_NUMBER = "wrong_number"  # número equivocado
    NO_ANSWER = "no_answer"  # no contesta
    BUSY = "busy"  # ocupado
    MACHINE = "machine"  # contestador
    REFUSED = "refused"  # rechaza
    NEVER_AGAIN = "never_again"  # no llamar más
    CALL_AGAIN = "call_again"  # volver a llamar, with date and hour
    HUNG_UP = "hung_up"  # answered, and hung up before an agent was due or the message was over
    ABANDONED = "abandoned"  # answered by a person whom no agent took in time
    FAILED = "failed"


def is_call(result: str | None, outcome: str | None) -> bool:
    """Whether an attempt was a call to the customer: else it counts neither against limits nor as managing them.

    No telephone was rung, or the dialer gave it up before anybody had the time to answer. `result`: an
    OutgoingResult, `outcome`: a CallOutcome, as they are kept; None: not known yet.
    """
    given_up = result == OutgoingResult.CANCELLED and outcome == CallOutcome.FAILED
    return result != OutgoingResult.UNPLACED and not given_up


# After these the customer was talked to: they are a contact.
TALKED = frozenset(
    {
        *(CallOutcome.CONTACTED, CallOutcome.PROMISED, CallOutcome.ALREADY_PAID),
        *(CallOutcome.REFUSED, CallOutcome.CALL_AGAIN, CallOutcome.NEVER_AGAIN),
    }
)


# In the words of desk, pages and reports: first those of customers who were talked to.
OUTCOMES_IN_SPANISH: Mapping[CallOutcome, str] = MappingProxyType(
    {
        CallOutcome.CONTACTED: "Contactado",
        CallOutcome.PROMISED: "Promete pagar",
        CallOutcome.ALREADY_PAID: "Ya pagó",
        CallOutcome.REFUSED: "Rechaza",
        CallOutcome.CALL_AGAIN: "Volver a llamar",
        CallOutcome.NEVER_AGAIN: "No llamar más",
        CallOutcome.WRONG_NUMBER: "Número equivocado",
        CallOutcome.NO_ANSWER: "No contesta",
        CallOutcome.BUSY: "Ocupado",
        CallOutcome.MACHINE: "Contestador",
        CallOutcome.HUNG_UP: "Atendió y colgó",
        CallOutcome.ABANDONED: "Sin agente libre",
        CallOutcome.FAILED: "No se pudo llamar",
    }
)


class ContactState(StrEnum):
    """How far a customer is in a campaign. `ready`: it is their turn, once the campaign may call."""

    ARRIVING = "arriving"  # their list is being loaded: nobody is called before all of it is there
    READY = "ready"
    WAITING = "waiting"  # not before their `due_us`
    SHOWN = "shown"  # an agent looks at them before dialling
    CALLING = "calling"
    OVER = "over"
    HELD_OUT = "held_out"  # not called, to compare with
    WITHDRAWN = "withdrawn"  # their list was undone after they had been called
    SET_ASIDE = "set_aside"  # their row cannot be read, or Asterisk never takes their call: not called until mended
