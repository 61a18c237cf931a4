"""A database that is away is a system that does not answer, whatever is asked of it."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from backoffice.fijacom.store import FijacomStore
from backoffice.guiatel.store import GuiatelStore
from backoffice.smartflex.fault_store import SmartflexFaultsStore
from backoffice.smartflex.service_store import SmartflexServicesStore
from backoffice.systems import SystemUnavailable
from callcenter.database.problems import DatabaseUnavailable
from callcenter.database.transactions import Database
from callcenter.numbers import Number, NumberKind

QUESTIONS: dict[str, Callable[[Database], Awaitable[object]]] = {
    "Smartflex statement": lambda database: SmartflexServicesStore(database).statement("1"),
    "Smartflex orders": lambda database: SmartflexServicesStore(database).orders("1"),
    "Smartflex expiries": lambda database: SmartflexServicesStore(database).expiries("1"),
    "Smartflex faults": lambda database: SmartflexFaultsStore(database).faults(1),
    "Smartflex register": lambda database: SmartflexFaultsStore(database).register(1, "Sin tono", call="a", at_us=1),
    "Smartflex reiterate": lambda database: SmartflexFaultsStore(database).reiterate(1, call="a", at_us=1),
    "Guiatel by keys": lambda database: GuiatelStore(database).by_keys("7", 1),
    "Fijacom pocket": lambda database: FijacomStore(database).pocket(Number("70900001", NumberKind.MOBILE)),
}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_a_system_that_is_away_says_which_and_why(question: str, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'none.sqlite'}")
    with pytest.raises(SystemUnavailable) as caught:
        await QUESTIONS[question](database)
    assert caught.value.system == question.split()[0]
    assert isinstance(caught.value.__cause__, DatabaseUnavailable)
    await database.close()
