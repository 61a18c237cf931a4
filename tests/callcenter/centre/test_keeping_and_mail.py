"""How long call detail is kept, and who gets which mail: sensible without a word, and no nonsense is taken."""

import pytest

from callcenter.centre.detail_retention import DetailRetention
from callcenter.centre.file import CentreFileError, parse
from callcenter.centre.mail_lists import MailLists
from callcenter.settings import PROJECT

RIGHT = (PROJECT / "centre.yaml").read_text(encoding="utf-8")
KEEPS, GETS = "  call_detail_days: 1826\n", "  monthly_report: []\n"


def test_a_centre_that_says_nothing_keeps_five_years_and_mails_nobody() -> None:
    silent = parse(RIGHT.replace(f"retention:\n{KEEPS}", "").replace(f"mail:\n{GETS}", ""))
    assert (silent.retention, silent.mail) == (DetailRetention(), MailLists())
    assert silent.retention.call_detail_days == silent.retention.days_of_personal_data == 1826


def test_persons_data_may_go_earlier() -> None:
    kept = parse(RIGHT.replace(KEEPS, f"{KEEPS}  personal_data_days: 365\n")).retention
    assert (kept.call_detail_days, kept.days_of_personal_data) == (1826, 365)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (KEEPS, "  call_detail_days: 30\n", "greater than or equal to 62"),
        (KEEPS, f"{KEEPS}  personal_data_days: 2000\n", "personal_data_days is more than call_detail_days"),
        (KEEPS, f"{KEEPS}  recordings: 3\n", "not permitted"),
        (GETS, "  monthly_report: [jefa]\n", "'jefa' is no mail address"),
        (GETS, "  monthly_report: [a@example.bo, A@example.bo]\n", "'a@example.bo' stands twice"),
        (GETS, "  daily_report: [a@example.bo]\n", "not permitted"),
    ],
)
def test_nonsense_is_refused_with_its_line(old: str, new: str, said: str) -> None:
    text = RIGHT.replace(old, new)
    with pytest.raises(CentreFileError) as refused:
        parse(text)
    (fault,) = refused.value.faults
    section = text.splitlines().index("retention:" if old == KEEPS else "mail:") + 1
    line = int(fault.removeprefix("line ").split(":")[0])
    assert said in fault and section <= line <= section + 2
