"""What contacts came to, as agents said, by queue and by agent. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DispositionCount:
    """Conversations of a queue and a member with that disposition; its code is empty where none was given."""

    queue: str
    member: str
    code: str
    number: int


@dataclass(frozen=True, slots=True)
class DispositionsReport:
    """How often each code, in total, by queue and by member; each in the order of the names."""

    total: Counter[str]
    queues: Mapping[str, Counter[str]]
    members: Mapping[str, Counter[str]]

    @property
    def given(self) -> int:
        """Conversations with one."""
        return self.total.total() - self.total[""]


def dispositions_report(counts: Iterable[DispositionCount]) -> DispositionsReport:
    """The report of these counts."""
    total, queues, members = Counter[str](), dict[str, Counter[str]](), dict[str, Counter[str]]()
    for count in counts:
        total[count.code] += count.number
        queues.setdefault(count.queue, Counter())[count.code] += count.number
        members.setdefault(count.member, Counter())[count.code] += count.number
    return DispositionsReport(total, dict(sorted(queues.items())), dict(sorted(members.items())))
