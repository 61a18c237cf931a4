"""The ledger and AMI, each by itself, give the same records of the same real calls."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import migrations
from ami_bridge import service
from callcenter.bus.memory import MemoryBroker, MemoryBus
from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.messages.envelope import Service
from callcenter.messages.facts import BridgeState, Link
from callcenter.records.calls import offers, queue_entries
from callcenter.settings import Settings
from tests.telephony.phones.duty import STRAIGHT_HOST, caller, on_duty
from tests.telephony.phones.sip_leg import Manner
from tests.telephony.running_centre import BUSY, RunningCentre, centre_open
from tests.waiting import answered, eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(300)]
SAME = (
    *("line", "caller", "outcome", "member", "agent_channel", "ended_by", "transferred_to"),
    *("entered_position", "left_position"),
)
# Each is reported by a thread of Asterisk's own, when its turn comes: the end of a conversation last.
NEAR_US = {"joined_us": 100_000, "answered_us": 100_000, "ended_us": 500_000}


@pytest.fixture
def centre() -> Iterator[RunningCentre]:
    """A centre whose Asterisk sends a second listener every event."""
    with centre_open(TRONCAL_AMI_EVENTS="all") as running:
        yield running


async def test_the_ledger_and_ami_give_the_same_records(centre: RunningCentre, tmp_path: Path) -> None:
    where = centre.where
    assert where is not None
    secrets = centre.state / "secrets.env"
    settings = Settings(_env_file=secrets, state=tmp_path, feed="ami", ami_port=where.ami_port)
    await migrations.upgrade(settings.database)
    heard, written = Database(settings.database), Database(f"sqlite:///{centre.state / 'troncal.sqlite'}")
    since_us = now_us()
    async with MemoryBus(MemoryBroker(), Service.BRIDGE, settings.node) as bus:
        listening = asyncio.create_task(service.run(settings, load(settings.centre), heard, bus))
        await follows(bus)
        await transferred_after_asking(centre, "70760001", "1004")
        done = await asyncio.to_thread(centre.troncal, "simulate", "--calls", "40", "--seed", "21", "--check", *BUSY)
        assert done.returncode == 0, done.stdout + done.stderr
        by_ledger = await entries(written, since_us)
        await answered(lambda: entries(heard, since_us), are_over, 20, "all entries are over")
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    by_ami = await entries(heard, since_us)
    assert by_ami.keys() == by_ledger.keys()
    assert [row["transferred_to"] for row in by_ledger.values() if row["caller"] == "70760001"] == ["1004"]
    assert [fault for key in by_ledger for fault in faults(key, by_ledger[key], by_ami[key])] == []
    await heard.close()
    await written.close()


def are_over(found: Mapping[Any, Mapping[str, Any]]) -> bool:
    return all(row["ended_us"] is not None for row in found.values())


async def follows(bus: MemoryBus) -> None:
    """Wait until the second bridge is in touch with Asterisk."""
    async with asyncio.timeout(20), bus.subscribe(BridgeState) as states:
        async for state in states:
            if state.state is Link.UP:
                return


async def transferred_after_asking(centre: RunningCentre, number: str, colleague: str) -> None:
    """An attended transfer: the simulator has none."""
    async with (
        on_duty(centre, "1003", "102", manner=Manner.RING) as agent,
        on_duty(centre, colleague, "103") as asked,
    ):
        phone = await caller(centre, number, host=STRAIGHT_HOST)
        leg = await phone.call("102")
        taken = await agent.offered(40)
        await taken.answer()
        await taken.hold()
        consulted = await agent.call(colleague)
        await asked.offered(20)
        await consulted.until(consulted.answered)
        assert (await taken.transfer_to(consulted)).status == 202
        ended = f"SELECT 1 FROM queue_entries WHERE caller = '{number}' AND ended_by = 'transfer'"
        await eventually(lambda: bool(centre.rows(ended)), 20, "the transfer is in the records")
        await leg.hang_up()
        await phone.close()


async def entries(database: Database, since_us: int) -> dict[tuple[str, str, int], dict[str, Any]]:
    entry = queue_entries.c
    async with database.reading() as connection:
        rows = (await connection.execute(select(queue_entries).where(entry.entered_us > since_us))).mappings()
        found = {(row["queue"], row["uniqueid"], row["ordinal"]): dict(row) for row in rows}
        rang = (await connection.execute(select(offers).order_by(offers.c.ordinal))).mappings()
        for offer in rang:
            own = found.get((offer["queue"], offer["uniqueid"], offer["entry_ordinal"]))
            if own is not None:
                own.setdefault("offers", []).append((offer["member"], offer["result"]))
    return found


def faults(key: object, ledger: dict[str, Any], ami: dict[str, Any]) -> list[str]:
    """How the two differ. AMI alone does not know the line that was dialled."""
    wrong = [name for name in (*SAME[1:], "offers") if ledger.get(name) != ami.get(name)]
    far = [name for name in NEAR_US if (ledger[name] is None) != (ami[name] is None)]
    far += [name for name, limit in NEAR_US.items() if abs((ledger[name] or 0) - (ami[name] or 0)) > limit]
    return [f"{key} {name}: ledger {ledger.get(name)}, AMI {ami.get(name)}" for name in (*wrong, *far)]
