"""The age of a channel, from its Uniqueid. Pure."""

UNKNOWN_AGE = (0, 0)


def age(uniqueid: str) -> tuple[int, int]:
    """The second and the counter in `[system-]second.counter`; UNKNOWN_AGE for a name of another form."""
    second, _, counter = uniqueid.rpartition("-")[2].partition(".")
    if second.isascii() and second.isdigit() and counter.isascii() and counter.isdigit() and len(uniqueid) < 100:
        return int(second), int(counter)
    return UNKNOWN_AGE
