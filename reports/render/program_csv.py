"""CSV for programs: UTF-8, commas, decimal points, a heading of English or unaccented keys. Pure.

A text that begins like a formula is marked here too: a file for programs is opened in a spreadsheet sooner or later.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reports.render.formulas import marked


def csv_for_programs(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """A heading, then a line for each row; what a row does not have is empty. Raises ValueError for keys beyond."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: marked(value) if isinstance(value, str) else value for key, value in row.items()})
    return out.getvalue()
