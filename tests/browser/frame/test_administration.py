"""An administrator's pages: users, their queues, the audit log."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.browsing import DESK, TABLET, Browsing, axe, is_as_wide_as_its_window, screenshot

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]


async def admin_at(browsing: Browsing, path: str, size: tuple[int, int] = DESK, *, dark: bool = False) -> Page:
    """An administrator in front of a page."""
    page = await browsing.enter("admin", size, dark=dark)
    await page.goto(path)
    return page


PAGES = {
    **{"/usuarios": "users", "/usuarios/1001": "user", "/usuarios/nuevo": "user-new"},
    **{"/auditoria": "audit", "/clave": "password", "/usuarios/nadie": "problem"},
}


@pytest.mark.parametrize(
    ("size", "dark"), [(DESK, False), (DESK, True), (TABLET, False)], ids=["desk", "dark", "tablet"]
)
async def test_every_page_of_administration_can_be_read_by_everybody(
    browsing: Browsing, size: tuple[int, int], dark: bool
) -> None:
    browsing.expect("status of 409", "status of 404")
    page = await browsing.enter("admin", size, dark=dark)
    for path, name in PAGES.items():
        await page.goto(path)
        await axe(page)
        await screenshot(page, f"users-{name}-{size[0]}-{'dark' if dark else 'light'}", whole=True)
        await is_as_wide_as_its_window(page)


async def test_a_user_is_made_by_keyboard_alone_with_queues_of_its_own(browsing: Browsing) -> None:
    page = await admin_at(browsing, "/usuarios/nuevo")
    await expect(page.locator("#login")).to_be_focused()
    keys = page.keyboard
    for typed in ("Nora", "Nora Rojas"):
        await keys.type(typed)
        await keys.press("Tab")
    await keys.press("Tab")  # the role stays agent, and there is no extension
    await keys.press("Tab")
    await keys.type("una frase larga")
    await keys.press("Tab")
    await keys.press("ArrowDown")
    await expect(page.get_by_role("table", name="Colas propias del usuario")).to_be_visible()
    await keys.press("Tab")
    await keys.press("Space")
    await keys.press("Tab")
    await keys.type("3")
    await screenshot(page, "user-own-queues", whole=True)
    await axe(page)
    await keys.press("Enter")
    await page.wait_for_url("**/usuarios")
    await expect(page.get_by_role("status").filter(has_text="Usuario nora creado.")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="Nora Rojas")
    await expect(row).to_contain_text("propias")
    await expect(row).to_contain_text("101 (3)")


async def test_what_is_refused_is_said_and_what_was_typed_stays(browsing: Browsing) -> None:
    browsing.expect("status of 409")
    page = await admin_at(browsing, "/usuarios/admin")
    await page.select_option("#role", "agent")
    await page.click("text=Guardar")
    await expect(page.get_by_role("alert").filter(has_text="No puede cambiar su propio rol")).to_be_visible()
    await expect(page.locator("#role")).to_have_value("agent")
    await axe(page)
    await screenshot(page, "user-refused")


async def test_a_question_is_asked_in_the_page_and_no_answer_changes_nothing(browsing: Browsing) -> None:
    page = await admin_at(browsing, "/usuarios/1008")
    await page.fill("#password", "otra frase larga")
    await page.click("text=Cambiar contraseña")
    question = page.get_by_role("dialog", name="¿Cambiar la contraseña de 1008?")
    await expect(question).to_be_visible()
    await axe(page)
    await screenshot(page, "users-question")
    await page.keyboard.press("Escape")
    await expect(question).to_be_hidden()
    await browsing.enter("1008")


async def test_who_leaves_cannot_go_back_to_the_page(browsing: Browsing) -> None:
    page = await admin_at(browsing, "/usuarios")
    await page.click("text=Salir")
    await page.wait_for_url("**/ingresar")
    await page.go_back()
    await page.wait_for_url("**/ingresar?de=/usuarios")


async def test_another_sites_page_can_make_the_browser_do_nothing(browsing: Browsing) -> None:
    page = await admin_at(browsing, "/usuarios")
    other = browsing.url.replace("127.0.0.1", "localhost")
    browsing.expect("asked another host", "status of 403", "status of 404", "Content Security Policy", "CORS")
    await page.route(
        f"{other}/evil", lambda route: route.fulfill(content_type="text/html", body=EVIL.format(browsing.url))
    )
    await page.goto(f"{other}/evil")
    await page.click("button")
    await page.wait_for_url(f"{browsing.url}/**")
    await page.goto(f"{browsing.url}/usuarios")
    await expect(page.get_by_role("heading", name="Usuarios")).to_be_visible()


EVIL = '<form method="post" action="{}/salir"><button>Gane un premio</button></form>'
