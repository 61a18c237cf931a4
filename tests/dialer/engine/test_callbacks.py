"""The engine over a real bus and table: who is rung when, and what follows from the bridge's answers."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select

from callcenter.callbacks.queue_snapshots import QueuesNow
from callcenter.callbacks.rules import Callback, CallbackReason, CallbackState, QueuePosition, Rules, TryResult
from callcenter.callbacks.store import CallbackRequest, CallbackStore
from callcenter.centre.model import OpenSpan
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.messages.call_commands import Originate
from callcenter.messages.commands import CommandAnswer, OutcomeUnknown, Refusal, Refused
from callcenter.messages.facts import Link, QueueState, WaitingCaller
from callcenter.outgoing_calls import OutgoingPurpose, OutgoingResult
from callcenter.records.callbacks import callbacks
from callcenter.records.outgoing_calls import outgoing_calls
from tests.dialer.campaign_rows import ALWAYS
from tests.dialer.engine.stage import CENTRE, NODE, Bridge, Decide, accepted, dialing, looked
from tests.waiting import answered

pytestmark = pytest.mark.database

QUEUE = "102"
RULES = Rules()
NEVER = (OpenSpan.model_validate({"days": ["sun"], "from": "00:00", "to": "00:01"}),)


class Stage:
    def __init__(self, store: CallbackStore, bridge: Bridge) -> None:
        self.store, self.bridge = store, bridge

    async def ask(self, number: str = "44123456", since_us: int | None = None) -> Callback:
        since = now_us() if since_us is None else since_us
        made, _ = await self.store.ask(
            CallbackRequest(number, "102", QUEUE, number, QueuePosition(0, since), CallbackReason.KEY), now_us()
        )
        self.bridge.wake()
        return made

    async def until(self, callback: Callback, holds: Callable[[Callback], bool]) -> Callback:
        async def found() -> list[Callback]:
            return [each for each in await self.store.open() if each.id == callback.id and holds(each)]

        return (await answered(found, bool))[0]


@asynccontextmanager
async def running(database: Database, *, is_open: bool = True) -> AsyncIterator[Stage]:
    hours = ALWAYS if is_open else NEVER
    centre = CENTRE.model_copy(update={"hours": dict.fromkeys(CENTRE.hours, hours)})
    async with dialing(database, centre) as bridge:
        yield Stage(CallbackStore(database, NODE, RULES), bridge)


def refused(reason: Refusal, text: str = "") -> Decide:
    return lambda command: Refused(
        node=command.node, command_id=command.command_id, at_us=now_us(), reason=reason, text=text
    )


def caller(joined_us: int, position: int = 1) -> WaitingCaller:
    return WaitingCaller(uniqueid=f"w{position}", caller="70000000", position=position, joined_us=joined_us)


async def test_the_customer_is_rung_first_by_the_trunk_and_then_led_to_the_script(database: Database) -> None:
    async with running(database) as stage:
        asked = await stage.ask()
        stage.bridge.publish_queue(QUEUE)
        command = await stage.bridge.next_command()
    assert (command.interface, command.exten) == ("PJSIP/44123456@red-publica", "callback")
    assert (command.reference, command.caller_id) == (f"callback-{asked.id}-1", "102")


async def test_nobody_is_rung_while_who_came_before_waits(database: Database) -> None:
    async with running(database) as stage:
        begin = now_us()
        stage.bridge.publish_queue(QUEUE, caller(begin - 100))
        await stage.ask("44123456", begin)
        second = await stage.ask("70712345", begin - 200)
        assert (await stage.bridge.next_command()).reference == f"callback-{second.id}-1"
        assert stage.bridge.commands.empty()


async def test_a_position_that_a_caller_returned_to_counts_since_they_began_to_wait(database: Database) -> None:
    store = CallbackStore(database, NODE, RULES)
    begin = now_us()
    first = (
        await store.ask(
            CallbackRequest("44000001", "102", QUEUE, "a", QueuePosition(0, begin - 900), CallbackReason.KEY), begin
        )
    )[0]
    tried = await store.begin(first, begin)
    assert tried is not None
    await store.answered(tried, "w1", 0, begin)
    queues = QueuesNow(NODE, store)
    queues.see(
        QueueState(
            node=NODE,
            queue=QUEUE,
            waiting=(caller(begin),),
            logged_in=1,
            available=0,
            on_call=1,
            paused=0,
            as_of_us=begin,
        )
    )
    floor = await queues.floor(QUEUE)
    assert [each.since_us for each in floor.waiting] == [begin - 900]


async def recorded(database: Database, reference: str, result: OutgoingResult, **more: object) -> None:
    """The ledger says that the attempt's call ended so."""
    row = {
        **{"uniqueid": f"central-{reference}", "node": NODE, "purpose": OutgoingPurpose.CALLBACK.value},
        **{"reference": reference, "number": "44123456", "dialled_us": now_us(), "ended_us": now_us()},
        **{"rang": True, "result": result.value, **more},
    }
    async with database.transaction() as connection:
        await connection.execute(outgoing_calls.insert(), [row])


@pytest.mark.parametrize(
    ("call", "result"),
    [
        (OutgoingResult.BUSY, TryResult.BUSY),
        (OutgoingResult.NO_ANSWER, TryResult.NO_ANSWER),
        (OutgoingResult.CANCELLED, TryResult.NO_ANSWER),
        (OutgoingResult.CONGESTION, TryResult.REFUSED),
        (OutgoingResult.WRONG_NUMBER, TryResult.FAILED),
        (OutgoingResult.UNPLACED, TryResult.FAILED),
        (OutgoingResult.ANSWERED, TryResult.NOT_CONFIRMED),
    ],
)
async def test_a_try_ends_as_the_ledger_says_of_the_telephone(
    database: Database, call: OutgoingResult, result: TryResult
) -> None:
    async with running(database) as stage:
        stage.bridge.publish_queue(QUEUE)
        asked = await stage.ask()
        await recorded(database, (await stage.bridge.next_command()).reference, call)
        after = await stage.until(asked, lambda found: found.state is CallbackState.PENDING and found.tries == 1)
    async with database.reading() as connection:
        assert (await connection.execute(select(callbacks.c.last_result))).scalar_one() == result
    assert after.next_try_us > now_us() + 290_000_000


async def test_what_became_of_a_try_is_known_by_a_process_that_did_not_ring(database: Database) -> None:
    async with running(database) as stage:
        stage.bridge.publish_queue(QUEUE)
        asked = await stage.ask()
        reference = (await stage.bridge.next_command()).reference
    await recorded(database, reference, OutgoingResult.BUSY)
    async with running(database) as stage:
        after = await stage.until(asked, lambda found: found.state is CallbackState.PENDING)
    assert after.tries == 1


async def test_a_try_that_the_ledger_has_already_is_not_rung_again(database: Database) -> None:
    """The table is a copy of before it."""
    async with running(database) as stage:
        asked = await stage.ask()
        await recorded(database, f"callback-{asked.id}-1", OutgoingResult.BUSY)
        stage.bridge.publish_queue(QUEUE)
        after = await stage.until(asked, lambda found: found.state is CallbackState.PENDING and found.tries == 1)
        assert stage.bridge.commands.empty()
    assert after.next_try_us > now_us() + 290_000_000


async def test_a_callback_that_led_to_the_queue_already_is_done(database: Database) -> None:
    async with running(database) as stage:
        asked = await stage.ask()
        await recorded(database, f"callback-{asked.id}-1", OutgoingResult.ANSWERED, handed_us=now_us(), handed_to=QUEUE)
        stage.bridge.publish_queue(QUEUE)
        assert await answered(lambda: stage.store.open_for(asked.number), lambda found: found is None) is None
        assert stage.bridge.commands.empty()


async def test_a_try_of_somebody_else_by_that_name_is_not_taken_for_it(database: Database) -> None:
    async with running(database) as stage:
        asked = await stage.ask()
        await recorded(database, f"callback-{asked.id}-1", OutgoingResult.ANSWERED, number="44999999")
        stage.bridge.publish_queue(QUEUE)
        assert (await stage.bridge.next_command()).reference == f"callback-{asked.id}-1"


async def test_an_order_that_asterisk_refuses_is_a_failed_try(database: Database) -> None:
    async with running(database) as stage:
        stage.bridge.decide = refused(Refusal.ASTERISK_REFUSED, "words that no program reads")
        stage.bridge.publish_queue(QUEUE)
        asked = await stage.ask()
        await stage.until(asked, lambda found: found.state is CallbackState.PENDING and found.tries == 1)


async def test_a_try_that_the_bridge_could_not_make_does_not_count(database: Database) -> None:
    async with running(database) as stage:
        stage.bridge.decide = refused(Refusal.ASTERISK_AWAY)
        stage.bridge.publish_queue(QUEUE)
        asked = await stage.ask()
        await stage.bridge.next_command()
        after = await stage.until(asked, lambda found: found.next_try_us > asked.next_try_us and found.tries == 0)
    assert after.state is CallbackState.PENDING


@pytest.mark.parametrize("decide", [accepted, None])
async def test_while_what_became_of_a_try_is_open_no_other_is_made(database: Database, decide: Decide | None) -> None:
    async with running(database) as stage:
        stage.bridge.decide = decide or _unknown
        asked = await stage.ask()
        stage.bridge.publish_queue(QUEUE)
        await stage.bridge.next_command()
        stage.bridge.publish_queue(QUEUE, available=1)
        await looked(database, stage.bridge)
        found = await stage.until(asked, lambda found: found.state is CallbackState.CALLING)
        assert (found.tries, stage.bridge.commands.empty()) == (1, True)


def _unknown(command: Originate) -> CommandAnswer:
    return OutcomeUnknown(node=command.node, command_id=command.command_id, at_us=now_us(), text="lost")


async def test_nobody_is_called_back_out_of_hours(database: Database) -> None:
    async with running(database, is_open=False) as stage:
        stage.bridge.publish_queue(QUEUE, available=1)
        await stage.ask()
        await looked(database, stage.bridge)
        assert stage.bridge.commands.empty()


async def test_nobody_is_called_back_while_the_bridge_does_not_follow_its_asterisk(database: Database) -> None:
    async with running(database) as stage:
        stage.bridge.link(Link.LOST)
        stage.bridge.publish_queue(QUEUE, available=1)
        await looked(database, stage.bridge)
        await stage.ask()
        await looked(database, stage.bridge)
        assert stage.bridge.commands.empty()
        stage.bridge.link(Link.UP)
        assert (await stage.bridge.next_command()).reference.endswith("-1")
