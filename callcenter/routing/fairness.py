"""How long urgent callers may be preferred: nobody who waits is overtaken without end. Pure."""

# From this wait on nobody enters a queue ahead of whoever has waited so long, urgent or called back.
FAIR_WAIT_SECONDS = 300.0
