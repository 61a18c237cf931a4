"""What the ledger says in, committed rows of the records out; and an end to recordings whose time is over."""
