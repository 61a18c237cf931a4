"""How long urgent callers may be preferred: nobody who waits is overtaken without end. Pure."""

# Nobody, be it an urgent caller or a callback, enters a queue ahead of a caller who has waited so long.
FAIR_WAIT_SECONDS = 300.0
