"""AMI as a source of the ledger. In: AMI events, in the order of one session or one file. Out: rows of the queue log.

The same fold serves both feeds. These modules find out what AMI reports less plainly than the queue log: why a caller
left a queue (`queue_entries`), who ended a conversation (`conversations`), that Asterisk restarted (`boots`), and which
events a caller forged (`channels`). `translator` has the table of events and their handlers. Without the classes `call`
and `dialplan`, without Newexten or VarSet, or from the middle of a call on, rows still come out, with less in them.
"""
