"""How a page is made: Jinja templates in one frame (`templates/frame/page.html`), and the headers every page has."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from agent_api.accounts.sessions import SessionUser
from agent_api.pages import assets, filters
from agent_api.pages.assets import Assets
from callcenter.roles import Role

TEMPLATES = Path(__file__).resolve().parent / "templates"
# Scripts, styles, sounds and streams come from here and nowhere else; nothing is written into the page itself.
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "media-src": "'self' blob:",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in _POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A page that the header leads to, and whom it is for."""

    path: str
    name: str
    role: Role = Role.AGENT
    with_extension: bool = False

    def is_for(self, visitor: SessionUser) -> bool:
        """Whether this visitor may work there."""
        has_phone = visitor.extension is not None
        return visitor.role.includes(self.role) and (has_phone or not self.with_extension)

    def is_at(self, path: str) -> bool:
        """Whether a page at this path belongs here: `/usuarios/nuevo` to `/usuarios`."""
        return path == self.path or path.startswith(f"{self.path}/")


NAVIGATION = (
    NavigationItem("/escritorio", "Escritorio", with_extension=True),
    NavigationItem("/perdidas", "Llamadas perdidas"),
    NavigationItem("/piso", "Piso", Role.SUPERVISOR),
    NavigationItem("/campanas", "Campañas", Role.SUPERVISOR),
    NavigationItem("/grabaciones", "Grabaciones", Role.SUPERVISOR),
    NavigationItem("/informes", "Informes", Role.SUPERVISOR),
    NavigationItem("/usuarios", "Usuarios", Role.ADMIN),
    NavigationItem("/auditoria", "Auditoría", Role.ADMIN),
)


@dataclass(frozen=True, slots=True)
class Pages:
    """What pages are made with; one for each application, at `app.state.pages`."""

    environment: Environment
    assets: Assets
    clock: Callable[[], int]


def install(app: FastAPI, zone: tzinfo, clock: Callable[[], int]) -> None:
    """Serve the bundles and make `render` work. `zone`: in which people read times. Raises NotBundled."""
    app.state.pages = Pages(environment(zone), Assets.read(), clock)
    app.include_router(assets.router)


@cache
def environment(zone: tzinfo) -> Environment:
    """Everything that is put into a page is escaped; a name that is not there is a defect, not an empty text.

    All applications of a process share one: templates are compiled once. Nobody changes it.
    """
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(filters.filters(zone))
    return made


def render(request: Request, name: str, status: int = 200, **values: object) -> HTMLResponse:
    """The template `name` (a whole page, or a part of one) with these values.

    Every template also has: `visitor` (SessionUser, or None at the entrance) and `csrf`, both as the page's dependency
    left them in `request.state`; `nav`; `now_us`; `path`; `assets`.
    """
    pages: Pages = request.app.state.pages
    visitor: SessionUser | None = getattr(request.state, "visitor", None)
    frame = {
        "visitor": visitor,
        "csrf": getattr(request.state, "csrf", ""),
        "nav": [item for item in NAVIGATION if item.is_for(visitor)] if visitor else [],
        "now_us": pages.clock(),
        "path": request.url.path,
        "assets": pages.assets,
    }
    text = pages.environment.get_template(name).render({**frame, **values})
    return HTMLResponse(text, status, HEADERS)


def problem(request: Request, status: int, detail: str) -> HTMLResponse:
    """The page for what went wrong; `detail` says it in Spanish."""
    return render(request, "frame/problem.html", status, detail=detail)
