"""Asterisk in, facts out: the floor (what is happening) and the ledger (what happened)."""
