"""Lists in Spanish: how far a load is, and what it changes."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from callcenter import spanish
from dialer.lists.model import MAY_CANCEL, MAY_LOAD, MAY_UNDO, MOVING, ListKind, ListLoad, ListProblem, LoadState

# State: its word, and the tone in which it is shown.
_STATES: Mapping[LoadState, tuple[str, str]] = {
    LoadState.UPLOADING: ("Subiendo", "accent"),
    LoadState.UPLOADED: ("En espera", "accent"),
    LoadState.READING: ("Leyendo", "accent"),
    LoadState.UNMAPPED: ("Faltan columnas", "warn"),
    LoadState.REFUSED: ("Rechazada", "bad"),
    LoadState.PREVIEWED: ("Por confirmar", "warn"),
    LoadState.LOADING: ("Cargando", "accent"),
    LoadState.LOADED: ("Cargada", "good"),
    LoadState.UNDOING: ("Deshaciendo", "accent"),
    LoadState.UNDONE: ("Deshecha", ""),
    LoadState.CANCELLING: ("Descartando", "accent"),
    LoadState.CANCELLED: ("Descartada", ""),
}
_MOVING = {
    LoadState.UPLOADED: "El archivo llegó entero. Se lee en un momento.",
    LoadState.UPLOADING: "El archivo está llegando.",
    LoadState.LOADING: "Los clientes entran en la campaña. Nadie recibe llamadas antes de que estén todos.",
    LoadState.UNDOING: "Los clientes de esta lista salen de la campaña.",
    LoadState.CANCELLING: "Se borra lo que se leyó.",
}
_HEADINGS = ("Fila", "Columna", "Valor", "Qué está mal", "Qué hacer", "La fila")
# What spreadsheet programs take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class LoadWords:
    """A load as the page shows it. `share`: percent that is read, None where nobody knows."""

    load: ListLoad

    @property
    def state(self) -> str:
        """One word."""
        return _STATES[self.load.state][0]

    @property
    def tone(self) -> str:
        """Its colour."""
        return _STATES[self.load.state][1]

    @property
    def moving(self) -> bool:
        """Whether it goes on by itself."""
        return self.load.state in MOVING

    @property
    def may(self) -> frozenset[str]:
        """What a supervisor may do: `load`, `cancel`, `undo`."""
        state = self.load.state
        able = {
            "load": state in MAY_LOAD and not self.load.changes_nothing,
            "cancel": state in MAY_CANCEL,
            "undo": state in MAY_UNDO,
        }
        return frozenset(name for name, is_able in able.items() if is_able)

    @property
    def is_of_payments(self) -> bool:
        """Whether it has payments and no customers."""
        return self.load.kind is ListKind.PAYMENTS

    @property
    def share(self) -> int | None:
        """Of the rows, those that are read."""
        in_all = self.load.rows_in_all
        return min(99, 100 * self.load.rows_read // in_all) if in_all else None

    @property
    def progress(self) -> str:
        """What is going on."""
        if self.load.state is not LoadState.READING:
            return _MOVING.get(self.load.state, "")
        read = f"{spanish.whole(self.load.rows_read)} filas leídas"
        return f"{read} de {spanish.whole(self.load.rows_in_all)}" if self.load.rows_in_all else read

    @property
    def figures(self) -> Iterator[tuple[str, str, str]]:
        """What the list changes: what it is, how many, and what that means."""
        counts = self.load.counts
        if self.is_of_payments:
            yield "Pagos", spanish.whole(counts.payments), spanish.money(counts.amount)
        else:
            yield "Clientes nuevos", spanish.whole(counts.new), "entran en la campaña"
            yield "Ya en la campaña", spanish.whole(counts.known), "reciben los servicios y teléfonos de esta lista"
            yield "De varias filas", spanish.whole(counts.merged), "varios servicios, una sola llamada"
            yield "Sin llamar", spanish.whole(counts.held_out), "al azar, para comparar"
            yield "No llamar", spanish.whole(counts.barred), "todos sus números están en esa lista: no entran"
        yield "Filas con errores", spanish.whole(counts.errors), "no se cargan"
        yield "Filas repetidas", spanish.whole(counts.repeated), "cuenta la primera"
        if counts.totals:
            yield "Filas de totales", spanish.whole(counts.totals), "no son de nadie"


def problems_csv(problems: Iterable[ListProblem]) -> bytes:
    """The problems as a file that spreadsheet programs open by a click, with nothing in it that they would work out."""
    made = io.StringIO()
    lines = csv.writer(made, delimiter=";", lineterminator="\r\n")
    lines.writerow(_HEADINGS)
    for each in problems:
        taken = "se carga sin ese dato" if each.kept else "no se carga"
        cells = (each.column_title, each.value, each.wrong, each.remedy, taken)
        lines.writerow((each.row_number, *(_text(cell) for cell in cells)))
    return ("\ufeff" + made.getvalue()).encode()


def _text(cell: str) -> str:
    return "'" + cell if cell.startswith(_FORMULA) else cell
