"""Answered calls: waits, conversations, who ended them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from callcenter.calls import EndedBy, Outcome
from callcenter.database.transactions import Database
from callcenter.records.outgoing_calls import outgoing_calls
from reports.answered.report import KIND
from reports.kinds.asked import Asked
from reports.measures.lengths import Middle
from reports.reading.ranks import _middle
from tests.reports.made_records import ASKED, DAY, NODE, S, at, entry, figures, insert, made, rows, table


async def test_waits_conversations_and_ends_by_queue_and_agent(database: Database) -> None:
    """Waits 2, 20, 20.000001 and 40 s: mean 20.5, median 20.0 (.0000005 down), 90th percentile 40."""
    waits = [2 * S, 20 * S, 20 * S + 1, 40 * S]
    ends = [EndedBy.CALLER, EndedBy.AGENT, EndedBy.TRANSFER, EndedBy.CALLER]
    await insert(
        database,
        [
            row
            for number, (wait_us, ended_by) in enumerate(zip(waits, ends, strict=True))
            for row in entry(
                *(f"c{number}", at(9 + number)),
                wait_us=wait_us,
                talk_us=(number + 1) * 60 * S,
                ended_by=ended_by.value,
                transferred_to="2000" if ended_by is EndedBy.TRANSFER else None,
                member="1002" if number == 3 else "1001",
                queue="102" if number == 3 else "101",
            )
        ],
    )
    document = await made(database, KIND.make)
    assert figures(document) == {
        "Atendidas": 4,
        "Espera media": timedelta(seconds=20, microseconds=500_000),
        "Espera mediana": timedelta(seconds=20),
        "Espera percentil 90": timedelta(seconds=40),
        "Espera máxima": timedelta(seconds=40),
        "Conversación media": timedelta(seconds=150),
        "Transferidas": 1,
    }
    queue = rows(document, "Por cola")["101 Reclamos técnicos"]
    assert (queue["Atendidas"], queue["En tiempo"], queue["% de las atendidas"]) == (3, 2, Decimal("75.00"))
    assert (queue["Cortó el cliente"], queue["Cortó el agente"], queue["Transferidas"]) == (1, 1, 1)
    assert (queue["Conversación"], queue["Conversación máxima"]) == (timedelta(minutes=6), timedelta(minutes=3))
    assert rows(document, "Por agente")["1002"]["Espera mediana"] == timedelta(seconds=40)
    reached = rows(document, "Atendidas por tiempo de espera, acumulado")
    assert [reached[f"Hasta {border} s"]["Atendidas"] for border in (5, 15, 20, 30, 45)] == [1, 1, 2, 3, 4]
    assert list(table(document, "Transferencias por destino").rows) == [("101 Reclamos técnicos", "2000", 1)]


async def test_only_calls_of_the_public_of_these_days_are_counted(database: Database) -> None:
    midnight = at(24)
    dialled = {"uniqueid": "out", "node": NODE, "purpose": "campaign", "reference": "", "number": "7", "rang": True}
    await insert(
        database,
        [
            *entry("first", at(0), talk_us=S),
            *entry("last", midnight - 1, talk_us=S),
            *entry("next day", midnight, talk_us=S),
            *entry("day before", at(0) - 1, talk_us=S),
            *entry("from inside", at(9), talk_us=S, internal=True),
            *entry("out", at(9), talk_us=S),
            (outgoing_calls, {**dialled, "dialled_us": at(9)}),
            *entry("abandoned", at(9), wait_us=S),
            *entry("waits", at(9), outcome=Outcome.OPEN.value, ended_us=None),
        ],
    )
    assert figures(await made(database, KIND.make))["Atendidas"] == 2
    assert figures(await made(database, KIND.make, Asked(DAY, DAY, agents=("1001",))))["Atendidas"] == 2
    assert figures(await made(database, KIND.make, Asked(DAY, DAY, queues=("102",))))["Atendidas"] == 0
    assert figures(await made(database, KIND.make, Asked(DAY, DAY, lines=("101",), agents=("1009",))))["Atendidas"] == 0


async def test_a_conversation_that_goes_on_counts_up_to_now(database: Database) -> None:
    document = await made(database, KIND.make, ASKED)
    assert figures(document)["Espera media"] is None
    await insert(database, entry("c", at(9), talk_us=S, ended_us=None, ended_by=EndedBy.UNKNOWN.value))
    longest = rows(await made(database, KIND.make), "Por cola")["Total"]["Conversación máxima"]
    assert longest == timedelta(days=30, hours=23)  # from the 2nd, 09:00, to the 3rd of December, 08:00


class _Ranked:
    def __init__(self, rank: int, of: int) -> None:
        self.rank, self.of, self.wait_us = rank, of, rank * 10


@pytest.mark.parametrize(
    ("of", "median_us", "percentile_90_us"),
    [(1, 10, 10), (2, 15, 20), (3, 20, 30), (4, 25, 40), (9, 50, 90), (10, 55, 90), (11, 60, 100), (20, 105, 180)],
)
def test_the_ranks_of_so_many_waits(of: int, median_us: int, percentile_90_us: int) -> None:
    assert _middle([_Ranked(rank, of) for rank in range(1, of + 1)]) == Middle(median_us, percentile_90_us)
