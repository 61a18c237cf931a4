"""The queue log of an old Asterisk, of years: lines without end, of a centre of thirty agents."""

from collections.abc import Iterator
from heapq import heappop, heappush
from random import Random

BEGAN_SECOND = 1_500_000_000
AGENTS, QUEUES = 30, 4
_BETWEEN_SECONDS = (1, 3, 5, 8, 13, 20)
_LONGEST_WAIT, _LONGEST_TALK = 40, 240


def lines(seed: int = 1) -> Iterator[str]:
    """In the order of their seconds, calls overlapping as they do; one of eight callers gives up."""
    chance, second, number = Random(seed), BEGAN_SECOND, 0  # noqa: S311 - the same history for each measurement
    waiting: list[tuple[int, int, str]] = []
    yield f"{second}|NONE|NONE|NONE|QUEUESTART|"
    while True:
        second += chance.choice(_BETWEEN_SECONDS)
        while waiting and waiting[0][0] <= second:
            at, _, text = heappop(waiting)
            yield f"{at}|{text}"
        number += 1
        for order, (after, text) in enumerate(_call(number, second, chance)):
            heappush(waiting, (second + after, number * 8 + order, text))


def _call(number: int, second: int, chance: Random) -> list[tuple[int, str]]:
    """The rows of a call, each with its seconds after the first."""
    callid, queue = f"{second}.{number}", str(101 + number % QUEUES)
    agent, other = (f"SIP/{1001 + (number + each) % AGENTS}" for each in (0, 1))
    wait, talk = 6 + chance.randrange(_LONGEST_WAIT), 10 + chance.randrange(_LONGEST_TALK)
    caller = 70_000_000 + chance.randrange(10_000_000)
    of_call = f"{callid}|{queue}"
    rows = [
        (0, f"{of_call}|NONE|DID|42510{number % 10:02d}"),
        (0, f"{of_call}|NONE|ENTERQUEUE||{caller}|1"),
    ]
    if number % 5 == 0:
        rows.append((5, f"{of_call}|{other}|RINGNOANSWER|5000"))
    if number % 8 == 0:
        return [*rows, (wait, f"{of_call}|NONE|ABANDON|1|1|{wait}")]
    ended = "COMPLETECALLER" if number % 2 else "COMPLETEAGENT"
    return [
        *rows,
        (wait, f"{of_call}|{agent}|CONNECT|{wait}|{second + wait}.{number}|3"),
        (wait + talk, f"{of_call}|{agent}|{ended}|{wait}|{talk}|1"),
    ]
