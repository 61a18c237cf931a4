"""Real calls whose outcome is known: the board of the floor says of them what the month's report says, and soon."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import ceil
from typing import Any

import pytest
from playwright.async_api import Page, expect

from callcenter.clock import now_us
from tests.browser.browsing import Browsing, screenshot
from tests.telephony.phones.duty import STRAIGHT_HOST, caller, on_duty
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre
from tests.waiting import answered, eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(180)]

SUPERVISOR, MEASURED, MEASURED_LATE, NOT_MEASURED = "1101", "101", "publica", "guia"
LINES = {MEASURED: "101", MEASURED_LATE: "4639999", NOT_MEASURED: "4200224"}
NUMBERS = {"first": "70720001", "second": "70720002", "impatient": "70720003", "late": "70720004", "gone": "70720005"}
TOO_LATE_US = 20_300_000
SEEN_WITHIN_MS = 3000
# What the board shows of each queue, each time it is another: milliseconds, queue, who waits, `answered de registered`.
_WATCH = """() => {
  window.seen = [];
  const last = {};
  const look = () => {
    for (const row of document.querySelectorAll('#tablero tr[id^=cola-]')) {
      const cells = [...row.querySelectorAll('td')].map((cell) => cell.textContent.trim());
      const [queue, values] = [row.id.slice('cola-'.length), [cells[0], cells[3]]];
      if (last[queue] === values.join()) continue;
      last[queue] = values.join();
      window.seen.push([Date.now(), queue, ...values]);
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  look();
}"""


@dataclass(frozen=True)
class Figures:
    """One row of the board, or of the report, as the board writes it."""

    today: str
    answered: str
    month: str
    needed: str


@pytest.fixture
async def floor(browsing: Browsing) -> AsyncIterator[Page]:
    """The floor, which notes when it shows what."""
    page = await browsing.enter(SUPERVISOR)
    await page.locator("#cola-101").wait_for()
    await page.evaluate(_WATCH)  # at once: act
    yield page


def report(centre: RunningCentre) -> dict[str, Any]:
    att: dict[str, Any] = json.loads(centre.troncal("report", "att", centre.month, "--json").stdout)
    return att


def of_queue(att: Mapping[str, Any], queue: str) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = [line for line in att["lines"] if line["queue"] == queue]
    return found


def as_shown(figures: Mapping[str, Any], target: str) -> Figures:
    """A line of the report in the board's words; all calls of this centre are of today."""
    registered, within = figures["registered"], figures["within_threshold"]
    level = "—" if figures["level_percent"] is None else f"{figures['level_percent']} %".replace(".", ",")
    answered = f"{figures['answered']} de {registered}" if registered else "—"
    share = Fraction(target) / 100
    missing = ceil((share * registered - within) / (1 - share))
    needed = "—" if not registered else "cumple" if missing <= 0 else f"faltan {missing}"
    return Figures(level, answered, level, needed)


async def shown(page: Page, queue: str) -> Figures:
    cells = [text.strip() for text in await page.locator(f"#cola-{queue} td").all_inner_texts()]  # at once: polled
    return Figures(cells[2], cells[3], cells[4], cells[5])


async def total_shown(page: Page, name: str) -> Figures:
    texts = [" ".join(text.split()) for text in await page.locator(f"#{name} dd").all_inner_texts()]  # at once: polled
    return Figures(texts[0], texts[3], texts[1], texts[2])


async def shows(look: Callable[[], Awaitable[Figures]], wanted: Figures) -> None:
    """Wait until the board has these figures in a place."""
    await answered(look, lambda figures: figures == wanted, SEEN_WITHIN_MS / 1000, f"{wanted} on the board")


async def call(stack: AsyncExitStack, centre: RunningCentre, who: str, queue: str) -> Leg:
    phone = await caller(centre, NUMBERS[who], host=STRAIGHT_HOST)
    stack.push_async_callback(phone.close)
    return await phone.call(LINES[queue])


async def joined(centre: RunningCentre, who: str) -> int:
    """When a caller came into the queue, once that is recorded."""
    await eventually(lambda: bool(instant(centre, who, "entered_us")), 10, f"{who} is recorded")
    return instant(centre, who, "entered_us")


def instant(centre: RunningCentre, who: str, column: str) -> int:
    """Of the caller's entry; 0 while there is none."""
    rows = centre.rows(f"SELECT {column} FROM queue_entries WHERE caller = '{NUMBERS[who]}'")
    return int(str(rows[0][0])) if rows and rows[0][0] is not None else 0


async def a_series_of_calls(centre: RunningCentre) -> None:
    """Queue 101: two are answered in time, one gives up. publica: one is answered too late. guia: one gives up."""
    async with AsyncExitStack() as stack:
        late = await call(stack, centre, "late", MEASURED_LATE)
        since = await joined(centre, "late")
        gone = await call(stack, centre, "gone", NOT_MEASURED)
        agents = [await stack.enter_async_context(on_duty(centre, each, MEASURED)) for each in ("1001", "1002")]
        for who in ("first", "second"):
            await call(stack, centre, who, MEASURED)
        await answered_by(agents)
        impatient = await call(stack, centre, "impatient", MEASURED)
        await joined(centre, "impatient")
        for leg in (impatient, gone):
            await leg.hang_up()
        await eventually(lambda: now_us() > since + TOO_LATE_US, 30, "the caller has waited too long")
        agent = await stack.enter_async_context(on_duty(centre, "1008", MEASURED_LATE))
        await agent.offered()
        await late.hang_up()


async def answered_by(agents: list[SipPhone]) -> None:
    for agent in agents:
        leg = await agent.offered()
        await leg.until(leg.answered)


def is_recorded(centre: RunningCentre) -> bool:
    wanted = ", ".join(f"'{number}'" for number in NUMBERS.values())
    ((over,),) = centre.rows(f"SELECT count(*) FROM queue_entries WHERE caller IN ({wanted}) AND ended_us IS NOT NULL")
    return over == len(NUMBERS)


async def test_the_board_says_what_the_report_says_and_within_a_second(centre: RunningCentre, floor: Page) -> None:
    before = report(centre)
    await a_series_of_calls(centre)
    await eventually(lambda: is_recorded(centre), 20, "all five calls are recorded to their end")
    att = report(centre)
    assert {queue: grown(before, att, queue) for queue in LINES} == {
        MEASURED: (3, 2, 2, 1),
        MEASURED_LATE: (1, 1, 0, 0),
        NOT_MEASURED: (1, 0, 0, 1),
    }
    await expect(floor.locator("#total-centro dd").nth(3)).to_contain_text(
        f"de {att['centre_total']['registered']}", timeout=SEEN_WITHIN_MS
    )
    target = att["target_percent"]
    for line in att["lines"]:
        await shows(partial(shown, floor, line["queue"]), as_shown(line, target))
    for name, key in (("total-att", "measured_total"), ("total-centro", "centre_total")):
        await shows(partial(total_shown, floor, name), total_of(as_shown(att[key], target), att[key]))
    await screenshot(floor, "floor-after-real-calls", whole=True)
    delays = await how_late(centre, floor, before)
    print("milliseconds from the event to the board:", delays)
    assert all(delay < SEEN_WITHIN_MS for delay in delays.values())


def total_of(figures: Figures, att: Mapping[str, Any]) -> Figures:
    """A total writes `0 de 0` where a queue writes nothing."""
    return Figures(figures.today, f"{att['answered']} de {att['registered']}", figures.month, figures.needed)


def grown(before: Mapping[str, Any], after: Mapping[str, Any], queue: str) -> tuple[int, ...]:
    """How many more are registered, answered, answered in time, abandoned."""
    keys = ("registered", "answered", "within_threshold", "abandoned")
    return tuple(of_queue(after, queue)[key] - of_queue(before, queue)[key] for key in keys)


async def how_late(centre: RunningCentre, page: Page, before: Mapping[str, Any]) -> dict[str, int]:
    """For each event of the calls, how long after the instant of the record the board showed it; milliseconds."""
    seen = await page.evaluate("window.seen")  # at once: settled
    delays: dict[str, int] = {}
    for queue in LINES:
        registered = of_queue(before, queue)["registered"]
        for number, (at_us, what) in enumerate(events(centre, queue), registered + 1):
            # Two that come at once are shown at once.
            first = next(ms for ms, name, _, text in seen if name == queue and registered_in(text) >= number)
            delays[what] = round(first - at_us / 1000)
    since = instant(centre, "late", "entered_us")
    came = next(ms for ms, queue, waiting, _ in seen if queue == MEASURED_LATE and waiting == "1")
    return {**delays, "late waits": round(came - since / 1000)}


def registered_in(text: str) -> int:
    """Of `2 de 3` the 3."""
    return int(text.rpartition(" ")[2]) if " de " in text else 0


def events(centre: RunningCentre, queue: str) -> list[tuple[int, str]]:
    """What made a queue's figures others: when, and what."""
    of = {MEASURED: ("first", "second", "impatient"), MEASURED_LATE: ("late",), NOT_MEASURED: ("gone",)}[queue]
    found = []
    for who in of:
        answered = instant(centre, who, "answered_us")
        what = f"{who} {'is answered' if answered else 'gives up'}"
        found.append((answered or instant(centre, who, "ended_us"), what))
    return sorted(found)
