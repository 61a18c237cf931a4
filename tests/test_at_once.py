"""No test looks at once at what comes in its own time: the lint over all of them, and what it takes for what."""

from pathlib import Path

import pytest

from tests import at_once

TESTS = Path(at_once.__file__).parent
IN_BROWSER, IN_TELEPHONY, ELSEWHERE = (TESTS / room / "test_x.py" for room in ("browser", "telephony", "ivr"))


def test_no_test_looks_at_once_or_sleeps_without_saying_why() -> None:
    found = [
        f"{path.relative_to(TESTS.parent)}:{fault}" for path in TESTS.rglob("*.py") for fault in at_once.faults(path)
    ]
    assert not found, "expect(...) or tests.waiting, or say why (tests/at_once.py):\n" + "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "assert await page.inner_text('h1') == 'Hola'",
        "assert not await panel.is_visible()",
        "shown = await rows.count()",
        "told = [await each.text_content() for each in await rows.all()]",
        "await asyncio.gather(page.input_value('#a'), page.input_value('#b'))",
        "assert await page.evaluate('document.title') == 'Hola'  # at once: because",
    ],
)
def test_a_page_that_is_looked_at_once_is_found(line: str) -> None:
    assert at_once.faults(IN_BROWSER, f"async def test() -> None:\n    {line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "await expect(page.locator('h1')).to_have_text('Hola')",
        "await page.wait_for_function('document.title')",
        "await page.evaluate('scrollTo(0, 0)')  # at once: act",
        "number = words.count('a')",
    ],
)
def test_a_page_that_is_waited_for_is_left_alone(line: str) -> None:
    assert at_once.faults(IN_BROWSER, f"async def test() -> None:\n    {line}\n") == []


@pytest.mark.parametrize(
    ("line", "is_fault"),
    [
        ("assert centre.rows('SELECT 1') == [(1,)]", True),
        ("told = centre.ledger('SELECT 1')", True),
        ("assert centre.rows('SELECT 1') == []  # at once: settled", False),
        ("until(lambda: centre.rows('SELECT 1') == [(1,)], 10, 'it is recorded')", False),
    ],
)
def test_records_of_a_running_centre_are_waited_for(line: str, is_fault: bool) -> None:
    assert bool(at_once.faults(IN_TELEPHONY, f"def test_a_call() -> None:\n    {line}\n")) is is_fault
    assert at_once.faults(IN_TELEPHONY, f"def is_recorded() -> None:\n    {line}\n") == []


@pytest.mark.parametrize(
    ("line", "is_fault"),
    [
        ("time.sleep(0.1)", True),
        ("async def test() -> None: await sleep(seconds)", True),
        ("async def test() -> None: await asyncio.sleep(0)", False),
        ("async def test() -> None: await asyncio.sleep(0.02)  # world: pace", False),
    ],
)
def test_no_room_sleeps(line: str, is_fault: bool) -> None:
    assert bool(at_once.faults(ELSEWHERE, line)) is is_fault
