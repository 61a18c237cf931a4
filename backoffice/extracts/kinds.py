"""What a list must have, as data: a kind of extract and its fields. Pure."""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto


class FieldType(StrEnum):
    """How a cell of a field is read (`backoffice.extracts.cells.values`)."""

    TEXT = "text"
    CODE = "code"  # of a customer or a contract: str
    DOCUMENT = "document"  # IdentityCard
    TELEPHONES = "telephones"  # tuple of Number, in the order of the columns
    SERVICE = "service"  # ProductKind
    DATE = "date"  # date
    MONEY = "money"  # Decimal, bolivianos


class Need(Enum):
    """What becomes of a list without the field's column, and of a row without its value."""

    OPTIONAL = auto()  # both are taken
    COLUMN = auto()  # the list is refused, the row is taken
    VALUE = auto()  # the list is refused, the row is an error


def headings(text: str) -> tuple[str, ...]:
    """The headings in a text, between semicolons."""
    return tuple(each.strip() for each in text.split(";"))


@dataclass(frozen=True, slots=True)
class ExtractField:
    """A field. `aliases` are other headings than the title that it is known by (`words.folded`).

    A field of telephones may have several columns (`Teléfono 1`, `Teléfono 2`); any other has one.
    """

    key: str
    title: str
    type: FieldType
    aliases: tuple[str, ...] = ()
    need: Need = Need.OPTIONAL

    @property
    def has_several_columns(self) -> bool:
        """Whether columns of this field are read together."""
        return self.type is FieldType.TELEPHONES


@dataclass(frozen=True, slots=True)
class ExtractKind:
    """A kind of list. `name` is for programs, `title` what supervisors call it; `fields` in the order they are shown.

    `one_of`: keys of which at least one has a column. `customer_by`: keys of what a customer is known by, the first
    that a row has counts. `once`: keys that tell apart the rows of a customer, None where rows may repeat.
    """

    name: str
    title: str
    fields: tuple[ExtractField, ...]
    customer_by: tuple[str, ...]
    one_of: tuple[str, ...] = ()
    once: tuple[str, ...] | None = None

    def field(self, key: str) -> ExtractField:
        """Raises KeyError for a key of no field."""
        for each in self.fields:
            if each.key == key:
                return each
        raise KeyError(f"{self.name} has no field {key!r}: it has {', '.join(each.key for each in self.fields)}")
