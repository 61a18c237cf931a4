"""Spans of time, from an instant up to but not including another, in microseconds. Pure."""

from collections.abc import Iterable, Sequence

Span = tuple[int, int]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time without overlaps, in order; spans that touch become one, those without a length nothing."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def covered_us(spans: Iterable[Span]) -> int:
    """How long at least one of the spans lasted: an agent is logged in to several queues at a time."""
    return sum(end - start for start, end in merged(spans))


def common(some: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """The time that is in both; each is merged already."""
    found: list[Span] = []
    one = other = 0
    while one < len(some) and other < len(others):
        start, end = max(some[one][0], others[other][0]), min(some[one][1], others[other][1])
        if start < end:
            found.append((start, end))
        if some[one][1] < others[other][1]:
            one += 1
        else:
            other += 1
    return found


def without(some: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """The time of some that is in none of those taken away; each is merged already."""
    if not some:
        return []
    edges = [some[0][0], *(edge for span in taken for edge in span), some[-1][1]]
    gaps = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]
    return common(some, merged(gaps))


def cut(spans: Iterable[Span], borders: Sequence[int]) -> list[list[Span]]:
    """The parts of merged spans between each two borders, which are in order; what is outside of them is left out."""
    parts: list[list[Span]] = [[] for _ in borders[1:]]
    place = 0
    for start, end in spans:
        while place < len(parts) and borders[place + 1] <= start:
            place += 1
        for number in range(place, len(parts)):
            if borders[number] >= end:
                break
            piece = (max(start, borders[number]), min(end, borders[number + 1]))
            if piece[0] < piece[1]:
                parts[number].append(piece)
    return parts
