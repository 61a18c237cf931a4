"""Every report of the catalogue: the command line, the API and the pages are made from this list alone."""

from reports.agents import report as agents
from reports.answered import report as answered
from reports.att import report as att
from reports.call_detail import report as call_detail
from reports.callbacks import report as callbacks
from reports.campaigns import report as campaigns
from reports.dispositions import report as dispositions
from reports.distribution import report as distribution
from reports.indicators import report as indicators
from reports.ivr_paths import report as ivr_paths
from reports.kinds.kind import ReportKind
from reports.recall import report as recall
from reports.recordings import report as recordings
from reports.repeat_callers import report as repeat_callers
from reports.satisfaction import report as satisfaction
from reports.staffing import report as staffing
from reports.survey import report as survey
from reports.unanswered import report as unanswered
from reports.waits import report as waits

_REPORTS = (
    *(att, answered, unanswered, distribution, waits, agents, call_detail, repeat_callers, callbacks, recall),
    *(recordings, dispositions, campaigns, survey, satisfaction, indicators, ivr_paths, staffing),
)
CATALOGUE: tuple[ReportKind, ...] = tuple(each.KIND for each in _REPORTS)


class UnknownReport(LookupError):
    """There is no report of this name."""


def find(name: str) -> ReportKind:
    """Raises UnknownReport."""
    for kind in CATALOGUE:
        if kind.name == name:
            return kind
    raise UnknownReport(f"no existe el informe «{name[:40]}»")
