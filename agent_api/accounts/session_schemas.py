"""Requests and answers about sessions. Instants in microseconds since 1970, UTC."""

from typing import Annotated

from pydantic import BaseModel, Field

from agent_api.schemas import with_example
from callcenter.roles import Role


class Credentials(BaseModel):
    """Who wants in."""

    model_config = with_example(login="1001", password="una frase larga")  # noqa: S106 - an example

    login: Annotated[str, Field(min_length=1, max_length=40)]
    password: Annotated[str, Field(min_length=1, max_length=128)]


class Me(BaseModel):
    """The user whose session it is."""

    model_config = with_example(
        login="1001", display_name="Agente 1001", role="agent", extension="1001", expires_us=1790043200000000
    )

    login: str
    display_name: str
    role: Role
    extension: str | None
    expires_us: int


class SessionOpened(Me):
    """A session just opened. Send the token as `Authorization: Bearer ...`."""

    model_config = with_example(
        token="n1b0kq3v7o4rJ2mH8sQYc0T5wXzLrEfUa6dPgViKtBM",  # noqa: S106 - an example
        **{"login": "1001", "display_name": "Agente 1001", "role": "agent", "extension": "1001"},
        expires_us=1790043200000000,
    )

    token: str
