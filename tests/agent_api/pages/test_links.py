"""No page leads to an address that is not there."""

import re
from pathlib import Path

import pytest

from agent_api.pages import rendering
from tests.agent_api.accounts.who_may import WHO_MAY

TEMPLATES = Path(rendering.__file__).parent / "templates"
HREF = re.compile(r'href="(/[^"#?]*)')
INSIDE = re.compile(r"\{\{[^}]*\}\}")
ROUTES = [
    re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path.replace(".", r"\."))) for method, path in WHO_MAY if method == "GET"
]
LINKS = sorted({link for page in TEMPLATES.rglob("*.html") for link in HREF.findall(page.read_text(encoding="utf-8"))})


@pytest.mark.parametrize("link", LINKS)
def test_each_link_leads_to_a_page(link: str) -> None:
    address = INSIDE.sub("7", link)
    assert any(route.fullmatch(address) for route in ROUTES) or "{%" in address
