"""What the fold produces. Pure."""

from dataclasses import dataclass

from callcenter.calls import AgentPeriod, Anomaly, Call, CallStep, Interruption, QueueEntry, Recording, SurveyAnswer
from callcenter.outgoing_calls import OutgoingCall


@dataclass(frozen=True, slots=True)
class Changes:
    """The facts that changed since the last `drain`, in their latest state; steps, answers, recordings as they came."""

    calls: tuple[Call, ...]
    entries: tuple[QueueEntry, ...]
    periods: tuple[AgentPeriod, ...]
    interruptions: tuple[Interruption, ...]
    anomalies: tuple[Anomaly, ...]
    steps: tuple[CallStep, ...] = ()
    answers: tuple[SurveyAnswer, ...] = ()
    recordings: tuple[Recording, ...] = ()
    outgoing: tuple[OutgoingCall, ...] = ()
