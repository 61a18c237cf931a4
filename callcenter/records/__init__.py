"""The tables, one file a subject. Each table names its one writer in the docstring of its file."""

from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import MetaData

from callcenter.records.metadata import metadata

# The last revision in migrations/versions: what the tables below must be at. Revisions sort as text.
SCHEMA_VERSION = "0003"


def complete_metadata() -> MetaData:
    """The metadata after every file of this package is imported: the whole schema."""
    for module in iter_modules(__path__, prefix=f"{__name__}."):
        import_module(module.name)
    return metadata
