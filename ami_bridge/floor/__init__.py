"""AMI events in, the live state of queues, callers, agents and phones out. Pure.

- `live_state`: the entrance, with the table of events and their handlers; the snapshot at each connect
- `queued_callers`: who waits; `members`: what each agent does; `calls`: offers and conversations between the two
- `channel_changes`: channels that take another's place: transfers into a queue, pickups, Local channels
- `recording_states`, `transfer_targets`: whether a caller is recorded, and which agent got a transferred one
- `phone_watch`: the phones themselves, and which actions are due when one goes away
"""
