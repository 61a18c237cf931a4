"""What agents and supervisors see: the HTTP interface, the live events and the screen-pop."""
