"""What a person is shown of a list whose columns are not understood."""

from contextlib import closing
from itertools import islice

from backoffice.extracts.cells.problems import shown
from backoffice.extracts.cells.values import as_text
from backoffice.extracts.extract import ReadingTerms, understood
from backoffice.extracts.files.sheets import Row
from backoffice.extracts.files.tables import sheets
from backoffice.extracts.files.uploads import Upload
from backoffice.extracts.headers import Header
from backoffice.extracts.kinds import ExtractKind
from dialer.lists.model import FoundHeader

_EXAMPLES = 3


def without_columns(upload: Upload, kind: ExtractKind, terms: ReadingTerms) -> FoundHeader | None:
    """The header where columns are missing in it; None where that is not what is wrong. Raises ExtractRefused."""
    header = understood(upload, kind, terms)
    if not header.missing:
        return None
    examples = _examples(upload, header, terms)
    return FoundHeader(header.number, header.signature, header.headings, dict(header.fields), examples)


def _examples(upload: Upload, header: Header, terms: ReadingTerms) -> tuple[str, ...]:
    """Of each column what stands below its heading."""
    rows: list[Row] = []
    with closing(sheets(upload, terms.limits)) as every:
        for sheet in every:
            if sheet.title == header.sheet:
                rows = list(islice(sheet.rows, header.number, header.number + _EXAMPLES))
                break
    return tuple(_example(rows, column) for column in range(len(header.headings)))


def _example(rows: list[Row], column: int) -> str:
    texts = (as_text(row[column]).strip() for row in rows if column < len(row))
    return "; ".join(dict.fromkeys(shown(text) for text in texts if text))
