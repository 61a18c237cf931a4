"""Who is who."""

from sqlalchemy import Connection, select

from callcenter.records.users import users
from reports.kinds.asked import Scene
from reports.measures.frame import Names


def names(connection: Connection, scene: Scene) -> Names:
    """Agents by login, and by extension where nobody has it for a login."""
    rows = connection.execute(select(users.c.login, users.c.extension, users.c.display_name)).all()
    by_extension = {row.extension: row.display_name for row in rows if row.extension}
    return Names(scene.centre, by_extension | {row.login: row.display_name for row in rows})
