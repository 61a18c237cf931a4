"""docs/ledger.md describes every row of ours, and only those that are."""

import re

import pytest

from ami_bridge.ledger.ivr_steps import INFO_VERBS
from ami_bridge.ledger.rows import DIALPLAN_VERBS, TRANSCRIPT_ONLY, Verb
from callcenter.calls import SERVED_RESULTS, FinalStage, SelfServiceResult, StepKind
from callcenter.settings import PROJECT

PAGE = (PROJECT / "docs/ledger.md").read_text(encoding="utf-8")
DIALPLAN = (PROJECT / "asterisk-conf/extensions.conf.j2").read_text(encoding="utf-8")
VERBS = re.findall(r"^\| `([A-Z]+)` \|", PAGE, re.MULTILINE)


def test_the_page_has_a_row_for_each_verb_of_ours_and_no_other() -> None:
    assert set(VERBS) == {verb.value for verb in DIALPLAN_VERBS}


def test_every_verb_that_the_dialplan_writes_is_one_of_ours() -> None:
    written = re.findall(r"QueueLog\([^,]*,[^,]*,[^,]*,([A-Z]+)", DIALPLAN)
    assert set(written) <= {verb.value for verb in DIALPLAN_VERBS}
    assert len(written) == DIALPLAN.count("QueueLog(")


@pytest.mark.parametrize("word", [*INFO_VERBS, *sorted(verb.value for verb in TRANSCRIPT_ONLY)])
def test_the_menus_verbs_and_those_of_no_log_are_named(word: str) -> None:
    assert f"`{word}`" in PAGE


def test_every_result_is_told_with_whether_it_is_a_served_one() -> None:
    told = dict(re.findall(r"^\| `([a-z_]+)` \| (yes|no) \|", PAGE, re.MULTILINE))
    assert told == {result.value: "yes" if result in SERVED_RESULTS else "no" for result in SelfServiceResult}


def test_every_step_and_every_class_is_told_in_the_order_of_the_classes() -> None:
    assert all(f"step `{step}`" in PAGE for step in StepKind)
    classes = re.findall(r"^\| `?([a-z()]+)`? \|", PAGE.partition("## The class")[2], re.MULTILINE)
    assert classes == ["class", "(empty)", *(final_stage.value for final_stage in FinalStage if final_stage.value)]


def test_a_verb_stands_in_one_group_only() -> None:
    assert not DIALPLAN_VERBS & TRANSCRIPT_ONLY
    assert set(Verb) >= DIALPLAN_VERBS
