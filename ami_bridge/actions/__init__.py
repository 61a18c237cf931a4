"""A command in, AMI actions out, one answer back.

To add an AMI action: its text goes into `forms` (pure), what is asked before and done after it into `queue_membership`,
`call_control` or `new_calls`, and its command into the table of `executor`. `bus_handler` serves the bus.
"""
