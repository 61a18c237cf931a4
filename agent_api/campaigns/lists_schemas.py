"""Lists and the do-not-call list, as the API takes and gives them."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from agent_api.schemas import PRINTABLE, with_example
from callcenter.numbers import LONGEST_TEXT
from dialer.do_not_call import LONGEST_NOTE
from dialer.lists.model import ListKind, ListLoad, LoadState

MOST_COLUMNS = 500
_VIEW = {"id": 7, "kind": "prepaid_report", "campaign": 3, "file_name": "prepago-noviembre.xlsx"}
_VIEW_NOW = {"state": "previewed", "rows_read": 1200, "rows_in_all": 1200, "refusal": ""}


class ListView(BaseModel):
    """A load and how far it is. `rows_in_all` null: not known yet; `refusal`: Spanish, why it is not loaded."""

    model_config = with_example(**_VIEW, **_VIEW_NOW)

    id: int
    kind: ListKind
    campaign: int | None
    file_name: str
    state: LoadState
    rows_read: int
    rows_in_all: int | None
    refusal: str


def list_view(load: ListLoad) -> ListView:
    """A load as it is given."""
    return ListView(
        id=load.id,
        kind=load.kind,
        campaign=load.campaign_id,
        file_name=load.file_name,
        state=load.state,
        rows_read=load.rows_read,
        rows_in_all=load.rows_in_all,
        refusal=load.refusal,
    )


class ColumnsSaid(BaseModel):
    """Which column (from 0) is which field of the list."""

    model_config = with_example(fields={"0": "customer_code", "2": "telephones"})

    fields: Annotated[dict[Annotated[int, Field(ge=0, le=16_383)], str], Field(max_length=MOST_COLUMNS)]


Typed = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_NOTE, pattern=rf"^$|{PRINTABLE}")]
Reason = Annotated[Note, StringConstraints(min_length=3)]


class NumberBarred(BaseModel):
    """A number that no campaign is to call, as somebody types it, and why."""

    model_config = with_example(number="707 12345", note="Pidió que no lo llamen")

    number: Typed
    note: Note = ""


class NumberAllowed(BaseModel):
    """A number that may be called again, and why."""

    model_config = with_example(number="707 12345", note="Se anotó por error")

    number: Typed
    note: Reason
