"""The registry: everything that somebody waits for and that reads tables that grow. One line each.

What goes through `Database.read` or `Database.write` without standing here is still looked at, on SQLite, by whatever
test executes it (`tests.query_plans.Watch`).
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import update

from agent_api.accounts.passwords import Passwords
from agent_api.accounts.sessions import Sessions, WrongPassword
from agent_api.board.level_reader import LevelReader
from agent_api.campaigns.agent_rows import CallKey, attempt_of_call, attempts_by, calls_to_write_up
from agent_api.contacts import last_contact
from agent_api.contacts.conversations import ENTRIES_AT_ONCE, RecordedConversations
from agent_api.contacts.daily_statistics import DailyStatistics
from agent_api.contacts.recall_list import NoRecallEntry, RecallKey, RecallList
from agent_api.contacts.store import ContactKey, Contacts, NotYours
from agent_api.pop.call_history import History
from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.folded import LONGEST_STORE_US
from ami_bridge.records.recorder import resume
from callcenter.callbacks.rules import CallbackReason, QueuePosition, Rules
from callcenter.callbacks.store import CallbackRequest, CallbackStore
from callcenter.centre.file import load
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import AgentState, AgentStatus, CallOffered
from callcenter.numbers import Number, normalise
from callcenter.records.calls import queue_entries
from callcenter.settings import PROJECT
from dialer.do_not_call import DoNotCallList
from dialer.lists.store import ListStore
from ivr.routing.queues import WaitsRead
from troncal.bench.large_records import NODE, LargeRecords

CENTRE = load(PROJECT / "centre.yaml")
QUEUES = ("101", "102", "103", "104")
LATEST_US = 1 << 62
Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class WaitedFor:
    """What is waited for, and the rows of a table that it may read at most: of lists those of their days.

    `before` makes it ready; that is not waited for.
    """

    work: Work
    most_rows: int = 1000
    before: Work | None = None


def waited_for(database: Database, records: LargeRecords) -> Mapping[str, WaitedFor]:
    """All of it, of the last entries."""
    last, now = records.entries, records.until_us
    two_days = 3 * last * 2 // 28
    found = dict(_pops(database, records, last, now))
    found |= dict(_contacts(database, records, last, now))
    found |= dict(_callbacks(database, records, last, now))
    recalls = RecallList(database, lambda: now)
    key = RecallKey(NODE, records.uniqueid(last - last % 10), records.entered_us(last - last % 10))
    waits = WaitsRead(database, NODE, lambda: now)
    levels = LevelReader(database, CENTRE, lambda: now)
    sessions = Sessions(database, Passwords(), lambda: now, b"")
    barred, lists = DoNotCallList(database, "4", lambda: now), ListStore(database, CENTRE.zone, lambda: now)
    return found | {
        "recall list": WaitedFor(lambda: recalls.listed(QUEUES), two_days),
        "recall list, claim": WaitedFor(lambda: _refused(recalls.claim(key, "1001", QUEUES), NoRecallEntry)),
        "recall list, release": WaitedFor(lambda: _refused(recalls.release(key, "1001", QUEUES), NoRecallEntry)),
        "look at the queues": WaitedFor(waits),
        "numbers never to be called": WaitedFor(lambda: barred.barred([str(70_000_000 + each) for each in range(900)])),
        "list load": WaitedFor(lambda: lists.find(1)),
        "session": WaitedFor(lambda: sessions.find("nobody's")),
        "log in": WaitedFor(lambda: _refused(sessions.prove("1001", "", address="10.0.0.1"), WrongPassword)),
        "board": WaitedFor(levels.now, before=lambda: _moved(database, records, levels)),
        "bridge start": WaitedFor(lambda: _bridge_start(database, now)),
    }


def _pops(database: Database, records: LargeRecords, last: int, now: int) -> Iterator[tuple[str, WaitedFor]]:
    history, figures = History(database, CENTRE), DailyStatistics(database, CENTRE)
    state = AgentState(
        node=NODE,
        member=records.member(last),
        interface="PJSIP/1001-web",
        reason="",
        queues=QUEUES,
        state=AgentStatus.ON_CALL,
        since_us=now,
        uniqueid=records.uniqueid(last),
    )
    yield "pop, of a known caller", WaitedFor(lambda: _last_calls(history, records, records.caller(last)))
    yield "pop, of an unknown caller", WaitedFor(lambda: _last_calls(history, records, "44443333"))
    yield "current call", WaitedFor(lambda: history.recover(state))
    yield "daily statistics", WaitedFor(lambda: figures.of(records.member(last), now))


async def _last_calls(history: History, records: LargeRecords, caller: str) -> object:
    number = normalise(caller, CENTRE.about.area_code)
    assert isinstance(number, Number)
    named: dict[str, Any] = {"node": NODE, "member": "1001", "uniqueid": "1.1", "linkedid": "1.1", "queue": "101"}
    moments: dict[str, Any] = {"joined_us": records.until_us, "offered_us": records.until_us}
    return await history.last_calls(number, CallOffered(**named, line="101", caller=caller, **moments))


def _contacts(database: Database, records: LargeRecords, last: int, now: int) -> Iterator[tuple[str, WaitedFor]]:
    contacts = Contacts(database, CENTRE, lambda: now)
    answered = next(number for number in range(last, 0, -1) if number % 10 > 1)
    known = ContactKey(NODE, records.uniqueid(answered), records.member(answered))
    other = ContactKey(NODE, records.uniqueid(answered), "1000")
    yield "contact, begin", WaitedFor(lambda: contacts.begin(known, "101", now))
    yield "contact, begin transferred", WaitedFor(lambda: contacts.begin_transferred(other, now))
    yield "contact, save", WaitedFor(lambda: contacts.save(known, {"notes": "algo"}))
    yield "contact, not theirs", WaitedFor(lambda: _refused(contacts.save(_nobody(other), {}), NotYours))
    yield "contact, close", WaitedFor(lambda: contacts.close(known))
    recorded = RecordedConversations(database)
    yield "contacts, of the records", WaitedFor(recorded.new, 4 * ENTRIES_AT_ONCE)
    yield "contacts, pending", WaitedFor(lambda: contacts.pending_of(known.member))
    yield "contacts, open", WaitedFor(lambda: contacts.open_of(known.member))
    yield "contact, latest", WaitedFor(lambda: contacts.latest_of(known.member))
    since, call = now - 7200 * MICROSECONDS, CallKey(NODE, known.uniqueid, records.caller(last))
    write_up = partial(calls_to_write_up, member=known.member, queues=("prepago",), since_us=since)
    yield "campaign, calls to write up", WaitedFor(lambda: database.read(write_up))
    yield "campaign, attempt of a call", WaitedFor(lambda: database.read(lambda it: attempt_of_call(it, call)))
    own = partial(attempts_by, member=known.member, since_us=since, most=20)
    yield "campaign, the agent's attempts", WaitedFor(lambda: database.read(own))
    yield "contact, its call", WaitedFor(lambda: last_contact.offer_of(database, known))


def _nobody(key: ContactKey) -> ContactKey:
    return ContactKey(key.node, key.uniqueid, "nobody")


def _callbacks(database: Database, records: LargeRecords, last: int, now: int) -> Iterator[tuple[str, WaitedFor]]:
    store = CallbackStore(database, NODE, Rules())
    waiting = [records.uniqueid(number) for number in range(last - 30, last)]
    request = CallbackRequest("70755440", "101", "101", "9.9", QueuePosition(0, now), CallbackReason.KEY)
    yield "callback, priorities", WaitedFor(lambda: store.priorities(waiting))
    yield "callback, returned", WaitedFor(lambda: store.returned([f"back-{each}" for each in waiting]))
    yield "callback, ask", WaitedFor(lambda: store.ask(request, now))
    yield "callbacks, open", WaitedFor(store.open)
    yield "callback, open for", WaitedFor(lambda: store.open_for("70755440"))
    yield "callback, disconnected", WaitedFor(lambda: store.disconnected(records.caller(last), "101", now))


async def _refused(work: Awaitable[object], refusal: type[Exception]) -> None:
    with suppress(refusal):
        await work


async def _moved(database: Database, records: LargeRecords, levels: LevelReader) -> None:
    """The month has been counted, and then something was committed of the last entry."""
    await levels.now()
    moved = queue_entries.c.uniqueid == records.uniqueid(records.entries)
    async with database.transaction() as connection:
        await connection.execute(update(queue_entries).where(moved).values(reading=queue_entries.c.reading + 10))


async def _bridge_start(database: Database, now: int) -> None:
    recorder, _ = await resume(NODE, database, Fold(NODE), "table", lambda: now)
    await recorder.folded_between(now - 2 * LONGEST_STORE_US, LATEST_US)
