"""Requests and answers about users."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field, StringConstraints

from agent_api.accounts.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD
from agent_api.accounts.user_store import LONGEST_LOGIN
from agent_api.schemas import with_example
from callcenter.roles import Role

Login = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$", examples=["1001"])]
NewLogin = Annotated[str, Field(max_length=LONGEST_LOGIN, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
PersonName = Annotated[
    str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$", strip_whitespace=True)
]
Extension = Annotated[str, Field(pattern=r"^[0-9]{2,16}$")]
Password = Annotated[str, Field(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)]

_QUEUES = [{"queue": "101", "penalty": 0}, {"queue": "102", "penalty": 1}]
_USER = {
    **{"login": "1001", "display_name": "Agente 1001", "role": "agent", "extension": "1001", "active": True},
    **{"queues": _QUEUES, "own_queues": True},
}


class ServedQueue(BaseModel):
    """A queue that a user serves: of those who are free, who has the lowest penalty is asked first."""

    model_config = with_example(queue="101", penalty=0)

    queue: Annotated[str, Field(min_length=1, max_length=64)]
    penalty: Annotated[int, Field(ge=0, le=100)] = 0


class UserView(BaseModel):
    """A user. `own_queues` false: the queues are those that the centre file gives the extension."""

    model_config = with_example(**_USER)

    login: str
    display_name: str
    role: Role
    extension: str | None
    active: bool
    queues: tuple[ServedQueue, ...]
    own_queues: bool


class UserList(BaseModel):
    """Everybody, by login."""

    model_config = with_example(users=[_USER])

    users: tuple[UserView, ...]


class UserFields(BaseModel):
    """What an administrator decides of a user. `queues` null: those that the centre file gives the extension."""

    model_config = with_example(display_name="Agente 1001", role="agent", extension="1001", active=True, queues=_QUEUES)

    display_name: PersonName
    role: Role
    extension: Extension | None = None
    active: bool = True
    queues: Annotated[tuple[ServedQueue, ...], Field(min_length=1, max_length=100)] | None = None

    def penalties(self) -> dict[str, int] | None:
        """The penalty by queue; None: the centre file's."""
        return None if self.queues is None else {each.queue: each.penalty for each in self.queues}


class UserMade(UserFields):
    """A user to be."""

    model_config = with_example(
        **{"login": "1009", "password": "una frase larga", "display_name": "Agente 1009", "role": "agent"},
        **{"extension": "1009", "active": True, "queues": None},
    )

    login: NewLogin
    password: Password


class PasswordGiven(BaseModel):
    """A password for somebody else."""

    model_config = with_example(password="una frase larga")  # noqa: S106 - an example

    password: Password


class OwnPassword(BaseModel):
    """A new password for oneself, and the one in force."""

    model_config = with_example(current="una frase larga", password="otra frase larga")  # noqa: S106 - an example

    current: Annotated[str, Field(min_length=1, max_length=LONGEST_PASSWORD)]
    password: Password
