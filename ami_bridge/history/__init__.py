"""The years of an old system: files of its queue log in, the same records out that a bridge would have made of them.

`files` opens what is given and `formats` knows it by its content; every row becomes a line (`lines`), put by days on
disk (`spool`). What the copies of a day say together (`merge`) is kept by days in the database (`store`): the records
of a history are what the fold makes of the rows that are kept (`folding`), whatever was imported when, and how often.
`writing` commits them beside a centre that works; `importing` does all of it in order.
"""
