"""What is wrong with a cell or a row, in Spanish for the supervisor who mends the list. Pure."""

from dataclasses import dataclass

from backoffice.extracts.cells.words import clean

LONGEST_SHOWN = 40


class UnreadableCell(ValueError):
    """A cell is not what its column is of. `wrong` and `remedy` are Spanish, without a point at the end."""

    def __init__(self, wrong: str, remedy: str) -> None:
        super().__init__(wrong)
        self.wrong, self.remedy = wrong, remedy


@dataclass(frozen=True, slots=True)
class RowError:
    """Something in a row that cannot be taken.

    `number` is the row's in the person's spreadsheet program; `column` its heading, "" for the row as a whole;
    `value` what stands there, printable, 40 letters at most. `kept`: the row goes on without this value.
    """

    number: int
    column: str
    value: str
    wrong: str
    remedy: str
    kept: bool = False

    def __str__(self) -> str:
        where = f"Fila {self.number}, {self.column}" if self.column else f"Fila {self.number}"
        value = f" «{self.value}»" if self.value else ""
        return f"{where}: {self.wrong}{value}. {self.remedy}."


def shown(text: str) -> str:
    """A value as errors have it."""
    return text if len(text) <= LONGEST_SHOWN and text.isprintable() else _shortened(clean(text, LONGEST_SHOWN + 1))


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
