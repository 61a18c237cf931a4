"""Dispositions in the centre's file: what a queue may ask for, and what contradicts itself."""

import pytest

from callcenter.centre.file import CentreFileError, load, parse
from callcenter.settings import PROJECT

TEXT = (PROJECT / "centre.yaml").read_text(encoding="utf-8")
BILLING = '{name: "102", title: Facturación'


def test_a_queue_offers_the_dispositions_of_all_and_its_own() -> None:
    centre = load(PROJECT / "centre.yaml")
    billing, faults = ({each.code for each in centre.dispositions_of(name)} for name in ("102", "101"))
    assert "resuelto" in billing and "reclamo-registrado" in faults - billing


def test_a_queue_that_wants_a_disposition_must_have_some() -> None:
    wanting = TEXT.replace(BILLING, f"{BILLING}, disposition_required: true")
    assert parse(wanting).queues_by_name["102"].disposition_required
    lines = [line for line in wanting.splitlines() if not line.startswith("  - {code:")]
    with pytest.raises(CentreFileError, match="requires a disposition and has none"):
        parse("\n".join(lines).replace("dispositions:", "dispositions: []"))


def test_a_disposition_of_an_unknown_queue_or_a_code_twice_is_refused() -> None:
    with pytest.raises(CentreFileError, match="queue 'nada' is not under queues"):
        parse(TEXT.replace('title: Visita reprogramada, queues: ["103"]', "title: Visita reprogramada, queues: [nada]"))
    with pytest.raises(CentreFileError, match="'resuelto' stands twice"):
        parse(TEXT.replace("{code: informado,", "{code: resuelto,"))
