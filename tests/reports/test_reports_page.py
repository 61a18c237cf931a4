"""docs/reports.md describes every key of every report."""

import re
from typing import Any

import pytest

from callcenter.level.formulas import ServiceLevelCounts
from callcenter.settings import PROJECT
from reports.att import sheet as att_sheet
from reports.att.figures import AtFigures, AttReport, Gap, LineFigures, NameChange, Part
from reports.ivr_paths import sheet as ivr_sheet
from reports.ivr_paths.figures import HangUpCount, IvrReport, KeyCount, LinePaths, ServiceCount
from reports.periods.half_year import HalfYear
from reports.satisfaction import sheet as satisfaction_sheet
from reports.satisfaction.figures import RULES, satisfaction_report
from tests.reports.recorded_month import CENTRE, MONTH

PAGE = (PROJECT / "docs/reports.md").read_text(encoding="utf-8")
RULE = CENTRE.rule_on(MONTH.first_day)
LINE = LineFigures("102", "Facturación", "102", False, ServiceLevelCounts())
AT = (AtFigures(1, ServiceLevelCounts()),)
PART = Part(
    *(MONTH.first_day, MONTH.first_day, (RULE,), (LINE,), ServiceLevelCounts(), ServiceLevelCounts(), (LINE,), AT, AT)
)
HANG_UPS = (HangUpCount("principal", "1", "", 1),)
PATHS = LinePaths("102", "", 1, 1, 1, (KeyCount("principal", "1", "", 1),), (ServiceCount("s", "told", 1),), HANG_UPS)
REPORTS = {
    "troncal report att": att_sheet.as_json(
        AttReport(
            MONTH,
            PART,
            (PART,),
            (Gap(1, 2, 1, False),),
            (("duplicate", 1),),
            (NameChange(1, "línea 102", "", "Facturación"),),
        )
    ),
    "troncal report ivr": ivr_sheet.as_json(IvrReport(MONTH.first_day, (PATHS,), PATHS)),
    "troncal report satisfaction": satisfaction_sheet.as_json(satisfaction_report(HalfYear(2026, 2), RULES[0], [])),
}
COLUMNS = {
    "troncal report att": att_sheet.CSV_COLUMNS,
    "troncal report ivr": ivr_sheet.CSV_COLUMNS,
    "troncal report satisfaction": satisfaction_sheet.CSV_COLUMNS,
}


def keys(data: Any) -> set[str]:
    """Every key at every depth."""
    if isinstance(data, list):
        return set().union(*map(keys, data))
    return set(data) | set().union(*map(keys, data.values())) if isinstance(data, dict) else set()


@pytest.mark.parametrize("command", REPORTS)
def test_every_key_and_column_is_described_under_its_report(command: str) -> None:
    section = PAGE.partition(f"## `{command} ")[2].partition("\n## ")[0]
    described = set(re.findall(r"`([a-z_0-9]+)`", section))
    assert (keys(REPORTS[command]) | set(COLUMNS[command])) - described == set()


def test_the_calls_of_a_line_are_the_sum_of_their_final_stages() -> None:
    counts = ServiceLevelCounts(queued=1, out_of_hours=2, ivr_served=4, menu_hung_up=8, callback_instead=16)
    assert counts.calls == 31
    assert ServiceLevelCounts(calls_interrupted=1, calls_open=2).calls == 3
