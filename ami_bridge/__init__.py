"""The bridge to Asterisk: the live state (`floor`: what is happening) and the records (`ledger`: what happened).

- `link`, `wire`: the AMI session, and which of its events can be trusted
- `floor`, `live`: AMI events become the live state, published on the bus
- `feeds`, `ledger`, `records`: the queue log, or AMI in its place, becomes calls and queue entries in the database
- `actions`: commands from the bus become AMI actions
- `service` wires them together; `replay` runs the ledger over recorded files
"""
