"""Requests and answers about calendar days and mass outages. Instants in microseconds since 1970, UTC."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field

from agent_api.schemas import with_example
from backoffice.smartflex.customers import ProductKind

_DAY: dict[str, Any] = {
    **{"day": "2026-12-28", "shown": "lunes 28 de diciembre de 2026", "holiday": True, "name": "Feriado por decreto"},
    **{"set_by": "jefa", "set_us": 1790000000000000},
}
_OUTAGE: dict[str, Any] = {
    **{"number": 7, "zone": "Cala Cala", "product": "internet", "product_shown": "Internet"},
    **{"began_us": 1790000000000000, "began": "21/09/2026 09:46", "set_by": "jefa"},
    **{"ended_us": None, "ended": "", "ended_by": None, "numbers_left": 12},
}


class CalendarDay(BaseModel):
    """A holiday, or a working day that the rules call a holiday. `set_by` is None where nobody decided it."""

    model_config = with_example(**_DAY)

    day: date
    shown: str
    holiday: bool
    name: str
    set_by: str | None
    set_us: int | None


class CalendarYear(BaseModel):
    """The days of a year that are not as their weekday says."""

    model_config = with_example(year=2026, days=[_DAY])

    year: int
    days: tuple[CalendarDay, ...]


class DayDecision(BaseModel):
    """What a day is to be: a holiday of that name, or (`holiday` false) a working day."""

    model_config = with_example(holiday=True, name="Feriado por decreto")

    holiday: bool
    name: Annotated[str, Field(min_length=1, max_length=80)]


class OutageBegun(BaseModel):
    """What is broken. An empty zone is everywhere; without a product it is every product."""

    model_config = with_example(zone="Cala Cala", product="internet")

    zone: Annotated[str, Field(max_length=60)] = ""
    product: ProductKind | None = None


class OutageView(BaseModel):
    """A mass outage; `ended_us` is None while callers hear of it. `product` empty: every product."""

    model_config = with_example(**_OUTAGE)

    number: int
    zone: str
    product: str
    product_shown: str
    began_us: int
    began: str
    set_by: str
    ended_us: int | None
    ended: str
    ended_by: str | None
    numbers_left: int


class Outages(BaseModel):
    """The open outages and the last that ended."""

    model_config = with_example(outages=[_OUTAGE])

    outages: tuple[OutageView, ...]


class NumberLeft(BaseModel):
    """Who left a number to hear of the repair: `number` to dial, `shown` as people read it."""

    number: str
    shown: str
    uniqueid: str
    at_us: int
    at: str


class NumbersLeft(BaseModel):
    """The numbers that were left for one outage, in the order in which they came."""

    model_config = with_example(
        outage=7,
        numbers=[
            {
                **{"number": "70755440", "shown": "707 55440", "uniqueid": "1790000000.7"},
                **{"at_us": 1790000060000000, "at": "21/09/2026 09:47"},
            }
        ],
    )

    outage: int
    numbers: tuple[NumberLeft, ...]
