"""Reads `centre.yaml`. A wrong file is refused whole, every fault with its line, before anything is touched."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from callcenter.centre.model import Centre, QueueDefaults
from callcenter.centre.overflow import rings
from callcenter.located_yaml import Located, NotReadable, read
from callcenter.operator_problem import OperatorProblem


class CentreFileError(OperatorProblem):
    """The centre file is wrong. `faults` are texts `line N: what, and what to do`."""

    exit_code = 1

    def __init__(self, path: Path, faults: list[str]) -> None:
        super().__init__("\n".join([f"{path}:", *(f"  {fault}" for fault in faults)]))
        self.path, self.faults = path, faults


class _CheckedDefaults(BaseModel):
    """`queue_defaults` looked at by itself, so that a fault there is reported once and not once a queue."""

    queue_defaults: QueueDefaults = QueueDefaults()


def load(path: Path) -> Centre:
    """Read the centre file. Raises CentreFileError with every fault and its line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CentreFileError(path, [f"cannot be read: {error}"]) from error
    return parse(text, path)


def parse(text: str, path: Path = Path("centre.yaml")) -> Centre:
    """The centre that a YAML text describes. Raises CentreFileError with every fault and its line."""
    try:
        located = read(text)
    except NotReadable as error:
        raise CentreFileError(path, [str(error)]) from error
    try:
        _CheckedDefaults.model_validate(located.value)
        centre = Centre.model_validate(_with_queue_defaults(located.value))
    except ValidationError as error:
        raise CentreFileError(path, [_fault(located, entry) for entry in _causes(error)]) from error
    faults = _contradictions(centre)
    if faults:
        raise CentreFileError(path, [f"line {located.line_of(where)}: {what}" for where, what in faults])
    return centre


def _with_queue_defaults(value: Any) -> Any:
    if not isinstance(value, dict) or not isinstance(value.get("queues"), list):
        return value
    defaults = value.get("queue_defaults") or {}
    if not isinstance(defaults, dict):
        return value
    rest = {key: part for key, part in value.items() if key != "queue_defaults"}
    rest["queues"] = [{**defaults, **queue} if isinstance(queue, dict) else queue for queue in value["queues"]]
    return rest


def _causes(error: ValidationError) -> list[Any]:
    """The errors, without the "too short" of a list whose own parts were refused."""
    errors: list[Any] = list(error.errors())
    places = [entry["loc"] for entry in errors]
    return [
        entry
        for entry in errors
        if entry["type"] != "too_short"
        or not any(place[: len(entry["loc"])] == entry["loc"] != place for place in places)
    ]


def _fault(located: Located, entry: Any) -> str:
    where = tuple(entry["loc"])
    name = ".".join(str(part) for part in where) or "the file"
    return f"line {located.line_of(where)}: {name}: {entry['msg']}"


Fault = tuple[tuple[str | int, ...], str]


def _contradictions(centre: Centre) -> list[Fault]:
    return [
        *_repeated("lines", [line.number for line in centre.lines]),
        *_repeated("queues", [queue.name for queue in centre.queues]),
        *_repeated("agents", [agent.extension for agent in centre.agents]),
        *_repeated("trunks", [trunk.name for trunk in centre.trunks]),
        *_line_faults(centre),
        *_queue_faults(centre),
        *_ring_faults(centre),
        *_outbound_faults(centre),
        *_agent_faults(centre),
        *_repeated("dispositions", [each.code for each in centre.dispositions]),
        *_disposition_faults(centre),
        *_recording_faults(centre),
        *_alarm_faults(centre),
        *_mail_faults(centre),
        *_rule_faults(centre),
        *_shift_faults(centre),
    ]


def _repeated(part: str, names: list[str]) -> list[Fault]:
    return [
        ((part, index), f"{name!r} stands twice in {part}") for index, name in enumerate(names) if name in names[:index]
    ]


def _line_faults(centre: Centre) -> list[Fault]:
    faults: list[Fault] = []
    for index, line in enumerate(centre.lines):
        if line.queue not in centre.queues_by_name:
            faults.append((("lines", index, "queue"), f"queue {line.queue!r} is not under queues"))
        if line.hours not in centre.hours:
            faults.append((("lines", index, "hours"), f"hours {line.hours!r} is not under hours"))
    return faults


def _outbound_faults(centre: Centre) -> list[Fault]:
    faults: list[Fault] = _repeated("outbound", [each.name for each in centre.outbound])
    for index, each in enumerate(centre.outbound):
        if each.name not in centre.queues_by_name:
            fault = f"queue {each.name!r} is not under queues: its calls have nowhere to go"
            faults.append((("outbound", index, "name"), fault))
        if each.line is not None and each.line not in centre.lines_by_number:
            faults.append((("outbound", index, "line"), f"line {each.line!r} is not under lines"))
        if each.hours is not None and each.hours not in centre.hours:
            faults.append((("outbound", index, "hours"), f"hours {each.hours!r} is not under hours"))
    return faults


def _queue_faults(centre: Centre) -> list[Fault]:
    faults: list[Fault] = []
    for index, queue in enumerate(centre.queues):
        keys = [*(exit_.key for exit_ in queue.keys), *filter(None, [queue.callback_key])]
        targets = [queue.on_timeout, queue.on_full, *(exit_.queue for exit_ in queue.keys)]
        unknown = sorted({t for t in targets if t is not None and t not in centre.queues_by_name})
        faults += [(("queues", index), f"target {target!r} is not under queues") for target in unknown]
        if len(set(keys)) != len(keys):
            faults.append((("queues", index, "keys"), "a key is used twice"))
    return faults


def _ring_faults(centre: Centre) -> list[Fault]:
    index_of = {queue.name: index for index, queue in enumerate(centre.queues)}
    return [
        (("queues", index_of[ring[0]], how), f"overflows lead in a ring: {' -> '.join(ring)}; leave one of them out")
        for how, ring in rings(centre.queues_by_name)
    ]


def _agent_faults(centre: Centre) -> list[Fault]:
    return [
        (("agents", index, "queues"), f"queue {name!r} is not under queues")
        for index, agent in enumerate(centre.agents)
        for name in agent.queues
        if name not in centre.queues_by_name
    ]


def _disposition_faults(centre: Centre) -> list[Fault]:
    unknown = [
        (("dispositions", index, "queues"), f"queue {name!r} is not under queues")
        for index, disposition in enumerate(centre.dispositions)
        for name in disposition.queues
        if name not in centre.queues_by_name
    ]
    without = [
        (("queues", index), "requires a disposition and has none to choose from: write some under dispositions")
        for index, queue in enumerate(centre.queues)
        if queue.disposition_required and not centre.dispositions_of(queue.name)
    ]
    return [*unknown, *without]


def _recording_faults(centre: Centre) -> list[Fault]:
    return [
        (("recordings", "queues", name), f"queue {name!r} is not under queues")
        for name in centre.recordings.queues
        if name not in centre.queues_by_name
    ]


def _alarm_faults(centre: Centre) -> list[Fault]:
    return [
        (("alarms", "queues", name), f"queue {name!r} is not under queues")
        for name in centre.alarms.queues
        if name not in centre.queues_by_name
    ]


def _mail_faults(centre: Centre) -> list[Fault]:
    addresses = [each.lower() for each in centre.mail.monthly_report]
    return [
        (("mail", "monthly_report", index), f"{address!r} stands twice")
        for index, address in enumerate(addresses)
        if address in addresses[:index]
    ]


def _rule_faults(centre: Centre) -> list[Fault]:
    return [
        (("service_level", index, "measured_lines"), f"line {number!r} is not under lines")
        for index, rule in enumerate(centre.service_level)
        for number in rule.measured_lines
        if number not in centre.lines_by_number
    ]


def _shift_faults(centre: Centre) -> list[Fault]:
    return [
        (("shifts", index, "queue"), f"queue {shift.queue!r} is not under queues")
        for index, shift in enumerate(centre.shifts)
        if shift.queue not in centre.queues_by_name
    ]
