"""AMI as a source of the ledger. In: AMI events, in the order of one session or one file. Out: rows of the queue log.

The ledger's one fold serves both feeds, so all that is here makes up for what AMI reports less plainly than the
queue log: the reason of an exit, who ended a conversation, that Asterisk started again, and what a caller forged.
Less is enough: without the classes `call` and `dialplan`, without Newexten or VarSet, or from the middle of a call
on, rows still come out, with less known in them.
"""
