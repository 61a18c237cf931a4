"""What a fold gives out. Pure."""

from dataclasses import dataclass

from callcenter.calls import AgentPeriod, Anomaly, Call, CallStep, Interruption, QueueEntry, SurveyAnswer


@dataclass(frozen=True, slots=True)
class Changes:
    """The facts that changed since the last `take`, each in its latest state; steps and answers as they came."""

    calls: tuple[Call, ...]
    entries: tuple[QueueEntry, ...]
    periods: tuple[AgentPeriod, ...]
    interruptions: tuple[Interruption, ...]
    anomalies: tuple[Anomaly, ...]
    steps: tuple[CallStep, ...] = ()
    answers: tuple[SurveyAnswer, ...] = ()
