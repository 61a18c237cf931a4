"""Asterisk's queue log in, or AMI where there is none; one stream of rows out, for `ami_bridge.ledger`.

- `tail`: follows both copies of the queue log, the realtime `table` and the plain `file`; `two_copies` merges them
- `file_watch` wakes the tail when a line is written, `commit_pace` says how long it rests after a commit
- `ami_feed`: the same records from AMI alone; `ami` turns its events into rows
"""
