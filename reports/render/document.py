"""A report's content: what it says, as typed values, in reading order and without a layout. Pure.

Values keep their type all the way into a spreadsheet, where people go on calculating with them. A value that is None
is not known, or has nothing to divide by: it is shown as `Column.absent`, never as a zero.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from zoneinfo import ZoneInfo

from callcenter.spanish import NO_DATA

Measure = int | Decimal | timedelta
Value = str | Measure | date | datetime | None
Row = Sequence[Value]


class ValueKind(Enum):
    """What a value is, and so its type."""

    TEXT = auto()
    """str."""
    WHOLE = auto()
    """int."""
    PERCENT = auto()
    """Decimal: 100 is all of it. Whoever judges it by a target rounds it first (`callcenter.level.formulas.shown`)."""
    DURATION = auto()
    """timedelta, not negative."""
    SECONDS = auto()
    """timedelta, not negative; shown in seconds to the microsecond, for lengths that are judged by a threshold."""
    DECIMAL = auto()
    """Decimal: a mean of whole numbers, say; shown with two decimals."""
    MONEY = auto()
    """Decimal, bolivianos."""
    DATE = auto()
    """date."""
    MOMENT = auto()
    """datetime with a zone; shown in the document's."""


MEASURES = frozenset(
    {
        *(ValueKind.WHOLE, ValueKind.PERCENT, ValueKind.DURATION, ValueKind.SECONDS),
        *(ValueKind.DECIMAL, ValueKind.MONEY),
    }
)
"""What can be drawn to scale."""

_IS: Mapping[ValueKind, Callable[[Value], bool]] = {
    ValueKind.TEXT: lambda value: isinstance(value, str),
    ValueKind.WHOLE: lambda value: isinstance(value, int) and not isinstance(value, bool),
    ValueKind.PERCENT: lambda value: isinstance(value, Decimal) and value.is_finite(),
    ValueKind.DURATION: lambda value: isinstance(value, timedelta) and value >= timedelta(0),
    ValueKind.SECONDS: lambda value: isinstance(value, timedelta) and value >= timedelta(0),
    ValueKind.DECIMAL: lambda value: isinstance(value, Decimal) and value.is_finite(),
    ValueKind.MONEY: lambda value: isinstance(value, Decimal) and value.is_finite(),
    ValueKind.DATE: lambda value: isinstance(value, date) and not isinstance(value, datetime),
    ValueKind.MOMENT: lambda value: isinstance(value, datetime) and value.tzinfo is not None,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `short`: its heading where there is little room; `missing`: what None is shown as.

    `name`: its key for programs where the heading says what changes (a threshold, say); else the heading is the key.
    """

    heading: str
    kind: ValueKind = ValueKind.TEXT
    short: str = ""
    missing: str | None = None
    name: str = ""

    @property
    def title(self) -> str:
        """The heading, with the unit that cells leave out."""
        unit = {ValueKind.MONEY: " (Bs)", ValueKind.SECONDS: " (s)"}.get(self.kind, "")
        return f"{self.heading}{unit}"

    @property
    def absent(self) -> str:
        """What is shown for None: `missing`; else `sin datos` for percentages and decimals, nothing for others."""
        if self.missing is not None:
            return self.missing
        return NO_DATA if self.kind in (ValueKind.PERCENT, ValueKind.DECIMAL) else ""

    @property
    def is_figure(self) -> bool:
        """Whether its values are compared digit below digit."""
        return self.kind in MEASURES


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of values under typed columns. `totals` is summed by the report: sums of counts, not means of percentages.

    `to_work_on`: a list for the spreadsheet (XLSX, CSV); on paper and on screens a sentence stands for it.
    Raises ValueError for a value that is not of its column's kind; in `totals` a text may stand in any column.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    totals: Row | None = None
    note: str = ""
    to_work_on: bool = False

    def __post_init__(self) -> None:
        kinds = [(column.kind, _IS[column.kind]) for column in self.columns]
        for number, row in enumerate(self.rows, 1):
            _check(kinds, row, f"row {number} of table «{self.title}»")
        if self.totals is not None:
            totals = [None if isinstance(value, str) else value for value in self.totals]
            _check(kinds, totals, f"the totals of table «{self.title}»")


@dataclass(frozen=True, slots=True)
class LongTable:
    """A table of any length, whose rows are read when they are written: for the spreadsheet (XLSX, CSV) alone.

    `rows` makes them anew each time; they are `length`, and of the kinds of their columns: nobody looks at each twice.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Row]]
    length: int


class ChartForm(Enum):
    """How values are drawn: bars compare, lines show a course."""

    BARS = auto()
    LINES = auto()


@dataclass(frozen=True, slots=True)
class Series:
    """One value for each label of its chart; None leaves a gap."""

    name: str
    values: tuple[Measure | None, ...]


@dataclass(frozen=True, slots=True)
class TargetLine:
    """What the values of a chart are held against."""

    name: str
    value: Measure


@dataclass(frozen=True, slots=True)
class Chart:
    """Series over the same labels. Raises ValueError where they are not as many, or not of the kind."""

    title: str
    form: ChartForm
    kind: ValueKind
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    target: TargetLine | None = None

    def __post_init__(self) -> None:
        if self.kind not in MEASURES or not self.labels or not self.series:
            raise ValueError(f"chart «{self.title}» has nothing that can be drawn to scale")
        kinds = [(self.kind, _IS[self.kind])] * len(self.labels)
        for series in self.series:
            _check(kinds, series.values, f"series «{series.name}» of chart «{self.title}»")
        if self.target is not None:
            _check(kinds[:1], (self.target.value,), f"the target of chart «{self.title}»")


@dataclass(frozen=True, slots=True)
class Before:
    """What a key figure was in the time before, and by how much it is more now; of percentages, in points.

    `difference` is None where either is not known; as a length of time it may be negative.
    """

    value: Measure | None
    difference: Measure | None


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure that stands for the whole report. `note`: its verdict or target; `before`: where it is compared."""

    label: str
    kind: ValueKind
    value: Value
    note: str = ""
    before: Before | None = None

    def __post_init__(self) -> None:
        _check([(self.kind, _IS[self.kind])], (self.value,), f"key figure «{self.label}»")


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """A report, whole. `subtitle` names its period, `rule` the procedure, formula or version by which it was made.

    `made` is an aware moment; it and all others are shown in `zone`, the centre's. Raises ValueError for a naive one.
    `signatures`: who signs it on paper. `stamp`: what its files are known by, where they are.
    """

    title: str
    subtitle: str
    centre: str
    zone: ZoneInfo
    made: datetime
    rule: str
    key_figures: tuple[KeyFigure, ...] = ()
    body: tuple[Table | Chart | LongTable, ...] = ()
    notes: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    stamp: str = ""

    def __post_init__(self) -> None:
        if self.made.tzinfo is None:
            raise ValueError("a report is made at a moment of a zone: `made` has none")

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables of the body."""
        return tuple(part for part in self.body if isinstance(part, Table))

    @property
    def long_tables(self) -> tuple[LongTable, ...]:
        """The long tables of the body."""
        return tuple(part for part in self.body if isinstance(part, LongTable))

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The charts of the body."""
        return tuple(part for part in self.body if isinstance(part, Chart))


def _check(kinds: Sequence[tuple[ValueKind, Callable[[Value], bool]]], row: Row, where: str) -> None:
    """Raises ValueError unless each value is of its kind, or None. Does not say which it is: it may be personal."""
    if len(row) != len(kinds):
        raise ValueError(f"{where} has {len(row)} values, not {len(kinds)}")
    for place, ((kind, is_kind), value) in enumerate(zip(kinds, row, strict=True), 1):
        if value is not None and not is_kind(value):
            raise ValueError(f"{where}: value {place}, of type {type(value).__name__}, is no {kind.name}")
