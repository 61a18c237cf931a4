"""Everything that the queue, the callbacks and the survey say has a text."""

import re

import pytest

from callcenter.settings import PROJECT
from ivr.menus.survey_dialplan import AGAIN, GREETING, THANKS
from ivr.prompts import catalogue


@pytest.mark.parametrize("path", ["ivr/scripts/callback.py", "asterisk-conf/queues.conf.j2"])
def test_what_is_said_has_a_text(path: str) -> None:
    source = (PROJECT / path).read_text(encoding="utf-8")
    said = set(re.findall(r'"((?:callback|aviso)-[a-z-]+)"', source)) - {"callback-offer"}
    said |= set(re.findall(r"troncal/(espera-[a-z-]+)", source))
    assert len(said) > 3
    assert said <= set(catalogue.texts())


def test_the_survey_has_its_texts() -> None:
    assert {GREETING, AGAIN, THANKS} <= set(catalogue.texts())


def test_the_text_that_offers_a_callback_names_the_key_of_the_centre_file() -> None:
    keys = re.findall(r'callback_key: "(.)"', (PROJECT / "centre.yaml").read_text(encoding="utf-8"))
    assert keys == ["1"]
    assert "marque uno" in catalogue.texts()["espera-llamada"]
