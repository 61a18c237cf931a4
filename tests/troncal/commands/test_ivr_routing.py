"""Outages and holidays from the command line."""

import asyncio
from pathlib import Path

import pytest

import migrations
from callcenter.routing.calendar_store import DayNotSet
from callcenter.routing.outage_store import AlreadyEnded, OutageAlreadyOpen, UnknownOutage
from troncal.commands import ivr_routing
from troncal.installation import state_folder

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder with secrets and an empty database."""
    monkeypatch.setenv("TRONCAL_STATE", str(tmp_path))
    monkeypatch.delenv("TRONCAL_DATABASE_URL", raising=False)
    state_folder.make_secrets(tmp_path)
    asyncio.run(migrations.upgrade(state_folder.settings().database))


def test_an_outage_is_switched_on_listed_and_off(capsys: pytest.CaptureFixture[str]) -> None:
    ivr_routing.outage_on("Cala Cala", "internet")
    ivr_routing.outages()
    ivr_routing.outage_off(1)
    printed = capsys.readouterr().out
    assert "outage 1 is on: internet in Cala Cala" in printed
    assert "outage 1 is off: internet in Cala Cala" in printed
    assert "numbers left" in printed


def test_what_cannot_be_done_to_an_outage_is_refused() -> None:
    ivr_routing.outage_on("", "")
    with pytest.raises(OutageAlreadyOpen, match="every product in every zone"):
        ivr_routing.outage_on("", "")
    with pytest.raises(UnknownOutage):
        ivr_routing.outage_off(7)
    ivr_routing.outage_off(1)
    with pytest.raises(AlreadyEnded):
        ivr_routing.outage_off(1)
    with pytest.raises(ivr_routing.RoutingCommandError, match="cable_tv"):
        ivr_routing.outage_on("Sarco", "gas")


def test_a_day_is_made_a_holiday_listed_and_given_back(capsys: pytest.CaptureFixture[str]) -> None:
    ivr_routing.holiday_add("2026-12-28", "Feriado por decreto", working=False)
    ivr_routing.holiday_add("2026-12-25", "Hábil", working=True)
    ivr_routing.holidays(2026)
    printed = capsys.readouterr().out
    assert "2026-12-28 is a holiday: Feriado por decreto" in printed
    assert "working day" in printed
    ivr_routing.holiday_remove("2026-12-28")
    with pytest.raises(DayNotSet):
        ivr_routing.holiday_remove("2026-12-28")


@pytest.mark.parametrize("day", ["2026-02-30", "mañana", ""])
def test_what_is_no_day_is_refused(day: str) -> None:
    with pytest.raises(ivr_routing.RoutingCommandError, match="no day"):
        ivr_routing.holiday_add(day, "Feriado", working=False)
