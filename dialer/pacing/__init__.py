"""How many calls to place now: agents, calls in flight and the day's tally in, a number and what limits it out. Pure.

`decision.py` is the door. `situation.py` has what goes in and comes out, `learned.py` what is learned of answers and
conversations, `forecast.py` the chance that nobody is free when a call is answered, `budget.py` the chance that the
day's tally can afford. Lengths are seconds.
"""
