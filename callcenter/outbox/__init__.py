"""Mail that survives a restart: queued in the asker's own transaction, sent by one process until the server has it.

In: a `Mail` from any room, by `store.put_in`; out: SMTP, and what became of it. `mail` is what it is and when it is
tried again, `message` how it looks on the wire, `smtp` the door to the server, `sender` sends.
"""
