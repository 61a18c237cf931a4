"""Rows of the queue log: what each says, which were folded, and which may still be asked for again. Pure."""
