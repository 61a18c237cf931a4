"""Loads in Spanish: every state has its word, and only what may be done is offered."""

from decimal import Decimal

import pytest

from agent_api.campaigns.lists_words import LoadWords
from dialer.lists.model import ListKind, ListLoad, LoadCounts, LoadState

COUNTS = LoadCounts(rows=1200, customers=1000, new=990, held_out=10, errors=3, totals=1)


def words(state: LoadState, kind: ListKind = ListKind.PREPAID_REPORT, counts: LoadCounts = COUNTS) -> LoadWords:
    return LoadWords(
        ListLoad(7, kind, 3, "lista.csv", state, 1, "jefa", rows_read=600, rows_in_all=1200, counts=counts)
    )


@pytest.mark.parametrize("state", LoadState, ids=lambda state: state.value)
def test_every_state_has_a_word_and_what_goes_on_says_what_it_does(state: LoadState) -> None:
    shown = words(state)
    assert shown.state
    assert bool(shown.progress) is shown.moving


@pytest.mark.parametrize(
    ("state", "may"),
    [
        (LoadState.READING, "cancel"),
        (LoadState.UNMAPPED, "cancel"),
        (LoadState.PREVIEWED, "cancel load"),
        (LoadState.LOADED, "undo"),
        (LoadState.UNDONE, ""),
        (LoadState.REFUSED, ""),
    ],
)
def test_what_may_be_done_follows_from_the_state(state: LoadState, may: str) -> None:
    assert " ".join(sorted(words(state).may)) == may


def test_a_list_that_changes_nothing_cannot_be_loaded() -> None:
    assert words(LoadState.PREVIEWED, counts=LoadCounts(rows=3, errors=3)).may == {"cancel"}


def test_the_reading_is_shown_in_rows_and_as_a_share() -> None:
    shown = words(LoadState.READING)
    assert (shown.progress, shown.share) == ("600 filas leídas de 1.200", 50)


def test_figures_are_of_customers_or_of_payments() -> None:
    assert next(what for what, _, _ in words(LoadState.PREVIEWED).figures) == "Clientes nuevos"
    paid = words(LoadState.PREVIEWED, ListKind.PAYMENTS, LoadCounts(rows=2, payments=2, amount=Decimal("160")))
    assert next(paid.figures) == ("Pagos", "2", "Bs 160,00")
