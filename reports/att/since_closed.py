"""What the records say otherwise of a month since it was closed. Reads only."""

from dataclasses import replace

from sqlalchemy import Connection

from callcenter.centre.model import Centre
from callcenter.level.formulas import Period
from callcenter.level.rollup import is_settled
from reports.att.figures import AttReport
from reports.att.frozen import differences
from reports.att.queries import att_report_in

NO_RULE = "El archivo del centro ya no tiene una regla para ese mes: no se pudo comparar con los registros"


def differences_now(connection: Connection, centre: Centre, closed: AttReport) -> list[str]:
    """In Spanish; empty when the records say the same. That retention deleted its share of them is no change."""
    try:
        now = att_report_in(connection, centre, closed.month)
    except (KeyError, IndexError):
        raise  # they are LookupErrors too, and defects
    except LookupError:
        return [NO_RULE]
    if is_settled(connection, Period(*closed.month.span_us(centre.zone))):
        now = replace(now, anomalies=closed.anomalies)
    return differences(closed, now)
