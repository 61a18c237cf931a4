"""Commands as the bus brings them, and such as it would not let through."""

from typing import Any, TypeVar
from uuid import uuid4

from callcenter.messages.commands import Command

NEVER = 1 << 62
PHONE = "PJSIP/1001"
_OWN = {"member": "Ana", "interface": PHONE}

C = TypeVar("C", bound=Command)


def command(form: type[C], **fields: Any) -> C:
    """A command that does not expire, of the agent at PHONE unless the fields say whose."""
    head = {"node": "central", "command_id": uuid4(), "issued_us": 0, "expires_us": NEVER, "issued_by": "test"}
    own = {name: value for name, value in _OWN.items() if name in form.model_fields}
    return form(**{**head, **own, **fields})


def forged(true: C, **fields: Any) -> C:
    """The same command with values that nobody checked."""
    return true.model_copy(update=fields)
