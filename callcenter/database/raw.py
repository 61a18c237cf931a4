"""Columns as the database has them, for whoever fetches many rows: one that nobody can read is no other row's fault.

SQLite keeps whatever a hand or another program writes into a date or an amount; read by its type, that fails the whole
statement.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, type_coerce
from sqlalchemy.types import NullType


def raw(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """The column under that name, which no type reads."""
    return type_coerce(column, NullType()).label(name)


def day_of(value: object) -> date:
    """A raw date. Raises ValueError."""
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value))


def amount_of(value: object) -> Decimal:
    """A raw amount. Raises decimal.InvalidOperation."""
    return Decimal(str(value))
