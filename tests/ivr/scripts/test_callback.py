"""The scripts `waiting`, `callback-offer` and `callback`, over real AGI connections and a real table."""

from collections.abc import AsyncIterator

import pytest

from callcenter.callbacks.queue_snapshots import QueuesNow
from callcenter.callbacks.rules import Callback, CallbackReason, CallbackState, QueuePosition, Rules
from callcenter.callbacks.store import CallbackRequest, CallbackStore
from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.transactions import Database, insert_missing
from callcenter.messages.facts import QueueState, WaitingCaller
from callcenter.records.calls import queue_entries
from callcenter.settings import PROJECT
from ivr.agi.server import AgiServer, Script
from ivr.scripts.callback import CallbackConnection, CallbackOffer
from tests.conftest import SqliteDatabases
from tests.ivr.agi.fake_peer import SECRET, UNIQUEID, Caller, Heard, call
from tests.waiting import eventually

pytestmark = pytest.mark.database

NODE, QUEUE, NUMBER = "central", "102", "70712345"
MINUTE = 60_000_000


class Stage:
    """The scripts as `troncal agi` runs them."""

    def __init__(self, database: Database, centre: Centre) -> None:
        self.database = database
        self.store = CallbackStore(database, NODE, Rules())
        self.queues = QueuesNow(NODE, self.store)
        self.offers = CallbackOffer(self.store, self.queues, centre, clock=now_us)
        self.returns = CallbackConnection(self.store, self.queues, centre, clock=now_us)
        self.server: AgiServer | None = None

    @property
    def port(self) -> int:
        assert self.server is not None
        return self.server.port

    async def quiet(self) -> None:
        """Wait until every script has ended."""
        server = self.server
        assert server is not None
        await eventually(lambda: not server.calls)

    def waiting(self, *since_us: int) -> None:
        """Who waits in the queue."""
        callers = tuple(
            WaitingCaller(uniqueid=f"w{position}", caller="70000000", position=position, joined_us=since)
            for position, since in enumerate(since_us, 1)
        )
        state = QueueState(
            node=NODE,
            queue=QUEUE,
            waiting=callers,
            logged_in=1,
            available=0,
            on_call=1,
            paused=0,
            as_of_us=now_us(),
        )
        self.queues.see(state)

    async def offer(self, *keys: str, reason: str = "key", caller: str = NUMBER, since_us: int = 0) -> Heard:
        variables = {"TRONCAL_QUEUE": QUEUE, "TRONCAL_LINE": "102", "TRONCAL_SINCE": str(since_us or now_us())}
        return await call(self.port, "callback-offer", Caller(keys, number=caller), args=[reason], variables=variables)

    async def before_the_queue(self, *keys: str, caller: str = NUMBER) -> Heard:
        return await call(self.port, "waiting", Caller(keys, number=caller), args=[QUEUE])

    async def called(
        self, caller: Caller, *, line: str = "104", position: QueuePosition | None = None
    ) -> tuple[Callback, Heard]:
        """A callback that the customer answers."""
        where = position or QueuePosition(0, now_us() - MINUTE)
        made, _ = await self.store.ask(CallbackRequest(NUMBER, line, QUEUE, "u", where, CallbackReason.KEY), now_us())
        begun = await self.store.begin(made, now_us())
        assert begun is not None
        return begun, await call(self.port, "callback", caller, args=[begun.reference])

    async def state(self, number: str = NUMBER) -> tuple[CallbackState, int] | None:
        found = await self.store.open_for(number)
        return (found.state, found.tries) if found else None


@pytest.fixture(scope="module")
def centre() -> Centre:
    return load(PROJECT / "centre.yaml")


@pytest.fixture
def database_url(sqlite_databases: SqliteDatabases) -> str:
    return sqlite_databases.migrated()


@pytest.fixture
async def stage(database_url: str, centre: Centre) -> AsyncIterator[Stage]:
    database = Database(database_url)
    made = Stage(database, centre)
    scripts: dict[str, Script] = {
        "waiting": made.offers.waiting,
        "callback-offer": made.offers.offer,
        "callback": made.returns,
    }
    async with AgiServer("127.0.0.1", 0, scripts, SECRET) as server:
        made.server = server
        yield made
    await database.close()


# -- the offer -----------------------------------------------------------------------------------------


async def test_a_caller_confirms_the_number_they_call_from(stage: Stage) -> None:
    since = now_us() - MINUTE
    heard = await stage.offer("1", since_us=since)
    asked = await stage.store.open_for(NUMBER)
    assert asked is not None and asked.position == QueuePosition(0, since)
    assert heard.rows == [("CALLBACK", "asked", str(asked.id), NUMBER, "key")]
    assert heard.sounds[0] == "callback-oferta" and heard.sounds[-1] == "callback-registrada"
    assert heard.variables["TRONCAL_RESULT"] == "asked"


@pytest.mark.parametrize(
    "keys", [("2", "44123456", "1"), ("2", "4123456#", "1"), ("2", "44123457", "2", "44123456", "1")]
)
async def test_a_caller_names_another_number_and_confirms_it(stage: Stage, keys: tuple[str, ...]) -> None:
    heard = await stage.offer(*keys)
    assert await stage.state("44123456") == (CallbackState.PENDING, 0)
    assert heard.variables["TRONCAL_RESULT"] == "asked"


@pytest.mark.parametrize("number", ["101", "80013131", "00549111", "1*0#", "", "44251000"])
async def test_no_other_number_is_taken_however_often_it_is_keyed(stage: Stage, number: str) -> None:
    heard = await stage.offer("2", number, number, number)
    assert await stage.store.open() == ()
    assert heard.variables["TRONCAL_RESULT"] == "wait"
    assert heard.rows == []


@pytest.mark.parametrize("caller", ["", "101", "+5491112345678", "800131313"])
async def test_a_number_that_may_not_be_called_is_never_offered(stage: Stage, caller: str) -> None:
    heard = await stage.offer("1", "44123456", "1", caller=caller)
    assert "callback-oferta" not in heard.sounds
    assert await stage.state("44123456") == (CallbackState.PENDING, 0)


async def test_a_number_with_an_open_callback_gets_no_second_one(stage: Stage) -> None:
    await stage.offer("1")
    heard = await stage.offer("1")
    assert heard.sounds[-1] == "callback-ya-registrada"
    assert (heard.rows, heard.variables["TRONCAL_RESULT"]) == ([], "asked")


async def test_a_caller_who_prefers_to_wait_goes_back_to_their_position(stage: Stage) -> None:
    now = now_us()
    stage.waiting(now - 9 * MINUTE, now - 3 * MINUTE, now - 1 * MINUTE)
    heard = await stage.offer("3", since_us=now - 2 * MINUTE)
    wanted = {"TRONCAL_RESULT": "wait", "TRONCAL_POSITION": "3", "TRONCAL_SINCE": str(now - 2 * MINUTE)}
    assert wanted.items() <= heard.variables.items()


@pytest.mark.parametrize("reason", ["full", "empty", "timeout"])
async def test_a_caller_who_could_not_be_answered_and_wants_no_callback_is_dismissed(stage: Stage, reason: str) -> None:
    heard = await stage.offer("3", reason=reason)
    assert heard.variables["TRONCAL_RESULT"] == "end"
    assert "callback-o-termine" in heard.sounds


@pytest.mark.parametrize("at", range(1, 12))
async def test_a_caller_who_hangs_up_during_the_offer_leaves_a_request_or_none(stage: Stage, at: int) -> None:
    variables = {"TRONCAL_QUEUE": QUEUE, "TRONCAL_LINE": "102"}
    caller = Caller(["1"], number=NUMBER, hangs_up_at=at)
    await call(stage.port, "callback-offer", caller, args=["key"], variables=variables)
    await stage.quiet()
    assert await stage.state() in (None, (CallbackState.PENDING, 0))


# -- before the queue ----------------------------------------------------------------------------------


async def test_a_caller_without_an_earlier_position_hears_nothing(stage: Stage) -> None:
    heard = await stage.before_the_queue()
    assert (heard.played, heard.variables.get("TRONCAL_RESULT")) == ([], None)


async def test_a_caller_who_was_cut_off_gets_their_position_back(stage: Stage) -> None:
    now = now_us()
    await cut_off(stage.database, joined_us=now - 5 * MINUTE)
    stage.waiting(now - 9 * MINUTE, now - 1 * MINUTE)
    heard = await stage.before_the_queue()
    assert heard.sounds == ["callback-lugar-conservado", "callback-prefiere"]
    assert (heard.variables["TRONCAL_POSITION"], heard.variables["TRONCAL_RESULT"]) == ("2", "wait")


async def test_a_caller_who_was_cut_off_may_ask_for_a_callback(stage: Stage) -> None:
    joined = now_us() - 5 * MINUTE
    await cut_off(stage.database, joined_us=joined)
    heard = await stage.before_the_queue("1", "1")
    asked = await stage.store.open_for(NUMBER)
    assert asked is not None
    assert (asked.reason, asked.position.since_us) == (CallbackReason.DISCONNECTED, joined)
    assert heard.variables["TRONCAL_RESULT"] == "asked"


async def test_a_caller_with_an_open_callback_who_calls_takes_its_position(stage: Stage) -> None:
    now = now_us()
    await stage.offer("1", since_us=now - 8 * MINUTE)
    stage.waiting(now - 9 * MINUTE, now - 1 * MINUTE)
    heard = await stage.before_the_queue()
    assert heard.sounds[0] == "callback-tenia-pendiente"
    assert heard.variables["TRONCAL_POSITION"] == "2"
    assert await stage.state() is None


async def cut_off(database: Database, *, joined_us: int) -> None:
    row = {
        **{"node": NODE, "boot_us": 1, "queue": QUEUE, "uniqueid": "u1", "ordinal": 0, "call": "u1", "line": "102"},
        **{"caller": NUMBER, "entered_us": joined_us, "joined_us": joined_us, "ended_us": now_us() - MINUTE},
        **{"wait_min_us": 0, "wait_max_us": 0, "outcome": "abandoned", "ended_by": "unknown"},
    }
    async with database.transaction() as connection:
        await insert_missing(connection, queue_entries, [row])


# -- the callback -------------------------------------------------------------------------------------


async def test_a_customer_who_presses_one_goes_to_their_position_in_the_queue(stage: Stage) -> None:
    now = now_us()
    stage.waiting(now - 9 * MINUTE, now - 1 * MINUTE)
    callback, heard = await stage.called(Caller(["1"]), position=QueuePosition(0, now - 5 * MINUTE))
    wanted = {"TRONCAL_RESULT": "queue", "TRONCAL_TARGET": QUEUE, "TRONCAL_NUMBER": NUMBER, "TRONCAL_POSITION": "2"}
    assert wanted.items() <= heard.variables.items()
    assert heard.rows == [("CALLBACK", "returned", str(callback.id))]
    assert await stage.state() is None
    assert await stage.store.returned([UNIQUEID]) == {UNIQUEID: callback.position}


async def test_on_a_recorded_line_the_notice_is_played_and_written_first(stage: Stage) -> None:
    callback, heard = await stage.called(Caller(["1"]), line="102")
    assert heard.rows == [("NOTICED", "recording"), ("CALLBACK", "returned", str(callback.id))]
    assert "aviso-grabacion" in heard.sounds
    assert heard.variables["TRONCAL_NOTICED"] == "yes"


@pytest.mark.parametrize("keys", [(), ("7", "9")])
async def test_an_answering_machine_presses_nothing_and_the_try_has_failed(stage: Stage, keys: tuple[str, ...]) -> None:
    _, heard = await stage.called(Caller(keys))
    assert heard.variables["TRONCAL_RESULT"] == "end"
    assert (await stage.state(), heard.rows) == ((CallbackState.PENDING, 1), [])


async def test_a_customer_who_declines_the_callback_is_called_no_more(stage: Stage) -> None:
    _, heard = await stage.called(Caller(["2"]))
    assert heard.sounds[-1] == "callback-anulada"
    assert await stage.state() is None


@pytest.mark.parametrize("at", range(1, 20))
async def test_whoever_hangs_up_is_called_again_or_was_put_through(stage: Stage, at: int) -> None:
    _, heard = await stage.called(Caller(["1"], hangs_up_at=at))
    await stage.quiet()
    through = ("CALLBACK", "returned") in [row[:2] for row in heard.rows]
    assert await stage.state() in ([None, (CallbackState.PENDING, 1)] if through else [(CallbackState.PENDING, 1)])


@pytest.mark.parametrize("reference", ["", "1-1", "x", "99999-1"])
async def test_a_call_that_no_try_made_is_not_put_through(stage: Stage, reference: str) -> None:
    heard = await call(stage.port, "callback", args=[reference])
    assert (heard.played, heard.rows) == ([], [])
    assert "TRONCAL_RESULT" not in heard.variables
