"""What a browser sends, to the letter, and what another's page would make it send."""

import re
from dataclasses import dataclass
from typing import Any

import httpx

from agent_api.accounts.cookies import CSRF_HEADER, NAME
from tests.agent_api.api_site import PASSWORD, Site

Headers = dict[str, str]


@dataclass
class BrowserLike:
    """A browser without scripts. `cookie`: what it holds of the site; `csrf`: what our pages gave it."""

    site: Site
    cookie: str = ""
    csrf: str = ""

    @property
    def origin(self) -> str:
        return str(self.site.http.base_url).rstrip("/")

    @property
    def held(self) -> Headers:
        """What it sends of itself with every request to the site, whoever asks it to."""
        return {"Cookie": f"{NAME}={self.cookie}"} if self.cookie else {}

    @property
    def own(self) -> Headers:
        """The headers of a request that one of our pages makes."""
        return {**self.held, "Origin": self.origin, "Sec-Fetch-Site": "same-origin", CSRF_HEADER: self.csrf}

    async def enter(self, login: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        """Fill in the form of the entrance."""
        headers = {**self.held, "Origin": "null", "Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
        form = {"login": login, "password": password, **more}
        answer = await self.site.http.post("/ingresar", data=form, headers=headers)
        await self._take(answer)
        return answer

    async def page(self, path: str) -> httpx.Response:
        """Go to a page."""
        return await self.site.http.get(path, headers={**self.held, "Accept": "text/html"})

    async def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """What a script of our page sends."""
        return await self.site.http.request(method, path, headers=self.own, **more)

    async def _take(self, answer: httpx.Response) -> None:
        kept = re.search(rf"{NAME}=([^;]+);", answer.headers.get("set-cookie", ""))
        if kept is None:
            return
        self.cookie = kept[1]
        found = re.search(r'<meta name="csrf" content="([0-9a-f]+)">', (await self.page("/perdidas")).text)
        assert found is not None
        self.csrf = found[1]


async def browser_of(site: Site, login: str) -> BrowserLike:
    """A browser in which a user has logged in."""
    browser = BrowserLike(site)
    answer = await browser.enter(login)
    assert answer.status_code == 303, answer.text
    return browser
