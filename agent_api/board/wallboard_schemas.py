"""Requests and answers about wallboards: links for screens that nobody logs in at."""

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from agent_api.schemas import PRINTABLE, with_example

_WALLBOARD = {"key": "9f2c", "name": "Sala principal", "made_by": "jefa", "made_us": 1790000000000000}


class WallboardOrder(BaseModel):
    """Which screen a link is for."""

    model_config = with_example(name="Sala principal")

    name: Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=PRINTABLE, strip_whitespace=True)]


class WallboardLinkView(BaseModel):
    """A link that works. `key` names it without opening anything."""

    model_config = with_example(**_WALLBOARD)

    key: str
    name: str
    made_by: str
    made_us: int


class WallboardLinkMade(WallboardLinkView):
    """A link just made: the only time that its `path` is seen."""

    model_config = with_example(**_WALLBOARD, path="/mural/n1b0kq3v7o4rJ2mH8sQYc0T5wXzLrEfUa6dPgViKtBM")

    path: str


class WallboardList(BaseModel):
    """The links that work, the newest first."""

    model_config = with_example(wallboards=[_WALLBOARD])

    wallboards: tuple[WallboardLinkView, ...]
