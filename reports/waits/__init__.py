"""Waits (`esperas`): days in; how many waited how long, answered and abandoned apart, by queue out."""
