"""What a report is of, in a line of Spanish: its days, and what it is limited to. Pure."""

from callcenter.spanish import long_date, month_name, short_date
from reports.kinds.asked import Asked
from reports.kinds.days import half_year_days, half_year_of, last_of_month


def subtitle(asked: Asked) -> str:
    """`Noviembre de 2026`, `Del 01/11/2026 al 15/11/2026; líneas 101, 102`."""
    limits = ((asked.lines, "línea", "líneas"), (asked.queues, "cola", "colas"), (asked.agents, "agente", "agentes"))
    named = [f"{one if len(names) == 1 else several} {', '.join(names)}" for names, one, several in limits if names]
    return "; ".join((days_in_words(asked), *named))


def days_in_words(asked: Asked) -> str:
    """A month or a half-year by its name, one day by its date, other days by the first and the last."""
    first, last = asked.first_day, asked.last_day
    half = half_year_of(first)
    if (first, last) == half_year_days(half):
        return half.spanish_name.capitalize()
    if first.day == 1 and last == last_of_month(first):
        return month_name(first).capitalize()
    if first == last:
        return long_date(first).capitalize()
    return f"Del {short_date(first)} al {short_date(last)}"
