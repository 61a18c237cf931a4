"""The centre's editions in the database. One writer: whoever keeps the counts (`callcenter.level.upkeep`)."""

from sqlalchemy import Connection, insert, select

from callcenter.centre.editions import DatedEdition, Edition, Editions
from callcenter.centre.model import Centre
from callcenter.records.level import centre_editions


def note_edition(connection: Connection, centre: Centre, now_us: int) -> bool:
    """The centre file says this from now on. False: it said so before."""
    table, now = centre_editions.c, Edition.of(centre).as_json()
    newest = select(table.since_us, table.edition).order_by(table.since_us.desc()).limit(1)
    found = connection.execute(newest).one_or_none()
    if found is not None and found.edition == now:
        return False
    since_us = now_us if found is None else max(now_us, found.since_us + 1)
    connection.execute(insert(centre_editions).values(since_us=since_us, edition=now))
    return True


def read_editions(connection: Connection, centre: Centre) -> Editions:
    """Every edition; before the first was written, what the centre file says."""
    table = centre_editions.c
    found = connection.execute(select(table.since_us, table.edition)).all()
    dated = [DatedEdition(row.since_us, Edition.from_json(row.edition)) for row in found]
    return Editions(dated or [DatedEdition(0, Edition.of(centre))])
