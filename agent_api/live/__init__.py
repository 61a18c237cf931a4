"""Facts of the bus in, events on agents' and supervisors' screens out."""
