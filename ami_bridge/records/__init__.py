"""Results of the ledger in, committed rows of the records out; and the retention of recordings.

- `recorder`: commits what the fold produces, with the cursor; `mapping`: facts as database rows and back
- `resumed_calls`: what a bridge that restarts needs to know of earlier calls
- `recording_retention`: measures recordings, and deletes those whose time is over
"""
