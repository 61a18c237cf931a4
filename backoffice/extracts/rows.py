"""A row of a list as its values, or as what is wrong with it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from backoffice.extracts.cells.problems import RowError, UnreadableCell, shown
from backoffice.extracts.cells.telephones import TelephoneProblem, read_telephones
from backoffice.extracts.cells.values import Value, as_text, bare, read_cell
from backoffice.extracts.cells.words import words
from backoffice.extracts.files.sheets import Cell, Row
from backoffice.extracts.headers import Header
from backoffice.extracts.kinds import ExtractField, ExtractKind, FieldType, Need
from backoffice.identity_card import IdentityCard
from callcenter.numbers import COCHABAMBA, Number
from callcenter.spanish import short_date

_TOTALS = frozenset({"total", "totales", "subtotal", "subtotales", "suma", "sumatoria", "cantidad", "registros"})
_COMPLETE = "Complete la celda, o quite la fila"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DateSpan:
    """Days from the first to the last, both within."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"del {short_date(self.first)} al {short_date(self.last)}"


@dataclass(frozen=True, slots=True)
class ExtractRow:
    """A row that can be taken. `number` is its row's in the person's spreadsheet program.

    `customer` is the same in all rows of one customer of the list: what they are known by and its value, as
    `customer_code:100001`. `values` by the keys of the fields; without what was empty or could not be read.
    """

    number: int
    customer: str
    values: Mapping[str, Value]

    def value(self, key: str, of: type[T]) -> T | None:
        """A field's value; None where there is none. Raises TypeError for a field of another type."""
        found = self.values.get(key)
        if found is not None and not isinstance(found, of):
            raise TypeError(f"{key} is {type(found).__name__}, not {of.__name__}")
        return found


@dataclass(frozen=True, slots=True)
class TotalsRow:
    """A row that sums up others: no customer's."""

    number: int


@dataclass(slots=True)
class _Reading:
    """What was found in a row so far. Errors are `kept` where the row goes on in spite of them."""

    number: int
    values: dict[str, Value] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)

    def err(self, column: str, value: str, wrong: str, remedy: str, *, kept: bool) -> None:
        self.errors.append(RowError(self.number, column, shown(value), wrong, remedy, kept))


class RowReader:
    """Reads the rows of one list. `spans`: the days that a field's date must be within."""

    def __init__(
        self, kind: ExtractKind, header: Header, spans: Mapping[str, DateSpan], area_code: str = COCHABAMBA
    ) -> None:
        self._kind, self._spans, self._area_code = kind, spans, area_code
        self._header = header
        used = [(each, header.columns_of(each.key)) for each in kind.fields]
        self._columns = [(each, columns) for each, columns in used if columns]
        self._said = [(each, columns) for each, columns in self._columns if _is_said_of_every_customer(each)]
        self.dated = self.within = 0

    def read(self, number: int, row: Row) -> Iterator[ExtractRow | RowError | TotalsRow]:
        """The row, after what is wrong with it; or the errors for which it is not taken."""
        if self._is_totals(row):
            yield TotalsRow(number)
            return
        reading = _Reading(number)
        for each, columns in self._columns:
            self._read_field(reading, each, columns, row)
        customer = self._customer(reading)
        taken = customer is not None and all(error.kept for error in reading.errors)
        yield from (error if taken else replace(error, kept=False) for error in reading.errors)
        if taken and customer is not None:
            yield ExtractRow(number, customer, reading.values)

    def _read_field(self, reading: _Reading, each: ExtractField, columns: tuple[int, ...], row: Row) -> None:
        if each.has_several_columns:
            self._read_telephones(reading, each, columns, row)
        elif (cell := _cell(row, columns[0])) is not None:
            self._read_value(reading, each, columns[0], cell)
        elif each.need is Need.VALUE:
            self._miss(reading, columns[0])

    def _miss(self, reading: _Reading, column: int) -> None:
        reading.err(self._header.title_of(column), "", "falta el dato", _COMPLETE, kept=False)

    def _read_value(self, reading: _Reading, each: ExtractField, column: int, cell: Cell) -> None:
        try:
            value = read_cell(cell, each.type)
            if isinstance(value, date):
                self._refuse_outside(each, value)
        except UnreadableCell as error:
            kept = each.need is not Need.VALUE and each.key not in self._spans
            reading.err(self._header.title_of(column), as_text(cell), error.wrong, error.remedy, kept=kept)
        else:
            reading.values[each.key] = value

    def _refuse_outside(self, each: ExtractField, day: date) -> None:
        span = self._spans.get(each.key)
        if span is None:
            return
        self.dated += 1
        if day not in span:
            remedy = "Revise la fecha, o elija el período que corresponde"
            raise UnreadableCell(f"la fecha está fuera del período {span}", remedy)
        self.within += 1

    def _read_telephones(self, reading: _Reading, each: ExtractField, columns: tuple[int, ...], row: Row) -> None:
        numbers: dict[Number, None] = {}
        problems: list[tuple[int, TelephoneProblem]] = []
        for column in columns:
            for found in read_telephones(_cell(row, column), self._area_code):
                if isinstance(found, Number):
                    numbers[found] = None
                else:
                    problems.append((column, found))
        kept = bool(numbers) or each.need is not Need.VALUE
        for column, problem in problems:
            reading.err(self._header.title_of(column), problem.value, problem.wrong, problem.remedy, kept=kept)
        if numbers:
            reading.values[each.key] = tuple(numbers)
        elif not problems and each.need is Need.VALUE:
            self._miss(reading, columns[0])

    def _customer(self, reading: _Reading) -> str | None:
        for key in self._kind.customer_by:
            value = reading.values.get(key)
            if value is not None:
                return f"{key}:{_told_apart(value)}"
        if all(error.kept for error in reading.errors):
            titles = ", ".join(self._kind.field(key).title for key in self._kind.customer_by)
            reading.err("", "", f"no dice de quién es: falta {titles}", "Complete uno de esos datos", kept=False)
        return None

    def _is_totals(self, row: Row) -> bool:
        """Without what every customer has, and with the word for a sum or with nothing but amounts."""
        for _, columns in self._said:
            if any((cell := _cell(row, column)) is not None and not _is_sum(cell) for column in columns):
                return False
        if any(_is_sum(_cell(row, column)) for column in range(len(row))):
            return True
        filled = {each.type for each, columns in self._columns if any(_cell(row, column) for column in columns)}
        return filled <= {FieldType.MONEY}


def _is_said_of_every_customer(each: ExtractField) -> bool:
    return each.need is Need.VALUE and each.type is not FieldType.MONEY


def _cell(row: Row, column: int) -> Cell:
    return bare(row[column]) if column < len(row) else None


def _is_sum(cell: Cell) -> bool:
    return isinstance(cell, str) and bool(_TOTALS.intersection(words(cell)[:1]))


def _told_apart(value: Value) -> str:
    match value:
        case (Number(digits), *_):
            return digits
        case IdentityCard(number, complement):
            return str(IdentityCard(number, complement))
    return str(value)
