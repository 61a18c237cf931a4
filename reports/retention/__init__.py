"""How long the detail of calls is kept: what is too old is deleted, and earlier than that emptied of persons' data.

In: the centre file's days, and which months are closed; out: rows less, some hundred at a time. `tables` says what is
detail, `spans` (pure) of which times, `deleting` does it, `job` is when.
"""
