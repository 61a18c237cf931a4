"""Where queues send their callers without an act of theirs: when they are full, and when the wait is over. Pure."""

from collections.abc import Iterator, Mapping

from callcenter.centre.model import Queue

Path = tuple[str, ...]
# What leads on by itself; a key (`keys`) is the caller's own wish, and may lead back.
LEADS_ON = ("on_full", "on_timeout")


def rings(queues: Mapping[str, Queue]) -> Iterator[tuple[str, Path]]:
    """Every ring of overflows: what leads from its first queue on, and its queues, the first again at the end.

    A queue is in one of the rings given only: mending them may show others.
    """
    reported: set[str] = set()
    for name in queues:
        ring = _way_back(queues, name)
        if ring and not reported & set(ring):
            reported |= set(ring)
            yield next(how for how, target in _targets(queues[name]) if target == ring[1]), ring


def _way_back(queues: Mapping[str, Queue], name: str) -> Path:
    """The shortest way from a queue to itself; empty when there is none."""
    ways: list[Path] = [(name,)]
    seen: set[str] = set()
    for way in ways:
        for _, target in _targets(queues[way[-1]]):
            if target == name:
                return (*way, name)
            if target in queues and target not in seen:
                seen.add(target)
                ways.append((*way, target))
    return ()


def _targets(queue: Queue) -> list[tuple[str, str]]:
    leads = [(how, getattr(queue, how)) for how in LEADS_ON]
    return [(how, target) for how, target in leads if target is not None]
