"""What is a mail address here: one that can stand in a header and in a command to a mail server as it is. Pure."""

import re
from typing import Annotated

from pydantic import AfterValidator

LONGEST = 254
_NAME, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_FORM = re.compile(rf"{_NAME}(?:\.{_NAME})*@{_LABEL}(?:\.{_LABEL})*", re.ASCII)


def is_mail_address(text: str) -> bool:
    """Whether it is an address and nothing more: no display name, no quotes, no space and no line break."""
    return len(text) <= LONGEST and _FORM.fullmatch(text) is not None


def _checked(text: str) -> str:
    if not is_mail_address(text):
        raise ValueError(f"{text[:60]!r} is no mail address: write one like informes@example.bo, without a name")
    return text


MailAddress = Annotated[str, AfterValidator(_checked)]
