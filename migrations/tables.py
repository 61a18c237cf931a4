"""Every table of the product, whichever room it lives in."""

from importlib import import_module
from pkgutil import walk_packages

from sqlalchemy import MetaData

import backoffice
from callcenter import records
from callcenter.records.metadata import metadata


def complete_metadata() -> MetaData:
    """The metadata after every file of tables is imported: the whole schema."""
    of_systems = walk_packages(backoffice.__path__, prefix="backoffice.")
    of_the_centre = walk_packages(records.__path__, prefix="callcenter.records.")
    for module in (*of_the_centre, *(each for each in of_systems if each.name.endswith("tables"))):
        import_module(module.name)
    return metadata
