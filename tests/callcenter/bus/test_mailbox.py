"""What waits for a slow reader."""

import asyncio

import pytest

from callcenter.bus.mailboxes import Mailbox, MailboxClosed


async def _all(mail: Mailbox[str]) -> list[str]:
    mail.close()
    items = []
    while True:
        try:
            items.append(await mail.get())
        except MailboxClosed:
            return items


async def test_a_newer_state_replaces_an_older_one() -> None:
    mail: Mailbox[str] = Mailbox(10)
    for item, key in [("old", "topic"), ("event", None), ("new", "topic")]:
        mail.put(item, key)
    assert await _all(mail) == ["event", "new"]


async def test_a_full_mailbox_drops_the_oldest_event_and_counts_it() -> None:
    mail: Mailbox[str] = Mailbox(3)
    mail.put("state", "topic")
    for number in range(4):
        mail.put(f"event {number}")
    assert await _all(mail) == ["state", "event 2", "event 3"]
    assert mail.dropped == 2


async def test_states_are_never_dropped() -> None:
    mail: Mailbox[str] = Mailbox(2)
    for number in range(5):
        mail.put(f"state {number}", f"topic {number}")
    assert len(await _all(mail)) == 5
    assert mail.dropped == 0


async def test_an_event_among_nothing_but_states_is_still_delivered() -> None:
    mail: Mailbox[str] = Mailbox(1)
    mail.put("state", "topic")
    mail.put("event")
    assert await _all(mail) == ["state", "event"]


async def test_a_waiting_reader_is_woken() -> None:
    mail: Mailbox[str] = Mailbox(1)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        reader = group.create_task(mail.get())
        mail.put("event")
    assert reader.result() == "event"


async def test_a_reader_of_a_closed_mailbox_gets_an_error() -> None:
    mail: Mailbox[str] = Mailbox(1)
    mail.close()
    with pytest.raises(MailboxClosed):
        await mail.get()
