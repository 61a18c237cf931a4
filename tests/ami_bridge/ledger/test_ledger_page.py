"""docs/ledger.md describes every row that the dialplan, a script or the bridge writes, and no others."""

import re

import pytest

from ami_bridge.ledger.ivr_steps import INFO_VERBS
from ami_bridge.ledger.rows.row import AMI_ONLY, BRIDGE_VERBS, DIALPLAN_VERBS, Verb
from callcenter.calls import SERVED_RESULTS, FinalStage, SelfServiceResult, StepKind
from callcenter.settings import PROJECT

PAGE = (PROJECT / "docs/ledger.md").read_text(encoding="utf-8")
DIALPLAN = (PROJECT / "asterisk-conf/extensions.conf.j2").read_text(encoding="utf-8")
VERBS = re.findall(r"^\| `([A-Z]+)` \|", PAGE, re.MULTILINE)


def test_the_page_has_a_row_for_each_verb_of_ours_and_no_other() -> None:
    assert set(VERBS) == {verb.value for verb in DIALPLAN_VERBS | BRIDGE_VERBS}


def test_every_verb_that_the_dialplan_writes_is_one_of_ours() -> None:
    written = re.findall(r"QueueLog\([^,]*,[^,]*,[^,]*,([A-Z]+)", DIALPLAN)
    assert set(written) <= {verb.value for verb in DIALPLAN_VERBS}
    assert len(written) == DIALPLAN.count("QueueLog(")


@pytest.mark.parametrize("word", [*INFO_VERBS, *sorted(verb.value for verb in AMI_ONLY)])
def test_the_menus_verbs_and_those_of_no_log_are_named(word: str) -> None:
    assert f"`{word}`" in PAGE


def test_every_result_is_listed_with_whether_it_is_a_served_one() -> None:
    served = dict(re.findall(r"^\| `([a-z_]+)` \| (yes|no) \|", PAGE, re.MULTILINE))
    assert served == {result.value: "yes" if result in SERVED_RESULTS else "no" for result in SelfServiceResult}


def test_every_step_and_every_final_stage_is_listed_and_the_stages_in_their_order() -> None:
    assert all(f"step `{step}`" in PAGE for step in StepKind)
    stages = re.findall(r"^\| `?([a-z()]+)`? \|", PAGE.partition("## The final stage")[2], re.MULTILINE)
    assert stages == ["stage", "(empty)", *(final_stage.value for final_stage in FinalStage if final_stage.value)]


def test_no_verb_of_the_dialplan_is_one_of_ami_only() -> None:
    assert not (DIALPLAN_VERBS | BRIDGE_VERBS) & AMI_ONLY
    assert set(Verb) >= DIALPLAN_VERBS
