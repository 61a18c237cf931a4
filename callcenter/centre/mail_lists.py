"""Who gets which mail: a part of the centre file."""

from pydantic import BaseModel, ConfigDict

from callcenter.mail_addresses import MailAddress


class MailLists(BaseModel):
    """Who gets which mail. `monthly_report`: the report of each month for the ATT; nobody: it is made, not mailed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    monthly_report: tuple[MailAddress, ...] = ()
