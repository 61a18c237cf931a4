"""Rows of the queue log in, calls, queue entries, agents' periods and anomalies out. Pure.

- `fold`: the entrance; which module handles a row, by its verb, and what a restart of Asterisk cuts off
- `rows`: the verbs, and how many fields each has; which rows were folded, and which are kept for a second reading
- `queue_rows`: app_queue's rows (ENTERQUEUE, CONNECT, COMPLETE...); `dialplan_events`: our dialplan's, which make a
  call (ARRIVED) and end it (DEPARTED); `ivr_steps`: what the caller did in the menus;
  `outgoing_rows`: calls that the centre makes itself
- `entries`: queue entries in progress: the states and what leads from one to another, the conversation, the phones that
  rang
- `identity`, `transfer_targets`: whose channel it is after a transfer, and who got the caller
- `agent_periods`: agents logged in, paused, on a call, in wrap-up; `clock_steps`, `call_clocks`: what a
  set clock does; `restarts`: what a stop of Asterisk ended
"""
