"""A month's report as it is kept and compared: one text, its fingerprint, and what differs between two. Pure."""

import hashlib
import json
from collections.abc import Iterator, Sequence

from pydantic import TypeAdapter

from callcenter.level.formulas import ServiceLevelCounts
from callcenter.spanish import whole
from reports.att.figures import AttReport, LineFigures

_REPORT = TypeAdapter(AttReport)
_COMPARED = {
    "registered": "registradas",
    "answered": "atendidas",
    "within": "en el plazo",
    "abandoned": "abandonadas",
    "undetermined": "sin precisión suficiente",
    "still_open": "en curso",
    "full": "bloqueadas (cola llena)",
    "join_refused": "bloqueadas (sin agentes)",
    "calls": "llamadas a la línea",
    "ivr_served": "atendidas por el IVR",
    "out_of_hours": "fuera de horario",
    "callbacks_requested": "devoluciones pedidas",
    "callbacks_answered": "devoluciones logradas",
}


def packed(report: AttReport) -> str:
    """The report as JSON; the same text for the same report."""
    plain = _REPORT.dump_python(report, mode="json")
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def unpacked(text: str) -> AttReport:
    """The report again. Raises ValueError for what is none."""
    return _REPORT.validate_json(text)


def fingerprint(report: AttReport) -> str:
    """Of all figures and of the rules: eight groups of eight letters, which nobody finds for other figures."""
    return in_groups(hashlib.sha256(packed(report).encode()).hexdigest())


def in_groups(digest: str) -> str:
    """A digest as people can compare it."""
    return "-".join(digest[begin : begin + 8] for begin in range(0, 64, 8))


def differences(before: AttReport, after: AttReport) -> list[str]:
    """What of the figures is not the same, in Spanish; empty when all that counts is."""
    found = list(_of_rules(before, after))
    known = {(line.number or line.queue, line.measured): line for line in before.whole.lines}
    for line in after.whole.lines:
        found += _of_line(known.pop((line.number or line.queue, line.measured), None), line)
    found += [f"{_name(line)}: ya no está en el informe" for line in known.values() if line.counts.entries]
    internal = [sum(line.counts.entries for line in each.whole.internal) for each in (before, after)]
    if internal[0] != internal[1]:
        found.append(f"Llamadas internas: {whole(internal[0])} antes, {whole(internal[1])} ahora")
    if not found and packed(before) != packed(after):
        found.append("Cambió algo que no es una cifra de las líneas: horas, días, interrupciones u observaciones")
    return found


def _of_rules(before: AttReport, after: AttReport) -> Iterator[str]:
    if before.whole.rules != after.whole.rules:
        yield "Cambió la regla: plazo, meta, fórmula o líneas medidas"


def _of_line(before: LineFigures | None, after: LineFigures) -> Sequence[str]:
    old = before.counts if before is not None else ServiceLevelCounts()
    changed = [
        f"{words} {whole(getattr(old, name))} antes, {whole(getattr(after.counts, name))} ahora"
        for name, words in _COMPARED.items()
        if getattr(old, name) != getattr(after.counts, name)
    ]
    return [f"{_name(after)}: {'; '.join(changed)}"] if changed else []


def _name(line: LineFigures) -> str:
    return f"Línea {line.number}" if line.number else f"Cola {line.queue}"
