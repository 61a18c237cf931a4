"""What is made by itself: the month for the ATT, reports that people have sent to them, the retention of call detail.

In: the clock, and which runs are done; out: mails in the outbox, in one transaction with "this run is done". `job` says
what a job is, `recurrence` when it is due, `runner` does what is due, `runs` remembers it.
"""
