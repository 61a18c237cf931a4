"""The first page that anybody sees."""

import pytest
from playwright.async_api import expect

from tests.browser.browsing import DESK, TABLET, Browsing, axe, screenshot

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESK, TABLET], ids=["desk", "tablet"])
async def test_the_entrance_can_be_read_by_everybody(browsing: Browsing, size: tuple[int, int], dark: bool) -> None:
    page = await (await browsing.person(size, dark=dark)).new_page()
    await page.goto("/ingresar")
    await axe(page)
    await screenshot(page, f"entrance-{size[0]}-{'dark' if dark else 'light'}")


async def test_who_enters_by_keyboard_alone_comes_to_the_desk(browsing: Browsing) -> None:
    page = await (await browsing.person()).new_page()
    await page.goto("/ingresar")
    await expect(page.locator("input[name=login]")).to_be_focused()
    await page.keyboard.type("1001")
    await page.keyboard.press("Tab")
    await page.keyboard.type(browsing.password("1001"))
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/escritorio")


async def test_a_wrong_password_is_said_and_the_login_is_kept(browsing: Browsing) -> None:
    browsing.expect("status of 401")
    page = await (await browsing.person()).new_page()
    await page.goto("/ingresar")
    await page.fill("input[name=login]", "1002")
    await page.fill("input[name=password]", "no es esta")
    await page.keyboard.press("Enter")
    await page.get_by_role("alert").filter(has_text="contraseña").wait_for()
    await expect(page.locator("input[name=login]")).to_have_value("1002")
    await axe(page)
    await screenshot(page, "entrance-refused")
